//! `/api/v1/orders`: sell, see, list.

use super::model::{Checkout, ListedOrder, Order, OrderId};
use super::reasons::{OrderReasons, reasons};
use super::search::{self, Wanted};
use super::{ops, store};
use crate::book::Books;
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{
    Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, Permission, ProblemBody, Query, Reply, Write, once, perm, routes,
};
use shuke_kernel::{Date, Error, Instant, Page, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::member::View;
use shuke_member::pin::Proven;
use utoipa::IntoParams;

/// Which orders.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub struct OrderFilter {
    /// Of a store.
    pub store: Option<Uuid>,
    /// Of a member.
    pub member: Option<Uuid>,
    /// From this local day on.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Up to this local day, included.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// The order's number or its beginning from the day on (`251122`, `2511221432`), or whose it is, as the list of
    /// members takes it: phone, last four digits, number, full name, initials. Together with a store or a member.
    pub q: Option<String>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    pub limit: Option<u32>,
}

/// Costs are for those who manage the catalogue.
pub(crate) fn for_caller(caller: &Caller, mut order: Order) -> Order {
    if !caller.permissions.has(Permission::CatalogueWrite) {
        for line in &mut order.lines {
            line.cost = None;
            line.parts.iter_mut().for_each(|part| part.cost = None);
        }
    }
    order
}

/// Sells a cart: prices it anew, takes the payments, writes everything in one transaction.
#[utoipa::path(
    post, path = "/api/v1/orders", operation_id = "checkout", tag = "sales", request_body = Checkout,
    params(("Idempotency-Key" = String, Header, description = "A value of your own; the same on a retry")),
    responses((status = 201, body = Order), (status = 200, body = Order, description = "Replayed"), (status = "4XX", body = ProblemBody), (status = 503, body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write")))
)]
async fn checkout(State(app): State<App>, allow: Allow<perm::Sell>, Write { key, body }: Write<Checkout>) -> Reply<Answer<Order>> {
    allow.may_in(body.store)?;
    let books = app.slot::<Books>();
    let input = (&*books, &app.vault, &body);
    // A proof is looked at inside, so that a retry after its time still finds the answer.
    let answer = once(&app, &allow.caller, &key, &input, |tx, caller, (books, vault, body)| {
        Box::pin(async move {
            let cx = &caller.cx;
            let proven = match (&body.identity.proof, body.member) {
                (Some(proof), Some(member)) => Proven::check(vault, cx.merchant, member, body.id.0, proof, cx.now)?,
                _ => Proven::NO,
            };
            ops::checkout_proven(tx, cx, books, body, proven).await.map(|order| for_caller(caller, order))
        })
    })
    .await?;
    Ok(answer)
}

/// Shows an order.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}", operation_id = "show_order", tag = "sales", params(("id" = String, Path)),
    responses((status = 200, body = Order), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read")))
)]
async fn show_order(State(app): State<App>, allow: Allow<perm::SaleRead>, Path(id): Path<OrderId>) -> Reply<Json<Order>> {
    let books = app.slot::<Books>();
    let frame = (&allow.caller.cx, &*books, id);
    let order = app
        .db
        .read(&frame, |tx, (cx, books, id)| {
            Box::pin(async move {
                let book = books.current(tx, cx.merchant).await?;
                store::find(tx, cx.merchant, *id, false, |store| book.zone(store)).await
            })
        })
        .await?;
    seen(&allow, &order)?;
    Ok(Json(for_caller(&allow, order)))
}

/// Why an order cost what it cost: what took something off at each stage, and why no other offer or
/// coupon did.
#[utoipa::path(
    get, path = "/api/v1/orders/{id}/reasons", operation_id = "show_order_reasons", tag = "sales", params(("id" = String, Path)),
    responses((status = 200, body = OrderReasons), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read")))
)]
async fn show_order_reasons(State(app): State<App>, allow: Allow<perm::SaleRead>, Path(id): Path<OrderId>) -> Reply<Json<OrderReasons>> {
    let books = app.slot::<Books>();
    let frame = (&allow.caller, &*books, id);
    let reasons = app
        .db
        .read(&frame, |tx, (caller, books, id)| {
            Box::pin(async move {
                let book = books.current(tx, caller.cx.merchant).await?;
                let order = store::find(tx, caller.cx.merchant, *id, false, |store| book.zone(store)).await?;
                seen(caller, &order)?;
                reasons(tx, &caller.cx, &book, &order).await
            })
        })
        .await?;
    Ok(Json(reasons))
}

/// Staff bound to stores see what was sold there; elsewhere there is nothing for them.
pub(crate) fn seen(caller: &Caller, order: &Order) -> Result<()> {
    caller.may_in(order.store).map_err(|_| Error::not_found("order_not_found", "there is no such order"))
}

/// Lists orders without their lines, with whose they are, newest first.
#[utoipa::path(
    get, path = "/api/v1/orders", operation_id = "list_orders", tag = "sales", params(OrderFilter),
    responses((status = 200, body = Page<ListedOrder>), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read")))
)]
async fn list_orders(
    State(app): State<App>,
    allow: Allow<perm::SaleRead>,
    Query(filter): Query<OrderFilter>,
) -> Reply<Json<Page<ListedOrder>>> {
    let paging = Paging { cursor: filter.cursor.clone(), limit: filter.limit };
    let (limit, before) = (paging.limit()?, paging.after::<(Instant, Uuid)>()?);
    let store = match (&allow.stores, filter.store) {
        (_, Some(store)) => {
            allow.may_in(store)?;
            Some(store)
        }
        (Some(stores), None) if stores.len() == 1 => stores.first().copied(),
        (Some(_), None) => return Err(Error::invalid("store_needed", "name one of your stores").into()),
        (None, None) => None,
    };
    let books = app.slot::<Books>();
    let wanted = Wanted { store, member: filter.member, from: filter.from, to: filter.to, q: filter.q.clone(), view: View::of(&allow) };
    let frame = (&allow.caller.cx, &app.vault, &*books, wanted, before, limit);
    let orders = app.db.read(&frame, |tx, (cx, vault, books, wanted, before, limit)| {
        Box::pin(async move {
            let book = books.current(tx, cx.merchant).await?;
            search::list(tx, (cx, vault, &book), wanted, *before, *limit).await
        })
    });
    Ok(Json(orders.await?))
}

/// What a member has bought: orders with their lines, newest first.
#[utoipa::path(
    get, path = "/api/v1/members/{id}/orders", operation_id = "list_member_orders", tag = "sales",
    params(("id" = String, Path), Paging), responses((status = 200, body = Page<Order>), (status = "4XX", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read")))
)]
async fn list_member_orders(
    State(app): State<App>,
    allow: Allow<perm::SaleRead>,
    Path(member): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<Order>>> {
    let (limit, before) = (paging.limit()?, paging.after::<(Instant, Uuid)>()?);
    let books = app.slot::<Books>();
    let frame = (&allow.caller.cx, &*books, member, before, limit);
    let orders = app
        .db
        .read(&frame, |tx, (cx, books, member, before, limit)| {
            Box::pin(async move {
                shuke_member::member::ops::find(tx, cx, *member).await?;
                let book = books.current(tx, cx.merchant).await?;
                let filter = store::Filter { member: Some(member.0), before: *before, ..store::Filter::default() };
                let mut orders = store::list(tx, cx.merchant, &filter, limit.fetch(), |store| book.zone(store)).await?;
                store::add_lines(tx, cx.merchant, &mut orders).await?;
                Ok(orders)
            })
        })
        .await?;
    let page = Page::of(orders, limit, |order| (order.at, order.id.0));
    Ok(Json(page.map(|order| for_caller(&allow, order))))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(checkout, list_orders))
        .routes(routes!(show_order))
        .routes(routes!(show_order_reasons))
        .routes(routes!(list_member_orders))
}
