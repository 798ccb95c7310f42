//! `/api/v1/top-up-plans`, `/api/v1/top-ups`, `/api/v1/top-ups/{id}/refunds`, `/api/v1/members/{id}/top-ups`, `/api/v1/settings/wallet`.

use super::ops::{self, PlanChange, PlanView, TopUpDraft};
use super::{TopUp, TopUpPlan, TopUpPlanId, TopUpRefund, TopUpRefundAsk, TopUpRefundQuote, WalletPolicy, refund};
use crate::ground;
use crate::settings::setting_routes;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Page, Uuid};
use shuke_member::MemberId;

setting_routes! {
    policy: WalletPolicy, "/api/v1/settings/wallet", "wallet", "show_wallet_policy", "change_wallet_policy",
        "How the wallet pays, and how long what is topped up lasts.",
        "Changes how the wallet pays, and how long what is topped up from now on lasts.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(policy::routes())
        .routes(routes!(plans, create_plan))
        .routes(routes!(show_plan, change_plan))
        .routes(routes!(top_up))
        .routes(routes!(of_member))
        .routes(routes!(quote_refund, refund_top_up))
}

/// All top-up plans, oldest first; at most 500.
#[utoipa::path(get, path = "/api/v1/top-up-plans", tag = "wallet", operation_id = "list_top_up_plans",
    responses((status = 200, body = Vec<PlanView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn plans(caller: Allow<perm::LoyaltyRead>, State(app): State<App>) -> Reply<Json<Vec<PlanView>>> {
    Ok(Json(app.db.read(&caller.cx, |tx, cx| Box::pin(ops::plans(tx, cx))).await?))
}

/// Makes a top-up plan, which can be bought at once.
#[utoipa::path(post, path = "/api/v1/top-up-plans", tag = "wallet", operation_id = "create_top_up_plan",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = TopUpPlan,
    responses((status = 201, body = PlanView), (status = 200, body = PlanView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn create_plan(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Write { key, body }: Write<TopUpPlan>,
) -> Reply<Answer<PlanView>> {
    Ok(once(&app, &caller, &key, &body, |tx, caller, plan| Box::pin(ops::create_plan(tx, &caller.cx, plan))).await?)
}

/// One top-up plan.
#[utoipa::path(get, path = "/api/v1/top-up-plans/{id}", tag = "wallet", operation_id = "show_top_up_plan",
    params(("id" = TopUpPlanId, Path)),
    responses((status = 200, body = PlanView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show_plan(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<TopUpPlanId>) -> Reply<Json<PlanView>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show_plan(tx, cx, *id))).await?))
}

/// Changes or stops a top-up plan.
#[utoipa::path(put, path = "/api/v1/top-up-plans/{id}", tag = "wallet", operation_id = "change_top_up_plan",
    params(("id" = TopUpPlanId, Path)), request_body = PlanChange,
    responses((status = 200, body = PlanView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn change_plan(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<TopUpPlanId>,
    Json(change): Json<PlanChange>,
) -> Reply<Json<PlanView>> {
    let input = (&caller.cx, id, change);
    Ok(Json(app.db.write(&input, |tx, (cx, id, change)| Box::pin(ops::change_plan(tx, cx, *id, change))).await?))
}

/// Takes money for prepaid value: by a plan, or a plain amount.
#[utoipa::path(post, path = "/api/v1/top-ups", tag = "wallet", operation_id = "top_up",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = TopUpDraft,
    responses((status = 201, body = TopUp), (status = 200, body = TopUp, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("wallet:top-up"))))]
async fn top_up(caller: Allow<perm::WalletTopUp>, State(app): State<App>, Write { key, body }: Write<TopUpDraft>) -> Reply<Answer<TopUp>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            caller.may_in(draft.store.0)?;
            ground::must_be_active(tx, &caller.cx, MemberId(draft.member)).await?;
            ops::top_up(tx, &caller.cx, draft).await
        })
    });
    Ok(answer.await?)
}

/// A member's top-ups, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/top-ups", tag = "wallet", operation_id = "list_member_top_ups",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<TopUp>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn of_member(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<TopUp>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0, *before, *limit).await
        })
    });
    Ok(Json(page.await?))
}

/// What a refund of all that is left of a top-up would come to now.
#[utoipa::path(get, path = "/api/v1/top-ups/{id}/refunds", tag = "wallet", operation_id = "quote_top_up_refund", params(("id" = Uuid, Path)),
    responses((status = 200, body = TopUpRefundQuote), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn quote_refund(caller: Allow<perm::LedgerRead>, State(app): State<App>, Path(id): Path<Uuid>) -> Reply<Json<TopUpRefundQuote>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(refund::quote_refund(tx, cx, *id))).await?))
}

/// Gives up principal of a top-up and pays it out, to the tender that paid it. Above the limit for prepaid value it needs a
/// second person's approval.
#[utoipa::path(post, path = "/api/v1/top-ups/{id}/refunds", tag = "wallet", operation_id = "refund_top_up",
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = TopUpRefundAsk,
    responses((status = 201, body = TopUpRefund), (status = 200, body = TopUpRefund, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("wallet:top-up"))))]
async fn refund_top_up(
    caller: Allow<perm::WalletTopUp>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Write { key, body }: Write<TopUpRefundAsk>,
) -> Reply<Answer<TopUpRefund>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            caller.may_in(refund::find(tx, &caller.cx, *id).await?.store)?;
            refund::refund(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}
