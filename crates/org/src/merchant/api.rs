//! `/api/v1/merchant`: the merchant of the caller. There is no operation that names another.

use super::{Merchant, MerchantDraft, ops};
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, change))
}

/// Your merchant.
#[utoipa::path(get, path = "/api/v1/merchant", tag = "merchant", operation_id = "show_merchant",
    responses((status = 200, body = Merchant), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<Merchant>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(ops::show(tx, *merchant))).await?))
}

/// Changes your merchant's name and zone.
#[utoipa::path(put, path = "/api/v1/merchant", tag = "merchant", operation_id = "change_merchant", request_body = MerchantDraft,
    responses((status = 200, body = Merchant), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(draft): Json<MerchantDraft>) -> Reply<Json<Merchant>> {
    let input = (&caller.cx, draft);
    Ok(Json(app.db.write(&input, |tx, (cx, draft)| Box::pin(ops::change(tx, cx, draft))).await?))
}
