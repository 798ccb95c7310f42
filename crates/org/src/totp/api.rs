//! `/api/v1/session/totp`, `/api/v1/staff/{id}/totp`, `/api/v1/sign-in-policy`.

use super::{Enrolment, SignInPolicy, TotpStatus, ops};
use crate::session::api::{From, no_session, proven};
use crate::session::limit;
use crate::{StaffId, setting};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Caller, Json, OpenApiRouter, Path, ProblemBody, Reply, Signed, perm, routes};
use shuke_kernel::{Actor, Result};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, begin))
        .routes(routes!(confirm))
        .routes(routes!(reset))
        .routes(routes!(show_policy, change_policy))
}

/// What it takes to begin.
#[derive(Deserialize, ToSchema)]
struct TotpBegin {
    /// Your password.
    #[schema(format = Password)]
    password: String,
    /// A code of the authenticator until now, where you have one.
    #[serde(default)]
    code: Option<String>,
}

/// The app's first code.
#[derive(Deserialize, ToSchema)]
struct TotpConfirm {
    /// Six digits.
    #[schema(example = "123456")]
    code: String,
}

/// Codes for the day the phone is lost.
#[derive(Serialize, Deserialize, ToSchema)]
struct RecoveryCodes {
    /// Each is good once. Shown this once: print them, and keep them where the phone is not.
    recovery_codes: Vec<String>,
}

fn person(caller: &Caller) -> Result<StaffId> {
    match caller.cx.actor {
        Actor::Staff(id) => Ok(StaffId(id)),
        _ => Err(no_session()),
    }
}

/// Whether you have a second factor, and whether you need one.
#[utoipa::path(get, path = "/api/v1/session/totp", tag = "session", operation_id = "show_totp",
    responses((status = 200, body = TotpStatus), (status = "default", body = ProblemBody)), security(("session" = [])))]
async fn show(Signed(caller): Signed, State(app): State<App>) -> Reply<Json<TotpStatus>> {
    let input = (caller.cx.merchant, person(&caller)?, caller.role);
    Ok(Json(app.db.read(&input, |tx, (merchant, id, role)| Box::pin(ops::status(tx, *merchant, *id, *role))).await?))
}

/// Begins to set up an authenticator app, or another one. It counts once it is confirmed.
#[utoipa::path(post, path = "/api/v1/session/totp", tag = "session", operation_id = "begin_totp", request_body = TotpBegin,
    responses((status = 200, body = Enrolment), (status = "default", body = ProblemBody)), security(("session" = [])))]
async fn begin(
    Signed(caller): Signed,
    State(app): State<App>,
    From(address): From,
    Json(request): Json<TotpBegin>,
) -> Reply<Json<Enrolment>> {
    let found = proven(&app, &caller, address, &request.password).await?;
    let input = (&caller.cx, &app.vault, found.staff, request.code);
    let work = app.db.write(&input, |tx, (cx, vault, staff, code)| Box::pin(ops::begin(tx, cx, vault, staff, code.as_deref())));
    Ok(Json(work.await?))
}

/// Confirms an authenticator app with its first code. From then on signing in needs a code.
#[utoipa::path(post, path = "/api/v1/session/totp/confirmation", tag = "session", operation_id = "confirm_totp", request_body = TotpConfirm,
    responses((status = 200, body = RecoveryCodes), (status = "default", body = ProblemBody)), security(("session" = [])))]
async fn confirm(
    Signed(caller): Signed,
    State(app): State<App>,
    From(address): From,
    Json(request): Json<TotpConfirm>,
) -> Reply<Json<RecoveryCodes>> {
    let id = person(&caller)?;
    limit::attempt(&app, address, &format!("{}/{id}", caller.cx.merchant)).await?;
    let input = (&caller.cx, &app.vault, id, request.code);
    let work = app.db.write(&input, |tx, (cx, vault, id, code)| Box::pin(ops::confirm(tx, cx, vault, *id, code)));
    Ok(Json(RecoveryCodes { recovery_codes: work.await? }))
}

/// Takes a member of staff's authenticator away and signs them out everywhere: for a phone that is lost.
#[utoipa::path(delete, path = "/api/v1/staff/{id}/totp", tag = "staff", operation_id = "reset_staff_totp", params(("id" = StaffId, Path)),
    responses((status = 204, description = "Reset"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("staff:write"))))]
async fn reset(caller: Allow<perm::StaffWrite>, State(app): State<App>, Path(id): Path<StaffId>) -> Reply<StatusCode> {
    app.db.write(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::reset(tx, cx, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who needs a second factor to sign in.
#[utoipa::path(get, path = "/api/v1/sign-in-policy", tag = "settings", operation_id = "show_sign_in_policy",
    responses((status = 200, body = SignInPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show_policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<SignInPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes who needs a second factor. Whoever needs one and has none can only set one up, at once.
#[utoipa::path(put, path = "/api/v1/sign-in-policy", tag = "settings", operation_id = "change_sign_in_policy", request_body = SignInPolicy,
    responses((status = 200, body = SignInPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change_policy(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Json(policy): Json<SignInPolicy>,
) -> Reply<Json<SignInPolicy>> {
    let input = (&caller.cx, policy);
    app.db.write(&input, |tx, (cx, policy)| Box::pin(ops::set_policy(tx, cx, policy))).await?;
    Ok(Json(input.1))
}
