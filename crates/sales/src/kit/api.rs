//! `/api/v1/variants/{id}/kit`.

use super::{Kit, ops};
use crate::product::VariantId;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Reply, perm, routes};

/// What a variant is made of; no parts where it is no kit.
#[utoipa::path(get, path = "/api/v1/variants/{id}/kit", tag = "catalogue", operation_id = "show_kit", params(("id" = VariantId, Path)),
    responses((status = 200, body = Kit), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn show(caller: Allow<perm::CatalogueRead>, State(app): State<App>, Path(id): Path<VariantId>) -> Reply<Json<Kit>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Makes a variant a kit of these parts, or, without parts, none any more.
#[utoipa::path(put, path = "/api/v1/variants/{id}/kit", tag = "catalogue", operation_id = "set_kit", params(("id" = VariantId, Path)),
    request_body = Kit, responses((status = 200, body = Kit), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn set(
    caller: Allow<perm::CatalogueWrite>,
    State(app): State<App>,
    Path(id): Path<VariantId>,
    Json(kit): Json<Kit>,
) -> Reply<Json<Kit>> {
    let input = (&caller.cx, id, kit);
    Ok(Json(app.db.write(&input, |tx, (cx, id, kit)| Box::pin(ops::set(tx, cx, *id, kit))).await?))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, set))
}
