//! `/api/v1/members/{id}/preferences`.

use super::{Preferences, ops};
use crate::book::Books;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Reply, perm, routes};
use shuke_member::MemberId;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// What a member likes: by their own words, and by what they bought in the last year.
#[utoipa::path(get, path = "/api/v1/members/{id}/preferences", tag = "members", operation_id = "show_preferences", params(("id" = MemberId, Path)),
    responses((status = 200, body = Preferences), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:identify"))))]
async fn show(caller: Allow<perm::MemberIdentify>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Preferences>> {
    let books = app.slot::<Books>();
    let input = (&caller.cx, &app.vault, &*books, id);
    let work = app.db.snapshot(&input, |tx, (cx, vault, books, id)| Box::pin(ops::preferences(tx, cx, vault, books, *id)));
    Ok(Json(work.await?))
}
