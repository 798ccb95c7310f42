//! `/api/v1/held-carts`.

use super::model::{HeldCart, HeldCartId, HoldAsk};
use super::ops;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Page, Uuid};
use utoipa::{IntoParams, ToSchema};

/// Whose carts.
#[derive(Debug, Deserialize, IntoParams)]
struct HeldFilter {
    /// Of this store.
    store: Uuid,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// A command without further words.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The carts that wait in a store, oldest first.
#[utoipa::path(get, path = "/api/v1/held-carts", tag = "sales", operation_id = "list_held_carts", params(HeldFilter),
    responses((status = 200, body = Page<HeldCart>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn list(caller: Allow<perm::Sell>, State(app): State<App>, Query(filter): Query<HeldFilter>) -> Reply<Json<Page<HeldCart>>> {
    caller.may_in(filter.store)?;
    let paging = Paging { cursor: filter.cursor.clone(), limit: filter.limit };
    let input = (&caller.cx, filter.store, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, store, after, limit)| Box::pin(ops::waiting(tx, cx, *store, *after, *limit)));
    Ok(Json(page.await?))
}

/// Holds a cart until somebody goes on with it, or the store's day ends.
#[utoipa::path(post, path = "/api/v1/held-carts", tag = "sales", operation_id = "hold_cart", request_body = HoldAsk,
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = HeldCart), (status = 200, body = HeldCart, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn hold(caller: Allow<perm::Sell>, State(app): State<App>, write: Write<HoldAsk>) -> Reply<Answer<HeldCart>> {
    caller.may_in(write.body.store)?;
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, ask| Box::pin(ops::hold(tx, &caller.cx, ask))).await?)
}

/// Goes on with a cart that waits. Of two tills one gets it.
#[utoipa::path(post, path = "/api/v1/held-carts/{id}/resume", tag = "sales", operation_id = "resume_cart",
    params(("id" = HeldCartId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Nothing,
    responses((status = 201, body = HeldCart), (status = 200, body = HeldCart, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn resume(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Path(id): Path<HeldCartId>,
    write: Write<Nothing>,
) -> Reply<Answer<HeldCart>> {
    let taken = once(&app, &caller, &write.key, &id, |tx, caller, id| Box::pin(ops::resume(tx, caller, *id)));
    Ok(taken.await?)
}

/// Discards a cart that waits. One that doesn't wait any more stays as it is.
#[utoipa::path(delete, path = "/api/v1/held-carts/{id}", tag = "sales", operation_id = "discard_cart", params(("id" = HeldCartId, Path)),
    responses((status = 204, description = "It waits no more"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn discard(caller: Allow<perm::Sell>, State(app): State<App>, Path(id): Path<HeldCartId>) -> Reply<StatusCode> {
    app.db.write(&(&caller.caller, id), |tx, (caller, id)| Box::pin(ops::discard(tx, caller, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, hold)).routes(routes!(resume)).routes(routes!(discard))
}
