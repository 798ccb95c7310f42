//! `/api/v1/members/{id}/notes`.

use super::{Note, NoteDraft, NoteId, ops};
use crate::MemberId;
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, write)).routes(routes!(remove))
}

/// Which notes.
#[derive(Debug, Deserialize, IntoParams)]
struct NoteQuery {
    /// Only those that stand first.
    #[serde(default)]
    #[param(required = false)]
    pinned: bool,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// What staff wrote about a member, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/notes", tag = "members", operation_id = "list_notes", params(("id" = MemberId, Path), NoteQuery),
    responses((status = 200, body = Page<Note>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:identify"))))]
async fn list(
    caller: Allow<perm::MemberIdentify>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(query): Query<NoteQuery>,
) -> Reply<Json<Page<Note>>> {
    let paging = Paging { cursor: query.cursor.clone(), limit: query.limit };
    let input = (&caller.cx, &app.vault, id, query.pinned, paging.after()?, paging.limit()?);
    let work =
        app.db.read(&input, |tx, (cx, vault, id, pinned, before, limit)| Box::pin(ops::list(tx, cx, vault, *id, *pinned, *before, *limit)));
    Ok(Json(work.await?))
}

/// Writes a note about a member.
#[utoipa::path(post, path = "/api/v1/members/{id}/notes", tag = "members", operation_id = "create_note",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = NoteDraft,
    responses((status = 201, body = NoteId), (status = 200, body = NoteId, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn write(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    write: Write<NoteDraft>,
) -> Reply<Answer<NoteId>> {
    let input = (&app.vault, id, &write.body);
    // The id alone: the answer is kept under the key for a week, and the note is personal.
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (vault, id, draft)| {
        Box::pin(async move { ops::write(tx, &caller.cx, vault, *id, draft).await.map(|note| note.id) })
    });
    Ok(work.await?)
}

/// Takes a note away.
#[utoipa::path(delete, path = "/api/v1/members/{id}/notes/{note}", tag = "members", operation_id = "remove_note",
    params(("id" = MemberId, Path), ("note" = NoteId, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn remove(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, note)): Path<(MemberId, NoteId)>,
) -> Reply<axum::http::StatusCode> {
    app.db.write(&(&caller.cx, id, note), |tx, (cx, id, note)| Box::pin(ops::remove(tx, cx, *id, *note))).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
