//! `/api/v1/members/{id}/cards`. They are listed with their member.

use super::{Card, CardDraft, CardId, CardShareDraft, CardSharing, ops};
use crate::MemberId;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(bind))
        .routes(routes!(report))
        .routes(routes!(set_sharing))
        .routes(routes!(share))
        .routes(routes!(unshare))
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

/// Sets by how many other members a card may be shared.
#[utoipa::path(put, path = "/api/v1/members/{id}/cards/{card}/sharing", tag = "members", operation_id = "change_card_sharing",
    params(("id" = MemberId, Path), ("card" = CardId, Path)), request_body = CardSharing,
    responses((status = 200, body = Card), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn set_sharing(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, card)): Path<(MemberId, CardId)>,
    Json(body): Json<CardSharing>,
) -> Reply<Json<Card>> {
    let input = (&caller.cx, id, card, body);
    Ok(Json(app.db.write(&input, |tx, (cx, id, card, body)| Box::pin(ops::set_sharing(tx, cx, *id, *card, *body))).await?))
}

/// Lets another member use a card.
#[utoipa::path(post, path = "/api/v1/members/{id}/cards/{card}/shares", tag = "members", operation_id = "share_card",
    params(("id" = MemberId, Path), ("card" = CardId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = CardShareDraft,
    responses((status = 201, body = Card), (status = 200, body = Card, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn share(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, card)): Path<(MemberId, CardId)>,
    write: Write<CardShareDraft>,
) -> Reply<Answer<Card>> {
    let input = (id, card, write.body.member);
    let work =
        once(&app, &caller, &write.key, &input, |tx, caller, (id, card, with)| Box::pin(ops::share(tx, &caller.cx, *id, *card, *with)));
    Ok(work.await?)
}

/// No longer lets another member use a card.
#[utoipa::path(delete, path = "/api/v1/members/{id}/cards/{card}/shares/{member}", tag = "members", operation_id = "unshare_card",
    params(("id" = MemberId, Path), ("card" = CardId, Path), ("member" = MemberId, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn unshare(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path((id, card, with)): Path<(MemberId, CardId, MemberId)>,
) -> Reply<axum::http::StatusCode> {
    let input = (&caller.cx, id, card, with);
    app.db.write(&input, |tx, (cx, id, card, with)| Box::pin(ops::unshare(tx, cx, *id, *card, *with))).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}
