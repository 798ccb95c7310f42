//! `/api/v1/staff`.

use super::{NewStaff, Password, Staff, StaffChange, StaffId, Username, ops};
use crate::StoreId;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Role, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change)).routes(routes!(set_password))
}

/// A member of staff to be entered.
#[derive(Debug, Deserialize, ToSchema)]
struct StaffDraft {
    /// What they sign in with, unique within the merchant.
    username: String,
    /// Their first password: 8 to 128 characters.
    #[schema(format = Password)]
    password: String,
    /// The name to show.
    name: String,
    /// Their role.
    role: Role,
    /// The stores they may touch; null means all.
    #[serde(default)]
    stores: Option<Vec<StoreId>>,
}

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
struct PasswordDraft {
    /// 8 to 128 characters.
    #[schema(format = Password)]
    password: String,
}

/// Staff, oldest first. Who is bound to stores sees those they share a store with.
#[utoipa::path(get, path = "/api/v1/staff", tag = "staff", operation_id = "list_staff", params(Paging),
    responses((status = 200, body = Page<Staff>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("staff:read"))))]
async fn list(caller: Allow<perm::StaffRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Staff>>> {
    let input = (&caller.caller, paging.after()?, paging.limit()?);
    let page = app
        .db
        .read(&input, |tx, (caller, after, limit)| Box::pin(ops::list(tx, &caller.cx, *after, *limit, caller.stores.as_deref())))
        .await?;
    Ok(Json(page))
}

/// Enters a member of staff.
#[utoipa::path(post, path = "/api/v1/staff", tag = "staff", operation_id = "create_staff",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = StaffDraft,
    responses((status = 201, body = Staff), (status = 200, body = Staff, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("staff:write"))))]
async fn create(caller: Allow<perm::StaffWrite>, State(app): State<App>, write: Write<StaffDraft>) -> Reply<Answer<Staff>> {
    let draft = write.body;
    let username = Username::parse(&draft.username)?;
    let password = Password::parse(&draft.password, username.as_str())?.hash(&app.random).await?;
    let new = NewStaff { username, name: draft.name, role: draft.role, stores: draft.stores, password };
    Ok(once(&app, &caller, &write.key, &new, |tx, caller, new| Box::pin(ops::create(tx, &caller.cx, new))).await?)
}

/// A member of staff.
#[utoipa::path(get, path = "/api/v1/staff/{id}", tag = "staff", operation_id = "show_staff", params(("id" = StaffId, Path)),
    responses((status = 200, body = Staff), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("staff:read"))))]
async fn show(caller: Allow<perm::StaffRead>, State(app): State<App>, Path(id): Path<StaffId>) -> Reply<Json<Staff>> {
    let input = (&caller.caller, id);
    let staff = app.db.read(&input, |tx, (caller, id)| Box::pin(ops::show(tx, &caller.cx, *id, caller.stores.as_deref()))).await?;
    Ok(Json(staff))
}

/// Changes a member of staff to what is given. `active: false` signs them out everywhere, at once.
#[utoipa::path(put, path = "/api/v1/staff/{id}", tag = "staff", operation_id = "change_staff", params(("id" = StaffId, Path)), request_body = StaffChange,
    responses((status = 200, body = Staff), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("staff:write"))))]
async fn change(
    caller: Allow<perm::StaffWrite>,
    State(app): State<App>,
    Path(id): Path<StaffId>,
    Json(change): Json<StaffChange>,
) -> Reply<Json<Staff>> {
    let input = (&caller.cx, id, change);
    Ok(Json(app.db.write(&input, |tx, (cx, id, change)| Box::pin(ops::change(tx, cx, *id, change))).await?))
}

/// Sets somebody's password and signs them out everywhere.
#[utoipa::path(put, path = "/api/v1/staff/{id}/password", tag = "staff", operation_id = "set_staff_password", params(("id" = StaffId, Path)), request_body = PasswordDraft,
    responses((status = 204, description = "Set"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("staff:write"))))]
async fn set_password(
    caller: Allow<perm::StaffWrite>,
    State(app): State<App>,
    Path(id): Path<StaffId>,
    Json(draft): Json<PasswordDraft>,
) -> Reply<StatusCode> {
    let staff = app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id, None))).await?;
    let password = Password::parse(&draft.password, &staff.username)?.hash(&app.random).await?;
    let input = (&caller.cx, id, password);
    app.db.write(&input, |tx, (cx, id, password)| Box::pin(ops::set_password(tx, cx, *id, password))).await?;
    Ok(StatusCode::NO_CONTENT)
}
