//! PostgreSQL: a pool, prepared statements, and pipelining.
//!
//! BEGIN is sent with the first statements of a transaction and COMMIT with the last, so that a
//! transaction in two steps (read, then write) takes two round trips. Queued writes have no answer
//! that anybody waits for; where one fails, PostgreSQL turns the COMMIT behind it into a rollback.

use crate::counters::Counters;
use crate::row::{Inner as RowInner, Row};
use crate::tx::{Future, Inner, Tx};
use crate::wire::{Plain, Secure};
use crate::{Stmt, catalogue};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures::StreamExt as _;
use postgres_types::private::BytesMut;
use shuke_kernel::value::Value;
use shuke_kernel::{Error, Random, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{NoTls, Statement};

const ATTEMPTS_MAX: u32 = 8;
const WAIT_MS: u64 = 10_000;

pub(crate) struct Postgres {
    pool: Pool,
    counters: Arc<Counters>,
}

impl Postgres {
    pub(crate) async fn open(url: &str, connections_max: usize, counters: Arc<Counters>) -> Result<Self> {
        let config: tokio_postgres::Config = url.parse().map_err(|error: tokio_postgres::Error| {
            Error::invalid("database_url_malformed", "the database is named by a URL such as postgres://user:password@host:5432/shuke")
                .inside(error.to_string())
        })?;
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match config.get_ssl_mode() {
            SslMode::Disable => plain(config, manager_config),
            _ => Manager::from_config(config, Secure(tls()?), manager_config),
        };
        let pool = Pool::builder(manager)
            .max_size(connections_max)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_millis(WAIT_MS)))
            .create_timeout(Some(Duration::from_millis(WAIT_MS)))
            .build()
            .map_err(|error| Error::internal(error.to_string()))?;
        let opened = Self { pool, counters };
        drop(opened.lease().await?);
        Ok(opened)
    }

    async fn lease(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| {
            Error::unavailable("database_unavailable", "the database can't be reached; nothing was changed, try again")
                .inside(error.to_string())
                .retry_after_s(1)
        })
    }

    pub(crate) async fn write<I, T, F>(&self, input: &I, work: &F) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        let mut attempt = 0;
        loop {
            let mut tx = Tx(Inner::Postgres(PgTx::new(self.lease().await?, self.counters.clone(), Mode::Write)));
            let worked = work(&mut tx, input).await;
            let Inner::Postgres(mut inner) = tx.0 else { return Err(Error::internal("the transaction changed its database")) };
            let result = match worked {
                Ok(value) => inner.commit().await.map(|()| value),
                Err(error) => Err(error),
            };
            let retry = inner.retry;
            if result.is_err() {
                inner.rollback().await;
            }
            attempt += 1;
            if result.is_ok() || !retry || attempt == ATTEMPTS_MAX {
                return result;
            }
            // Full jitter: those who collided must not meet again.
            let wait_us = Random::system().below(1000 << attempt.min(6));
            tokio::time::sleep(Duration::from_micros(wait_us)).await;
        }
    }

    pub(crate) async fn read<I, T, F>(&self, input: &I, work: &F, snapshot: bool) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        let mode = if snapshot { Mode::Snapshot } else { Mode::Read };
        let mut attempt = 0;
        loop {
            let mut tx = Tx(Inner::Postgres(PgTx::new(self.lease().await?, self.counters.clone(), mode)));
            let result = work(&mut tx, input).await;
            let Inner::Postgres(mut inner) = tx.0 else { return Err(Error::internal("the transaction changed its database")) };
            let retry = inner.retry;
            if snapshot {
                inner.rollback().await;
            } else {
                inner.finished = true;
            }
            attempt += 1;
            if result.is_ok() || !retry || attempt == 2 {
                return result;
            }
        }
    }

    pub(crate) async fn script(&self, text: &'static str, then: Option<Stmt>) -> Result<()> {
        let mut client = self.lease().await?;
        let mut faults = None;
        let tx = client.transaction().await.map_err(|error| fault(&error, &mut faults))?;
        tx.batch_execute(text).await.map_err(|error| fault(&error, &mut faults))?;
        if let Some(stmt) = then {
            let params: Vec<Param<'_>> = stmt.params.iter().map(Param).collect();
            tx.execute_raw(stmt.postgres(), params).await.map_err(|error| fault(&error, &mut faults))?;
        }
        tx.commit().await.map_err(|error| fault(&error, &mut faults))
    }

    pub(crate) async fn analyze(&self) -> Result<()> {
        self.lease().await?.batch_execute("ANALYZE").await.map_err(|error| fault(&error, &mut None))
    }

    pub(crate) async fn durability_faults(&self) -> Result<Vec<String>> {
        let client = self.lease().await?;
        let mut faults = Vec::new();
        for (setting, weak) in [("fsync", &["off"][..]), ("synchronous_commit", &["off"]), ("full_page_writes", &["off"])] {
            let row = client.query_one("SELECT current_setting($1)", &[&setting]).await.map_err(|error| fault(&error, &mut None))?;
            let value: String = row.get(0);
            if weak.contains(&value.as_str()) {
                faults.push(format!("{setting} is {value}: a crash may lose sales that were acknowledged"));
            }
        }
        Ok(faults)
    }
}

/// Without encryption; bursts are answered in one piece where the hosts are reached by TCP.
fn plain(mut config: tokio_postgres::Config, manager_config: ManagerConfig) -> Manager {
    let tcp = |host: &Host| matches!(host, Host::Tcp(_));
    if config.get_hosts().is_empty() || !config.get_hosts().iter().all(tcp) {
        return Manager::from_config(config, NoTls, manager_config);
    }
    config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
    Manager::from_config(config, Plain, manager_config)
}

fn tls() -> Result<tokio_postgres_rustls::MakeRustlsConnect> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Read,
    Snapshot,
    Write,
}

pub(crate) struct PgTx {
    client: Option<Object>,
    counters: Arc<Counters>,
    queued: Vec<Stmt>,
    mode: Mode,
    begun: bool,
    finished: bool,
    retry: bool,
    broken: bool,
}

/// What goes over the wire in one round trip.
enum Step {
    Simple(&'static str),
    Query(Statement, Vec<Value>, bool),
}

enum Answer {
    Nothing,
    Count(u64),
    Rows(Vec<tokio_postgres::Row>),
}

type Pending<'a> = Pin<Box<dyn std::future::Future<Output = Result<Answer, tokio_postgres::Error>> + Send + 'a>>;

enum Slot<'a> {
    Done(Result<Answer, tokio_postgres::Error>),
    Waiting(Pending<'a>),
}

impl PgTx {
    fn new(client: Object, counters: Arc<Counters>, mode: Mode) -> Self {
        Self { client: Some(client), counters, queued: Vec::new(), mode, begun: false, finished: false, retry: false, broken: false }
    }

    pub(crate) fn queue(&mut self, stmt: Stmt) {
        self.queued.push(stmt);
    }

    pub(crate) async fn rows(&mut self, stmt: &Stmt) -> Result<Vec<Row>> {
        Ok(self.all(std::slice::from_ref(stmt)).await?.pop().unwrap_or_default())
    }

    pub(crate) async fn each(&mut self, stmt: &Stmt, visit: &mut (dyn FnMut(&Row) -> Result<()> + Send)) -> Result<()> {
        self.send(&[], false, None).await?;
        self.counters.statements(1);
        let client = self.client.as_ref().ok_or_else(|| Error::internal("the connection is gone"))?;
        match stream(client, stmt, visit).await {
            Ok(visited) => visited,
            Err(error) => Err(self.failed(&error, false)),
        }
    }

    pub(crate) async fn exec(&mut self, stmt: &Stmt) -> Result<u64> {
        let answers = self.send(std::slice::from_ref(stmt), false, None).await?;
        match answers.into_iter().next() {
            Some(Answer::Count(count)) => Ok(count),
            _ => Err(Error::internal("a write gave no count")),
        }
    }

    pub(crate) async fn all(&mut self, stmts: &[Stmt]) -> Result<Vec<Vec<Row>>> {
        let answers = self.send(stmts, true, None).await?;
        let rows = |answer| match answer {
            Answer::Rows(rows) => rows.into_iter().map(|row| Row(RowInner::Postgres(row))).collect(),
            _ => Vec::new(),
        };
        Ok(answers.into_iter().map(rows).collect())
    }

    async fn commit(&mut self) -> Result<()> {
        // PostgreSQL would answer COMMIT with a silent rollback.
        if self.broken {
            return Err(crate::tx::went_on());
        }
        if self.begun || !self.queued.is_empty() {
            self.send(&[], false, Some("COMMIT")).await?;
            self.counters.commit(1);
        }
        self.finished = true;
        Ok(())
    }

    async fn rollback(&mut self) {
        let Some(client) = &self.client else { return };
        if !self.begun || client.batch_execute("ROLLBACK").await.is_ok() {
            self.finished = true;
        }
    }

    /// Sends what is queued, then `stmts`, then `end`, in one round trip; answers those of `stmts`.
    async fn send(&mut self, stmts: &[Stmt], want_rows: bool, end: Option<&'static str>) -> Result<Vec<Answer>> {
        let queued = std::mem::take(&mut self.queued);
        let skip = queued.len();
        let client = self.client.as_ref().ok_or_else(|| Error::internal("the connection is gone"))?;
        let mut steps = Vec::with_capacity(skip + stmts.len() + 2);
        let begin = match self.mode {
            Mode::Read => None,
            Mode::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            Mode::Write => Some("BEGIN"),
        };
        let first = if self.begun { None } else { begin };
        steps.extend(first.map(Step::Simple));
        let prepared = prepare(client, &queued, stmts).await;
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Err(self.failed(&error, false)),
        };
        for (index, (statement, stmt)) in prepared.into_iter().zip(queued.into_iter().chain(stmts.iter().cloned())).enumerate() {
            steps.push(Step::Query(statement, stmt.params, want_rows && index >= skip));
        }
        steps.extend(end.map(Step::Simple));
        self.counters.statements(skip + stmts.len());
        self.counters.trip();
        self.begun = true;
        let from = usize::from(first.is_some()) + skip;
        let outcome = pipeline(client, &steps).await;
        match outcome {
            Ok(mut answers) => {
                answers.truncate(answers.len() - usize::from(end.is_some()));
                Ok(answers.split_off(from))
            }
            Err(error) => Err(self.failed(&error, end.is_some())),
        }
    }

    fn failed(&mut self, error: &tokio_postgres::Error, commit_sent: bool) -> Error {
        let mut retry = None;
        let out = fault(error, &mut retry);
        self.broken = self.mode != Mode::Read;
        // After COMMIT was sent a lost connection leaves the outcome open: the caller's key decides.
        let ended = error.code().is_some_and(|code| code.code().starts_with("57P0"));
        self.retry = retry == Some(true) || ((error.is_closed() || ended) && !commit_sent);
        out
    }
}

impl Drop for PgTx {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        if let Some(client) = self.client.take() {
            // Dropped in the middle: the connection goes with it, and the server rolls back.
            drop(Object::take(client));
        }
    }
}

/// The outer result is the database's, the inner one the visitor's.
async fn stream(
    client: &Object,
    stmt: &Stmt,
    visit: &mut (dyn FnMut(&Row) -> Result<()> + Send),
) -> Result<Result<()>, tokio_postgres::Error> {
    let prepared = client.prepare_cached(stmt.postgres()).await?;
    let mut rows = std::pin::pin!(client.query_raw(&prepared, stmt.params.iter().map(Param)).await?);
    while let Some(row) = rows.next().await {
        if let Err(error) = visit(&Row(RowInner::Postgres(row?))) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

async fn prepare(client: &Object, queued: &[Stmt], stmts: &[Stmt]) -> Result<Vec<Statement>, tokio_postgres::Error> {
    let mut out = Vec::with_capacity(queued.len() + stmts.len());
    for stmt in queued.iter().chain(stmts) {
        out.push(client.prepare_cached(stmt.postgres()).await?);
    }
    Ok(out)
}

/// Polls every step once, in order, so that all are on the wire before any answer is awaited.
async fn pipeline(client: &Object, steps: &[Step]) -> Result<Vec<Answer>, tokio_postgres::Error> {
    let mut slots = Vec::with_capacity(steps.len());
    for step in steps {
        let mut future: Pending<'_> = Box::pin(run(client, step));
        slots.push(match futures::poll!(&mut future) {
            Poll::Ready(answer) => Slot::Done(answer),
            Poll::Pending => Slot::Waiting(future),
        });
    }
    let mut answers = Vec::with_capacity(slots.len());
    let mut failure = None;
    for slot in slots {
        let answer = match slot {
            Slot::Done(answer) => answer,
            Slot::Waiting(future) => future.await,
        };
        match answer {
            Ok(answer) => answers.push(answer),
            // The first failure is the cause; those behind it only say that the transaction is aborted.
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(answers), Err)
}

async fn run(client: &Object, step: &Step) -> Result<Answer, tokio_postgres::Error> {
    match step {
        Step::Simple(text) => client.batch_execute(text).await.map(|()| Answer::Nothing),
        Step::Query(statement, params, false) => client.execute_raw(statement, params.iter().map(Param)).await.map(Answer::Count),
        Step::Query(statement, params, true) => {
            let stream = client.query_raw(statement, params.iter().map(Param)).await?;
            let mut stream = std::pin::pin!(stream);
            let mut rows = Vec::new();
            while let Some(row) = stream.next().await {
                rows.push(row?);
            }
            Ok(Answer::Rows(rows))
        }
    }
}

#[derive(Debug)]
struct Param<'a>(&'a Value);

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self.0, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            (Value::Int(number), &Type::INT8) => number.to_sql(ty, out),
            (Value::Bool(truth), &Type::BOOL) => truth.to_sql(ty, out),
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => text.to_sql(ty, out),
            (Value::Uuid(id), &Type::UUID) => id.to_sql(ty, out),
            (value, ty) => Err(format!("a parameter {value:?} was given where the statement takes {ty}").into()),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    tokio_postgres::types::to_sql_checked!();
}

fn fault(error: &tokio_postgres::Error, retry: &mut Option<bool>) -> Error {
    let unavailable = || {
        Error::unavailable("database_unavailable", "the database could not answer; try again").inside(error.to_string()).retry_after_s(1)
    };
    let Some(db) = error.as_db_error() else {
        return if error.is_closed() { unavailable() } else { Error::internal(format!("{error:?}")) };
    };
    let code = db.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        *retry = Some(true);
        return unavailable();
    }
    let name = db.constraint().unwrap_or_default();
    match *code {
        SqlState::UNIQUE_VIOLATION | SqlState::CHECK_VIOLATION | SqlState::FOREIGN_KEY_VIOLATION => catalogue().error(name),
        _ if matches!(&code.code()[..2], "08" | "57" | "53" | "58" | "25") => unavailable(),
        _ => Error::internal(format!("{}: {}", code.code(), db.message())),
    }
}
