//! `/api/v1/api-keys`.

use super::{Key, KeyDraft, KeyId, KeyRotation, KeyToken, ops};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke)).routes(routes!(rotate))
}

/// A key that was just made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NewKey {
    /// The token to send as `Authorization: Bearer …`. Shown this once; null in a repeated answer.
    token: Option<String>,
    /// The key.
    key: Key,
}

/// API keys, oldest first.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "api-keys", operation_id = "list_api_keys", params(Paging),
    responses((status = 200, body = Page<Key>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("key:write"))))]
async fn list(caller: Allow<perm::KeyWrite>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Key>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::list(tx, cx, *after, *limit))).await?))
}

/// Makes an API key. Its token is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "api-keys", operation_id = "create_api_key",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = KeyDraft,
    responses((status = 201, body = NewKey), (status = 200, body = NewKey, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("key:write"))))]
async fn create(caller: Allow<perm::KeyWrite>, State(app): State<App>, write: Write<KeyDraft>) -> Reply<Answer<NewKey>> {
    let token = KeyToken::new(&app.vault, caller.cx.merchant, caller.cx.id());
    let input = (&write.body, &token, &app.vault);
    // The token stays out of the answer that is stored for retries.
    let mut answer = once(&app, &caller, &write.key, &input, |tx, caller, (draft, token, vault)| {
        Box::pin(async move {
            let key = ops::create(tx, &caller.cx, caller.permissions, draft, token, vault).await?;
            Ok(NewKey { token: None, key })
        })
    })
    .await?;
    if !answer.replayed {
        answer.body.token = Some(token.as_str().to_owned());
    }
    Ok(answer)
}

/// Gives an API key another token. The one until now counts on for the overlap, so that programs can be
/// changed one after another.
#[utoipa::path(post, path = "/api/v1/api-keys/{id}/rotations", tag = "api-keys", operation_id = "rotate_api_key",
    params(("id" = KeyId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = KeyRotation,
    responses((status = 201, body = NewKey), (status = 200, body = NewKey, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("key:write"))))]
async fn rotate(
    caller: Allow<perm::KeyWrite>,
    State(app): State<App>,
    Path(id): Path<KeyId>,
    write: Write<KeyRotation>,
) -> Reply<Answer<NewKey>> {
    let token = KeyToken::new(&app.vault, caller.cx.merchant, id);
    let input = (&write.body, &token, &app.vault);
    // The token stays out of the answer that is stored for retries.
    let mut answer = once(&app, &caller, &write.key, &input, |tx, caller, (rotation, token, vault)| {
        Box::pin(async move {
            let key = ops::rotate(tx, &caller.cx, caller.permissions, token, rotation, vault).await?;
            Ok(NewKey { token: None, key })
        })
    })
    .await?;
    if !answer.replayed {
        answer.body.token = Some(token.as_str().to_owned());
    }
    Ok(answer)
}

/// Revokes an API key, at once and for good.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", tag = "api-keys", operation_id = "revoke_api_key", params(("id" = KeyId, Path)),
    responses((status = 204, description = "Revoked"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("key:write"))))]
async fn revoke(caller: Allow<perm::KeyWrite>, State(app): State<App>, Path(id): Path<KeyId>) -> Reply<StatusCode> {
    app.db.write(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::revoke(tx, cx, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}
