//! `/api/v1/reward-orders`, `/api/v1/members/{id}/reward-orders`.

use super::{RewardOrder, RewardOrderDraft, RewardOrderId, ops};
use crate::ground;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::{Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Error, Page, Result};
use shuke_member::MemberId;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(redeem))
        .routes(routes!(show))
        .routes(routes!(hand_over))
        .routes(routes!(cancel))
        .routes(routes!(of_member))
}

/// Redeems a reward for points, or points and money.
#[utoipa::path(post, path = "/api/v1/reward-orders", tag = "rewards", operation_id = "redeem_reward",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = RewardOrderDraft,
    responses((status = 201, body = RewardOrder), (status = 200, body = RewardOrder, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("reward:redeem"))))]
async fn redeem(
    caller: Allow<perm::RewardRedeem>,
    State(app): State<App>,
    Write { key, body }: Write<RewardOrderDraft>,
) -> Reply<Answer<RewardOrder>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            caller.may_in(draft.store.0)?;
            ground::must_be_active(tx, &caller.cx, MemberId(draft.member)).await?;
            ops::redeem(tx, &caller.cx, draft).await
        })
    });
    Ok(answer.await?)
}

/// One redemption.
#[utoipa::path(get, path = "/api/v1/reward-orders/{id}", tag = "rewards", operation_id = "show_reward_order",
    params(("id" = RewardOrderId, Path)),
    responses((status = 200, body = RewardOrder), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<RewardOrderId>) -> Reply<Json<RewardOrder>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// A command without a body.
#[derive(Debug, Deserialize)]
struct HandOver {}

/// Why it is undone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    /// 1 to 200 characters, for the audit log.
    reason: String,
}

/// Staff bound to stores settle what was redeemed there; elsewhere there is nothing for them.
async fn seen(tx: &mut Tx, caller: &Caller, id: RewardOrderId) -> Result<()> {
    let redemption = ops::show(tx, &caller.cx, id).await?;
    caller.may_in(redemption.store).map_err(|_| Error::not_found("reward_order_not_found", "there is no such redemption"))
}

/// Hands a gift over, or uses a service once.
#[utoipa::path(post, path = "/api/v1/reward-orders/{id}/hand-over", tag = "rewards", operation_id = "hand_over_reward_order",
    params(("id" = RewardOrderId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = RewardOrder), (status = 200, body = RewardOrder, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("reward:redeem"))))]
async fn hand_over(
    caller: Allow<perm::RewardRedeem>,
    State(app): State<App>,
    Path(id): Path<RewardOrderId>,
    Write { key, body: HandOver {} }: Write<HandOver>,
) -> Reply<Answer<RewardOrder>> {
    let answer = once(&app, &caller, &key, &id, |tx, caller, id| {
        Box::pin(async move {
            seen(tx, caller, *id).await?;
            ops::hand_over(tx, &caller.cx, *id).await
        })
    });
    Ok(answer.await?)
}

/// Undoes a redemption: everything goes back to where it came from.
#[utoipa::path(post, path = "/api/v1/reward-orders/{id}/cancel", tag = "rewards", operation_id = "cancel_reward_order",
    params(("id" = RewardOrderId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Cancellation,
    responses((status = 201, body = RewardOrder), (status = 200, body = RewardOrder, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("reward:redeem"))))]
async fn cancel(
    caller: Allow<perm::RewardRedeem>,
    State(app): State<App>,
    Path(id): Path<RewardOrderId>,
    Write { key, body }: Write<Cancellation>,
) -> Reply<Answer<RewardOrder>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            seen(tx, caller, *id).await?;
            ops::cancel(tx, &caller.cx, *id, &body.reason).await
        })
    });
    Ok(answer.await?)
}

/// A member's redemptions, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/reward-orders", tag = "rewards", operation_id = "list_member_reward_orders",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<RewardOrder>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_member(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<RewardOrder>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0, *before, *limit).await
        })
    });
    Ok(Json(page.await?))
}
