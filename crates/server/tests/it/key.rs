//! The master key: made once, kept, and never exchanged in silence.

use shuke_server::config::Place;
use shuke_testkit::{Cluster, Kind, run};

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
