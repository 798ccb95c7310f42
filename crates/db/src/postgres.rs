//! PostgreSQL: a pool, prepared statements, and pipelining.
//!
//! BEGIN is sent with the first statements of a transaction and COMMIT with the last, so that a
//! transaction in two steps (read, then write) takes two round trips. Queued writes have no answer
//! that anybody waits for; where one fails, PostgreSQL turns the COMMIT behind it into a rollback.
//!
//! Several hosts in the URL: a connection goes to the one that takes writes, so that after a standby was
//! promoted the next connection finds it. Behind a pooler in transaction mode statements go unnamed
//! ([`Statements::Simple`]): a named one would be looked for on another server.

use crate::counters::Counters;
use crate::row::{Inner as RowInner, Row};
use crate::tx::{Future, Inner, Tx};
use crate::wall::{self, Wall};
use crate::wire::{Plain, Secure};
use crate::{Config, Statements, Stmt, catalogue};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures::StreamExt as _;
use postgres_types::private::BytesMut;
use shuke_kernel::value::Value;
use shuke_kernel::{Error, Random, Result};
use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode, SslNegotiation, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{NoTls, RowStream, SimpleQueryMessage, Statement};

const ATTEMPTS_MAX: u32 = 8;
const WAIT_MS: u64 = 10_000;
/// How long a host may take to accept a connection before the next host is tried.
const CONNECT_S: u64 = 3;
/// How long a host may leave what was sent without a sign before the connection counts as lost.
const SILENT_S: u64 = 15;

pub(crate) struct Postgres {
    pool: Pool,
    counters: Arc<Counters>,
    statements: Statements,
    /// Whether row-level security holds for the role that connects.
    walled: bool,
}

/// The URL, with what makes a lost host be noticed and a promoted one be found.
fn settings(url: &str) -> Result<tokio_postgres::Config> {
    let mut config: tokio_postgres::Config = url.parse().map_err(|error: tokio_postgres::Error| {
        Error::invalid("database_url_malformed", "the database is named by a URL such as postgres://user:password@host:5432/shuke")
            .inside(error.to_string())
    })?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(CONNECT_S));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(SILENT_S));
    }
    config.keepalives_idle(Duration::from_secs(SILENT_S));
    if config.get_hosts().len() > 1 && config.get_target_session_attrs() == TargetSessionAttrs::Any {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    Ok(config)
}

/// What a page read out of order costs, unless whoever runs the server has said it: PostgreSQL's own 4 is for disks
/// that turn, and with it a plan that is kept walks a small shop's whole catalogue for every line of a sale.
const LOOK_UP: &str = "SELECT set_config('random_page_cost', '1.1', FALSE) FROM pg_settings \
                       WHERE name = 'random_page_cost' AND source = 'default'";

impl Postgres {
    pub(crate) async fn open(url: &str, options: &Config, counters: Arc<Counters>) -> Result<Self> {
        let config = settings(url)?;
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match config.get_ssl_mode() {
            SslMode::Disable => plain(config, manager_config),
            _ => Manager::from_config(config, Secure(tls()?), manager_config),
        };
        let pool = Pool::builder(manager)
            .max_size(options.connections_max)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_millis(WAIT_MS)))
            .create_timeout(Some(Duration::from_millis(WAIT_MS)))
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move { client.batch_execute(LOOK_UP).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|error| Error::internal(error.to_string()))?;
        let mut opened = Self { pool, counters, statements: options.statements, walled: true };
        opened.walled = !opened.bypasses().await?;
        Ok(opened)
    }

    async fn bypasses(&self) -> Result<bool> {
        let client = self.lease().await?;
        let answer = client.simple_query(wall::BYPASSES).await.map_err(|error| fault(&error, &mut None))?;
        Ok(first(&answer).as_deref() == Some("true"))
    }

    /// A transaction for whom the task works.
    async fn begin(&self, mode: Mode, outside: Wall) -> Result<PgTx> {
        let setting = self.walled.then(|| wall::current(outside).setting());
        Ok(PgTx::new(self.lease().await?, self.counters.clone(), mode, self.statements, setting))
    }

    async fn lease(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| {
            Error::unavailable("database_unavailable", "the database can't be reached; nothing was changed, try again")
                .inside(error.to_string())
                .retry_after_s(1)
        })
    }

    pub(crate) async fn write<I, T, F>(&self, input: &I, work: &F, outside: Wall) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        let mut attempt = 0;
        loop {
            let mut tx = Tx(Inner::Postgres(self.begin(Mode::Write, outside).await?));
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

    pub(crate) async fn read<I, T, F>(&self, input: &I, work: &F, snapshot: bool, outside: Wall) -> Result<T>
    where
        I: Sync + ?Sized,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Future<'t, T> + Send + Sync,
    {
        let mode = if snapshot { Mode::Snapshot } else { Mode::Read };
        let mut attempt = 0;
        loop {
            let mut tx = Tx(Inner::Postgres(self.begin(mode, outside).await?));
            let result = work(&mut tx, input).await;
            let Inner::Postgres(mut inner) = tx.0 else { return Err(Error::internal("the transaction changed its database")) };
            let retry = inner.retry;
            inner.leave().await;
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
            tx.query_typed_raw(stmt.postgres(), typed(&stmt.params)).await.map_err(|error| fault(&error, &mut faults))?;
        }
        tx.commit().await.map_err(|error| fault(&error, &mut faults))
    }

    pub(crate) async fn analyze(&self) -> Result<()> {
        self.lease().await?.batch_execute("ANALYZE").await.map_err(|error| fault(&error, &mut None))
    }

    pub(crate) async fn durability_faults(&self) -> Result<Vec<String>> {
        let client = self.lease().await?;
        let mut faults = Vec::new();
        for (question, setting) in
            [("SHOW fsync", "fsync"), ("SHOW synchronous_commit", "synchronous_commit"), ("SHOW full_page_writes", "full_page_writes")]
        {
            let answer = client.simple_query(question).await.map_err(|error| fault(&error, &mut None))?;
            if first(&answer).as_deref() == Some("off") {
                faults.push(format!("{setting} is off: a crash may lose sales that were acknowledged"));
            }
        }
        if !self.walled {
            faults.push("the database role is a superuser or has BYPASSRLS: the second wall between merchants does not stand".to_owned());
        }
        Ok(faults)
    }

    /// Connections in use and connections at most.
    pub(crate) fn pool(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size.saturating_sub(status.available), status.max_size)
    }
}

/// The first value of the first row.
fn first(answer: &[SimpleQueryMessage]) -> Option<String> {
    answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    })
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
    statements: Statements,
    /// For whom, where the wall stands.
    setting: Option<String>,
    begun: bool,
    finished: bool,
    retry: bool,
    broken: bool,
    /// The connection is lost, or leads to a server that takes no writes: it doesn't go back to the pool.
    lost: bool,
}

/// What goes over the wire in one round trip.
enum Step {
    Simple(Cow<'static, str>),
    Query(Statement, Vec<Value>, bool),
    Unnamed(Stmt, bool),
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
    fn new(client: Object, counters: Arc<Counters>, mode: Mode, statements: Statements, setting: Option<String>) -> Self {
        Self {
            client: Some(client),
            counters,
            queued: Vec::new(),
            mode,
            statements,
            setting,
            begun: false,
            finished: false,
            retry: false,
            broken: false,
            lost: false,
        }
    }

    /// What opens the transaction; a plain read needs none.
    fn opening(&self) -> Option<Cow<'static, str>> {
        let begin = match self.mode {
            // A pooler gives every transaction another server, and a pipeline must stay on one.
            Mode::Read if self.setting.is_none() && self.statements == Statements::Prepared => return None,
            Mode::Read => "BEGIN READ ONLY",
            Mode::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => "BEGIN",
        };
        Some(match &self.setting {
            Some(setting) => format!("{begin}; {setting}").into(),
            None => begin.into(),
        })
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
        match stream(client, stmt, self.statements, visit).await {
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
        let Some(client) = self.client.as_ref().filter(|_| !self.lost) else { return };
        if !self.begun || client.batch_execute("ROLLBACK").await.is_ok() {
            self.finished = true;
        }
    }

    /// Ends a reading transaction. Nobody waits for the answer: it goes out before whatever the
    /// connection's next user sends. A pooler's server is waited for, because the next may be another.
    async fn leave(&mut self) {
        if self.mode == Mode::Snapshot || self.statements == Statements::Simple {
            return self.rollback().await;
        }
        let Some(client) = self.client.as_ref().filter(|_| !self.lost) else { return };
        if self.begun && self.setting.is_some() {
            let mut end = Box::pin(client.batch_execute("ROLLBACK"));
            if matches!(futures::poll!(&mut end), Poll::Ready(Err(_))) {
                return;
            }
        }
        self.finished = true;
    }

    /// Sends what is queued, then `stmts`, then `end`, in one round trip; answers those of `stmts`.
    async fn send(&mut self, stmts: &[Stmt], want_rows: bool, end: Option<&'static str>) -> Result<Vec<Answer>> {
        let queued = std::mem::take(&mut self.queued);
        let skip = queued.len();
        let client = self.client.as_ref().ok_or_else(|| Error::internal("the connection is gone"))?;
        let mut steps = Vec::with_capacity(skip + stmts.len() + 2);
        let first = if self.begun { None } else { self.opening() };
        let from = usize::from(first.is_some()) + skip;
        steps.extend(first.map(Step::Simple));
        let all = queued.iter().chain(stmts).enumerate();
        match self.statements {
            Statements::Simple => steps.extend(all.map(|(index, stmt)| Step::Unnamed(stmt.clone(), want_rows && index >= skip))),
            Statements::Prepared => match prepare(client, &queued, stmts).await {
                Ok(prepared) => {
                    let queries = prepared.into_iter().zip(all);
                    steps.extend(queries.map(|(known, (index, stmt))| Step::Query(known, stmt.params.clone(), want_rows && index >= skip)));
                }
                Err(error) => return Err(self.failed(&error, false)),
            },
        }
        steps.extend(end.map(|text| Step::Simple(text.into())));
        self.counters.statements(skip + stmts.len());
        self.counters.trip();
        self.begun = true;
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
        let code = error.code().map(SqlState::code).unwrap_or_default();
        // 25006: this server takes no writes any more; another one has become the primary.
        let (gone, moved) = (error.is_closed() || code.starts_with("57P0") || code.starts_with("08"), code == "25006");
        self.lost |= gone || moved;
        self.retry = retry == Some(true) || ((gone || moved) && !commit_sent);
        if gone && commit_sent { Error::unconfirmed(error.to_string()) } else { out }
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
    statements: Statements,
    visit: &mut (dyn FnMut(&Row) -> Result<()> + Send),
) -> Result<Result<()>, tokio_postgres::Error> {
    let rows = match statements {
        Statements::Simple => client.query_typed_raw(stmt.postgres(), typed(&stmt.params)).await?,
        Statements::Prepared => {
            let prepared = client.prepare_cached(stmt.postgres()).await?;
            client.query_raw(&prepared, stmt.params.iter().map(Param)).await?
        }
    };
    let mut rows = std::pin::pin!(rows);
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
        Step::Query(statement, params, true) => collect(client.query_raw(statement, params.iter().map(Param)).await?, true).await,
        Step::Unnamed(stmt, want_rows) => collect(client.query_typed_raw(stmt.postgres(), typed(&stmt.params)).await?, *want_rows).await,
    }
}

async fn collect(stream: RowStream, want_rows: bool) -> Result<Answer, tokio_postgres::Error> {
    let mut stream = std::pin::pin!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await {
        rows.push(row?);
    }
    Ok(if want_rows { Answer::Rows(rows) } else { Answer::Count(stream.rows_affected().unwrap_or(0)) })
}

/// Parameters with their types, for a statement that nobody prepared. A null has the type that its place asks for.
fn typed(params: &[Value]) -> impl ExactSizeIterator<Item = (Param<'_>, Type)> {
    params.iter().map(|value| {
        let ty = match value {
            Value::Null => Type::UNKNOWN,
            Value::Int(_) => Type::INT8,
            Value::Bool(_) => Type::BOOL,
            Value::Text(_) => Type::TEXT,
            Value::Uuid(_) => Type::UUID,
        };
        (Param(value), ty)
    })
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
