//! `/api/v1/members/{id}/pin`, `/api/v1/members/{id}/proofs`, `/api/v1/settings/identity`.

use super::{IdentityPolicy, Proof, ProofRequest, ops};
use crate::MemberId;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Reply, perm, routes};
use shuke_org::setting;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set, remove)).routes(routes!(prove)).routes(routes!(policy, set_policy))
}

/// A PIN to be set.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinDraft {
    /// 4 to 8 digits.
    pin: String,
    /// The PIN that the member has; needed where there is one.
    #[serde(default)]
    current: Option<String>,
}

/// Sets a member's PIN, or changes it where the present one is given.
#[utoipa::path(put, path = "/api/v1/members/{id}/pin", tag = "members", operation_id = "set_pin", params(("id" = MemberId, Path)), request_body = PinDraft,
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn set(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(draft): Json<PinDraft>,
) -> Reply<StatusCode> {
    ops::set(&app, &caller, id, &draft.pin, draft.current.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a PIN away that was forgotten.
#[utoipa::path(delete, path = "/api/v1/members/{id}/pin", tag = "members", operation_id = "remove_pin", params(("id" = MemberId, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:reveal"))))]
async fn remove(caller: Allow<perm::MemberReveal>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<StatusCode> {
    app.db.write(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::remove(tx, cx, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Checks a PIN or a code, and gives a proof with which one order may spend what is the member's. A
/// code may be sent again for the same order.
#[utoipa::path(post, path = "/api/v1/members/{id}/proofs", tag = "members", operation_id = "prove_identity", params(("id" = MemberId, Path)), request_body = ProofRequest,
    responses((status = 200, body = Proof), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn prove(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(request): Json<ProofRequest>,
) -> Reply<Json<Proof>> {
    Ok(Json(ops::prove(&app, &caller, id, &request).await?))
}

/// From which amounts on a checkout needs a proof.
#[utoipa::path(get, path = "/api/v1/settings/identity", tag = "members", operation_id = "show_identity_policy",
    responses((status = 200, body = IdentityPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn policy(caller: Allow<perm::MemberRead>, State(app): State<App>) -> Reply<Json<IdentityPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes from which amounts on a checkout needs a proof.
#[utoipa::path(put, path = "/api/v1/settings/identity", tag = "members", operation_id = "change_identity_policy", request_body = IdentityPolicy,
    responses((status = 200, body = IdentityPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_policy(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(new): Json<IdentityPolicy>) -> Reply<Json<IdentityPolicy>> {
    app.db.write(&(&caller.cx, &new), |tx, (cx, new)| Box::pin(setting::ops::put(tx, cx, *new))).await?;
    Ok(Json(new))
}
