//! Categories over HTTP.

use super::model::{Category, CategoryId, not_found};
use super::ops::{self, CategoryPatch, NewCategory};
use super::store;
use axum::extract::State;
use axum::http::StatusCode;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use shuke_kernel::Page;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change, remove))
}

/// All categories, those above before those below.
#[utoipa::path(get, path = "/api/v1/categories", tag = "catalogue", operation_id = "list_categories",
    responses((status = 200, body = Page<Category>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn list(State(app): State<App>, caller: Allow<perm::CatalogueRead>) -> Reply<Json<Page<Category>>> {
    let items = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(store::all(tx, *merchant))).await?;
    Ok(Json(Page { items, next: None }))
}

/// Makes a category.
#[utoipa::path(post, path = "/api/v1/categories", tag = "catalogue", operation_id = "create_category", request_body = NewCategory,
    params(("Idempotency-Key" = String, Header, description = "names this write")),
    responses((status = 201, body = Category), (status = 200, body = Category, description = "replayed"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn create(State(app): State<App>, caller: Allow<perm::CatalogueWrite>, write: Write<NewCategory>) -> Reply<Answer<Category>> {
    let work = once(&app, &caller, &write.key, &write.body, |tx, caller, new| Box::pin(ops::create(tx, &caller.cx, new)));
    Ok(work.await?)
}

/// One category.
#[utoipa::path(get, path = "/api/v1/categories/{id}", tag = "catalogue", operation_id = "show_category",
    params(("id" = CategoryId, Path)),
    responses((status = 200, body = Category), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn show(State(app): State<App>, caller: Allow<perm::CatalogueRead>, Path(id): Path<CategoryId>) -> Reply<Json<Category>> {
    let all = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(store::all(tx, *merchant))).await?;
    Ok(Json(all.into_iter().find(|category| category.id == id).ok_or_else(not_found)?))
}

/// Renames, sorts or moves a category with everything below it.
#[utoipa::path(patch, path = "/api/v1/categories/{id}", tag = "catalogue", operation_id = "change_category", request_body = CategoryPatch,
    params(("id" = CategoryId, Path)),
    responses((status = 200, body = Category), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn change(
    State(app): State<App>,
    caller: Allow<perm::CatalogueWrite>,
    Path(id): Path<CategoryId>,
    Json(patch): Json<CategoryPatch>,
) -> Reply<Json<Category>> {
    let input = (&caller.cx, id, patch);
    Ok(Json(app.db.write(&input, |tx, (cx, id, patch)| Box::pin(ops::change(tx, cx, *id, patch))).await?))
}

/// Removes an empty category.
#[utoipa::path(delete, path = "/api/v1/categories/{id}", tag = "catalogue", operation_id = "remove_category",
    params(("id" = CategoryId, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn remove(State(app): State<App>, caller: Allow<perm::CatalogueWrite>, Path(id): Path<CategoryId>) -> Reply<StatusCode> {
    app.db.write(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::remove(tx, cx, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}
