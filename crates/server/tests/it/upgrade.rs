//! Upgrades: a shop of every released schema becomes one of the newest, whatever happens on the way.
//!
//! `tests/data/foundation.backup` was written over a data folder of the first release, whose newest
//! migration is 0011: eight members and their sales.

use crate::till::{number, seed, sound};
use shuke_db::{Config, Db, Location, MIGRATIONS, backup, sql};
use shuke_kernel::{MerchantId, Random};
use shuke_testkit::{Cluster, Kind, db, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const MERCHANT: MerchantId = MerchantId(1);
const ORDERS: &str = "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1";

fn foundation() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/foundation.backup"))
}

fn empty(kind: Kind, folder: &Path) -> Config {
    match kind {
        Kind::Sqlite => Config::folder(folder.join("data")),
        Kind::Postgres => Config::postgres(Cluster::shared().create_database()),
    }
}

/// Everything of the old shop is there in the newest schema.
async fn whole(config: &Config) {
    let db = Db::open(config).await.unwrap();
    assert!(number(&db, ORDERS, MERCHANT).await >= 20);
    sound(&db, MERCHANT).await;
}

async fn from_the_first_release(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let config = empty(kind, folder.path());
    let summary = backup::restore(&config, &foundation()).await.unwrap();
    assert_eq!(summary.schema.last().map(String::as_str), Some("0011_vault"));
    assert_ne!(MIGRATIONS.last().unwrap().name, "0011_vault");
    whole(&config).await;
}

#[test]
fn a_shop_of_the_first_release_goes_on_sqlite() {
    run(from_the_first_release(Kind::Sqlite));
}

#[test]
fn a_shop_of_the_first_release_goes_on_postgres() {
    run(from_the_first_release(Kind::Postgres));
}

/// Runs a command on a place and kills it after a time; says whether it had ended well before.
fn killed_after(arguments: &[&str], config: &Config, after: Duration) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shuke"));
    command.args(arguments).env("SHUKE_LOG", "error").stdout(Stdio::null()).stderr(Stdio::null());
    match &config.location {
        Location::Folder(folder) => command.arg("--data").arg(folder),
        Location::Postgres(url) => command.args(["--db", url]),
    };
    let mut child = command.spawn().unwrap();
    std::thread::sleep(after);
    let _ = child.kill();
    child.wait().unwrap().success()
}

/// A restore and its migrations are killed again and again, at any moment; in the end all is there once.
async fn killed_on_the_way(kind: Kind) {
    let random = Random::seeded(seed("upgrade"));
    let folder = tempfile::tempdir().unwrap();
    let config = empty(kind, folder.path());
    let file = foundation();
    let mut kills = 0;
    loop {
        let loaded = match Db::connect(&config).await {
            Ok(db) => db
                .read(&MERCHANT, |tx, id| {
                    Box::pin(async move { Ok(tx.row(sql!("SELECT id FROM sales_order WHERE merchant_id = $1", *id)).await?.is_some()) })
                })
                .await
                .unwrap_or(false),
            Err(_) => false,
        };
        let arguments = if loaded { vec!["migrate"] } else { vec!["restore", file.to_str().unwrap()] };
        // Longer each time, so that it comes to an end.
        let after = Duration::from_millis(random.below(30 + 40 * kills));
        if killed_after(&arguments, &config, after) {
            break;
        }
        kills += 1;
        assert!(kills < 300, "it never ends");
    }
    println!("{kind:?}: {kills} kills");
    assert!(kills > 0);
    whole(&config).await;
}

#[test]
fn a_kill_on_the_way_leaves_no_half_of_a_step_on_sqlite() {
    run(killed_on_the_way(Kind::Sqlite));
}

#[test]
fn a_kill_on_the_way_leaves_no_half_of_a_step_on_postgres() {
    run(killed_on_the_way(Kind::Postgres));
}

/// A server that doesn't know the data's schema, or knows another text of it, keeps its hands off.
#[test]
fn an_older_server_refuses_newer_data() {
    run(async {
        for kind in [Kind::Sqlite, Kind::Postgres] {
            for (text, code) in [
                ("INSERT INTO schema_migration (name, fingerprint) VALUES ('9999_future', 'x')", "schema_newer"),
                ("UPDATE schema_migration SET fingerprint = 'x' WHERE name = '0001_org'", "schema_edited"),
            ] {
                let database = db(kind).await;
                let stmt = shuke_db::Stmt::built(text, Vec::new());
                database.write(&stmt, |tx, stmt| Box::pin(async move { tx.exec(stmt.clone()).await.map(|_| ()) })).await.unwrap();
                assert_eq!(Db::open(database.config()).await.map(drop).unwrap_err().code(), code, "{kind:?}");
            }
        }
    });
}
