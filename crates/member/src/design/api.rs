//! `/api/v1/card-designs`.

use super::{CardDesign, CardDesignDraft, CardDesignId, ops};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change))
}

/// The merchant's designs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct CardDesigns {
    /// By name.
    items: Vec<CardDesign>,
}

/// Every card design.
#[utoipa::path(get, path = "/api/v1/card-designs", tag = "cards", operation_id = "list_card_designs",
    responses((status = 200, body = CardDesigns), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(caller: Allow<perm::MemberRead>, State(app): State<App>) -> Reply<Json<CardDesigns>> {
    let items = app.db.read(&caller.cx, |tx, cx| Box::pin(ops::list(tx, cx))).await?;
    Ok(Json(CardDesigns { items }))
}

/// Makes a card design.
#[utoipa::path(post, path = "/api/v1/card-designs", tag = "cards", operation_id = "create_card_design",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = CardDesignDraft,
    responses((status = 201, body = CardDesign), (status = 200, body = CardDesign, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn create(caller: Allow<perm::MemberConfigure>, State(app): State<App>, write: Write<CardDesignDraft>) -> Reply<Answer<CardDesign>> {
    let work = once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft)));
    Ok(work.await?)
}

/// Changes a card design.
#[utoipa::path(put, path = "/api/v1/card-designs/{id}", tag = "cards", operation_id = "change_card_design", params(("id" = CardDesignId, Path)), request_body = CardDesignDraft,
    responses((status = 200, body = CardDesign), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn change(
    caller: Allow<perm::MemberConfigure>,
    State(app): State<App>,
    Path(id): Path<CardDesignId>,
    Json(draft): Json<CardDesignDraft>,
) -> Reply<Json<CardDesign>> {
    let input = (&caller.cx, id, draft);
    Ok(Json(app.db.write(&input, |tx, (cx, id, draft)| Box::pin(ops::change(tx, cx, *id, draft))).await?))
}
