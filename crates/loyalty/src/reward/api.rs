//! `/api/v1/rewards`, `/api/v1/members/{id}/rewards`.

use super::ops::{self, Restock, RewardChange, RewardDraft};
use super::{Reward, RewardId, RewardOffer, RewardState};
use crate::ground;
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use shuke_member::MemberId;
use shuke_org::StoreId;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change)).routes(routes!(restock)).routes(routes!(of_member))
}

/// Which rewards.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Only those in this state.
    state: Option<RewardState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// In which store.
#[derive(Debug, Deserialize, IntoParams)]
struct Where {
    /// The store where the member stands.
    #[param(value_type = String)]
    store: StoreId,
}

/// Rewards, newest first.
#[utoipa::path(get, path = "/api/v1/rewards", tag = "rewards", operation_id = "list_rewards", params(Which),
    responses((status = 200, body = Page<Reward>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn list(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Query(which): Query<Which>) -> Reply<Json<Page<Reward>>> {
    let paging = Paging { cursor: which.cursor, limit: which.limit };
    let input = (&caller.cx, which.state, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, state, after, limit)| Box::pin(ops::list(tx, cx, *state, *after, *limit))).await?;
    Ok(Json(page))
}

/// Makes a reward.
#[utoipa::path(post, path = "/api/v1/rewards", tag = "rewards", operation_id = "create_reward",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = RewardDraft,
    responses((status = 201, body = Reward), (status = 200, body = Reward, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn create(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Write { key, body }: Write<RewardDraft>,
) -> Reply<Answer<Reward>> {
    Ok(once(&app, &caller, &key, &body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft))).await?)
}

/// One reward.
#[utoipa::path(get, path = "/api/v1/rewards/{id}", tag = "rewards", operation_id = "show_reward", params(("id" = RewardId, Path)),
    responses((status = 200, body = Reward), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<RewardId>) -> Reply<Json<Reward>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Changes, publishes or stops a reward. What was redeemed keeps its terms.
#[utoipa::path(put, path = "/api/v1/rewards/{id}", tag = "rewards", operation_id = "change_reward", params(("id" = RewardId, Path)),
    request_body = RewardChange,
    responses((status = 200, body = Reward), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn change(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<RewardId>,
    Json(change): Json<RewardChange>,
) -> Reply<Json<Reward>> {
    let input = (&caller.cx, id, change);
    Ok(Json(app.db.write(&input, |tx, (cx, id, change)| Box::pin(ops::change(tx, cx, *id, change))).await?))
}

/// Sets pieces aside for a reward, or takes some away.
#[utoipa::path(post, path = "/api/v1/rewards/{id}/stock", tag = "rewards", operation_id = "restock_reward",
    params(("id" = RewardId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Restock,
    responses((status = 201, body = Reward), (status = 200, body = Reward, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn restock(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<RewardId>,
    Write { key, body }: Write<Restock>,
) -> Reply<Answer<Reward>> {
    let input = (id, body);
    Ok(once(&app, &caller, &key, &input, |tx, caller, (id, body)| Box::pin(ops::restock(tx, &caller.cx, *id, body.pieces))).await?)
}

/// What a member can redeem in a store now, and why not the rest.
#[utoipa::path(get, path = "/api/v1/members/{id}/rewards", tag = "rewards", operation_id = "list_member_rewards",
    params(("id" = MemberId, Path), Where),
    responses((status = 200, body = Vec<RewardOffer>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_member(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(at): Query<Where>,
) -> Reply<Json<Vec<RewardOffer>>> {
    let input = (&caller.cx, id, at.store);
    let offers = app.db.read(&input, |tx, (cx, id, at)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0, *at).await
        })
    });
    Ok(Json(offers.await?))
}
