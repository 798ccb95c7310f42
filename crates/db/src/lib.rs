//! The only way to the database: one SQL text that runs on SQLite and on PostgreSQL.
//!
//! # Writing
//!
//! [`Db::write`] is the only way to write. It begins, runs the closure, commits on `Ok` and rolls
//! back on `Err` or when its future is dropped at any await. It runs the closure again after a
//! serialization failure, a deadlock or a connection that was lost before the commit was sent, so
//! the closure must be able to run twice: it captures nothing and takes its input by reference.
//!
//! Ops get a [`Tx`] and never begin or commit. A write whose count nobody needs is
//! [queued](Tx::queue): on PostgreSQL it travels with the next statement, or with COMMIT itself.
//! Such a write is guarded by a named CHECK (`balance >= 0`): where one fails, the commit becomes a
//! rollback and the constraint's name becomes the error's code, see [`constraint`].
//!
//! # Two databases
//!
//! - SQLite: write-ahead log, `synchronous=FULL`, one writer with *group commit* (writers that wait
//!   share one commit; each runs in its own savepoint and is answered only after the commit) and
//!   four readers. Statements run in the caller's task: a prepared statement takes microseconds,
//!   a hop to another thread takes longer.
//! - PostgreSQL: a pool of connections, prepared statements, pipelining. BEGIN travels with the
//!   first statements, COMMIT with the last; a transaction in two steps takes two round trips.
//!
//! Deliberately absent: an ORM, a query builder, a way to run SQL outside a transaction's scope.

pub mod backup;
pub mod constraint;
mod counters;
mod migrate;
mod postgres;
pub mod replay;
mod row;
mod sqlite;
mod stmt;
mod tx;
pub mod wall;
mod wire;

pub use counters::Counts;
pub use migrate::{MIGRATIONS, Migration};
pub use row::Row;
pub use shuke_kernel::value::{FromValue, ToValue, Value};
pub use stmt::{NO_INDEX, Sql, Stmt, insert, insert_or_ignore, insert_or_update};
pub use tx::{Future, Tx};
pub use wall::Wall;

use constraint::Catalogue;
use counters::Counters;
use shuke_kernel::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the data is, and how to hold it.
#[derive(Clone, Debug)]
pub struct Config {
    /// `postgres://…`, or a folder in which `shuke.db` lives.
    pub location: Location,
    /// Most connections to PostgreSQL at once.
    pub connections_max: usize,
    /// How statements go to PostgreSQL.
    pub statements: Statements,
    /// Most writers that share one SQLite commit; 1 commits each on its own.
    pub group_commit_max: usize,
    /// Whether a commit on SQLite is on disk before it is answered. Only what can be made again from
    /// its source may do without: a power failure then takes the last commits, whole ones.
    pub durable: bool,
    /// Fills an embedded database from nothing: much memory, and nothing is sure before it is closed.
    pub filling: bool,
}

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// An embedded database in this folder.
    Folder(PathBuf),
    /// A PostgreSQL server or cluster (several hosts allowed).
    Postgres(String),
}

impl Config {
    /// An embedded database in a folder.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self {
            location: Location::Folder(path.into()),
            connections_max: 16,
            statements: Statements::Prepared,
            group_commit_max: 64,
            durable: true,
            filling: false,
        }
    }
    /// A PostgreSQL server, named by its URL.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self {
            location: Location::Postgres(url.into()),
            connections_max: 16,
            statements: Statements::Prepared,
            group_commit_max: 64,
            durable: true,
            filling: false,
        }
    }
}

/// How statements go to PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Statements {
    /// Prepared once per connection, under a name.
    #[default]
    Prepared,
    /// Unnamed each time, with their types: behind a pooler in transaction mode.
    Simple,
}

/// Which of the two databases is in use, for the few places that must tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    /// For whom work is that nobody said it of.
    outside: Wall,
}

struct Inner {
    engine: Engine,
    counters: Arc<Counters>,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens the database and brings its schema up to date under a lock.
    ///
    /// Errors: `database_unavailable`; `schema_newer` where a newer server has been here.
    pub async fn open(config: &Config) -> Result<Self> {
        let db = Self::connect(config).await?;
        migrate::run(&db).await?;
        Ok(db)
    }

    /// Opens the database without touching its schema.
    pub async fn connect(config: &Config) -> Result<Self> {
        let counters = Arc::new(Counters::default());
        let engine = match &config.location {
            Location::Folder(folder) => Engine::Sqlite(sqlite::Sqlite::open(&database_file(folder)?, config, counters.clone())?),
            Location::Postgres(url) => Engine::Postgres(postgres::Postgres::open(url, config, counters.clone()).await?),
        };
        Ok(Self { inner: Arc::new(Inner { engine, counters }), outside: Wall::All })
    }

    /// The same database, where work that nobody said for whom it is sees nothing: a server's handle.
    #[must_use]
    pub fn strict(&self) -> Self {
        Self { inner: self.inner.clone(), outside: Wall::Nobody }
    }

    /// Connections to PostgreSQL in use, and how many there may be; nothing on SQLite.
    pub fn pool(&self) -> Option<(usize, usize)> {
        match &self.inner.engine {
            Engine::Sqlite(_) => None,
            Engine::Postgres(engine) => Some(engine.pool()),
        }
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        match &self.inner.engine {
            Engine::Sqlite(_) => Kind::Sqlite,
            Engine::Postgres(_) => Kind::Postgres,
        }
    }

    /// Runs a transaction. See the crate's documentation for what the closure may do.
    pub async fn write<I, T, F>(&self, input: &I, work: F) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.write(input, &work).await,
            Engine::Postgres(engine) => engine.write(input, &work, self.outside).await,
        }
    }

    /// Reads, each statement for itself on PostgreSQL, in one snapshot on SQLite.
    pub async fn read<I, T, F>(&self, input: &I, work: F) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.read(input, &work).await,
            Engine::Postgres(engine) => engine.read(input, &work, false, self.outside).await,
        }
    }

    /// Reads in one snapshot on both databases: everything the closure sees is of one moment.
    pub async fn snapshot<I, T, F>(&self, input: &I, work: F) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.read(input, &work).await,
            Engine::Postgres(engine) => engine.read(input, &work, true, self.outside).await,
        }
    }

    /// Statements and round trips so far, for tests that guard what a sale costs.
    pub fn counts(&self) -> Counts {
        self.inner.counters.read()
    }

    /// Starts or stops recording the statements of write transactions on SQLite, and gives those
    /// recorded so far, a unit each; see [`replay`].
    pub fn record(&self, on: bool) -> Vec<replay::Unit> {
        self.inner.counters.record(on)
    }

    /// Lets PostgreSQL look again at what the tables hold. Plans made while they were empty walk a whole
    /// merchant where they should look up a key, until the database notices by itself a minute later:
    /// whoever has just filled it says so. SQLite plans by keys alone and needs nothing.
    pub async fn filled(&self) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(engine) => engine.analyze().await,
        }
    }

    /// What the database promises about durability, for `/readyz`: an empty list is good.
    pub async fn durability_faults(&self) -> Result<Vec<String>> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => Ok(engine.durability_faults()),
            Engine::Postgres(engine) => engine.durability_faults().await,
        }
    }

    async fn script(&self, text: &'static str, then: Option<Stmt>) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.script(text, then).await,
            Engine::Postgres(engine) => engine.script(text, then).await,
        }
    }
}

fn database_file(folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Error::unavailable("data_folder_unusable", format!("the data folder {} can't be made or opened", folder.display()))
            .inside(error.to_string())
    })?;
    Ok(folder.join("shuke.db"))
}

pub(crate) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::of(MIGRATIONS))
}
