//! The whole server in the process: routes, clock, database and worker, driven by hand.

use crate::database::{self, Kind, TestDb};
use crate::or_fail;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use shuke_db::Db;
use shuke_http::{App, AppInner, Authenticator, MEMBER_COOKIE, OpenApiRouter, SESSION_COOKIE, Vault};
use shuke_jobs::{Runner, Work};
use shuke_kernel::{Clock, Instant, Random};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt as _;

/// When every test begins: 22 November 2026, 10:00 in Shanghai.
pub const START: Instant = Instant(1_795_312_800_000);
const DAY_MS: i64 = 86_400_000;

/// A server with a client that speaks to it. A clone is another client of the same server.
#[derive(Clone)]
pub struct TestApp {
    /// The server's state.
    pub app: App,
    /// The clock that everything reads.
    pub clock: Clock,
    /// The document of the routes.
    pub openapi: Arc<utoipa::openapi::OpenApi>,
    router: axum::Router,
    runner: Runner,
    shown: Shown,
    address: SocketAddr,
    keys: Arc<AtomicU64>,
    database: Arc<TestDb>,
}

#[derive(Clone)]
enum Shown {
    Nothing,
    Cookie(String),
    Member(String),
    Cookies(String),
    Token(String),
}

impl TestApp {
    /// Starts a server on an empty database of its own.
    pub async fn start(kind: Kind, router: OpenApiRouter<App>, authenticator: Box<dyn Authenticator>) -> Self {
        let (routes, openapi) = router.split_for_parts();
        let wire = |app: App| (shuke_http::layers(routes.with_state(app)), openapi);
        Self::start_wired(kind, authenticator, wire).await
    }

    /// Starts a server whose whole router, layers and pages included, is built by the caller.
    pub async fn start_wired(
        kind: Kind,
        authenticator: Box<dyn Authenticator>,
        wire: impl FnOnce(App) -> (axum::Router, utoipa::openapi::OpenApi),
    ) -> Self {
        let random = Random::seeded(42);
        let clock = Clock::manual(START);
        let database = database::db(kind).await;
        let vault = Vault::new([7; 32], random.clone());
        let app: App = Arc::new(AppInner::new(database.handle(), clock.clone(), random, vault, authenticator));
        let (router, openapi) = wire(app.clone());
        Self {
            router,
            openapi: Arc::new(openapi),
            app,
            clock,
            runner: Runner::default(),
            shown: Shown::Nothing,
            address: SocketAddr::from(([127, 0, 0, 1], 40_000)),
            keys: Arc::new(AtomicU64::new(0)),
            database: Arc::new(database),
        }
    }

    /// With the readers and handlers that [`Self::step`] runs.
    #[must_use]
    pub fn with_runner(mut self, runner: Runner) -> Self {
        self.runner = runner;
        self
    }

    /// Another client, of another server: one that a test made itself, over the same database or not.
    #[must_use]
    pub fn with_router(&self, router: axum::Router) -> Self {
        Self { router, ..self.clone() }
    }

    /// The database, for what no operation shows.
    pub fn db(&self) -> &Db {
        &self.app.db
    }
    /// The database with its configuration.
    pub fn test_db(&self) -> &TestDb {
        &self.database
    }
    /// Another client, with an API key or nothing else.
    #[must_use]
    pub fn as_token(&self, token: &str) -> Self {
        Self { shown: Shown::Token(token.to_owned()), ..self.clone() }
    }
    /// Another client, with a session's secret.
    #[must_use]
    pub fn as_session(&self, secret: &str) -> Self {
        Self { shown: Shown::Cookie(secret.to_owned()), ..self.clone() }
    }
    /// Another client, with this header of cookies: `a=b; c=d`.
    #[must_use]
    pub fn with_cookies(&self, cookies: &str) -> Self {
        Self { shown: Shown::Cookies(cookies.to_owned()), ..self.clone() }
    }
    /// Another client, with the secret of a member's session.
    #[must_use]
    pub fn as_member(&self, secret: &str) -> Self {
        Self { shown: Shown::Member(secret.to_owned()), ..self.clone() }
    }
    /// Another client, with the cookie of a member's session that an answer set.
    #[must_use]
    pub fn with_member_cookie_of(&self, reply: &Reply) -> Self {
        self.as_member(&or_fail("find a member's cookie", reply.cookie(MEMBER_COOKIE).ok_or("the answer sets none")))
    }
    /// Another client, with the session cookie that an answer set.
    #[must_use]
    pub fn with_cookie_of(&self, reply: &Reply) -> Self {
        self.as_session(&or_fail("find a session cookie", reply.session_cookie().ok_or("the answer sets none")))
    }
    /// Another client, that is not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self { shown: Shown::Nothing, ..self.clone() }
    }
    /// Another client at another address.
    #[must_use]
    pub fn from_address(&self, address: [u8; 4]) -> Self {
        Self { address: SocketAddr::from((address, 40_000)), ..self.clone() }
    }

    /// Moves the clock on.
    pub fn advance_ms(&self, ms: i64) {
        self.clock.advance_ms(ms);
    }
    /// Moves the clock on by whole days of 24 hours.
    pub fn advance_days(&self, days: i64) {
        self.clock.advance_ms(days * DAY_MS);
    }
    /// Lets readers and jobs do what is due, until nothing is. Returns how much they did.
    pub async fn step(&self) -> u64 {
        step(&self.runner, &self.app.work()).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None, None).await
    }
    /// POST with a new idempotency key.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Reply {
        self.write(Method::POST, path, body).await
    }
    /// POST with this idempotency key.
    pub async fn post_with_key(&self, path: &str, key: &str, body: &impl Serialize) -> Reply {
        self.call(Method::POST, path, Some(key), Some(json(body))).await
    }
    /// PUT with a new idempotency key.
    pub async fn put(&self, path: &str, body: &impl Serialize) -> Reply {
        self.write(Method::PUT, path, body).await
    }
    /// PATCH with a new idempotency key.
    pub async fn patch(&self, path: &str, body: &impl Serialize) -> Reply {
        self.write(Method::PATCH, path, body).await
    }
    /// DELETE with a new idempotency key.
    pub async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, Some(&self.new_key()), None).await
    }

    async fn write(&self, method: Method, path: &str, body: &impl Serialize) -> Reply {
        self.call(method, path, Some(&self.new_key()), Some(json(body))).await
    }

    fn new_key(&self) -> String {
        format!("test-{}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    /// Any request at all.
    pub async fn call(&self, method: Method, path: &str, key: Option<&str>, body: Option<Vec<u8>>) -> Reply {
        let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(self.address));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request = match &self.shown {
            Shown::Nothing => request,
            Shown::Cookie(secret) => request.header(header::COOKIE, format!("{SESSION_COOKIE}={secret}")),
            Shown::Cookies(cookies) => request.header(header::COOKIE, cookies),
            Shown::Member(secret) => request.header(header::COOKIE, format!("{MEMBER_COOKIE}={secret}")),
            Shown::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        };
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = or_fail("build the request", request.body(Body::from(body.unwrap_or_default())));
        self.send(request).await
    }

    /// A request that was built by hand.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let asked = format!("{} {}", request.method(), request.uri());
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        let bytes = or_fail("read the answer", axum::body::to_bytes(body, usize::MAX).await);
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { asked, status: parts.status, headers: parts.headers, json, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

/// Runs readers and jobs until nothing is due. Returns how much they did.
///
/// On PostgreSQL a reader waits for every writing transaction of the whole cluster, those of other
/// tests in other databases too; this waits with it.
pub async fn step(runner: &Runner, work: &Work) -> u64 {
    let mut total = 0;
    loop {
        database::settled(&work.db).await;
        match or_fail("step the worker", runner.step(work).await) {
            0 => return total,
            done => total += done,
        }
    }
}

fn json(body: &impl Serialize) -> Vec<u8> {
    or_fail("write the body", serde_json::to_vec(body))
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    asked: String,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, or null where it isn't JSON.
    pub json: Value,
    /// The body as text.
    pub text: String,
}

impl Reply {
    /// The body of a success; anything else fails the test and shows what it was.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} answered {}: {}", self.asked, self.status, self.text);
        self.json
    }
    /// The body of a success, read as a type.
    #[track_caller]
    pub fn read<T: serde::de::DeserializeOwned>(self) -> T {
        let asked = self.asked.clone();
        or_fail(&format!("read the answer of {asked}"), serde_json::from_value(self.ok()))
    }
    /// Fails the test unless the answer is this error.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let found = (self.status.as_u16(), self.code());
        assert_eq!(found, (status, code), "{} answered {}: {}", self.asked, self.status, self.text);
        self.json
    }
    /// The error's code, or nothing.
    pub fn code(&self) -> &str {
        self.json.get("code").and_then(Value::as_str).unwrap_or_default()
    }
    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
    /// Whether the answer is that of an earlier request with the same key.
    pub fn replayed(&self) -> bool {
        self.header("idempotent-replayed") == "true"
    }
    /// The session's secret that the answer sets as a cookie.
    pub fn session_cookie(&self) -> Option<String> {
        self.cookie(SESSION_COOKIE)
    }
    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, wanted: &str) -> Option<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .filter_map(|cookie| cookie.split(';').next()?.split_once('='))
            .find(|(name, _)| *name == wanted)
            .map(|(_, secret)| secret.to_owned())
    }
}

/// Runs a test's future on a runtime with two workers.
pub fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    or_fail("start a runtime", runtime).block_on(test);
}

/// Turns scenarios into tests, one per database: `name::sqlite` and `name::postgres`.
///
/// `setup` is an `async fn(Kind) -> T`; each scenario gets its own `T`.
///
/// ```ignore
/// scenario! {
///     setup = shop;
///
///     /// What would break.
///     async fn a_member_is_found(shop) {
///         shop.app.get("/api/v1/members").await.ok();
///     }
/// }
/// ```
#[macro_export]
macro_rules! scenario {
    (setup = $setup:path; $($(#[$meta:meta])* async fn $name:ident($given:pat_param) $body:block)*) => {$(
        $(#[$meta])*
        #[cfg(test)]
        async fn $name(kind: $crate::Kind) {
            let $given = $setup(kind).await;
            $body
        }
        #[cfg(test)]
        mod $name {
            #[test]
            fn sqlite() {
                $crate::run(super::$name($crate::Kind::Sqlite));
            }
            #[test]
            fn postgres() {
                $crate::run(super::$name($crate::Kind::Postgres));
            }
        }
    )*};
}
