//! `/api/v1/terms`, `/api/v1/members/{id}/consents`, `…/terms-acceptances`.

use super::{Acceptance, Consent, ConsentChange, Consents, Terms, TermsDraft, ops};
use crate::MemberId;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, publish)).routes(routes!(accept)).routes(routes!(set)).routes(routes!(changes))
}

/// Which terms a member accepts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Accepted {
    /// Their version.
    version: String,
}

/// What a member says about channels.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Said {
    /// By channel: true where it is given, false where it is withdrawn.
    #[schema(example = json!({"sms": true, "phone": false}))]
    channels: Consents,
}

/// Published terms, newest first.
#[utoipa::path(get, path = "/api/v1/terms", tag = "terms", operation_id = "list_terms", params(Paging),
    responses((status = 200, body = Page<Terms>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(caller: Allow<perm::MemberRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Terms>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, before, limit)| Box::pin(ops::list(tx, cx, before.clone(), *limit))).await?))
}

/// Publishes terms; they never change.
#[utoipa::path(post, path = "/api/v1/terms", tag = "terms", operation_id = "publish_terms",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = TermsDraft,
    responses((status = 201, body = Terms), (status = 200, body = Terms, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn publish(caller: Allow<perm::MemberConfigure>, State(app): State<App>, write: Write<TermsDraft>) -> Reply<Answer<Terms>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::publish(tx, &caller.cx, draft))).await?)
}

/// Records that a member accepts terms; answers all that the member has accepted.
#[utoipa::path(put, path = "/api/v1/members/{id}/terms-acceptances", tag = "terms", operation_id = "accept_terms",
    params(("id" = MemberId, Path)), request_body = Accepted,
    responses((status = 200, body = Vec<Acceptance>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn accept(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(body): Json<Accepted>,
) -> Reply<Json<Vec<Acceptance>>> {
    let input = (&caller.cx, id, body.version);
    Ok(Json(app.db.write(&input, |tx, (cx, id, version)| Box::pin(ops::accept(tx, cx, *id, version))).await?))
}

/// Records what a member says about channels; answers all consents as they stand.
#[utoipa::path(put, path = "/api/v1/members/{id}/consents", tag = "terms", operation_id = "set_consents",
    params(("id" = MemberId, Path)), request_body = Said,
    responses((status = 200, body = Vec<Consent>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn set(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(body): Json<Said>,
) -> Reply<Json<Vec<Consent>>> {
    let input = (&caller.cx, id, body.channels);
    Ok(Json(app.db.write(&input, |tx, (cx, id, channels)| Box::pin(ops::set(tx, cx, *id, channels))).await?))
}

/// Everything a member said about channels, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/consent-changes", tag = "terms", operation_id = "list_consent_changes",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<ConsentChange>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn changes(
    caller: Allow<perm::MemberRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<ConsentChange>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, id, before, limit)| Box::pin(ops::changes(tx, cx, *id, *before, *limit))).await?))
}
