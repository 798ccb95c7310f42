//! `/api/v1/members/{id}/dependents`. They are listed with their member.

use super::{DependentDraft, DependentId, DependentView, ops};
use crate::MemberId;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(change, remove))
}

/// Enters a dependent.
#[utoipa::path(post, path = "/api/v1/members/{id}/dependents", tag = "members", operation_id = "create_dependent",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = DependentDraft,
    responses((status = 201, body = DependentView), (status = 200, body = DependentView, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn add(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    write: Write<DependentDraft>,
) -> Reply<Answer<DependentView>> {
    let input = (&app.vault, id, &write.body);
    let work =
        once(&app, &caller, &write.key, &input, |tx, caller, (vault, id, draft)| Box::pin(ops::add(tx, &caller.cx, vault, *id, draft)));
    Ok(work.await?)
}

/// Changes a dependent to what is given.
#[utoipa::path(put, path = "/api/v1/members/{id}/dependents/{dependent}", tag = "members", operation_id = "change_dependent",
    params(("id" = MemberId, Path), ("dependent" = DependentId, Path)), request_body = DependentDraft,
    responses((status = 200, body = DependentView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn change(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, dependent)): Path<(MemberId, DependentId)>,
    Json(draft): Json<DependentDraft>,
) -> Reply<Json<DependentView>> {
    let input = (&caller.cx, &app.vault, (id, dependent), draft);
    let changed =
        app.db.write(&input, |tx, (cx, vault, (id, dependent), draft)| Box::pin(ops::change(tx, cx, vault, *id, *dependent, draft)));
    Ok(Json(changed.await?))
}

/// Removes a dependent.
#[utoipa::path(delete, path = "/api/v1/members/{id}/dependents/{dependent}", tag = "members", operation_id = "remove_dependent",
    params(("id" = MemberId, Path), ("dependent" = DependentId, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn remove(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, dependent)): Path<(MemberId, DependentId)>,
) -> Reply<axum::http::StatusCode> {
    let input = (&caller.cx, id, dependent);
    app.db.write(&input, |tx, (cx, id, dependent)| Box::pin(ops::remove(tx, cx, *id, *dependent))).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
