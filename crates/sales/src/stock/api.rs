//! Stock over HTTP. Quantities are thousandths of a piece.

use super::limit::{self, StockLimit};
use super::model::{MovementRow, StockDocument, StockRow};
use super::ops::{self, NewAdjustment, NewCount, NewReceipt, NewTransfer};
use super::store::Place;
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Page, Uuid};
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(receive))
        .routes(routes!(count))
        .routes(routes!(adjust))
        .routes(routes!(transfer))
        .routes(routes!(history))
        .routes(routes!(limits, set_limit))
}

/// Which rows of stock.
#[derive(Debug, Deserialize, IntoParams)]
struct StockQuery {
    /// The store.
    store: Uuid,
    /// Only what has at most so many thousandths of a piece on hand.
    at_most_milli: Option<i64>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// What a store has on hand, by variant.
#[utoipa::path(get, path = "/api/v1/stock", tag = "stock", operation_id = "list_stock", params(StockQuery),
    responses((status = 200, body = Page<StockRow>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn list(caller: Allow<perm::CatalogueRead>, State(app): State<App>, Query(query): Query<StockQuery>) -> Reply<Json<Page<StockRow>>> {
    caller.may_in(query.store)?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let input = (&caller.cx, query.store, query.at_most_milli, paging.after()?, paging.limit()?);
    let work = app.db.read(&input, |tx, (cx, store, low, after, limit)| Box::pin(ops::list(tx, cx, *store, *low, *after, *limit)));
    Ok(Json(work.await?))
}

/// Takes in what came from a supplier.
#[utoipa::path(post, path = "/api/v1/stock/receipts", tag = "stock", operation_id = "receive_stock",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = NewReceipt,
    responses((status = 201, body = StockDocument), (status = 200, body = StockDocument, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("stock:write"))))]
async fn receive(caller: Allow<perm::StockWrite>, State(app): State<App>, write: Write<NewReceipt>) -> Reply<Answer<StockDocument>> {
    caller.may_in(write.body.store)?;
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, new| Box::pin(ops::receive(tx, &caller.cx, new))).await?)
}

/// Sets what is on hand to what was counted.
#[utoipa::path(post, path = "/api/v1/stock/counts", tag = "stock", operation_id = "count_stock",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = NewCount,
    responses((status = 201, body = StockDocument), (status = 200, body = StockDocument, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("stock:write"))))]
async fn count(caller: Allow<perm::StockWrite>, State(app): State<App>, write: Write<NewCount>) -> Reply<Answer<StockDocument>> {
    caller.may_in(write.body.store)?;
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, new| Box::pin(ops::count(tx, &caller.cx, new))).await?)
}

/// Corrects what is on hand, with a reason.
#[utoipa::path(post, path = "/api/v1/stock/adjustments", tag = "stock", operation_id = "adjust_stock",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = NewAdjustment,
    responses((status = 201, body = StockDocument), (status = 200, body = StockDocument, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("stock:write"))))]
async fn adjust(caller: Allow<perm::StockWrite>, State(app): State<App>, write: Write<NewAdjustment>) -> Reply<Answer<StockDocument>> {
    caller.may_in(write.body.store)?;
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, new| Box::pin(ops::adjust(tx, &caller.cx, new))).await?)
}

/// Moves stock from one store to another.
#[utoipa::path(post, path = "/api/v1/stock/transfers", tag = "stock", operation_id = "transfer_stock",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = NewTransfer,
    responses((status = 201, body = StockDocument), (status = 200, body = StockDocument, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("stock:write"))))]
async fn transfer(caller: Allow<perm::StockWrite>, State(app): State<App>, write: Write<NewTransfer>) -> Reply<Answer<StockDocument>> {
    caller.may_in(write.body.from_store)?;
    caller.may_in(write.body.to_store)?;
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, new| Box::pin(ops::transfer(tx, &caller.cx, new))).await?)
}

/// Whose movements.
#[derive(Debug, Deserialize, IntoParams)]
struct MovementQuery {
    /// The store.
    store: Uuid,
    /// The variant.
    variant: Uuid,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// The movements of a variant in a store, newest first.
#[utoipa::path(get, path = "/api/v1/stock/movements", tag = "stock", operation_id = "list_stock_movements", params(MovementQuery),
    responses((status = 200, body = Page<MovementRow>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn history(
    caller: Allow<perm::CatalogueRead>,
    State(app): State<App>,
    Query(query): Query<MovementQuery>,
) -> Reply<Json<Page<MovementRow>>> {
    caller.may_in(query.store)?;
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let input = (&caller.cx, (query.store, query.variant), paging.after::<Place>()?, paging.limit()?);
    let work = app.db.read(&input, |tx, (cx, of, after, limit)| Box::pin(ops::history(tx, cx, *of, *after, *limit)));
    Ok(Json(work.await?))
}

/// Whose rules.
#[derive(Debug, Deserialize, IntoParams)]
struct LimitQuery {
    /// The store.
    store: Uuid,
}

/// How far below zero a store may sell: its own rule, then those of variants.
#[utoipa::path(get, path = "/api/v1/stock/limits", tag = "stock", operation_id = "list_stock_limits", params(LimitQuery),
    responses((status = 200, body = Vec<StockLimit>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn limits(
    caller: Allow<perm::CatalogueRead>,
    State(app): State<App>,
    Query(query): Query<LimitQuery>,
) -> Reply<Json<Vec<StockLimit>>> {
    caller.may_in(query.store)?;
    Ok(Json(app.db.read(&(&caller.cx, query.store), |tx, (cx, store)| Box::pin(limit::list(tx, cx, *store))).await?))
}

/// Says how far below zero a store may sell a variant, or all that has no rule of its own.
#[utoipa::path(put, path = "/api/v1/stock/limits", tag = "stock", operation_id = "set_stock_limit", request_body = StockLimit,
    responses((status = 200, body = StockLimit), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("stock:write"))))]
async fn set_limit(caller: Allow<perm::StockWrite>, State(app): State<App>, Json(limit): Json<StockLimit>) -> Reply<Json<StockLimit>> {
    caller.may_in(limit.store)?;
    let input = (&caller.cx, limit);
    Ok(Json(app.db.write(&input, |tx, (cx, limit)| Box::pin(limit::set(tx, cx, limit))).await?))
}
