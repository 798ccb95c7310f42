//! `/api/v1/merges`, `/api/v1/members/{id}/merges`.

use super::{Merge, MergeDraft, MergeId, ops};
use crate::MemberId;
use crate::belonging::Belongings;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(merge)).routes(routes!(undo)).routes(routes!(list))
}

/// The merges of a member.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Merges {
    /// Newest first, at most 200.
    items: Vec<Merge>,
}

/// Makes one member of two: value, orders, cards and everything else of the one become the other's.
#[utoipa::path(post, path = "/api/v1/merges", tag = "members", operation_id = "merge_members",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = MergeDraft,
    responses((status = 201, body = Merge), (status = 200, body = Merge, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:merge"))))]
async fn merge(caller: Allow<perm::MemberMerge>, State(app): State<App>, write: Write<MergeDraft>) -> Reply<Answer<Merge>> {
    let belongings = app.slot::<Belongings>();
    let input = (&app.vault, &*belongings, &write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (vault, belongings, draft)| {
        Box::pin(ops::merge(tx, &caller.cx, vault, belongings, draft))
    });
    Ok(work.await?)
}

/// Makes two members of one again, as long as nothing of what came over was used.
#[utoipa::path(post, path = "/api/v1/merges/{id}/undo", tag = "members", operation_id = "undo_merge",
    params(("id" = MergeId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = Merge), (status = 200, body = Merge, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:merge"))))]
async fn undo(
    caller: Allow<perm::MemberMerge>,
    State(app): State<App>,
    Path(id): Path<MergeId>,
    write: Write<serde_json::Value>,
) -> Reply<Answer<Merge>> {
    let belongings = app.slot::<Belongings>();
    let input = (&app.vault, &*belongings, id);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (vault, belongings, id)| {
        Box::pin(ops::undo(tx, &caller.cx, vault, belongings, *id))
    });
    Ok(work.await?)
}

/// The merges that a member had a part in.
#[utoipa::path(get, path = "/api/v1/members/{id}/merges", tag = "members", operation_id = "list_merges", params(("id" = MemberId, Path)),
    responses((status = 200, body = Merges), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(caller: Allow<perm::MemberRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Merges>> {
    let items = app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::list(tx, cx, *id))).await?;
    Ok(Json(Merges { items }))
}
