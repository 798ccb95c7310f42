//! `/api/v1/claims`, `/api/v1/settings/claim`.

use super::{Buyer, ClaimAsk, ClaimPolicy, code, ops};
use crate::book::Books;
use crate::order::api::{for_caller, seen};
use crate::order::{Order, OrderId, store as orders};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, Permission, ProblemBody, Reply, Write, once, perm, routes};
use shuke_org::setting;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(claim)).routes(routes!(policy, set_policy)).routes(routes!(show_code))
}

/// Gives an order that had no buyer to a member, or to somebody who joins with it (pay, then join).
/// Enrolling needs `member:write` as well.
#[utoipa::path(
    post, path = "/api/v1/claims", operation_id = "claim_order", tag = "sales", request_body = ClaimAsk,
    params(("Idempotency-Key" = String, Header, description = "A value of your own; the same on a retry")),
    responses((status = 201, body = Order), (status = 200, body = Order, description = "Replayed"), (status = "4XX", body = ProblemBody), (status = 503, body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write")))
)]
async fn claim(State(app): State<App>, allow: Allow<perm::Sell>, Write { key, body }: Write<ClaimAsk>) -> Reply<Answer<Order>> {
    if let Buyer::Join { person } = &body.buyer {
        allow.may(Permission::MemberWrite)?;
        if let Some(store) = person.store {
            allow.may_in(store.0)?;
        }
    }
    let books = app.slot::<Books>();
    let input = (&*books, &app.vault, &body);
    let work = once(&app, &allow.caller, &key, &input, |tx, caller, (books, vault, ask)| {
        Box::pin(async move { ops::claim(tx, caller, vault, books, ask).await.map(|order| for_caller(caller, order)) })
    });
    Ok(work.await?)
}

/// What the customer scans to make an order theirs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ClaimCode {
    /// The code, `SKR.…`: what the card sends as `code` to `POST /api/v1/me/claims`.
    code: String,
    /// The card's address for it on this server; show host and path as a QR code.
    #[schema(example = "/card/1/claim#SKR.…")]
    path: String,
}

/// The code by which a customer makes an order theirs that had no buyer: to be shown as a QR code after
/// the sale, or printed. It is worth nothing once the order has a buyer.
#[utoipa::path(get, path = "/api/v1/orders/{id}/claim-code", tag = "sales", operation_id = "show_claim_code", params(("id" = OrderId, Path)),
    responses((status = 200, body = ClaimCode), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn show_code(caller: Allow<perm::Sell>, State(app): State<App>, Path(id): Path<OrderId>) -> Reply<Json<ClaimCode>> {
    let books = app.slot::<Books>();
    let frame = (&caller.cx, &*books, id);
    let order = app.db.read(&frame, |tx, (cx, books, id)| {
        Box::pin(async move {
            let book = books.current(tx, cx.merchant).await?;
            orders::find(tx, cx.merchant, *id, false, |store| book.zone(store)).await
        })
    });
    let order = order.await?;
    seen(&caller, &order)?;
    let code = code::make(&app.vault, caller.cx.merchant, order.id);
    let path = format!("/card/{}/claim#{code}", caller.cx.merchant);
    Ok(Json(ClaimCode { code, path }))
}

/// Within which days an order can be claimed.
#[utoipa::path(get, path = "/api/v1/settings/claim", tag = "sales", operation_id = "show_claim_policy",
    responses((status = 200, body = ClaimPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:read"))))]
async fn policy(caller: Allow<perm::SaleRead>, State(app): State<App>) -> Reply<Json<ClaimPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes within which days an order can be claimed.
#[utoipa::path(put, path = "/api/v1/settings/claim", tag = "sales", operation_id = "change_claim_policy", request_body = ClaimPolicy,
    responses((status = 200, body = ClaimPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_policy(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(new): Json<ClaimPolicy>) -> Reply<Json<ClaimPolicy>> {
    app.db.write(&(&caller.cx, &new), |tx, (cx, new)| Box::pin(setting::ops::put(tx, cx, *new))).await?;
    Ok(Json(new))
}
