//! `/api/v1/exchanges`.

use super::model::{Exchange, ExchangeAsk, ExchangeId, Exchanged};
use super::{ops, store};
use crate::book::Books;
use crate::order::api::{for_caller, seen};
use crate::order::{OrderId, store as orders};
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, Permission, ProblemBody, Reply, Write, once, perm, routes};
use shuke_kernel::Error;
use shuke_member::pin::Proven;

/// Exchanges goods of an order for others: one refund and one sale, and the difference paid or given back.
#[utoipa::path(
    post, path = "/api/v1/exchanges", operation_id = "exchange_goods", tag = "sales", request_body = ExchangeAsk,
    params(("Idempotency-Key" = String, Header, description = "A value of your own; the same on a retry")),
    responses((status = 201, body = Exchanged), (status = 200, body = Exchanged, description = "Replayed"), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:refund")))
)]
async fn exchange_goods(
    State(app): State<App>,
    allow: Allow<perm::Refund>,
    Write { key, body }: Write<ExchangeAsk>,
) -> Reply<Answer<Exchanged>> {
    allow.may(Permission::Sell)?;
    allow.may_in(body.sale.store)?;
    let books = app.slot::<Books>();
    let input = (&*books, &app.vault, &body);
    let answer = once(&app, &allow.caller, &key, &input, |tx, caller, (books, vault, body)| {
        Box::pin(async move {
            let cx = &caller.cx;
            let proven = match (&body.sale.identity.proof, body.sale.member) {
                (Some(proof), Some(member)) => Proven::check(vault, cx.merchant, member, body.sale.id.0, proof, cx.now)?,
                _ => Proven::NO,
            };
            let made = ops::exchange_proven(tx, cx, books, body, proven).await?;
            Ok(Exchanged { order: for_caller(caller, made.order), ..made })
        })
    })
    .await?;
    Ok(answer)
}

/// An exchange.
#[utoipa::path(
    get, path = "/api/v1/exchanges/{id}", operation_id = "show_exchange", tag = "sales", params(("id" = ExchangeId, Path)),
    responses((status = 200, body = Exchange), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read")))
)]
async fn show_exchange(State(app): State<App>, allow: Allow<perm::SaleRead>, Path(id): Path<ExchangeId>) -> Reply<Json<Exchange>> {
    let found = app.db.read(&(&allow.caller.cx, id), |tx, (cx, id)| Box::pin(store::find(tx, cx.merchant, *id))).await?;
    allow.may_in(found.store).map_err(|_| Error::not_found("exchange_not_found", "there is no such exchange"))?;
    Ok(Json(found))
}

/// The exchanges in which something of an order came back, oldest first.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}/exchanges", operation_id = "list_order_exchanges", tag = "sales", params(("id" = OrderId, Path)),
    responses((status = 200, body = Vec<Exchange>), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read")))
)]
async fn list_order_exchanges(State(app): State<App>, allow: Allow<perm::SaleRead>, Path(id): Path<OrderId>) -> Reply<Json<Vec<Exchange>>> {
    let books = app.slot::<Books>();
    let frame = (&allow.caller, &*books, id);
    let found = app.db.read(&frame, |tx, (caller, books, id)| {
        Box::pin(async move {
            let merchant = caller.cx.merchant;
            let book = books.current(tx, merchant).await?;
            seen(caller, &orders::find(tx, merchant, *id, false, |store| book.zone(store)).await?)?;
            store::of_returned(tx, merchant, id.0).await
        })
    });
    Ok(Json(found.await?))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(exchange_goods)).routes(routes!(show_exchange)).routes(routes!(list_order_exchanges))
}
