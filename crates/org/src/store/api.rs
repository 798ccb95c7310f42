//! `/api/v1/stores`.

use super::{Store, StoreDraft, StoreId, ops};
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change))
}

/// The merchant's stores, oldest first.
#[utoipa::path(get, path = "/api/v1/stores", tag = "stores", operation_id = "list_stores", params(Paging),
    responses((status = 200, body = Page<Store>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn list(caller: Allow<perm::OrgRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Store>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::list(tx, cx, *after, *limit))).await?))
}

/// Opens a store.
#[utoipa::path(post, path = "/api/v1/stores", tag = "stores", operation_id = "create_store",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = StoreDraft,
    responses((status = 201, body = Store), (status = 200, body = Store, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn create(caller: Allow<perm::OrgWrite>, State(app): State<App>, write: Write<StoreDraft>) -> Reply<Answer<Store>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft))).await?)
}

/// A store.
#[utoipa::path(get, path = "/api/v1/stores/{id}", tag = "stores", operation_id = "show_store", params(("id" = StoreId, Path)),
    responses((status = 200, body = Store), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show(caller: Allow<perm::OrgRead>, State(app): State<App>, Path(id): Path<StoreId>) -> Reply<Json<Store>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Changes a store to what is given.
#[utoipa::path(put, path = "/api/v1/stores/{id}", tag = "stores", operation_id = "change_store", params(("id" = StoreId, Path)), request_body = StoreDraft,
    responses((status = 200, body = Store), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Path(id): Path<StoreId>,
    Json(draft): Json<StoreDraft>,
) -> Reply<Json<Store>> {
    let input = (&caller.cx, id, draft);
    Ok(Json(app.db.write(&input, |tx, (cx, id, draft)| Box::pin(ops::change(tx, cx, *id, draft))).await?))
}
