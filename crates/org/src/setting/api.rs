//! `/api/v1/settings`: all sections at once. Each slice offers the change of its own.

use super::ops;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};
use std::collections::BTreeMap;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Every section that was changed from its default.
#[utoipa::path(get, path = "/api/v1/settings", tag = "settings", operation_id = "list_settings",
    responses((status = 200, body = BTreeMap<String, serde_json::Value>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn list(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<BTreeMap<String, serde_json::Value>>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(ops::all(tx, *merchant))).await?))
}
