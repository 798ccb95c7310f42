//! `/api/v1/pass-plans`, `/api/v1/passes`, `/api/v1/pass-visits`, `/api/v1/members/{id}/passes`.

use super::change::{self, Extension, PassReason, PassTransfer};
use super::ops::{self, PassDraft, PassPlanView, PassVisit, VisitDraft};
use super::refund::{self, PassRefund, PassRefundAsk};
use super::{PassEarnPolicy, PassId, PassPlan, PassPlanId, PassRefundQuote, PassView};
use crate::ground;
use crate::settings::setting_routes;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Page, Result, Uuid};
use shuke_member::MemberId;

setting_routes! {
    earn_policy: PassEarnPolicy, "/api/v1/settings/pass-earn", "passes", "show_pass_earn_policy", "change_pass_earn_policy",
        "Whether selling a pass earns points.",
        "Changes whether selling a pass earns points, from what is sold next on.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(earn_policy::routes())
        .routes(routes!(plans, create_plan))
        .routes(routes!(show_plan, change_plan))
        .routes(routes!(sell))
        .routes(routes!(show))
        .routes(routes!(of_member))
        .routes(routes!(visits))
        .routes(routes!(visit))
        .routes(routes!(undo))
        .routes(routes!(extend))
        .routes(routes!(freeze))
        .routes(routes!(thaw))
        .routes(routes!(transfer))
        .routes(routes!(quote_refund, refund_pass))
}

/// Staff bound to stores change passes of their stores.
async fn may_change(tx: &mut shuke_db::Tx, caller: &Caller, id: PassId) -> Result<()> {
    let pass = ops::find(tx, &caller.cx, id).await?;
    caller.may_in(pass.store)
}

/// All pass plans, oldest first; at most 500.
#[utoipa::path(get, path = "/api/v1/pass-plans", tag = "passes", operation_id = "list_pass_plans",
    responses((status = 200, body = Vec<PassPlanView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn plans(caller: Allow<perm::LoyaltyRead>, State(app): State<App>) -> Reply<Json<Vec<PassPlanView>>> {
    Ok(Json(app.db.read(&caller.cx, |tx, cx| Box::pin(ops::plans(tx, cx))).await?))
}

/// Makes a pass plan, which can be bought at once.
#[utoipa::path(post, path = "/api/v1/pass-plans", tag = "passes", operation_id = "create_pass_plan", params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = PassPlan,
    responses((status = 201, body = PassPlanView), (status = 200, body = PassPlanView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn create_plan(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Write { key, body }: Write<PassPlan>,
) -> Reply<Answer<PassPlanView>> {
    Ok(once(&app, &caller, &key, &body, |tx, caller, plan| Box::pin(ops::create_plan(tx, &caller.cx, plan))).await?)
}

/// One pass plan.
#[utoipa::path(get, path = "/api/v1/pass-plans/{id}", tag = "passes", operation_id = "show_pass_plan", params(("id" = PassPlanId, Path)),
    responses((status = 200, body = PassPlanView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show_plan(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<PassPlanId>) -> Reply<Json<PassPlanView>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show_plan(tx, cx, *id))).await?))
}

/// Changes or stops a pass plan. Passes that were sold keep their terms.
#[utoipa::path(put, path = "/api/v1/pass-plans/{id}", tag = "passes", operation_id = "change_pass_plan",
    params(("id" = PassPlanId, Path)), request_body = PassPlanView,
    responses((status = 200, body = PassPlanView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn change_plan(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<PassPlanId>,
    Json(change): Json<PassPlanView>,
) -> Reply<Json<PassPlanView>> {
    let input = (&caller.cx, id, change);
    Ok(Json(app.db.write(&input, |tx, (cx, id, change)| Box::pin(ops::change_plan(tx, cx, *id, change))).await?))
}

/// Sells a pass to a member.
#[utoipa::path(post, path = "/api/v1/passes", tag = "passes", operation_id = "sell_pass", params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = PassDraft,
    responses((status = 201, body = PassView), (status = 200, body = PassView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("wallet:top-up"))))]
async fn sell(caller: Allow<perm::WalletTopUp>, State(app): State<App>, Write { key, body }: Write<PassDraft>) -> Reply<Answer<PassView>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            caller.may_in(draft.store.0)?;
            ops::sell(tx, &caller.cx, draft).await
        })
    });
    Ok(answer.await?)
}

/// One pass, with what is left of it.
#[utoipa::path(get, path = "/api/v1/passes/{id}", tag = "passes", operation_id = "show_pass", params(("id" = PassId, Path)),
    responses((status = 200, body = PassView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn show(caller: Allow<perm::LedgerRead>, State(app): State<App>, Path(id): Path<PassId>) -> Reply<Json<PassView>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// A member's passes, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/passes", tag = "passes", operation_id = "list_member_passes", params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<PassView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn of_member(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<PassView>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, after, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0, *after, *limit).await
        })
    });
    Ok(Json(page.await?))
}

/// The visits of a pass, newest first.
#[utoipa::path(get, path = "/api/v1/passes/{id}/visits", tag = "passes", operation_id = "list_pass_visits", params(("id" = PassId, Path), Paging),
    responses((status = 200, body = Page<PassVisit>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn visits(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<PassId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<PassVisit>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| Box::pin(ops::visits(tx, cx, *id, *before, *limit)));
    Ok(Json(page.await?))
}

/// Uses a pass without a sale (划次).
#[utoipa::path(post, path = "/api/v1/pass-visits", tag = "passes", operation_id = "visit_with_pass", params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = VisitDraft,
    responses((status = 201, body = PassVisit), (status = 200, body = PassVisit, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn visit(caller: Allow<perm::Sell>, State(app): State<App>, Write { key, body }: Write<VisitDraft>) -> Reply<Answer<PassVisit>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            caller.may_in(draft.store.0)?;
            ops::visit(tx, &caller.cx, draft).await
        })
    });
    Ok(answer.await?)
}

/// Undoes a visit that was made without a sale, once.
#[utoipa::path(post, path = "/api/v1/pass-visits/{id}/undo", tag = "passes", operation_id = "undo_pass_visit", params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = PassVisit), (status = 200, body = PassVisit, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:refund"))))]
async fn undo(
    caller: Allow<perm::Refund>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Write { key, .. }: Write<serde_json::Value>,
) -> Reply<Answer<PassVisit>> {
    let answer = once(&app, &caller, &key, &id, |tx, caller, id| {
        Box::pin(async move {
            caller.may_in(ops::store_of(tx, &caller.cx, *id).await?)?;
            ops::undo(tx, &caller.cx, *id).await
        })
    });
    Ok(answer.await?)
}

/// Gives a pass a later last day.
#[utoipa::path(post, path = "/api/v1/passes/{id}/extend", tag = "passes", operation_id = "extend_pass", params(("id" = PassId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = Extension,
    responses((status = 201, body = PassView), (status = 200, body = PassView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn extend(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<PassId>,
    Write { key, body }: Write<Extension>,
) -> Reply<Answer<PassView>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            may_change(tx, caller, *id).await?;
            change::extend(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}

/// Lets a pass rest: it can't be used, and its days stand still.
#[utoipa::path(post, path = "/api/v1/passes/{id}/freeze", tag = "passes", operation_id = "freeze_pass", params(("id" = PassId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = PassReason,
    responses((status = 201, body = PassView), (status = 200, body = PassView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn freeze(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<PassId>,
    Write { key, body }: Write<PassReason>,
) -> Reply<Answer<PassView>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            may_change(tx, caller, *id).await?;
            change::freeze(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}

/// Wakes a pass that rests; its last day is later by the days that it rested.
#[utoipa::path(post, path = "/api/v1/passes/{id}/thaw", tag = "passes", operation_id = "thaw_pass", params(("id" = PassId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = PassReason,
    responses((status = 201, body = PassView), (status = 200, body = PassView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn thaw(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<PassId>,
    Write { key, body }: Write<PassReason>,
) -> Reply<Answer<PassView>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            may_change(tx, caller, *id).await?;
            change::thaw(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}

/// Gives what is left of a pass to another member, as a pass of their own.
#[utoipa::path(post, path = "/api/v1/passes/{id}/transfer", tag = "passes", operation_id = "transfer_pass", params(("id" = PassId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = PassTransfer,
    responses((status = 201, body = PassView), (status = 200, body = PassView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn transfer(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Path(id): Path<PassId>,
    Write { key, body }: Write<PassTransfer>,
) -> Reply<Answer<PassView>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            may_change(tx, caller, *id).await?;
            change::transfer(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}

/// What a refund of a pass would give back now, and what the shop would keep.
#[utoipa::path(get, path = "/api/v1/passes/{id}/refunds", tag = "passes", operation_id = "quote_pass_refund", params(("id" = PassId, Path)),
    responses((status = 200, body = PassRefundQuote), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn quote_refund(caller: Allow<perm::LedgerRead>, State(app): State<App>, Path(id): Path<PassId>) -> Reply<Json<PassRefundQuote>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(refund::quote(tx, cx, *id))).await?))
}

/// Gives back what is left of a pass, to where it was paid from. Above the limit for prepaid value it needs a second person's approval.
#[utoipa::path(post, path = "/api/v1/passes/{id}/refunds", tag = "passes", operation_id = "refund_pass", params(("id" = PassId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = PassRefundAsk,
    responses((status = 201, body = PassRefund), (status = 200, body = PassRefund, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("wallet:top-up"))))]
async fn refund_pass(
    caller: Allow<perm::WalletTopUp>,
    State(app): State<App>,
    Path(id): Path<PassId>,
    Write { key, body }: Write<PassRefundAsk>,
) -> Reply<Answer<PassRefund>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            may_change(tx, caller, *id).await?;
            refund::refund(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}
