//! The layers around every router: request id, trace, limits, security headers, the wall between merchants.

use crate::Problem;
use axum::Router;
use axum::extract::Request as Incoming;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use shuke_kernel::Error;
use std::any::Any;
use std::borrow::Cow;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

/// The header that names a request in answers and logs.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_S_MAX: u64 = 60;

fn header_layer(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// A request works for nobody until its caller is known.
async fn walled(request: Incoming, next: Next) -> Response {
    shuke_db::wall::within(shuke_db::Wall::Nobody, next.run(request)).await
}

/// Gives a request up that takes too long. Its transaction rolls back, unless it was at its commit.
async fn in_time(request: Incoming, next: Next) -> Response {
    let answer = tokio::time::timeout(Duration::from_secs(REQUEST_S_MAX), next.run(request)).await;
    answer.unwrap_or_else(|_| Problem(Error::unconfirmed(format!("given up after {REQUEST_S_MAX} s"))).into_response())
}

/// A fault of ours is an answer like any other; its text is in the log.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    Problem(Error::internal(format!("panicked: {}", text.unwrap_or_default()))).into_response()
}

/// A path as it is logged: what stands behind `gift-card-codes` and the like is worth money to whoever reads it.
fn logged(path: &str) -> Cow<'_, str> {
    path.split_once("-codes/").map_or(Cow::Borrowed(path), |(before, _)| Cow::Owned(format!("{before}-codes/…")))
}

/// Puts the layers around a router. The path is logged, never the query or a body: they hold personal data.
pub fn layers<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let trace = TraceLayer::new_for_http().make_span_with(|request: &Request<axum::body::Body>| {
        let id = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let path = logged(request.uri().path());
        tracing::info_span!("request", method = %request.method(), path = &*path, id, merchant = tracing::field::Empty)
    });
    // An error tells its reason where it becomes an answer; that it was one is no second line.
    let trace = trace.on_failure(());
    router
        .layer(from_fn(walled))
        .layer(from_fn(crate::meter::measure))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(in_time))
        .layer(trace)
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header_layer(header::REFERRER_POLICY, "same-origin"))
        .layer(header_layer(header::CACHE_CONTROL, "no-store"))
        .layer(header_layer(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_not_logged() {
        assert_eq!(logged("/api/v1/gift-card-codes/XWSY-K64F-TPFK-WRZZ"), "/api/v1/gift-card-codes/…");
        assert_eq!(logged("/api/v1/coupon-codes/A/b"), "/api/v1/coupon-codes/…");
        assert_eq!(logged("/api/v1/gift-card-batches/1/codes"), "/api/v1/gift-card-batches/1/codes");
        assert_eq!(logged("/api/v1/orders"), "/api/v1/orders");
    }
}
