//! `/api/v1/refunds`: take back, and what was taken back.

use super::model::{Refund, RefundAsk, RefundQuote, RefundQuoteAsk};
use super::{ops, store};
use crate::book::Books;
use crate::order::api::seen;
use crate::order::{OrderId, store as orders};
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};

/// Takes back an order or part of it.
#[utoipa::path(
    post, path = "/api/v1/refunds", operation_id = "refund_order", tag = "sales", request_body = RefundAsk,
    params(("Idempotency-Key" = String, Header, description = "A value of your own; the same on a retry")),
    responses((status = 201, body = Refund), (status = 200, body = Refund, description = "Replayed"), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:refund")))
)]
async fn refund_order(State(app): State<App>, allow: Allow<perm::Refund>, Write { key, body }: Write<RefundAsk>) -> Reply<Answer<Refund>> {
    let books = app.slot::<Books>();
    let input = (&*books, &body);
    let answer = once(&app, &allow.caller, &key, &input, |tx, caller, (books, body)| {
        Box::pin(async move {
            let book = books.current(tx, caller.cx.merchant).await?;
            let order = orders::find(tx, caller.cx.merchant, body.order, false, |store| book.zone(store)).await?;
            seen(caller, &order)?;
            ops::refund(tx, &caller.cx, books, body).await
        })
    })
    .await?;
    Ok(answer)
}

/// Says what a refund would give back; nothing is written.
#[utoipa::path(
    post, path = "/api/v1/refund-quotes", operation_id = "quote_refund", tag = "sales", request_body = RefundQuoteAsk,
    responses((status = 200, body = RefundQuote), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:refund")))
)]
async fn quote_refund(State(app): State<App>, allow: Allow<perm::Refund>, Json(ask): Json<RefundQuoteAsk>) -> Reply<Json<RefundQuote>> {
    let books = app.slot::<Books>();
    let frame = (&allow.caller, &*books, &ask);
    let quote = app.db.read(&frame, |tx, (caller, books, ask)| {
        Box::pin(async move {
            let book = books.current(tx, caller.cx.merchant).await?;
            let order = orders::find(tx, caller.cx.merchant, ask.order, false, |store| book.zone(store)).await?;
            seen(caller, &order)?;
            ops::quote(&order, &ask.lines)
        })
    });
    Ok(Json(quote.await?))
}

/// Lists what was taken back of an order, oldest first.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}/refunds", operation_id = "list_order_refunds", tag = "sales", params(("id" = String, Path)),
    responses((status = 200, body = Vec<Refund>), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read")))
)]
async fn list_order_refunds(State(app): State<App>, allow: Allow<perm::SaleRead>, Path(id): Path<OrderId>) -> Reply<Json<Vec<Refund>>> {
    let books = app.slot::<Books>();
    let frame = (&allow.caller, &*books, id);
    let refunds = app
        .db
        .read(&frame, |tx, (caller, books, id)| {
            Box::pin(async move {
                let merchant = caller.cx.merchant;
                let book = books.current(tx, merchant).await?;
                let order = orders::find(tx, merchant, *id, false, |store| book.zone(store)).await?;
                seen(caller, &order)?;
                store::of_order(tx, merchant, id.0).await
            })
        })
        .await?;
    Ok(Json(refunds))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(refund_order)).routes(routes!(quote_refund)).routes(routes!(list_order_refunds))
}
