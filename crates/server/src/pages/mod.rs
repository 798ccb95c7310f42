//! What a person sees who opens the server's address, until the faces exist: how to set it up, and
//! then the API's documentation and how to sell a first cart.
//!
//! The page is static, with its script and style in files of their own, so that the strict content
//! policy holds. It reads the same OpenAPI document and the same steps that the tests run. Also here:
//! `/healthz` (the process answers) and `/readyz` (the database answers, and what it does not promise).

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use serde::Serialize;
use shuke_http::App;
use shuke_kernel::Result;
use utoipa::openapi::OpenApi;

const HTML: &str = include_str!("start.html");
const CSS: &str = include_str!("start.css");
const JS: &str = include_str!("start.js");
/// The steps from signing in to a first sale; the tests run them.
pub const FIRST_CART: &str = include_str!("first_cart.json");

fn asset(kind: &'static str, body: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], body)
}

/// The start page and what it reads.
pub fn routes(document: &OpenApi) -> Router<App> {
    let document = serde_json::to_string(document).unwrap_or_default();
    Router::new()
        .route("/", get(|| async { asset("text/html; charset=utf-8", HTML) }))
        .route("/start.css", get(|| async { asset("text/css; charset=utf-8", CSS) }))
        .route("/start.js", get(|| async { asset("text/javascript; charset=utf-8", JS) }))
        .route("/first-cart.json", get(|| async { asset("application/json", FIRST_CART) }))
        .route("/api/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }))
}

/// `/healthz` and `/readyz` on every server.
pub fn health_routes() -> Router<App> {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready))
}

/// A router with nothing but health, for a worker.
pub fn health(app: App) -> Router {
    shuke_http::layers(health_routes().with_state(app))
}

/// Whether the server can do its work.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    /// What the database does not promise: where it is not empty, a crash may lose what was acknowledged.
    faults: Vec<String>,
}

async fn ready(State(app): State<App>) -> impl IntoResponse {
    match look(&app).await {
        Ok(faults) => (StatusCode::OK, axum::Json(Readiness { ready: true, faults })),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            let faults = vec!["the database can't be reached".to_owned()];
            (StatusCode::SERVICE_UNAVAILABLE, axum::Json(Readiness { ready: false, faults }))
        }
    }
}

async fn look(app: &App) -> Result<Vec<String>> {
    app.db.read(&(), |tx, ()| Box::pin(shuke_org::merchant::ops::numbers(tx, 1))).await?;
    app.db.durability_faults().await
}
