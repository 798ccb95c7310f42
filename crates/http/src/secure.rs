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

/// The trace that a caller is on: the second part of `traceparent` (W3C Trace Context, level 1, 3.2.2). What isn't one
/// as the standard has it is none.
fn trace_id(header: &str) -> Option<&str> {
    let mut parts = header.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str, length| part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    // A version that isn't known may say more after what is known.
    let ends = version != "00" || parts.next().is_none();
    let whole = hex(version, 2) && version != "ff" && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
    (ends && whole && !zero(trace) && !zero(parent)).then_some(trace)
}

/// Puts the layers around a router. The path is logged, never the query or a body: they hold personal data.
pub fn layers<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let trace = TraceLayer::new_for_http().make_span_with(|request: &Request<axum::body::Body>| {
        let id = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let path = logged(request.uri().path());
        let trace = request.headers().get("traceparent").and_then(|value| trace_id(value.to_str().ok()?));
        tracing::info_span!("request", method = %request.method(), path = &*path, id, trace, merchant = tracing::field::Empty)
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
    fn a_callers_trace_is_taken_as_the_standard_writes_it() {
        let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        assert_eq!(trace_id(&format!("00-{trace}-{parent}-01")), Some(trace));
        assert_eq!(trace_id(&format!("cc-{trace}-{parent}-01-what-comes-later")), Some(trace));
        let no = "0".repeat(32);
        for wrong in [
            String::new(),
            format!("00-{trace}-{parent}"),
            format!("00-{trace}-{parent}-01-more"),
            format!("ff-{trace}-{parent}-01"),
            format!("00-{no}-{parent}-01"),
            format!("00-{trace}-{}-01", &no[..16]),
            format!("00-{}-{parent}-01", trace.to_uppercase()),
            format!("00-{}-{parent}-01", &trace[1..]),
            format!("00-{trace}-{parent}-01\nforged=\"line\""),
        ] {
            assert_eq!(trace_id(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_not_logged() {
        assert_eq!(logged("/api/v1/gift-card-codes/XWSY-K64F-TPFK-WRZZ"), "/api/v1/gift-card-codes/…");
        assert_eq!(logged("/api/v1/coupon-codes/A/b"), "/api/v1/coupon-codes/…");
        assert_eq!(logged("/api/v1/gift-card-batches/1/codes"), "/api/v1/gift-card-batches/1/codes");
        assert_eq!(logged("/api/v1/orders"), "/api/v1/orders");
    }
}
