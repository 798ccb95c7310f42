//! `/api/v1/ledger/verify`.

use super::{Checks, Report, run_with};
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify))
}

/// Computes every balance, lot and seal again and names the first thing that differs. Writes nothing.
#[utoipa::path(post, path = "/api/v1/ledger/verify", tag = "ledger", operation_id = "verify_ledger",
    responses((status = 200, body = Report), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:verify"))))]
async fn verify(caller: Allow<perm::LedgerVerify>, State(app): State<App>) -> Reply<Json<Report>> {
    let more = app.slot::<Checks>().all();
    Ok(Json(run_with(&app.db, caller.cx.merchant, &more).await?))
}
