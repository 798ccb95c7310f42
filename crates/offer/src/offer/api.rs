//! `/api/v1/offers`.

use super::ops::{self, OfferDraft};
use super::{ClashView, Offer, OfferId, OfferState, OfferVersion, OfferView};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(check)).routes(routes!(show, change)).routes(routes!(versions))
}

/// Which offers.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Only those in this state.
    state: Option<OfferState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Offers, newest first.
#[utoipa::path(get, path = "/api/v1/offers", tag = "offers", operation_id = "list_offers", params(Which),
    responses((status = 200, body = Page<OfferView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:read"))))]
async fn list(caller: Allow<perm::OfferRead>, State(app): State<App>, Query(which): Query<Which>) -> Reply<Json<Page<OfferView>>> {
    let paging = Paging { cursor: which.cursor, limit: which.limit };
    let input = (&caller.cx, which.state, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, state, after, limit)| Box::pin(ops::list(tx, cx, *state, *after, *limit))).await?;
    Ok(Json(page))
}

/// Makes an offer.
#[utoipa::path(post, path = "/api/v1/offers", tag = "offers", operation_id = "create_offer",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = OfferDraft,
    responses((status = 201, body = OfferView), (status = 200, body = OfferView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:write"))))]
async fn create(
    caller: Allow<perm::OfferWrite>,
    State(app): State<App>,
    Write { key, body }: Write<OfferDraft>,
) -> Reply<Answer<OfferView>> {
    Ok(once(&app, &caller, &key, &body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft))).await?)
}

/// What stands against an offer beside those that run: that it can never apply, prices and groups that
/// collide. Nothing is written.
#[utoipa::path(post, path = "/api/v1/offers/check", tag = "offers", operation_id = "check_offer", request_body = Offer,
    responses((status = 200, body = Vec<ClashView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:read"))))]
async fn check(caller: Allow<perm::OfferRead>, State(app): State<App>, Json(offer): Json<Offer>) -> Reply<Json<Vec<ClashView>>> {
    let input = (&caller.cx, offer);
    Ok(Json(app.db.read(&input, |tx, (cx, offer)| Box::pin(ops::check(tx, cx, offer))).await?))
}

/// One offer.
#[utoipa::path(get, path = "/api/v1/offers/{id}", tag = "offers", operation_id = "show_offer", params(("id" = OfferId, Path)),
    responses((status = 200, body = OfferView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:read"))))]
async fn show(caller: Allow<perm::OfferRead>, State(app): State<App>, Path(id): Path<OfferId>) -> Reply<Json<OfferView>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Changes, publishes or stops an offer. New terms are a new version.
#[utoipa::path(put, path = "/api/v1/offers/{id}", tag = "offers", operation_id = "change_offer", params(("id" = OfferId, Path)),
    request_body = OfferDraft,
    responses((status = 200, body = OfferView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:write"))))]
async fn change(
    caller: Allow<perm::OfferWrite>,
    State(app): State<App>,
    Path(id): Path<OfferId>,
    Json(draft): Json<OfferDraft>,
) -> Reply<Json<OfferView>> {
    let input = (&caller.cx, id, draft);
    Ok(Json(app.db.write(&input, |tx, (cx, id, draft)| Box::pin(ops::change(tx, cx, *id, draft))).await?))
}

/// What an offer said, the latest version first.
#[utoipa::path(get, path = "/api/v1/offers/{id}/versions", tag = "offers", operation_id = "list_offer_versions",
    params(("id" = OfferId, Path), Paging),
    responses((status = 200, body = Page<OfferVersion>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:read"))))]
async fn versions(
    caller: Allow<perm::OfferRead>,
    State(app): State<App>,
    Path(id): Path<OfferId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<OfferVersion>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| Box::pin(ops::versions(tx, cx, *id, *before, *limit))).await?;
    Ok(Json(page))
}
