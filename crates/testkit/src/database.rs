//! A migrated database of a test's own: migrated once per process, then copied.

use crate::{Cluster, Pooler, or_fail};
use shuke_db::{Config, Db, Statements, Stmt};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub use shuke_db::Kind;

const SETTLE_TIMEOUT: Duration = Duration::from_secs(10);

/// A database that goes away when the test ends.
pub struct TestDb {
    db: Option<Db>,
    config: Config,
    home: Home,
}

enum Home {
    Folder(#[expect(dead_code, reason = "the folder goes when this is dropped")] TempDir),
    Url(String),
}

impl TestDb {
    /// How the database was opened: to open it a second time, as another server would.
    pub fn config(&self) -> &Config {
        &self.config
    }
    /// A handle on it.
    pub fn handle(&self) -> Db {
        (**self).clone()
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        or_fail("use the database", self.db.as_ref().ok_or("it is gone"))
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db = None;
        if let Home::Url(url) = &self.home {
            Cluster::shared().drop_database(url);
        }
    }
}

/// A migrated, empty database.
pub async fn db(kind: Kind) -> TestDb {
    db_with(kind, |config| config).await
}

/// The same, opened with a changed configuration.
pub async fn db_with(kind: Kind, change: impl FnOnce(Config) -> Config) -> TestDb {
    let (config, home) = match kind {
        Kind::Sqlite => {
            let folder = or_fail("make a folder", tempfile::Builder::new().prefix("shuke-test-").tempdir());
            or_fail("copy the database", std::fs::write(folder.path().join("shuke.db"), sqlite_template()));
            (Config::folder(folder.path()), Home::Folder(folder))
        }
        Kind::Postgres => {
            let url = Cluster::shared().create_database_from(postgres_template());
            (reached(&url), Home::Url(url))
        }
    };
    let config = change(config);
    let db = or_fail("open the database", Db::connect(&config).await);
    TestDb { db: Some(db), config, home }
}

/// How a database is reached: at once, or through a pooler where the environment asks for it.
fn reached(url: &str) -> Config {
    static POOLER: OnceLock<Option<Pooler>> = OnceLock::new();
    let wanted = || std::env::var_os("SHUKE_TEST_POOLER").is_some().then(|| Pooler::start(Cluster::shared()));
    match POOLER.get_or_init(wanted) {
        Some(pooler) => {
            Config { statements: Statements::Simple, ..Config::postgres(pooler.url(url.rsplit('/').next().unwrap_or_default())) }
        }
        None => Config::postgres(url),
    }
}

/// Waits until every transaction that is open now, in any database of the cluster, has ended. Gives
/// up after some seconds: then the test holds one open itself.
pub(crate) async fn settled(db: &Db) {
    if db.kind() == Kind::Sqlite {
        return;
    }
    let horizon = |end: &'static str| async move {
        let text = format!("SELECT CAST(CAST(pg_snapshot_{end}(pg_current_snapshot()) AS TEXT) AS BIGINT)");
        let read = db.read(&text, |tx, text| {
            Box::pin(async move {
                let rows = tx.rows(Stmt::built(text.as_str(), Vec::new())).await?;
                rows.first().map_or(Ok(0_i64), |row| row.get(0))
            })
        });
        or_fail("read the horizon", read.await)
    };
    let begun = horizon("xmax").await;
    let deadline = Instant::now() + SETTLE_TIMEOUT;
    while horizon("xmin").await < begun && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The bytes of a migrated SQLite database.
fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = or_fail("make a folder", tempfile::tempdir());
        migrate(Config::folder(folder.path()));
        let file: PathBuf = folder.path().join("shuke.db");
        or_fail("read the migrated database", std::fs::read(file))
    })
}

/// The name of a migrated database of the shared cluster.
fn postgres_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let url = Cluster::shared().create_database();
        migrate(Config::postgres(&url));
        url.rsplit('/').next().unwrap_or_default().to_owned()
    })
}

/// Migrates in a thread and a runtime of its own, so that no connection outlives it.
fn migrate(config: Config) {
    let work = std::thread::spawn(move || {
        let runtime = or_fail("start a runtime", tokio::runtime::Builder::new_current_thread().enable_all().build());
        runtime.block_on(async { or_fail("migrate", Db::open(&config).await.map(drop)) });
    });
    or_fail("migrate", work.join().map_err(|_| "see above"));
}
