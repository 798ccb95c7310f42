//! `/api/v1/coupon-redemptions`, `/api/v1/coupons/{id}/redemptions`.

use super::{Redemption, RedemptionDraft, ops};
use crate::coupon::CouponId;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Page, Uuid};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(redeem)).routes(routes!(undo)).routes(routes!(of_coupon))
}

/// Redeems uses of a service voucher without a sale.
#[utoipa::path(post, path = "/api/v1/coupon-redemptions", tag = "coupons", operation_id = "redeem_coupon",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = RedemptionDraft,
    responses((status = 201, body = Redemption), (status = 200, body = Redemption, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn redeem(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Write { key, body }: Write<RedemptionDraft>,
) -> Reply<Answer<Redemption>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            caller.may_in(draft.store)?;
            ops::redeem(tx, &caller.cx, draft).await
        })
    });
    Ok(answer.await?)
}

/// Undoes a redemption that was made without a sale, once.
#[utoipa::path(post, path = "/api/v1/coupon-redemptions/{id}/undo", tag = "coupons", operation_id = "undo_coupon_redemption",
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = Redemption), (status = 200, body = Redemption, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:refund"))))]
async fn undo(
    caller: Allow<perm::Refund>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Write { key, .. }: Write<serde_json::Value>,
) -> Reply<Answer<Redemption>> {
    let answer = once(&app, &caller, &key, &id, |tx, caller, id| {
        Box::pin(async move {
            caller.may_in(ops::store_of(tx, &caller.cx, *id).await?)?;
            ops::undo(tx, &caller.cx, *id).await
        })
    });
    Ok(answer.await?)
}

/// The uses of a coupon without a sale, and all where its terms have a limit in a period; newest first.
#[utoipa::path(get, path = "/api/v1/coupons/{id}/redemptions", tag = "coupons", operation_id = "list_coupon_redemptions",
    params(("id" = CouponId, Path), Paging),
    responses((status = 200, body = Page<Redemption>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_coupon(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<CouponId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<Redemption>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| Box::pin(ops::of_coupon(tx, cx, *id, *before, *limit)));
    Ok(Json(page.await?))
}
