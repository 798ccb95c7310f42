//! `/api/v1/tills/{id}/snapshot`, `/api/v1/offline-sales`, `/api/v1/settings/offline`.

use super::model::{OfflinePolicy, OfflineRecord, OfflineSale, OfflineState, Received, SALES_MAX};
use super::ops::{self, OfflineDecision};
use super::snapshot::{self, Snapshot};
use crate::book::Books;
use crate::order::OrderId;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use shuke_http::{
    Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, Permission, ProblemBody, Query, Reply, Write, once, perm, routes,
};
use shuke_kernel::{Error, Page, Result, Uuid};
use shuke_org::till::Till;
use shuke_org::{TillId, setting, till};
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_snapshot))
        .routes(routes!(list, receive))
        .routes(routes!(show))
        .routes(routes!(decide))
        .routes(routes!(policy, set_policy))
}

/// What the till has already.
#[derive(Debug, Deserialize, IntoParams)]
struct Has {
    /// The `book` of the snapshot that the till has: its catalogue and rules are left out where they are
    /// the same.
    book: Option<i64>,
}

/// Which sales.
#[derive(Debug, Deserialize, IntoParams)]
struct Listed {
    /// Only those that stand so: `waiting` and `booked` want a manager.
    state: Option<OfflineState>,
    /// Only of this store.
    store: Option<Uuid>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Sales that a till made alone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OfflineBatch {
    /// The till that made them.
    till: TillId,
    /// The sales, oldest first; at most 50.
    sales: Vec<OfflineSale>,
}

/// What became of each, in the order in which they were sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ReceivedBatch {
    /// One for each sale.
    items: Vec<Received>,
}

async fn till_of(app: &App, caller: &Caller, id: TillId) -> Result<Till> {
    let input = (&caller.cx, id);
    let found = app.db.read(&input, |tx, (cx, id)| Box::pin(till::ops::show(tx, cx, *id))).await?;
    caller.may_in(found.store.0)?;
    Ok(found)
}

/// What a till takes along for when it has no network: catalogue, prices, rules, the store's latest buyers,
/// what may be decided offline, and a token that is sent with every sale made by it. Fetch it again every
/// few minutes with `If-None-Match` and `book`: 304 says that nothing has changed. The header
/// `Shuke-Snapshot` brings a fresh token and its end (`token;milliseconds`) either way.
#[utoipa::path(get, path = "/api/v1/tills/{id}/snapshot", tag = "offline", operation_id = "show_till_snapshot",
    params(("id" = TillId, Path), Has, ("If-None-Match" = Option<String>, Header, description = "The ETag of the snapshot that the till has")),
    responses((status = 200, body = Snapshot), (status = 304, description = "Nothing has changed"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn show_snapshot(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Path(id): Path<TillId>,
    Query(has): Query<Has>,
    headers: HeaderMap,
) -> Reply<Response> {
    let till = till_of(&app, &caller, id).await?;
    let books = app.slot::<Books>();
    let identify = caller.permissions.has(Permission::MemberIdentify);
    let input = (&caller.cx, &app.vault, &*books, &till, has.book, identify);
    let work = app.db.snapshot(&input, |tx, (cx, vault, books, till, known, identify)| {
        Box::pin(snapshot::take(tx, cx, vault, books, till, *known, *identify))
    });
    let taken = work.await?;
    let content = (&taken.policy, &taken.store, &taken.till, taken.book, taken.rules.is_some(), &taken.members);
    let content = serde_json::to_vec(&content).map_err(|error| Error::internal(error.to_string()))?;
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(app.vault.sign(caller.cx.merchant, "snapshot-tag", &[&content])));
    let same = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == Some(tag.as_str());
    let token = format!("{};{}", taken.token, taken.expires_at.0);
    // What the till has is what it would get: then only the token is new.
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { Json(taken).into_response() };
    for (name, value) in [("etag", &tag), ("shuke-snapshot", &token)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

/// Takes the sales that a till made without a network. Each is taken once by its id, however often it is
/// sent; send it again until the answer has a `state` for it. No Idempotency-Key is needed.
#[utoipa::path(post, path = "/api/v1/offline-sales", tag = "offline", operation_id = "receive_offline_sales", request_body = OfflineBatch,
    responses((status = 200, body = ReceivedBatch), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn receive(caller: Allow<perm::Sell>, State(app): State<App>, Json(batch): Json<OfflineBatch>) -> Reply<Json<ReceivedBatch>> {
    if batch.sales.len() > SALES_MAX {
        return Err(Error::invalid("offline_sales_too_many", format!("send at most {SALES_MAX} sales at once")).into());
    }
    let till = till_of(&app, &caller, batch.till).await?;
    let mut items = Vec::with_capacity(batch.sales.len());
    for sale in &batch.sales {
        items.push(ops::receive(&app, &caller, &till, sale).await);
    }
    Ok(Json(ReceivedBatch { items }))
}

/// Sales that were made without a network, newest first. Who is bound to stores sees those of their stores.
#[utoipa::path(get, path = "/api/v1/offline-sales", tag = "offline", operation_id = "list_offline_sales", params(Listed),
    responses((status = 200, body = Page<OfflineRecord>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read"))))]
async fn list(caller: Allow<perm::SaleRead>, State(app): State<App>, Query(listed): Query<Listed>) -> Reply<Json<Page<OfflineRecord>>> {
    if let Some(store) = listed.store {
        caller.may_in(store)?;
    }
    let paging = Paging { cursor: listed.cursor.clone(), limit: listed.limit };
    let input = (&caller.caller, listed.store, listed.state, paging.after()?, paging.limit()?);
    let page =
        app.db.read(&input, |tx, (caller, store, state, before, limit)| Box::pin(ops::list(tx, caller, *store, *state, *before, *limit)));
    Ok(Json(page.await?))
}

/// A sale that was made without a network, and what became of it.
#[utoipa::path(get, path = "/api/v1/offline-sales/{id}", tag = "offline", operation_id = "show_offline_sale", params(("id" = OrderId, Path)),
    responses((status = 200, body = OfflineRecord), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read"))))]
async fn show(caller: Allow<perm::SaleRead>, State(app): State<App>, Path(id): Path<OrderId>) -> Reply<Json<OfflineRecord>> {
    let input = (&caller.caller, id);
    Ok(Json(app.db.read(&input, |tx, (caller, id)| Box::pin(ops::show(tx, caller, *id))).await?))
}

/// Decides about a sale: one that waits becomes an order as it was promised, or never one (give back by hand
/// what was taken for it); one that is booked has been looked at.
#[utoipa::path(post, path = "/api/v1/offline-sales/{id}/decision", tag = "offline", operation_id = "decide_offline_sale",
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = OfflineDecision,
    responses((status = 201, body = OfflineRecord), (status = 200, body = OfflineRecord, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("approval:give"))))]
async fn decide(
    caller: Allow<perm::ApprovalGive>,
    State(app): State<App>,
    Path(id): Path<OrderId>,
    Write { key, body }: Write<OfflineDecision>,
) -> Reply<Answer<OfflineRecord>> {
    let books = app.slot::<Books>();
    let input = (&*books, id, body);
    Ok(once(&app, &caller, &key, &input, |tx, caller, (books, id, word)| Box::pin(ops::decide(tx, caller, books, *id, word))).await?)
}

/// What a till may decide without a network.
#[utoipa::path(get, path = "/api/v1/settings/offline", tag = "offline", operation_id = "show_offline_policy",
    responses((status = 200, body = OfflinePolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<OfflinePolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes what a till may decide without a network.
#[utoipa::path(put, path = "/api/v1/settings/offline", tag = "offline", operation_id = "change_offline_policy", request_body = OfflinePolicy,
    responses((status = 200, body = OfflinePolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_policy(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(new): Json<OfflinePolicy>) -> Reply<Json<OfflinePolicy>> {
    app.db.write(&(&caller.cx, new), |tx, (cx, new)| Box::pin(setting::ops::put(tx, cx, new))).await?;
    Ok(Json(new))
}
