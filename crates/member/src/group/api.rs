//! `/api/v1/members/{id}/group`, `/api/v1/members/{id}/people`, `/api/v1/members/{id}/users`.

use super::{GroupDraft, GroupPerson, GroupView, PersonDraft, ops};
use crate::MemberId;
use crate::member::{MemberBrief, View};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, join))
        .routes(routes!(leave))
        .routes(routes!(limit))
        .routes(routes!(groups))
        .routes(routes!(users))
}

/// The groups of a person.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Groups {
    /// Each with what the person is in it.
    items: Vec<GroupPerson>,
}

/// Who may use a member's cards.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct CardUsers {
    /// By id.
    items: Vec<MemberBrief>,
}

/// A group's people and their limit.
#[utoipa::path(get, path = "/api/v1/members/{id}/people", tag = "members", operation_id = "show_group", params(("id" = MemberId, Path)),
    responses((status = 200, body = GroupView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn show(caller: Allow<perm::MemberRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<GroupView>> {
    let input = (&caller.cx, &app.vault, View::of(&caller), id);
    Ok(Json(app.db.read(&input, |tx, (cx, vault, view, id)| Box::pin(ops::show(tx, cx, vault, *view, *id))).await?))
}

/// Lets a person join a household or a company.
#[utoipa::path(post, path = "/api/v1/members/{id}/people", tag = "members", operation_id = "join_group",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = PersonDraft,
    responses((status = 201, body = GroupView), (status = 200, body = GroupView, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn join(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    write: Write<PersonDraft>,
) -> Reply<Answer<GroupView>> {
    let input = (&app.vault, id, &write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (vault, id, draft)| {
        Box::pin(ops::join(tx, &caller.cx, vault, View::of(caller), *id, **draft))
    });
    Ok(work.await?)
}

/// Takes a person out of a group.
#[utoipa::path(delete, path = "/api/v1/members/{id}/people/{person}", tag = "members", operation_id = "leave_group",
    params(("id" = MemberId, Path), ("person" = MemberId, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn leave(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, person)): Path<(MemberId, MemberId)>,
) -> Reply<axum::http::StatusCode> {
    app.db.write(&(&caller.cx, id, person), |tx, (cx, id, person)| Box::pin(ops::leave(tx, cx, *id, *person))).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Sets how many people may belong to a group and use its cards.
#[utoipa::path(put, path = "/api/v1/members/{id}/group", tag = "members", operation_id = "change_group", params(("id" = MemberId, Path)), request_body = GroupDraft,
    responses((status = 200, body = GroupView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn limit(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(draft): Json<GroupDraft>,
) -> Reply<Json<GroupView>> {
    let input = (&caller.cx, &app.vault, View::of(&caller), id, draft);
    let work = app.db.write(&input, |tx, (cx, vault, view, id, draft)| Box::pin(ops::limit(tx, cx, vault, *view, *id, *draft)));
    Ok(Json(work.await?))
}

/// The groups that a person belongs to.
#[utoipa::path(get, path = "/api/v1/members/{id}/groups", tag = "members", operation_id = "list_member_groups", params(("id" = MemberId, Path)),
    responses((status = 200, body = Groups), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn groups(caller: Allow<perm::MemberRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Groups>> {
    let input = (&caller.cx, &app.vault, View::of(&caller), id);
    let items = app.db.read(&input, |tx, (cx, vault, view, id)| Box::pin(ops::of_person(tx, cx, vault, *view, *id))).await?;
    Ok(Json(Groups { items }))
}

/// Who may use a member's cards and value: a group's people, and those with whom a card is shared.
#[utoipa::path(get, path = "/api/v1/members/{id}/users", tag = "members", operation_id = "list_card_users", params(("id" = MemberId, Path)),
    responses((status = 200, body = CardUsers), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn users(caller: Allow<perm::MemberRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<CardUsers>> {
    let input = (&caller.cx, &app.vault, View::of(&caller), id);
    let items = app.db.read(&input, |tx, (cx, vault, view, id)| Box::pin(ops::users(tx, cx, vault, *view, *id))).await?;
    Ok(Json(CardUsers { items }))
}
