//! `/api/v1/me/orders`, `/api/v1/me/claims`, `/api/v1/me/stores`.

use super::{MyOrder, MyStore, ops};
use crate::book::Books;
use crate::claim;
use crate::order::OrderId;
use crate::receipt;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Answer, App, Json, Me, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once_me, routes};
use shuke_kernel::Page;
use shuke_member::MemberId;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(show_receipt))
        .routes(routes!(claim_order))
        .routes(routes!(stores))
}

/// A receipt as a page.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ReceiptPage {
    /// A whole HTML page without scripts: show it in a frame of its own (`srcdoc`, sandboxed).
    html: String,
}

/// What was scanned at the till.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MyClaim {
    /// The receipt's code, `SKR.…`.
    code: String,
}

/// What you bought, newest first, with the lines.
#[utoipa::path(get, path = "/api/v1/me/orders", tag = "card", operation_id = "list_my_orders", params(Paging),
    responses((status = 200, body = Page<MyOrder>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn list(me: Me, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<MyOrder>>> {
    let books = app.slot::<Books>();
    let input = (&me, &*books, paging.after()?, paging.limit()?);
    let page =
        app.db.read(&input, |tx, (me, books, before, limit)| Box::pin(ops::list(tx, &me.cx, books, MemberId(me.member), *before, *limit)));
    Ok(Json(page.await?))
}

/// One of your orders, with what was taken back.
#[utoipa::path(get, path = "/api/v1/me/orders/{id}", tag = "card", operation_id = "show_my_order", params(("id" = OrderId, Path)),
    responses((status = 200, body = MyOrder), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn show(me: Me, State(app): State<App>, Path(id): Path<OrderId>) -> Reply<Json<MyOrder>> {
    let books = app.slot::<Books>();
    let input = (&me, &*books, id);
    Ok(Json(app.db.read(&input, |tx, (me, books, id)| Box::pin(ops::show(tx, &me.cx, books, MemberId(me.member), *id))).await?))
}

/// The receipt of one of your orders, as a page.
#[utoipa::path(get, path = "/api/v1/me/orders/{id}/receipt", tag = "card", operation_id = "show_my_receipt", params(("id" = OrderId, Path)),
    responses((status = 200, body = ReceiptPage), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn show_receipt(me: Me, State(app): State<App>, Path(id): Path<OrderId>) -> Reply<Json<ReceiptPage>> {
    let books = app.slot::<Books>();
    let input = (&me, &*books, id);
    let html = app.db.read(&input, |tx, (me, books, id)| Box::pin(receipt::ops::own(tx, &me.cx, books, MemberId(me.member), *id)));
    Ok(Json(ReceiptPage { html: html.await? }))
}

/// Makes an order yours that had no buyer, by the code that the till showed or printed: it earns its
/// points and counts as your purchase (pay first, join then). Within the days that the shop sets, once.
#[utoipa::path(post, path = "/api/v1/me/claims", tag = "card", operation_id = "claim_my_order",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = MyClaim,
    responses((status = 201, body = MyOrder), (status = 200, body = MyOrder, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("member" = [])))]
async fn claim_order(me: Me, State(app): State<App>, Write { key, body }: Write<MyClaim>) -> Reply<Answer<MyOrder>> {
    let books = app.slot::<Books>();
    let input = (&*books, &app.vault, &body);
    let work = once_me(&app, &me, &key, &input, |tx, me, (books, vault, body)| {
        Box::pin(async move {
            let order = claim::ops::claim_own(tx, &me.cx, vault, books, &body.code, MemberId(me.member)).await?;
            Ok(MyOrder::of(order, Vec::new()))
        })
    });
    Ok(work.await?)
}

/// The shop's stores that are open for business.
#[utoipa::path(get, path = "/api/v1/me/stores", tag = "card", operation_id = "list_card_stores",
    responses((status = 200, body = Vec<MyStore>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn stores(me: Me, State(app): State<App>) -> Reply<Json<Vec<MyStore>>> {
    Ok(Json(app.db.read(&me.cx, |tx, cx| Box::pin(ops::open_stores(tx, cx))).await?))
}
