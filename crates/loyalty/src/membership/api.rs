//! `/api/v1/membership-plans`, `/api/v1/memberships`, `/api/v1/members/{id}/memberships`.

use super::ops::{self, MembershipPlanView};
use super::{Membership, MembershipDraft, MembershipId, MembershipPlan, MembershipPlanId};
use crate::ground;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use shuke_kernel::Error;
use shuke_member::MemberId;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plans, create_plan))
        .routes(routes!(show_plan, change_plan))
        .routes(routes!(sell))
        .routes(routes!(show))
        .routes(routes!(refund))
        .routes(routes!(of_member))
}

/// All membership plans, oldest first; at most 200.
#[utoipa::path(get, path = "/api/v1/membership-plans", tag = "memberships", operation_id = "list_membership_plans",
    responses((status = 200, body = Vec<MembershipPlanView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn plans(caller: Allow<perm::LoyaltyRead>, State(app): State<App>) -> Reply<Json<Vec<MembershipPlanView>>> {
    Ok(Json(app.db.read(&caller.cx, |tx, cx| Box::pin(ops::plans(tx, cx))).await?))
}

/// Makes a membership plan, which can be bought at once.
#[utoipa::path(post, path = "/api/v1/membership-plans", tag = "memberships", operation_id = "create_membership_plan",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = MembershipPlan,
    responses((status = 201, body = MembershipPlanView), (status = 200, body = MembershipPlanView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn create_plan(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Write { key, body }: Write<MembershipPlan>,
) -> Reply<Answer<MembershipPlanView>> {
    Ok(once(&app, &caller, &key, &body, |tx, caller, plan| Box::pin(ops::create_plan(tx, &caller.cx, plan))).await?)
}

/// One membership plan.
#[utoipa::path(get, path = "/api/v1/membership-plans/{id}", tag = "memberships", operation_id = "show_membership_plan",
    params(("id" = MembershipPlanId, Path)),
    responses((status = 200, body = MembershipPlanView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show_plan(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<MembershipPlanId>,
) -> Reply<Json<MembershipPlanView>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show_plan(tx, cx, *id))).await?))
}

/// Changes or stops a membership plan. Terms that were sold keep theirs.
#[utoipa::path(put, path = "/api/v1/membership-plans/{id}", tag = "memberships", operation_id = "change_membership_plan",
    params(("id" = MembershipPlanId, Path)), request_body = MembershipPlanView,
    responses((status = 200, body = MembershipPlanView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn change_plan(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<MembershipPlanId>,
    Json(change): Json<MembershipPlanView>,
) -> Reply<Json<MembershipPlanView>> {
    let input = (&caller.cx, id, change);
    Ok(Json(app.db.write(&input, |tx, (cx, id, change)| Box::pin(ops::change_plan(tx, cx, *id, change))).await?))
}

/// Sells a term of a membership, renews it, or gives the free trial.
#[utoipa::path(post, path = "/api/v1/memberships", tag = "memberships", operation_id = "sell_membership",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = MembershipDraft,
    responses((status = 201, body = Membership), (status = 200, body = Membership, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn sell(caller: Allow<perm::Sell>, State(app): State<App>, Write { key, body }: Write<MembershipDraft>) -> Reply<Answer<Membership>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            caller.may_in(draft.store.0)?;
            ground::must_be_active(tx, &caller.cx, MemberId(draft.member)).await?;
            ops::sell(tx, &caller.cx, draft).await
        })
    });
    Ok(answer.await?)
}

/// One term of a membership.
#[utoipa::path(get, path = "/api/v1/memberships/{id}", tag = "memberships", operation_id = "show_membership",
    params(("id" = MembershipId, Path)),
    responses((status = 200, body = Membership), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<MembershipId>) -> Reply<Json<Membership>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Why it is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MembershipRefund {
    /// 1 to 200 characters, for the audit log.
    reason: String,
}

/// Takes a term back and pays the days that are left.
#[utoipa::path(post, path = "/api/v1/memberships/{id}/refund", tag = "memberships", operation_id = "refund_membership",
    params(("id" = MembershipId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = MembershipRefund,
    responses((status = 201, body = Membership), (status = 200, body = Membership, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:refund"))))]
async fn refund(
    caller: Allow<perm::Refund>,
    State(app): State<App>,
    Path(id): Path<MembershipId>,
    Write { key, body }: Write<MembershipRefund>,
) -> Reply<Answer<Membership>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            let term = ops::show(tx, &caller.cx, *id).await?;
            caller.may_in(term.store).map_err(|_| Error::not_found("membership_not_found", "there is no such membership"))?;
            ops::refund(tx, &caller.cx, *id, &body.reason).await
        })
    });
    Ok(answer.await?)
}

/// A member's terms, the last first; at most 200.
#[utoipa::path(get, path = "/api/v1/members/{id}/memberships", tag = "memberships", operation_id = "list_member_memberships",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = Vec<Membership>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_member(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Vec<Membership>>> {
    let input = (&caller.cx, id);
    let terms = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0).await
        })
    });
    Ok(Json(terms.await?))
}
