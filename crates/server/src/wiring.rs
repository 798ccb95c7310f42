//! Every slice, wired: one line each.

use crate::{insight, lake, midnight, pages, upload};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use shuke_http::{App, AppInner, OpenApiRouter, Problem, ProblemBody, document};
use shuke_jobs::Runner;
use shuke_kernel::Error;
use shuke_ledger::verify::Check;
use std::sync::Arc;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, ServerBuilder};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(frame())
        .merge(shuke_org::routes())
        .merge(shuke_member::routes())
        .merge(shuke_ledger::routes())
        .merge(shuke_loyalty::routes())
        .merge(shuke_offer::routes())
        .merge(shuke_sales::routes())
        .merge(shuke_care::routes())
        .merge(upload::api::routes())
        .merge(insight::api::routes())
}

/// Every reader, job and periodic task.
pub fn runner() -> Runner {
    let runner = Runner::default();
    let runner = shuke_org::runner(runner);
    let runner = shuke_member::runner(runner);
    let runner = shuke_ledger::runner(runner);
    let runner = shuke_loyalty::runner(runner);
    let runner = shuke_offer::runner(runner);
    let runner = shuke_sales::runner(runner);
    let runner = shuke_care::runner(runner).reader(lake::LakeReader);
    runner.task(midnight::KIND, midnight::EVERY_MS, Arc::new(midnight::schedule)).handler(midnight::KIND, Arc::new(midnight::run))
}

/// What `verify` computes again beside the ledger.
pub fn checks() -> Vec<Check> {
    shuke_ledger::CHECKS
        .iter()
        .chain(shuke_loyalty::CHECKS)
        .chain(shuke_offer::CHECKS)
        .chain(shuke_sales::verify::CHECKS)
        .chain(shuke_care::CHECKS)
        .chain(lake::CHECKS)
        .copied()
        .collect()
}

/// What slices want to be done once with a server's state.
pub fn prepare(app: &AppInner) {
    shuke_member::prepare(app);
    shuke_ledger::prepare(app);
    shuke_loyalty::prepare(app);
    shuke_offer::prepare(app);
    shuke_sales::prepare(app);
    shuke_care::prepare(app);
    app.slot::<shuke_member::belonging::Belongings>().add(lake::LakePart);
}

/// The OpenAPI document.
pub fn document() -> OpenApi {
    let mut whole = routes().to_openapi();
    document::complete(&mut whole);
    whole
}

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    wire(app).0
}

/// The same, with its document.
pub fn wire(app: App) -> (Router, OpenApi) {
    let (api, mut whole) = routes().split_for_parts();
    document::complete(&mut whole);
    let router = api
        .layer(from_fn_with_state(app.clone(), shuke_http::gate))
        .merge(pages::routes(&whole))
        .merge(pages::operator_routes())
        .fallback(|| async { Problem(Error::not_found("not_found", "there is nothing under this address")) })
        .method_not_allowed_fallback(|| async { method_not_allowed() })
        .with_state(app);
    (shuke_http::layers(router), whole)
}

fn method_not_allowed() -> Response {
    let body = ProblemBody {
        type_: "urn:shuke:method_not_allowed".to_owned(),
        status: StatusCode::METHOD_NOT_ALLOWED.as_u16(),
        code: "method_not_allowed".to_owned(),
        detail: "this address does not take this method; see /api/openapi.json".to_owned(),
        fields: Vec::new(),
    };
    let kind = [(header::CONTENT_TYPE, document::PROBLEM)];
    (StatusCode::METHOD_NOT_ALLOWED, kind, axum::Json(body)).into_response()
}

fn frame() -> OpenApi {
    let cookie = ApiKeyValue::with_description(shuke_http::SESSION_COOKIE, "Set by signing in; for people's browsers.");
    let device =
        ApiKeyValue::with_description(shuke_org::device::DEVICE_COOKIE, "Set by registering a device at a till; says which till it is.");
    let own = ApiKeyValue::with_description(shuke_http::MEMBER_COOKIE, "Set by a member's own sign-in; for the card on their phone.");
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key; for programs.")).build();
    let components = ComponentsBuilder::new()
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
        .security_scheme("key", SecurityScheme::Http(bearer))
        .security_scheme("device", SecurityScheme::ApiKey(ApiKey::Cookie(device)))
        .security_scheme("member", SecurityScheme::ApiKey(ApiKey::Cookie(own)))
        .build();
    let about = "A shop's member system: members, points, prepaid value, coupons, sales and refunds, exact to the cent.\n\n\
        Amounts are integers of the currency's minor unit, points are integers, rates are basis points (10,000 is the whole), \
        instants are Unix milliseconds, dates are local: `2026-11-22`. Errors are `application/problem+json` with a stable `code`. \
        A POST that writes takes an `Idempotency-Key`: the same key on a retry makes it happen once.";
    let info = InfoBuilder::new()
        .title("熟客 Shuke")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .contact(Some(ContactBuilder::new().name(Some("Shuke")).build()))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let server = ServerBuilder::new().url("/").description(Some("This server")).build();
    OpenApiBuilder::new().info(info).servers(Some([server])).components(Some(components)).build()
}
