//! `/api/v1/tags`.

use super::{Tag, TagDraft, TagId, ops};
use crate::MemberId;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change)).routes(routes!(tag_members))
}

/// Who gets a tag and who loses it; at most 1,000 members each.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TagMembers {
    /// Who gets it.
    #[serde(default)]
    give_to: Vec<MemberId>,
    /// Who loses it.
    #[serde(default)]
    take_from: Vec<MemberId>,
}

/// The merchant's tags, oldest first.
#[utoipa::path(get, path = "/api/v1/tags", tag = "tags", operation_id = "list_tags", params(Paging),
    responses((status = 200, body = Page<Tag>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(caller: Allow<perm::MemberRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Tag>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::list(tx, cx, *after, *limit))).await?))
}

/// Defines a tag; with a rule, members get it soon after.
#[utoipa::path(post, path = "/api/v1/tags", tag = "tags", operation_id = "create_tag",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = TagDraft,
    responses((status = 201, body = Tag), (status = 200, body = Tag, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn create(caller: Allow<perm::MemberConfigure>, State(app): State<App>, write: Write<TagDraft>) -> Reply<Answer<Tag>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft))).await?)
}

/// Changes a tag to what is given.
#[utoipa::path(put, path = "/api/v1/tags/{id}", tag = "tags", operation_id = "change_tag", params(("id" = TagId, Path)), request_body = TagDraft,
    responses((status = 200, body = Tag), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn change(
    caller: Allow<perm::MemberConfigure>,
    State(app): State<App>,
    Path(id): Path<TagId>,
    Json(draft): Json<TagDraft>,
) -> Reply<Json<Tag>> {
    let input = (&caller.cx, id, draft);
    Ok(Json(app.db.write(&input, |tx, (cx, id, draft)| Box::pin(ops::change(tx, cx, *id, draft))).await?))
}

/// Gives a manual tag to members and takes it from others.
#[utoipa::path(patch, path = "/api/v1/tags/{id}/members", tag = "tags", operation_id = "tag_members", params(("id" = TagId, Path)), request_body = TagMembers,
    responses((status = 200, body = TagMembers), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn tag_members(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<TagId>,
    Json(body): Json<TagMembers>,
) -> Reply<Json<TagMembers>> {
    app.db
        .write(&(&caller.cx, id, &body), |tx, (cx, id, body)| {
            Box::pin(async move {
                ops::give(tx, cx, *id, &body.give_to).await?;
                ops::take(tx, cx, *id, &body.take_from).await
            })
        })
        .await?;
    Ok(Json(body))
}
