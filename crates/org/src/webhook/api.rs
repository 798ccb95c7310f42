//! `/api/v1/webhooks`.

use super::courier::Outlet;
use super::{Delivery, DeliveryId, DeliveryState, Webhook, WebhookDraft, WebhookId, ops};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Instant, Page};
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
        .routes(routes!(rotate))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
}

/// A webhook with a secret that was just made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct WebhookSecret {
    /// What signs: `whsec_…`. Shown this once; null in a repeated answer.
    #[schema(example = "whsec_…")]
    secret: Option<String>,
    /// The webhook.
    webhook: Webhook,
}

/// How a webhook gets another secret.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SecretRotation {
    /// Hours in which the secret until now signs beside the new one: 0 to 720, 24 where left out.
    #[serde(default = "day")]
    overlap_hours: i64,
}

const fn day() -> i64 {
    24
}

/// Which deliveries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct DeliveryFilter {
    /// Only those that are this far.
    state: Option<DeliveryState>,
}

/// What is to be sent again.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Replay {
    /// These deliveries, delivered or dead; where there are none, all dead ones.
    #[serde(default)]
    deliveries: Vec<DeliveryId>,
    /// Of all dead ones, those that came from this moment on.
    #[serde(default)]
    since: Option<Instant>,
}

/// How many deliveries begin again.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Replayed {
    /// Deliveries that wait again.
    deliveries: u64,
}

/// Webhooks, oldest first.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", operation_id = "list_webhooks",
    responses((status = 200, body = Vec<Webhook>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("webhook:write"))))]
async fn list(caller: Allow<perm::WebhookWrite>, State(app): State<App>) -> Reply<Json<Vec<Webhook>>> {
    Ok(Json(app.db.read(&caller.cx, |tx, cx| Box::pin(ops::list(tx, cx))).await?))
}

/// Makes a webhook. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks", operation_id = "create_webhook",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = WebhookDraft,
    responses((status = 201, body = WebhookSecret), (status = 200, body = WebhookSecret, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("webhook:write"))))]
async fn create(caller: Allow<perm::WebhookWrite>, State(app): State<App>, write: Write<WebhookDraft>) -> Reply<Answer<WebhookSecret>> {
    // The secret stays out of the answer that is stored for retries.
    let shown = Mutex::new(None);
    let input = (&write.body, &app.vault, app.slot::<Outlet>().private(), &shown);
    let mut answer = once(&app, &caller, &write.key, &input, |tx, caller, (draft, vault, private, shown)| {
        Box::pin(async move {
            let (webhook, secret) = ops::create(tx, &caller.cx, vault, draft, *private).await?;
            *shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
            Ok(WebhookSecret { secret: None, webhook })
        })
    })
    .await?;
    if !answer.replayed {
        answer.body.secret = shown.into_inner().unwrap_or_else(PoisonError::into_inner);
    }
    Ok(answer)
}

/// Changes a webhook. What waits goes to the new address.
#[utoipa::path(put, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "change_webhook", params(("id" = WebhookId, Path)), request_body = WebhookDraft,
    responses((status = 200, body = Webhook), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("webhook:write"))))]
async fn change(
    caller: Allow<perm::WebhookWrite>,
    State(app): State<App>,
    Path(id): Path<WebhookId>,
    Json(draft): Json<WebhookDraft>,
) -> Reply<Json<Webhook>> {
    let input = (&caller.cx, id, draft, app.slot::<Outlet>().private());
    Ok(Json(app.db.write(&input, |tx, (cx, id, draft, private)| Box::pin(ops::change(tx, cx, *id, draft, *private))).await?))
}

/// Removes a webhook with its deliveries.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "remove_webhook", params(("id" = WebhookId, Path)),
    responses((status = 204, description = "Removed"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("webhook:write"))))]
async fn remove(caller: Allow<perm::WebhookWrite>, State(app): State<App>, Path(id): Path<WebhookId>) -> Reply<StatusCode> {
    app.db.write(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::remove(tx, cx, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook another secret. The one until now signs too for the overlap, so that the receiver can
/// change in its own time.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/rotations", tag = "webhooks", operation_id = "rotate_webhook_secret",
    params(("id" = WebhookId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = SecretRotation,
    responses((status = 201, body = WebhookSecret), (status = 200, body = WebhookSecret, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("webhook:write"))))]
async fn rotate(
    caller: Allow<perm::WebhookWrite>,
    State(app): State<App>,
    Path(id): Path<WebhookId>,
    write: Write<SecretRotation>,
) -> Reply<Answer<WebhookSecret>> {
    let shown = Mutex::new(None);
    let input = (id, &write.body, &app.vault, &shown);
    let mut answer = once(&app, &caller, &write.key, &input, |tx, caller, (id, rotation, vault, shown)| {
        Box::pin(async move {
            let (webhook, secret) = ops::rotate(tx, &caller.cx, vault, *id, rotation.overlap_hours).await?;
            *shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
            Ok(WebhookSecret { secret: None, webhook })
        })
    })
    .await?;
    if !answer.replayed {
        answer.body.secret = shown.into_inner().unwrap_or_else(PoisonError::into_inner);
    }
    Ok(answer)
}

/// Deliveries to a webhook, newest first; those of the last 30 days.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "webhooks", operation_id = "list_webhook_deliveries",
    params(("id" = WebhookId, Path), DeliveryFilter, Paging),
    responses((status = 200, body = Page<Delivery>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("webhook:write"))))]
async fn deliveries(
    caller: Allow<perm::WebhookWrite>,
    State(app): State<App>,
    Path(id): Path<WebhookId>,
    Query(filter): Query<DeliveryFilter>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<Delivery>>> {
    let input = (&caller.cx, id, filter.state, paging.after()?, paging.limit()?);
    let work = app.db.read(&input, |tx, (cx, id, state, before, limit)| Box::pin(ops::deliveries(tx, cx, *id, *state, *before, *limit)));
    Ok(Json(work.await?))
}

/// Sends deliveries again: those named, or all that are dead.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/replays", tag = "webhooks", operation_id = "replay_webhook_deliveries",
    params(("id" = WebhookId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Replay,
    responses((status = 201, body = Replayed), (status = 200, body = Replayed, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("webhook:write"))))]
async fn replay(
    caller: Allow<perm::WebhookWrite>,
    State(app): State<App>,
    Path(id): Path<WebhookId>,
    write: Write<Replay>,
) -> Reply<Answer<Replayed>> {
    let input = (id, &write.body);
    let answer = once(&app, &caller, &write.key, &input, |tx, caller, (id, replay)| {
        Box::pin(async move {
            let since = replay.since.unwrap_or(Instant(0));
            let deliveries = ops::replay(tx, &caller.cx, *id, &replay.deliveries, since).await?;
            Ok(Replayed { deliveries })
        })
    });
    Ok(answer.await?)
}
