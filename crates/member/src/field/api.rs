//! `/api/v1/fields`.

use super::{Field, FieldDraft, FieldId, FieldSubject, ops};
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change))
}

/// The merchant's custom fields on members, archived ones too.
#[utoipa::path(get, path = "/api/v1/fields", tag = "fields", operation_id = "list_fields",
    responses((status = 200, body = Vec<Field>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(caller: Allow<perm::MemberRead>, State(app): State<App>) -> Reply<Json<Vec<Field>>> {
    Ok(Json(app.db.read(&caller.cx, |tx, cx| Box::pin(ops::list(tx, cx, FieldSubject::Member))).await?))
}

/// Defines a custom field.
#[utoipa::path(post, path = "/api/v1/fields", tag = "fields", operation_id = "create_field",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = FieldDraft,
    responses((status = 201, body = Field), (status = 200, body = Field, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn create(caller: Allow<perm::MemberConfigure>, State(app): State<App>, write: Write<FieldDraft>) -> Reply<Answer<Field>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft))).await?)
}

/// Changes a custom field's label, options and archiving.
#[utoipa::path(put, path = "/api/v1/fields/{id}", tag = "fields", operation_id = "change_field", params(("id" = FieldId, Path)), request_body = FieldDraft,
    responses((status = 200, body = Field), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn change(
    caller: Allow<perm::MemberConfigure>,
    State(app): State<App>,
    Path(id): Path<FieldId>,
    Json(draft): Json<FieldDraft>,
) -> Reply<Json<Field>> {
    let input = (&caller.cx, id, draft);
    Ok(Json(app.db.write(&input, |tx, (cx, id, draft)| Box::pin(ops::change(tx, cx, *id, draft))).await?))
}
