//! The master key: made once, kept, and never exchanged in silence.

use crate::served::{Ground, Served};
use crate::wire::Client;
use serde_json::{Value, json};
use shuke_db::backup::{self, Pace};
use shuke_http::Role;
use shuke_kernel::Instant;
use shuke_sales::fixture::Size;
use shuke_server::config::Place;
use shuke_testkit::{Cluster, Kind, run};
use std::process::Command;

/// A place of its own for a test, with a folder for the key.
fn place(kind: Kind, folder: &tempfile::TempDir) -> Place {
    let db = (kind == Kind::Postgres).then(|| Cluster::shared().create_database());
    Place { db, ..Place::folder(folder.path()) }
}

const OTHER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

async fn a_key_is_made_once(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let place = place(kind, &folder);
    let file = folder.path().join("key");
    place.open().await.map(drop).unwrap();
    let made = std::fs::read_to_string(&file).unwrap();
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
        assert_eq!(mode & 0o777, 0o600, "others may read the key");
    }
    place.open().await.map(drop).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), made, "the second start made another key");

    let by_variable = Place { key: Some(made.clone()), ..place.clone() };
    by_variable.open().await.map(drop).unwrap();

    let wrong = Place { key: Some(OTHER.to_owned()), ..place.clone() };
    let refused = wrong.open().await.map(drop).unwrap_err().to_string();
    assert!(refused.contains("key_wrong"), "{refused}");

    std::fs::remove_file(&file).unwrap();
    let refused = place.open().await.map(drop).unwrap_err().to_string();
    assert!(refused.contains("the master key is missing"), "{refused}");
    assert!(!file.exists(), "a new key was made for old data");

    std::fs::write(&file, "not a key").unwrap();
    let refused = format!("{:#}", place.open().await.map(drop).unwrap_err());
    assert!(refused.contains("not a master key"), "{refused}");

    std::fs::write(&file, made).unwrap();
    place.open().await.map(drop).unwrap();
}

#[test]
fn a_key_is_made_once_sqlite() {
    run(a_key_is_made_once(Kind::Sqlite));
}

#[test]
fn a_key_is_made_once_postgres() {
    run(a_key_is_made_once(Kind::Postgres));
}

/// Runs `shuke key rotate` on a place.
fn rotate(place: &Place, variables: &[(&str, &str)]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shuke"));
    command.args(["key", "rotate", "--data"]).arg(&place.data).env_remove("SHUKE_KEY").env_remove("SHUKE_NEW_KEY").env_remove("SHUKE_DB");
    if let Some(url) = &place.db {
        command.args(["--db", url]);
    }
    command.envs(variables.iter().copied()).output().unwrap()
}

/// What must go on as before: a phone finds its member, a name is read, a key signs in, a write is not repeated.
async fn all_is_there(server: &Served, ground: &Ground, member: &Value) {
    let mut owner = Client::new(server.address, ground.stall.shop.token(Role::Owner));
    let found = owner.get("/api/v1/members?q=13987651234").await.unwrap().json;
    assert_eq!(found["items"][0]["id"], member["id"], "{found}");
    let path = format!("/api/v1/members/{}", member["id"].as_str().unwrap());
    let seen = owner.get(&path).await.unwrap().json;
    assert_eq!(seen["person"]["name"], json!("慕**密"), "{seen}");
    let again = owner.post("/api/v1/members", "enrol", MEMBER).await.unwrap();
    assert!(again.replayed && again.json["id"] == member["id"], "{again:?}");
}

const MEMBER: &str = r#"{"phone":"13987651234","name":"慕容秘密"}"#;

/// A rotation under a running server: nothing that was sealed, found, signed or stored changes, before and
/// after the next start; the old key opens the database no more, and still a backup from before.
async fn a_key_is_rotated_while_the_server_runs(kind: Kind) {
    let ground = Ground::prepare(kind, &Size::default()).await;
    let mut server = Served::start(&ground.place).await;
    let made = Client::new(server.address, ground.stall.shop.token(Role::Owner)).post("/api/v1/members", "enrol", MEMBER).await.unwrap();
    assert_eq!(made.status, 201, "{made:?}");
    let file = ground.place.data.join("key");
    let before = std::fs::read_to_string(&file).unwrap();
    let copy = ground.place.data.join("copy.backup");
    backup::write(&ground.db().await, &copy, Instant(0), Pace::Fast).await.unwrap();

    let output = rotate(&ground.place, &[]);
    assert!(output.status.success(), "{output:?}");
    let after = std::fs::read_to_string(&file).unwrap();
    assert_ne!(after, before);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains(after.trim()) && !said.contains(before.trim()), "{said}");
    let kept: Vec<_> = std::fs::read_dir(&ground.place.data).unwrap().map(|entry| entry.unwrap().path()).collect();
    let kept = kept.iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with("key.until-")).unwrap();
    assert_eq!(std::fs::read_to_string(kept).unwrap(), before);

    all_is_there(&server, &ground, &made.json).await;
    server.kill_9();
    server.restart(&ground.place).await;
    all_is_there(&server, &ground, &made.json).await;
    server.kill_9();

    let with = |key: &str| Place { key: Some(key.to_owned()), ..ground.place.clone() };
    let refused = with(&before).open().await.map(drop).unwrap_err().to_string();
    assert!(refused.contains("key_wrong"), "{refused}");
    let folder = tempfile::tempdir().unwrap();
    let restored = Place { key: Some(before), ..place(kind, &folder) };
    backup::restore(&restored.database(), &copy).await.unwrap();
    restored.open().await.map(drop).unwrap();
    with(&after).open().await.map(drop).unwrap();

    // The same with keys that the operator keeps in variables.
    let output = rotate(&ground.place, &[("SHUKE_KEY", after.trim())]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("SHUKE_NEW_KEY"), "{output:?}");
    for said in ["has the new key", "had the new key already"] {
        let output = rotate(&ground.place, &[("SHUKE_KEY", after.trim()), ("SHUKE_NEW_KEY", OTHER)]);
        assert!(String::from_utf8_lossy(&output.stdout).contains(said), "{output:?}");
    }
    with(OTHER).open().await.map(drop).unwrap();
    let output = rotate(&ground.place, &[("SHUKE_KEY", after.trim()), ("SHUKE_NEW_KEY", after.trim())]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("key_wrong"), "{output:?}");
}

#[test]
fn a_key_is_rotated_while_the_server_runs_sqlite() {
    run(a_key_is_rotated_while_the_server_runs(Kind::Sqlite));
}

#[test]
fn a_key_is_rotated_while_the_server_runs_postgres() {
    run(a_key_is_rotated_while_the_server_runs(Kind::Postgres));
}

/// Broken off between its steps, a rotation is ended by the next start or by the same command.
async fn a_rotation_that_broke_off_is_ended(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let place = place(kind, &folder);
    place.open().await.map(drop).unwrap();
    let (file, next) = (folder.path().join("key"), folder.path().join("key.new"));
    // The next key is there and the database hasn't got it: nothing happened.
    std::fs::write(&next, OTHER).unwrap();
    let first = std::fs::read_to_string(&file).unwrap();
    place.open().await.map(drop).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    // The database has it and the files were not exchanged.
    let output = rotate(&place, &[]);
    assert!(output.status.success() && !next.exists(), "{output:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), OTHER, "another key than the one that was there was taken");
    for by_command in [false, true] {
        std::fs::write(&next, OTHER).unwrap();
        std::fs::write(&file, &first).unwrap();
        if by_command {
            assert!(rotate(&place, &[]).status.success());
        }
        place.open().await.map(drop).unwrap();
        assert!(!next.exists() && std::fs::read_to_string(&file).unwrap() == OTHER);
    }
    // A file that is neither is no way in.
    std::fs::write(&file, &first).unwrap();
    std::fs::write(&next, &first).unwrap();
    let refused = format!("{:#}", place.open().await.map(drop).unwrap_err());
    assert!(refused.contains("key_wrong"), "{refused}");
}

#[test]
fn a_rotation_that_broke_off_is_ended_sqlite() {
    run(a_rotation_that_broke_off_is_ended(Kind::Sqlite));
}

#[test]
fn a_rotation_that_broke_off_is_ended_postgres() {
    run(a_rotation_that_broke_off_is_ended(Kind::Postgres));
}

/// A database from before there were roots: the master key is its root, and stays it under the next key.
async fn a_database_without_a_root_keeps_what_it_sealed(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place { key: Some(OTHER.to_owned()), ..place(kind, &folder) };
    let opened = place.open().await.unwrap();
    let bare = opened.db.write(&(), |tx, ()| Box::pin(tx.exec(shuke_db::sql!("UPDATE vault_key SET wrapped = NULL"))));
    assert_eq!(bare.await.unwrap(), 1);
    let merchant = shuke_kernel::MerchantId(1);
    let sealed = place.open().await.unwrap().vault.seal(merchant, "x", "秘密").unwrap();
    let next = "HxEeHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE";
    assert!(rotate(&place, &[("SHUKE_KEY", OTHER), ("SHUKE_NEW_KEY", next)]).status.success());
    let vault = Place { key: Some(next.to_owned()), ..place }.open().await.unwrap().vault;
    assert_eq!(vault.open(merchant, "x", &sealed).unwrap(), "秘密");
}

#[test]
fn a_database_without_a_root_keeps_what_it_sealed_sqlite() {
    run(a_database_without_a_root_keeps_what_it_sealed(Kind::Sqlite));
}

#[test]
fn a_database_without_a_root_keeps_what_it_sealed_postgres() {
    run(a_database_without_a_root_keeps_what_it_sealed(Kind::Postgres));
}
