//! `/api/v1/settings/tiers`, `/api/v1/members/{id}/tier`, `/api/v1/members/{id}/tier/why`,
//! `/api/v1/members/{id}/tier-changes`.

use super::ops::{self, TierByHand, TierView};
use super::{TierEntry, TierScheme, TierWhy, why};
use crate::ground;
use crate::settings::setting_routes;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::Page;
use shuke_member::MemberId;

setting_routes! {
    scheme: TierScheme, "/api/v1/settings/tiers", "tiers", "show_tier_scheme", "change_tier_scheme",
        "The merchant's tiers.", "Changes the merchant's tiers. Members follow with their next purchase or on their day.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(scheme::routes()).routes(routes!(show, set)).routes(routes!(history)).routes(routes!(ask_why))
}

/// A member's tier, what it gives, and how far it is to the next.
#[utoipa::path(get, path = "/api/v1/members/{id}/tier", tag = "tiers", operation_id = "show_member_tier", params(("id" = MemberId, Path)),
    responses((status = 200, body = TierView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<TierView>> {
    let input = (&caller.cx, id);
    let view = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::show(tx, cx, id.0).await
        })
    });
    Ok(Json(view.await?))
}

/// Why a member is at their tier: totals, thresholds, clocks, lock, paid membership, and what would be
/// decided now.
#[utoipa::path(get, path = "/api/v1/members/{id}/tier/why", tag = "tiers", operation_id = "explain_member_tier",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = TierWhy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn ask_why(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<TierWhy>> {
    let input = (&caller.cx, id);
    let told = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            why::why(tx, cx, id.0).await
        })
    });
    Ok(Json(told.await?))
}

/// Sets a member's tier by hand, locked until a day ends.
#[utoipa::path(put, path = "/api/v1/members/{id}/tier", tag = "tiers", operation_id = "set_member_tier", params(("id" = MemberId, Path)),
    request_body = TierByHand,
    responses((status = 200, body = TierView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn set(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(wanted): Json<TierByHand>,
) -> Reply<Json<TierView>> {
    let input = (&caller.cx, id, wanted);
    let view = app.db.write(&input, |tx, (cx, id, wanted)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::set_by_hand(tx, cx, id.0, wanted).await?;
            ops::show(tx, cx, id.0).await
        })
    });
    Ok(Json(view.await?))
}

/// A member's changes of tier, the latest first, each with what it was computed from.
#[utoipa::path(get, path = "/api/v1/members/{id}/tier-changes", tag = "tiers", operation_id = "list_tier_changes",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<TierEntry>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn history(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<TierEntry>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::history(tx, cx, id.0, *before, *limit).await
        })
    });
    Ok(Json(page.await?))
}
