//! `/api/v1/tills`.

use super::{Till, TillDraft, TillId, ops};
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change))
}

/// The merchant's tills, oldest first.
#[utoipa::path(get, path = "/api/v1/tills", tag = "tills", operation_id = "list_tills", params(Paging),
    responses((status = 200, body = Page<Till>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn list(caller: Allow<perm::OrgRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Till>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::list(tx, cx, *after, *limit))).await?))
}

/// Enters a till.
#[utoipa::path(post, path = "/api/v1/tills", tag = "tills", operation_id = "create_till",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = TillDraft,
    responses((status = 201, body = Till), (status = 200, body = Till, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn create(caller: Allow<perm::OrgWrite>, State(app): State<App>, write: Write<TillDraft>) -> Reply<Answer<Till>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft))).await?)
}

/// A till.
#[utoipa::path(get, path = "/api/v1/tills/{id}", tag = "tills", operation_id = "show_till", params(("id" = TillId, Path)),
    responses((status = 200, body = Till), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show(caller: Allow<perm::OrgRead>, State(app): State<App>, Path(id): Path<TillId>) -> Reply<Json<Till>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Changes a till to what is given.
#[utoipa::path(put, path = "/api/v1/tills/{id}", tag = "tills", operation_id = "change_till", params(("id" = TillId, Path)), request_body = TillDraft,
    responses((status = 200, body = Till), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Path(id): Path<TillId>,
    Json(draft): Json<TillDraft>,
) -> Reply<Json<Till>> {
    let input = (&caller.cx, id, draft);
    Ok(Json(app.db.write(&input, |tx, (cx, id, draft)| Box::pin(ops::change(tx, cx, *id, draft))).await?))
}
