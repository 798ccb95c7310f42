//! `/api/v1/members/{id}/code`, `/api/v1/codes/identify`.

use super::{MemberCode, ops};
use crate::member::{MemberBrief, MemberId, View};
use crate::pin::IdentityPolicy;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, Permission, ProblemBody, Reply, perm, routes};
use shuke_kernel::Error;
use shuke_org::setting;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(identify))
}

/// What was scanned.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScannedCode {
    /// A member's code, a card's number, or its chip's id.
    code: String,
}

/// The member's code of this half minute, to be shown as a QR code.
#[utoipa::path(get, path = "/api/v1/members/{id}/code", tag = "members", operation_id = "show_member_code", params(("id" = MemberId, Path)),
    responses((status = 200, body = MemberCode), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:identify"))))]
async fn show(caller: Allow<perm::MemberIdentify>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<MemberCode>> {
    let policy: IdentityPolicy = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?;
    if policy.asks() && caller.permissions.has(Permission::Sell) {
        let why = "codes prove here that the member spends, so whoever sells can't show one; the member opens the card on the phone";
        return Err(Error::forbidden("code_for_member_only", why).into());
    }
    let input = (&caller.cx, &app.vault, id);
    Ok(Json(app.db.read(&input, |tx, (cx, vault, id)| Box::pin(ops::show(tx, cx, vault, *id))).await?))
}

/// The member whom a scanned code or card identifies. It reads only; the body keeps what was scanned
/// out of addresses and logs.
#[utoipa::path(post, path = "/api/v1/codes/identify", tag = "members", operation_id = "identify_member", request_body = ScannedCode,
    responses((status = 200, body = MemberBrief), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:identify"))))]
async fn identify(caller: Allow<perm::MemberIdentify>, State(app): State<App>, Json(body): Json<ScannedCode>) -> Reply<Json<MemberBrief>> {
    let input = (&caller.cx, &app.vault, body.code);
    let found = app.db.read(&input, |tx, (cx, vault, text)| Box::pin(ops::identify(tx, cx, vault, text))).await?;
    Ok(Json(found.view(&app.vault, caller.cx.merchant, View::of(&caller))?))
}
