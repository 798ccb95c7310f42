//! `/api/v1/settlements`, `/api/v1/settings/settlement`. Amounts are minor units.

use super::ops::{self, SettlementConfirmation, SettlementPayment};
use super::{
    Settlement, SettlementDraft, SettlementDue, SettlementEntry, SettlementFollower, SettlementId, SettlementPolicy, SettlementState,
};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Page, Uuid};
use shuke_ledger::follow;
use shuke_org::setting;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(due))
        .routes(routes!(show))
        .routes(routes!(entries))
        .routes(routes!(confirm))
        .routes(routes!(pay))
        .routes(routes!(show_policy, change_policy))
}

/// Which settlements.
#[derive(Debug, Deserialize, IntoParams)]
struct SettlementFilter {
    /// Of this store.
    store: Option<Uuid>,
    /// Only those that stand so.
    state: Option<SettlementState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Settlements between stores, newest first, without their lines. Who is bound to stores sees those of their stores.
#[utoipa::path(get, path = "/api/v1/settlements", tag = "settlement", operation_id = "list_settlements", params(SettlementFilter),
    responses((status = 200, body = Page<Settlement>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn list(
    caller: Allow<perm::ReportRead>,
    State(app): State<App>,
    Query(filter): Query<SettlementFilter>,
) -> Reply<Json<Page<Settlement>>> {
    let paging = Paging { cursor: filter.cursor.clone(), limit: filter.limit };
    let input = (&caller.caller, filter.state, filter.store, paging.after()?, paging.limit()?);
    let work =
        app.db.read(&input, |tx, (caller, state, store, after, limit)| Box::pin(ops::list(tx, caller, *state, *store, *after, *limit)));
    Ok(Json(work.await?))
}

/// Makes a settlement of two stores: everything that one served for with prepaid value of the other, up to a
/// day, that no settlement holds yet.
#[utoipa::path(post, path = "/api/v1/settlements", tag = "settlement", operation_id = "make_settlement", request_body = SettlementDraft,
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = Settlement), (status = 200, body = Settlement, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("settlement:write"))))]
async fn make(caller: Allow<perm::Settle>, State(app): State<App>, write: Write<SettlementDraft>) -> Reply<Answer<Settlement>> {
    // What was sold just now is in it, and not only in the next one.
    follow::drain(&app.db, &caller.cx, &SettlementFollower).await?;
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::make(tx, caller, draft))).await?)
}

/// What stores owe each other and no settlement holds yet, by who owes, to whom and by what.
#[utoipa::path(get, path = "/api/v1/settlements/due", tag = "settlement", operation_id = "list_settlements_due",
    responses((status = 200, body = Vec<SettlementDue>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn due(caller: Allow<perm::ReportRead>, State(app): State<App>) -> Reply<Json<Vec<SettlementDue>>> {
    Ok(Json(app.db.read(&caller.caller, |tx, caller| Box::pin(ops::due(tx, caller))).await?))
}

/// A settlement.
#[utoipa::path(get, path = "/api/v1/settlements/{id}", tag = "settlement", operation_id = "show_settlement", params(("id" = SettlementId, Path)),
    responses((status = 200, body = Settlement), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn show(caller: Allow<perm::ReportRead>, State(app): State<App>, Path(id): Path<SettlementId>) -> Reply<Json<Settlement>> {
    Ok(Json(app.db.read(&(&caller.caller, id), |tx, (caller, id)| Box::pin(ops::show(tx, caller, *id))).await?))
}

/// The entries of a settlement, oldest first: what was used or given back, of whose prepaid value.
#[utoipa::path(get, path = "/api/v1/settlements/{id}/entries", tag = "settlement", operation_id = "list_settlement_entries",
    params(("id" = SettlementId, Path), Paging),
    responses((status = 200, body = Page<SettlementEntry>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn entries(
    caller: Allow<perm::ReportRead>,
    State(app): State<App>,
    Path(id): Path<SettlementId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<SettlementEntry>>> {
    let input = (&caller.caller, id, paging.after()?, paging.limit()?);
    let work = app.db.read(&input, |tx, (caller, id, after, limit)| Box::pin(ops::entries(tx, caller, *id, *after, *limit)));
    Ok(Json(work.await?))
}

/// Confirms a settlement for one of its stores. Both have to, by two people, before it is paid.
#[utoipa::path(post, path = "/api/v1/settlements/{id}/confirm", tag = "settlement", operation_id = "confirm_settlement",
    params(("id" = SettlementId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = SettlementConfirmation,
    responses((status = 201, body = Settlement), (status = 200, body = Settlement, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("settlement:write"))))]
async fn confirm(
    caller: Allow<perm::Settle>,
    State(app): State<App>,
    Path(id): Path<SettlementId>,
    write: Write<SettlementConfirmation>,
) -> Reply<Answer<Settlement>> {
    let input = (id, write.body);
    Ok(once(&app, &caller, &write.key, &input, |tx, caller, (id, body)| Box::pin(ops::confirm(tx, caller, *id, *body))).await?)
}

/// Marks a settlement paid that both stores have confirmed.
#[utoipa::path(post, path = "/api/v1/settlements/{id}/pay", tag = "settlement", operation_id = "pay_settlement",
    params(("id" = SettlementId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = SettlementPayment,
    responses((status = 201, body = Settlement), (status = 200, body = Settlement, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("settlement:write"))))]
async fn pay(
    caller: Allow<perm::Settle>,
    State(app): State<App>,
    Path(id): Path<SettlementId>,
    write: Write<SettlementPayment>,
) -> Reply<Answer<Settlement>> {
    let input = (id, write.body);
    Ok(once(&app, &caller, &write.key, &input, |tx, caller, (id, body)| Box::pin(ops::pay(tx, caller, *id, body))).await?)
}

/// What is settled between stores.
#[utoipa::path(get, path = "/api/v1/settings/settlement", tag = "settlement", operation_id = "show_settlement_policy",
    responses((status = 200, body = SettlementPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn show_policy(caller: Allow<perm::ReportRead>, State(app): State<App>) -> Reply<Json<SettlementPolicy>> {
    let found = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get::<SettlementPolicy>(tx, *merchant))).await?;
    Ok(Json(found))
}

/// Changes what is settled between stores, from what is entered next on.
#[utoipa::path(put, path = "/api/v1/settings/settlement", tag = "settlement", operation_id = "change_settlement_policy",
    request_body = SettlementPolicy, responses((status = 200, body = SettlementPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change_policy(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Json(policy): Json<SettlementPolicy>,
) -> Reply<Json<SettlementPolicy>> {
    let input = (&caller.cx, policy);
    app.db.write(&input, |tx, (cx, policy)| Box::pin(setting::ops::put(tx, cx, policy))).await?;
    Ok(Json(input.1))
}
