//! `/api/v1/settings/starter-picks`, `/api/v1/members/{id}/starter-picks`.

use super::{StarterPicks, StarterView, ops};
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, Permission, ProblemBody, Reply, perm, routes};
use shuke_member::MemberId;
use shuke_org::setting;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, change)).routes(routes!(of_member))
}

/// What new customers are shown.
#[utoipa::path(get, path = "/api/v1/settings/starter-picks", tag = "catalogue", operation_id = "show_starter_picks",
    responses((status = 200, body = StarterPicks), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn show(caller: Allow<perm::CatalogueRead>, State(app): State<App>) -> Reply<Json<StarterPicks>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes what new customers are shown.
#[utoipa::path(put, path = "/api/v1/settings/starter-picks", tag = "catalogue", operation_id = "change_starter_picks", request_body = StarterPicks,
    responses((status = 200, body = StarterPicks), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn change(caller: Allow<perm::CatalogueWrite>, State(app): State<App>, Json(picks): Json<StarterPicks>) -> Reply<Json<StarterPicks>> {
    app.db.write(&(&caller.cx, &picks), |tx, (cx, picks)| Box::pin(setting::ops::put(tx, cx, *picks))).await?;
    Ok(Json(picks))
}

/// The starter picks for a member: empty for one who has bought often enough.
#[utoipa::path(get, path = "/api/v1/members/{id}/starter-picks", tag = "catalogue", operation_id = "list_starter_picks", params(("id" = MemberId, Path)),
    responses((status = 200, body = StarterView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn of_member(caller: Allow<perm::CatalogueRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<StarterView>> {
    let mut view = app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::of_member(tx, cx, *id))).await?;
    if !caller.permissions.has(Permission::CatalogueWrite) {
        // Costs are for those who manage the catalogue.
        view.products.iter_mut().flat_map(|product| &mut product.variants).for_each(|variant| variant.cost = None);
    }
    Ok(Json(view))
}
