//! `/api/v1/members/{id}/growth`.

use super::GrowthEntry;
use super::ops::{self, GrowthByHand};
use crate::ground;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use shuke_member::MemberId;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(of_member, enter))
}

/// What a member has grown by, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/growth", tag = "tiers", operation_id = "list_growth",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<GrowthEntry>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_member(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<GrowthEntry>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0, *before, *limit).await
        })
    });
    Ok(Json(page.await?))
}

/// Enters growth by hand; the tier follows at once.
#[utoipa::path(post, path = "/api/v1/members/{id}/growth", tag = "tiers", operation_id = "enter_growth",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = GrowthByHand,
    responses((status = 201, body = GrowthEntry), (status = 200, body = GrowthEntry, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn enter(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Write { key, body }: Write<GrowthByHand>,
) -> Reply<Answer<GrowthEntry>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            ground::must_exist(tx, &caller.cx, *id).await?;
            ops::enter_by_hand(tx, &caller.cx, id.0, body).await
        })
    });
    Ok(answer.await?)
}
