//! `/api/v1/members/{id}/preferences/declared`. They are shown with what orders tell.

use super::{Declared, DeclaredPreferences, ops};
use crate::MemberId;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Reply, perm, routes};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(declare))
}

/// Writes what a member says they like, whole: `{"口味": "不辣"}`.
#[utoipa::path(put, path = "/api/v1/members/{id}/preferences/declared", tag = "members", operation_id = "declare_preferences",
    params(("id" = MemberId, Path)), request_body = Declared,
    responses((status = 200, body = DeclaredPreferences), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn declare(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(declared): Json<Declared>,
) -> Reply<Json<DeclaredPreferences>> {
    let input = (&caller.cx, &app.vault, id, declared);
    let work = app.db.write(&input, |tx, (cx, vault, id, declared)| Box::pin(ops::declare(tx, cx, vault, *id, declared)));
    Ok(Json(work.await?))
}
