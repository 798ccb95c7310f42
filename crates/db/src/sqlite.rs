//! The embedded database: one writer with group commit, four readers.
//!
//! A writer takes its turn on the one writing connection, runs in a savepoint of the open
//! transaction, releases it and passes the turn on. The last of those who wait commits for all; on a
//! slow disk it gives those who shared the last commit a moment to come back ([`LastCommit`]). Nobody
//! is answered before the commit is on disk. A closure that fails rolls back its own
//! savepoint only. A future that is dropped rolls back on the spot.

use crate::counters::Counters;
use crate::row::{Inner as RowInner, Row};
use crate::tx::{Future, Inner, Tx};
use crate::{Config, Stmt, catalogue};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ffi};
use shuke_kernel::value::Value;
use shuke_kernel::{Error, Result, Uuid};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, watch};

const READERS: usize = 4;
const STATEMENTS_CACHED: usize = 512;
const BUSY_MS: u64 = 10_000;
/// Keys come in no order: what is not in memory would be read and written again for each of them. What a savepoint keeps
/// of a large transaction goes to a file: in memory it is a chain that the end of every statement walks.
const FILLING: &str = "PRAGMA synchronous=OFF; PRAGMA temp_store=FILE; PRAGMA cache_size=-3145728; PRAGMA wal_autocheckpoint=200000;";

pub(crate) struct Sqlite {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
}

struct Writer {
    state: Arc<Mutex<WriterState>>,
    waiting: AtomicUsize,
    group_max: usize,
    counters: Arc<Counters>,
    /// The disk failed to confirm a write. What it holds is not known, and asking again may be answered
    /// with a success that is none: nothing more is written until the file is opened anew.
    unsure: Arc<AtomicBool>,
}

struct WriterState {
    conn: Connection,
    group: Option<Group>,
    counters: Arc<Counters>,
    last: LastCommit,
    unsure: Arc<AtomicBool>,
}

/// What the last commit took, and how many shared it.
#[derive(Clone, Copy, Default)]
struct LastCommit {
    took: Duration,
    members: usize,
}

/// How long a commit waits for those who are on their way back from the one before.
const WAIT: Duration = Duration::from_millis(1);
/// It waits only where a commit takes so long: on a slow disk a millisecond is little, and each writer
/// that misses the group waits for another commit.
const SLOW: Duration = Duration::from_millis(4);

impl LastCommit {
    /// Whether a group of so many should wait for more.
    fn worth_waiting(self, members: usize) -> bool {
        self.took >= SLOW && members < self.members
    }
}

/// Why a group was lost.
#[derive(Clone)]
struct Lost {
    text: String,
    /// The disk failed to confirm the commit: it may be there or not.
    unsure: bool,
}

/// Those who wait for one commit.
struct Group {
    outcome: watch::Sender<Option<Result<(), Lost>>>,
    members: usize,
}

/// What a group waits for.
type Outcome = watch::Receiver<Option<Result<(), Lost>>>;

struct Readers {
    free: std::sync::Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

pub(crate) fn connect(file: &Path) -> Result<Connection> {
    let unusable = |error: rusqlite::Error| {
        Error::unavailable("database_unavailable", format!("the database {} can't be opened", file.display())).inside(error.to_string())
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags).map_err(unusable)?;
    conn.busy_timeout(Duration::from_millis(BUSY_MS)).map_err(unusable)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    conn.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;
         PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint=4000;",
    )
    .map_err(unusable)?;
    Ok(conn)
}

impl Sqlite {
    pub(crate) fn open(file: &Path, config: &Config, counters: Arc<Counters>) -> Result<Self> {
        let conn = connect(file)?;
        if !config.durable {
            let failed = |error: rusqlite::Error| Error::internal(format!("PRAGMA synchronous: {error}"));
            conn.execute_batch("PRAGMA synchronous=NORMAL;").map_err(failed)?;
        }
        if config.filling {
            let failed = |error: rusqlite::Error| Error::internal(format!("PRAGMA synchronous: {error}"));
            conn.execute_batch(FILLING).map_err(failed)?;
        }
        let readers = (0..READERS).map(|_| connect(file)).collect::<Result<Vec<_>>>()?;
        let unsure = Arc::new(AtomicBool::new(false));
        let state = WriterState { conn, group: None, counters: counters.clone(), unsure: unsure.clone(), last: LastCommit::default() };
        Ok(Self {
            writer: Arc::new(Writer {
                state: Arc::new(Mutex::new(state)),
                waiting: AtomicUsize::new(0),
                group_max: config.group_commit_max.max(1),
                counters,
                unsure,
            }),
            readers: Arc::new(Readers { free: std::sync::Mutex::new(readers), permits: Arc::new(Semaphore::new(READERS)) }),
        })
    }

    pub(crate) fn durability_faults(&self) -> Vec<String> {
        let unsure = self.writer.unsure.load(Ordering::SeqCst);
        unsure.then(|| unconfirmed().detail().to_owned()).into_iter().collect()
    }

    pub(crate) async fn write<I, T, F>(&self, input: &I, work: &F) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        let turn = Waiting::join(&self.writer).turn().await;
        let mut tx = Tx(Inner::Sqlite(SqliteTx::writer(self.writer.clone(), turn)?));
        let result = work(&mut tx, input).await;
        let Inner::Sqlite(inner) = tx.0 else { return Err(Error::internal("the transaction changed its database")) };
        match result {
            Ok(value) => {
                inner.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // What refused it may have been written by those before it in the group. That is true
                // only once it is on disk: whoever is refused must find there what was in the way.
                let before = inner.before();
                // Dropping it rolls back its savepoint, and commits for those who came before it.
                drop(inner);
                match before {
                    Some(outcome) => settled(outcome).await.and(Err(error)),
                    None => Err(error),
                }
            }
        }
    }

    pub(crate) async fn read<I, T, F>(&self, input: &I, work: &F) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        let permit = self.readers.permits.clone().acquire_owned().await.map_err(|_| closed())?;
        let conn = self.readers.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop().ok_or_else(closed)?;
        // The lease first: a connection that can't begin goes back too.
        let lease = Lease { conn: Some(conn), readers: self.readers.clone(), _permit: permit };
        let Some(conn) = &lease.conn else { return Err(closed()) };
        conn.execute_batch("BEGIN").map_err(|error| fault(&error))?;
        let mut tx =
            Tx(Inner::Sqlite(SqliteTx { on: On::Reader(lease), counters: self.writer.counters.clone(), broken: false, unit: None }));
        work(&mut tx, input).await
    }

    /// Runs a migration's text and the statement that records it, in one transaction.
    pub(crate) async fn script(&self, text: &'static str, then: Option<Stmt>) -> Result<()> {
        // Whoever wrote before and waits for a commit gets it first.
        let mut guard = loop {
            let guard = self.writer.state.clone().lock_owned().await;
            if guard.group.is_none() {
                break guard;
            }
            tokio::task::spawn_blocking(move || commit_group(guard)).await.map_err(|error| Error::internal(error.to_string()))?;
        };
        guard.conn.execute_batch("BEGIN EXCLUSIVE").map_err(|error| fault(&error))?;
        let run = guard
            .conn
            .execute_batch(text)
            .map_err(|error| fault(&error))
            .and_then(|()| then.map_or(Ok(0), |stmt| exec(&guard.conn, &stmt)));
        let end = if run.is_ok() { "COMMIT" } else { "ROLLBACK" };
        guard.conn.execute_batch(end).map_err(|error| fault(&error))?;
        guard.group = None;
        run.map(|_| ())
    }
}

const UNCONFIRMED: [i32; 2] = [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_DIR_FSYNC];

fn unconfirmed() -> Error {
    Error::unavailable(
        "disk_unsure",
        "the disk did not confirm a write, so nothing more is written; look at the disk, then start the server again",
    )
}

fn closed() -> Error {
    Error::unavailable("database_unavailable", "the database is closing; try again")
}

/// One that waits for its turn; the count tells the one at work whether somebody will commit for it.
struct Waiting {
    writer: Arc<Writer>,
    got: bool,
}

impl Waiting {
    fn join(writer: &Arc<Writer>) -> Self {
        writer.waiting.fetch_add(1, Ordering::SeqCst);
        Self { writer: writer.clone(), got: false }
    }
    async fn turn(mut self) -> OwnedMutexGuard<WriterState> {
        let guard = self.writer.state.clone().lock_owned().await;
        self.got = true;
        guard
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.writer.waiting.fetch_sub(1, Ordering::SeqCst);
        if !self.got {
            // It was given up while others may have counted on it to commit for them.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                let state = self.writer.state.clone();
                runtime.spawn(async move {
                    let guard = state.lock_owned().await;
                    let _ = tokio::task::spawn_blocking(move || commit_group(guard)).await;
                });
            }
        }
    }
}

/// Commits what the group has written and tells its members.
fn commit_group(mut guard: OwnedMutexGuard<WriterState>) {
    let Some(group) = guard.group.take() else { return };
    let began = Instant::now();
    let outcome = guard.conn.execute_batch("COMMIT").map_err(|error| {
        let unsure = error.sqlite_error().is_some_and(|error| UNCONFIRMED.contains(&error.extended_code));
        if unsure {
            tracing::error!(%error, "the disk did not confirm a write; nothing more is written until a restart");
            guard.unsure.store(true, Ordering::SeqCst);
        }
        if !guard.conn.is_autocommit() {
            let _ = guard.conn.execute_batch("ROLLBACK");
        }
        Lost { text: error.to_string(), unsure }
    });
    if outcome.is_ok() {
        guard.counters.commit(group.members);
    }
    guard.last = LastCommit { took: began.elapsed(), members: group.members };
    drop(guard);
    group.outcome.send_replace(Some(outcome));
}

/// Commits a group after a little while, unless it grew: then the last that joined sees to it.
async fn commit_later(writer: Arc<Writer>, members: usize) {
    tokio::time::sleep(WAIT).await;
    let turn = writer.state.clone().lock_owned().await;
    let grew = turn.group.as_ref().is_none_or(|group| group.members != members) || writer.waiting.load(Ordering::SeqCst) > 0;
    if !grew {
        let _ = tokio::task::spawn_blocking(move || commit_group(turn)).await;
    }
}

struct Lease {
    conn: Option<Connection>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let _ = conn.execute_batch("ROLLBACK");
            self.readers.free.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(conn);
        }
    }
}

enum On {
    Writer { writer: Arc<Writer>, turn: Option<OwnedMutexGuard<WriterState>> },
    Reader(Lease),
}

pub(crate) struct SqliteTx {
    on: On,
    counters: Arc<Counters>,
    broken: bool,
    /// The statements so far, where they are recorded.
    unit: Option<Vec<Stmt>>,
}

impl SqliteTx {
    fn writer(writer: Arc<Writer>, mut turn: OwnedMutexGuard<WriterState>) -> Result<Self> {
        if writer.unsure.load(Ordering::SeqCst) {
            return Err(unconfirmed());
        }
        if turn.group.is_none() {
            turn.conn.prepare_cached("BEGIN IMMEDIATE").and_then(|mut s| s.raw_execute()).map_err(|error| fault(&error))?;
            turn.group = Some(Group { outcome: watch::Sender::new(None), members: 0 });
        }
        turn.conn.prepare_cached("SAVEPOINT one").and_then(|mut s| s.raw_execute()).map_err(|error| fault(&error))?;
        let counters = writer.counters.clone();
        let unit = counters.recording().then(Vec::new);
        Ok(Self { on: On::Writer { writer, turn: Some(turn) }, counters, broken: false, unit })
    }

    fn conn(&self) -> Result<&Connection> {
        match &self.on {
            On::Writer { turn: Some(turn), .. } => Ok(&turn.conn),
            On::Reader(Lease { conn: Some(conn), .. }) => Ok(conn),
            _ => Err(closed()),
        }
    }

    fn note(&mut self, stmt: &Stmt) {
        self.counters.statements(1);
        if let Some(unit) = &mut self.unit {
            unit.push(stmt.clone());
        }
    }

    pub(crate) fn rows(&mut self, stmt: &Stmt) -> Result<Vec<Row>> {
        self.note(stmt);
        let outcome = rows(self.conn()?, stmt);
        self.broken |= outcome.is_err();
        outcome
    }

    pub(crate) fn each(&mut self, stmt: &Stmt, visit: &mut (dyn FnMut(&Row) -> Result<()> + Send)) -> Result<()> {
        self.note(stmt);
        let outcome = each(self.conn()?, stmt, visit);
        self.broken |= outcome.is_err();
        outcome
    }

    pub(crate) fn exec(&mut self, stmt: &Stmt) -> Result<u64> {
        self.note(stmt);
        let outcome = exec(self.conn()?, stmt);
        self.broken |= outcome.is_err();
        outcome
    }

    async fn commit(mut self) -> Result<()> {
        if self.broken {
            return Err(crate::tx::went_on());
        }
        if let Some(unit) = self.unit.take() {
            self.counters.keep(unit);
        }
        let On::Writer { writer, turn } = &mut self.on else { return Err(closed()) };
        let Some(mut turn) = turn.take() else { return Err(closed()) };
        if let Err(error) = turn.conn.prepare_cached("RELEASE one").and_then(|mut s| s.raw_execute()) {
            return Err(break_group(&mut turn, &error));
        }
        let Some(group) = turn.group.as_mut() else { return Err(closed()) };
        group.members += 1;
        let outcome = group.outcome.subscribe();
        let (members, full) = (group.members, group.members >= writer.group_max);
        let last = full || writer.waiting.load(Ordering::SeqCst) == 0;
        let later = last && !full && turn.last.worth_waiting(members);
        if last && !later {
            tokio::task::spawn_blocking(move || commit_group(turn)).await.map_err(|error| Error::internal(error.to_string()))?;
        } else {
            drop(turn);
        }
        if later {
            // A task of its own: whoever asked for the commit may be dropped meanwhile.
            tokio::spawn(commit_later(writer.clone(), members));
        }
        settled(outcome).await
    }

    /// The outcome of those who wrote before it in its group, where there are any.
    fn before(&self) -> Option<Outcome> {
        let On::Writer { turn: Some(turn), .. } = &self.on else { return None };
        turn.group.as_ref().filter(|group| group.members > 0).map(|group| group.outcome.subscribe())
    }
}

/// Waits until the group is on disk, or lost.
async fn settled(mut outcome: Outcome) -> Result<()> {
    let settled = outcome.wait_for(Option::is_some).await.map_err(|_| closed())?.clone();
    match settled {
        Some(Err(lost)) if lost.unsure => Err(Error::unconfirmed(lost.text)),
        Some(Err(lost)) => Err(not_written(&lost.text)),
        _ => Ok(()),
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        let On::Writer { writer, turn } = &mut self.on else { return };
        let Some(mut turn) = turn.take() else { return };
        if turn.conn.is_autocommit() {
            // SQLite has already rolled everything back (disk full, I/O error).
            let _ = break_group(&mut turn, &rusqlite::Error::InvalidQuery);
            return;
        }
        let undone = turn.conn.execute_batch("ROLLBACK TO one; RELEASE one");
        if let Err(error) = undone {
            let _ = break_group(&mut turn, &error);
            return;
        }
        let nobody_before = turn.group.as_ref().is_none_or(|group| group.members == 0);
        if nobody_before {
            turn.group = None;
            let _ = turn.conn.execute_batch("ROLLBACK");
        } else if writer.waiting.load(Ordering::SeqCst) == 0 {
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn_blocking(move || commit_group(turn))),
                Err(_) => commit_group(turn),
            }
        }
    }
}

/// The whole transaction is lost: everybody who waits for it learns that nothing was written.
fn break_group(turn: &mut OwnedMutexGuard<WriterState>, error: &rusqlite::Error) -> Error {
    if !turn.conn.is_autocommit() {
        let _ = turn.conn.execute_batch("ROLLBACK");
    }
    if let Some(group) = turn.group.take() {
        group.outcome.send_replace(Some(Err(Lost { text: error.to_string(), unsure: false })));
    }
    not_written(&error.to_string())
}

fn not_written(inside: &str) -> Error {
    Error::unavailable("database_unavailable", "the database could not write; nothing was changed, try again")
        .inside(inside)
        .retry_after_s(1)
}

/// Binds one parameter, counted from 0.
pub(crate) fn bind(statement: &mut rusqlite::Statement<'_>, position: usize, value: &Value) -> Result<()> {
    statement.raw_bind_parameter(position + 1, Param(value)).map_err(|error| fault(&error))
}

struct Param<'a>(&'a Value);

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Bool(truth) => ValueRef::Integer(i64::from(*truth)),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Uuid(id) => ValueRef::Blob(id.as_bytes()),
        }))
    }
}

fn bound<'c>(conn: &'c Connection, stmt: &Stmt) -> Result<rusqlite::CachedStatement<'c>> {
    let mut prepared = stmt.with_sqlite(|text| conn.prepare_cached(text)).map_err(|error| fault(&error))?;
    for (index, value) in stmt.params.iter().enumerate() {
        prepared.raw_bind_parameter(index + 1, Param(value)).map_err(|error| fault(&error))?;
    }
    Ok(prepared)
}

fn rows(conn: &Connection, stmt: &Stmt) -> Result<Vec<Row>> {
    let mut prepared = bound(conn, stmt)?;
    let width = prepared.column_count();
    let mut found = prepared.raw_query();
    let mut out = Vec::new();
    while let Some(row) = found.next().map_err(|error| fault(&error))? {
        out.push(whole(row, width)?);
    }
    Ok(out)
}

fn each(conn: &Connection, stmt: &Stmt, visit: &mut (dyn FnMut(&Row) -> Result<()> + Send)) -> Result<()> {
    let mut prepared = bound(conn, stmt)?;
    let width = prepared.column_count();
    let mut found = prepared.raw_query();
    while let Some(row) = found.next().map_err(|error| fault(&error))? {
        visit(&whole(row, width)?)?;
    }
    Ok(())
}

fn whole(row: &rusqlite::Row<'_>, width: usize) -> Result<Row> {
    let mut values = Vec::with_capacity(width);
    for column in 0..width {
        values.push(read(row.get_ref(column).map_err(|error| fault(&error))?)?);
    }
    Ok(Row(RowInner::Sqlite(values)))
}

fn exec(conn: &Connection, stmt: &Stmt) -> Result<u64> {
    let mut prepared = bound(conn, stmt)?;
    prepared.raw_execute().map(|count| count as u64).map_err(|error| fault(&error))
}

fn read(value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(Cow::Owned(std::str::from_utf8(text).map_err(|e| Error::internal(e.to_string()))?.to_owned())),
        ValueRef::Blob(bytes) => Value::Uuid(Uuid::from_slice(bytes).map_err(|e| Error::internal(e.to_string()))?),
        ValueRef::Real(number) => return Err(Error::internal(format!("a column holds the floating-point number {number}"))),
    })
}

fn fault(error: &rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, message) = error else {
        return Error::internal(error.to_string());
    };
    let message = message.as_deref().unwrap_or_default();
    let reported = message.split_once(": ").map_or(message, |(_, rest)| rest);
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_CHECK | ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
            let reported = reported.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')).unwrap_or(reported);
            catalogue().error(reported)
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
            Error::refused("reference_unknown", "something this refers to does not exist, or is still in use")
        }
        _ => match code.code {
            ffi::ErrorCode::DatabaseBusy
            | ffi::ErrorCode::DatabaseLocked
            | ffi::ErrorCode::DiskFull
            | ffi::ErrorCode::SystemIoFailure
            | ffi::ErrorCode::ReadOnly
            | ffi::ErrorCode::CannotOpen => not_written(&format!("{error}")),
            _ => Error::internal(error.to_string()),
        },
    }
}
