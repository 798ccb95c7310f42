//! `/api/v1/claims`, `/api/v1/settings/claim`.

use super::{Buyer, ClaimAsk, ClaimPolicy, ops};
use crate::book::Books;
use crate::order::Order;
use crate::order::api::for_caller;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Permission, ProblemBody, Reply, Write, once, perm, routes};
use shuke_org::setting;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(claim)).routes(routes!(policy, set_policy))
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
