//! `/api/v1/settings/tax`.

use super::TaxPolicy;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};
use shuke_org::setting;

/// How sales are taxed.
#[utoipa::path(get, path = "/api/v1/settings/tax", tag = "sales", operation_id = "show_tax_policy",
    responses((status = 200, body = TaxPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<TaxPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes how sales are taxed from now on.
#[utoipa::path(put, path = "/api/v1/settings/tax", tag = "sales", operation_id = "change_tax_policy", request_body = TaxPolicy,
    responses((status = 200, body = TaxPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(policy): Json<TaxPolicy>) -> Reply<Json<TaxPolicy>> {
    let input = (&caller.cx, policy);
    app.db.write(&input, |tx, (cx, policy)| Box::pin(setting::ops::put(tx, cx, policy))).await?;
    Ok(Json(input.1))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, change))
}
