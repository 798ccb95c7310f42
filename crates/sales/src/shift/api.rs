//! `/api/v1/shifts`, `/api/v1/settings/shift`.

use super::model::{CashMove, CloseAsk, MoveAsk, OpenAsk, Shift, ShiftId, ShiftPolicy, ShiftReport, ShiftState};
use super::{ops, store};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Instant, Page, Uuid};
use shuke_org::{StoreId, setting, store as stores};
use utoipa::IntoParams;

/// Which shifts.
#[derive(Debug, Deserialize, IntoParams)]
struct ShiftFilter {
    /// Of this store.
    store: Uuid,
    /// Only open, or only closed ones.
    state: Option<ShiftState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// A store's shifts, newest first.
#[utoipa::path(get, path = "/api/v1/shifts", tag = "shifts", operation_id = "list_shifts", params(ShiftFilter),
    responses((status = 200, body = Page<Shift>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read"))))]
async fn list(caller: Allow<perm::SaleRead>, State(app): State<App>, Query(filter): Query<ShiftFilter>) -> Reply<Json<Page<Shift>>> {
    caller.may_in(filter.store)?;
    let paging = Paging { cursor: filter.cursor.clone(), limit: filter.limit };
    let limit = paging.limit()?;
    let input = (&caller.cx, filter.store, filter.state, paging.after::<(Instant, Uuid)>()?, limit);
    let found = app.db.read(&input, |tx, (cx, store, state, before, limit)| {
        Box::pin(async move {
            stores::ops::show(tx, cx, StoreId(*store)).await?;
            store::page(tx, cx.merchant, *store, *state, *before, limit.fetch()).await
        })
    });
    Ok(Json(Page::of(found.await?, limit, |shift| (shift.opened_at, shift.id.0))))
}

/// Opens a shift at a till, with the cash that is in the drawer.
#[utoipa::path(post, path = "/api/v1/shifts", tag = "shifts", operation_id = "open_shift", request_body = OpenAsk,
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = Shift), (status = 200, body = Shift, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn open(caller: Allow<perm::Sell>, State(app): State<App>, write: Write<OpenAsk>) -> Reply<Answer<Shift>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, ask| Box::pin(ops::open(tx, caller, ask))).await?)
}

/// What a shift has taken so far (X), or took (Z), by tender. Cash is left out where it is still to be counted blind.
#[utoipa::path(get, path = "/api/v1/shifts/{id}", tag = "shifts", operation_id = "show_shift", params(("id" = ShiftId, Path)),
    responses((status = 200, body = ShiftReport), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read"))))]
async fn show(caller: Allow<perm::SaleRead>, State(app): State<App>, Path(id): Path<ShiftId>) -> Reply<Json<ShiftReport>> {
    Ok(Json(app.db.read(&(&caller.caller, id), |tx, (caller, id)| Box::pin(ops::report(tx, caller, *id))).await?))
}

/// Puts cash into the drawer, or takes it out.
#[utoipa::path(post, path = "/api/v1/shifts/{id}/cash", tag = "shifts", operation_id = "move_cash",
    params(("id" = ShiftId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = MoveAsk,
    responses((status = 201, body = CashMove), (status = 200, body = CashMove, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn move_cash(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Path(id): Path<ShiftId>,
    Write { key, body }: Write<MoveAsk>,
) -> Reply<Answer<CashMove>> {
    Ok(once(&app, &caller, &key, &(id, body), |tx, caller, (id, ask)| Box::pin(ops::move_cash(tx, caller, *id, ask))).await?)
}

/// Closes a shift with a count; the difference is booked. Answers its report (Z).
#[utoipa::path(post, path = "/api/v1/shifts/{id}/close", tag = "shifts", operation_id = "close_shift",
    params(("id" = ShiftId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = CloseAsk,
    responses((status = 201, body = ShiftReport), (status = 200, body = ShiftReport, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn close(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Path(id): Path<ShiftId>,
    Write { key, body }: Write<CloseAsk>,
) -> Reply<Answer<ShiftReport>> {
    Ok(once(&app, &caller, &key, &(id, body), |tx, caller, (id, ask)| Box::pin(ops::close(tx, caller, *id, ask))).await?)
}

/// How shifts are kept.
#[utoipa::path(get, path = "/api/v1/settings/shift", tag = "shifts", operation_id = "show_shift_policy",
    responses((status = 200, body = ShiftPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show_policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<ShiftPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes how shifts are kept.
#[utoipa::path(put, path = "/api/v1/settings/shift", tag = "shifts", operation_id = "change_shift_policy", request_body = ShiftPolicy,
    responses((status = 200, body = ShiftPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change_policy(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(policy): Json<ShiftPolicy>) -> Reply<Json<ShiftPolicy>> {
    let input = (&caller.cx, policy);
    app.db.write(&input, |tx, (cx, policy)| Box::pin(setting::ops::put(tx, cx, policy))).await?;
    Ok(Json(input.1))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(show))
        .routes(routes!(move_cash))
        .routes(routes!(close))
        .routes(routes!(show_policy, change_policy))
}
