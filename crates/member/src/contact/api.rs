//! `/api/v1/members/{id}/contacts`.

use super::{Contact, ContactDraft, ops};
use crate::MemberId;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, record))
}

/// The contacts with a member, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/contacts", tag = "members", operation_id = "list_contacts",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<Contact>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(
    caller: Allow<perm::MemberRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<Contact>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, id, before, limit)| Box::pin(ops::list(tx, cx, *id, *before, *limit))).await?))
}

/// Records a contact with a member.
#[utoipa::path(post, path = "/api/v1/members/{id}/contacts", tag = "members", operation_id = "create_contact",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = ContactDraft,
    responses((status = 201, body = Contact), (status = 200, body = Contact, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn record(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    write: Write<ContactDraft>,
) -> Reply<Answer<Contact>> {
    let input = (id, &write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (id, draft)| Box::pin(ops::record(tx, &caller.cx, *id, draft)));
    Ok(work.await?)
}
