//! For whoever runs the server: `/healthz` (the process answers), `/readyz` (the database answers, what
//! it does not promise, and how far the work is behind), `/metrics` (Prometheus).
//!
//! Metrics name no person and no merchant. They are for the machine itself, or for whoever shows the
//! operator's token; to anybody else there is nothing under that address.

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use shuke_db::{MIGRATIONS, Wall, wall};
use shuke_http::{App, Gate, Problem};
use shuke_jobs::Backlog;
use shuke_kernel::{Error, Result};
use std::net::SocketAddr;
use std::sync::OnceLock;

/// Seconds; a sale takes milliseconds, a report may take seconds.
const BUCKETS_S: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What measures, kept in [`shuke_http::AppInner::slot`]; it does nothing until it is started.
#[derive(Default)]
pub struct Meter(OnceLock<Started>);

struct Started {
    handle: PrometheusHandle,
    token: Option<String>,
    behind_proxy: bool,
}

impl Meter {
    /// Starts to measure, once in a process.
    pub fn start(&self, token: Option<String>, behind_proxy: bool) -> anyhow::Result<()> {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        let handle = match HANDLE.get() {
            Some(handle) => handle.clone(),
            None => {
                let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS_S)?;
                HANDLE
                    .get_or_init(|| builder.install_recorder().unwrap_or_else(|_| PrometheusBuilder::new().build_recorder().handle()))
                    .clone()
            }
        };
        let _ = self.0.set(Started { handle, token, behind_proxy });
        Ok(())
    }
}

/// `/healthz`, `/readyz` and `/metrics`, on every server.
pub fn operator_routes() -> Router<App> {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// A router with nothing else, for a worker.
pub fn operator(app: App) -> Router {
    shuke_http::layers(operator_routes().with_state(app))
}

/// Whether the server can do its work.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    /// The newest migration of the schema.
    schema: &'static str,
    /// What the database does not promise: where it is not empty, a crash may lose what was acknowledged,
    /// or a wall does not stand.
    faults: Vec<String>,
    /// How long the oldest event has waited for its readers, in milliseconds.
    lag_ms: i64,
}

async fn ready(State(app): State<App>) -> impl IntoResponse {
    let schema = MIGRATIONS.last().map_or("", |migration| migration.name);
    match look(&app).await {
        Ok((faults, lag_ms)) => (StatusCode::OK, axum::Json(Readiness { ready: true, schema, faults, lag_ms })),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            let faults = vec!["the database can't be reached, or takes no writes".to_owned()];
            (StatusCode::SERVICE_UNAVAILABLE, axum::Json(Readiness { ready: false, schema, faults, lag_ms: 0 }))
        }
    }
}

async fn look(app: &App) -> Result<(Vec<String>, i64)> {
    let backlog = Backlog::read(&app.db, app.clock.now()).await?;
    let faults = app.db.durability_faults().await?;
    if faults.iter().any(|fault| fault.contains("nothing more is written")) {
        return Err(Error::unavailable("disk_unsure", "the disk did not confirm a write"));
    }
    Ok((faults, backlog.event_lag_ms))
}

async fn metrics(State(app): State<App>, request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let meter = app.slot::<Meter>();
    let Some(started) = meter.0.get().filter(|started| started.lets(peer, request.headers())) else {
        return Problem(Error::not_found("not_found", "there is nothing under this address")).into_response();
    };
    if let Err(error) = gauges(&app).await {
        tracing::warn!(%error, "the metrics lack what the database knows");
    }
    started.handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], started.handle.render()).into_response()
}

impl Started {
    fn lets(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
        if let Some(token) = &self.token {
            let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            return shown.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|shown| same(shown, token));
        }
        // Behind a proxy everybody comes from this machine.
        !self.behind_proxy && peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
    }
}

fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

async fn gauges(app: &App) -> Result<()> {
    metrics::gauge!("shuke_requests_inside").set(app.slot::<Gate>().inside() as f64);
    let counts = app.db.counts();
    metrics::counter!("shuke_database_statements_total").absolute(counts.statements);
    metrics::counter!("shuke_database_trips_total").absolute(counts.trips);
    metrics::counter!("shuke_database_commits_total").absolute(counts.commits);
    metrics::counter!("shuke_database_transactions_total").absolute(counts.transactions);
    if let Some((used, most)) = app.db.pool() {
        metrics::gauge!("shuke_database_connections_used").set(used as f64);
        metrics::gauge!("shuke_database_connections_max").set(most as f64);
    }
    let backlog = Backlog::read(&app.db, app.clock.now()).await?;
    metrics::gauge!("shuke_event_lag_seconds_now").set(backlog.event_lag_ms as f64 / 1000.0);
    metrics::gauge!("shuke_events_dead").set(backlog.events_dead as f64);
    metrics::gauge!("shuke_jobs_due").set(backlog.jobs_due as f64);
    metrics::gauge!("shuke_jobs_dead").set(backlog.jobs_dead as f64);
    let (waiting, dead) = wall::within(Wall::All, shuke_org::webhook::backlog(&app.db)).await?;
    metrics::gauge!("shuke_webhook_deliveries_waiting").set(waiting as f64);
    metrics::gauge!("shuke_webhook_deliveries_dead").set(dead as f64);
    Ok(())
}
