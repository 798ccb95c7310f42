//! `/api/v1/members/{id}/cards`. They are listed with their member.

use super::{Card, CardDraft, CardId, ops};
use crate::MemberId;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(bind)).routes(routes!(report))
}

/// Whether a card is lost.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CardReport {
    /// True: lost. False: found again.
    lost: bool,
}

/// Binds a card to a member.
#[utoipa::path(post, path = "/api/v1/members/{id}/cards", tag = "members", operation_id = "create_card",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = CardDraft,
    responses((status = 201, body = Card), (status = 200, body = Card, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn bind(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    write: Write<CardDraft>,
) -> Reply<Answer<Card>> {
    let input = (id, &write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (id, draft)| Box::pin(ops::bind(tx, &caller.cx, *id, draft)));
    Ok(work.await?)
}

/// Reports a card lost, or found again.
#[utoipa::path(patch, path = "/api/v1/members/{id}/cards/{card}", tag = "members", operation_id = "report_card",
    params(("id" = MemberId, Path), ("card" = CardId, Path)), request_body = CardReport,
    responses((status = 200, body = Card), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn report(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, card)): Path<(MemberId, CardId)>,
    Json(body): Json<CardReport>,
) -> Reply<Json<Card>> {
    let input = (&caller.cx, id, card, body.lost);
    Ok(Json(app.db.write(&input, |tx, (cx, id, card, lost)| Box::pin(ops::report(tx, cx, *id, *card, *lost))).await?))
}
