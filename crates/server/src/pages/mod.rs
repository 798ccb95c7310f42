//! What a person sees who opens the server's address: the faces ([`face`]); and under `/start`, also
//! where the faces were not built, how to set the server up, the API's documentation and how to sell a
//! first cart.
//!
//! The page is static, with its script and style in files of their own, so that the strict content
//! policy holds. It reads the same OpenAPI document and the same steps that the tests run. Also here:
//! what the operator's tools read ([`operator`]).

mod face;
mod operator;

pub use operator::{Meter, operator, operator_routes};

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use shuke_http::App;
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
        .merge(face::routes())
        .route("/start", get(|| async { asset("text/html; charset=utf-8", HTML) }))
        .route("/start.css", get(|| async { asset("text/css; charset=utf-8", CSS) }))
        .route("/start.js", get(|| async { asset("text/javascript; charset=utf-8", JS) }))
        .route("/first-cart.json", get(|| async { asset("application/json", FIRST_CART) }))
        .route("/api/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }))
}
