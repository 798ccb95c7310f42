//! `/api/v1/devices`, `/api/v1/device`, `/api/v1/session/pin`, `/api/v1/staff/{id}/pin`, `/api/v1/settings/till-sign-in`.

use super::model::{COOKIE_S_MAX, DEVICE_COOKIE, DeviceToken, DeviceView, TillSignIn};
use super::{Device, DeviceDraft, DeviceId, ops};
use crate::session::api::{From, SignedIn, no_session, proven, who};
use crate::session::limit::{self, Quota};
use crate::session::{Token, Who};
use crate::{StaffId, setting, till};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shuke_db::wall;
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, Path, Problem, ProblemBody, Query, Reply, Signed, own_cookie, perm, routes};
use shuke_kernel::{Actor, Cx, Page, Result};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(revoke))
        .routes(routes!(show))
        .routes(routes!(sign_in))
        .routes(routes!(set_pin, remove_own_pin))
        .routes(routes!(remove_pin))
        .routes(routes!(policy, set_policy))
}

/// The token of the device that a request comes from.
struct OnDevice(DeviceToken);

impl FromRequestParts<App> for OnDevice {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let shown = own_cookie(&parts.method, &parts.headers, DEVICE_COOKIE)?;
        let token = shown.as_deref().and_then(DeviceToken::parse).ok_or_else(ops::unknown)?;
        wall::stand(token.merchant);
        Ok(Self(token))
    }
}

/// Who signs in at the device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinSignIn {
    /// Who: the `id` of one of the device's `people`.
    staff: StaffId,
    /// Four to six digits.
    #[schema(format = Password)]
    pin: String,
}

/// A new PIN of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinChange {
    /// Your password.
    #[schema(format = Password)]
    password: String,
    /// Four to six digits: no row such as 1234, no repetition, no year.
    #[schema(format = Password)]
    pin: String,
}

fn with_cookie(mut response: Response, token: &DeviceToken, secure: bool) -> Response {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{DEVICE_COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={COOKIE_S_MAX}{secure}", token.as_str());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Registers the device that you are using at a till: the answer sets the cookie `shuke_device`, by which
/// it is known from then on. Call it from the browser that stands there.
#[utoipa::path(post, path = "/api/v1/devices", tag = "devices", operation_id = "register_device", request_body = DeviceDraft,
    responses((status = 201, body = Device), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("device:manage"))))]
async fn register(caller: Allow<perm::DeviceManage>, State(app): State<App>, Json(draft): Json<DeviceDraft>) -> Reply<Response> {
    let token = DeviceToken::new(&app.vault, caller.cx.merchant, caller.cx.id());
    let input = (&caller.caller, draft, &token, &app.vault);
    let device = app.db.write(&input, |tx, (caller, draft, token, vault)| {
        Box::pin(async move {
            caller.may_in(till::ops::show(tx, &caller.cx, draft.till).await?.store.0)?;
            ops::register(tx, &caller.cx, draft, token, vault).await
        })
    });
    let device = device.await?;
    Ok(with_cookie((StatusCode::CREATED, Json(device)).into_response(), &token, app.secure_cookies))
}

/// Devices, oldest first, those out of use too.
#[utoipa::path(get, path = "/api/v1/devices", tag = "devices", operation_id = "list_devices", params(Paging),
    responses((status = 200, body = Page<Device>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("device:manage"))))]
async fn list(caller: Allow<perm::DeviceManage>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Device>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::list(tx, cx, *after, *limit))).await?))
}

/// Takes a device out of use, at once: for one that is lost or sold. Who is signed in there is out.
#[utoipa::path(delete, path = "/api/v1/devices/{id}", tag = "devices", operation_id = "revoke_device", params(("id" = DeviceId, Path)),
    responses((status = 204, description = "Out of use"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("device:manage"))))]
async fn revoke(caller: Allow<perm::DeviceManage>, State(app): State<App>, Path(id): Path<DeviceId>) -> Reply<StatusCode> {
    let input = (&caller.caller, id);
    let work = app.db.write(&input, |tx, (caller, id)| {
        Box::pin(async move {
            caller.may_in(ops::till_of(tx, &caller.cx, *id).await?.store.0)?;
            ops::revoke(tx, &caller.cx, *id).await
        })
    });
    work.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which till this device stands at, and who can sign in on it with a PIN. Needs the cookie
/// `shuke_device` alone; 401 `device_unknown` where the device is not registered: then sign in with a
/// password, and register it as a manager.
#[utoipa::path(get, path = "/api/v1/device", tag = "devices", operation_id = "show_device",
    responses((status = 200, body = DeviceView), (status = "default", body = ProblemBody)), security(("device" = [])))]
async fn show(OnDevice(token): OnDevice, State(app): State<App>) -> Reply<Json<DeviceView>> {
    let cx = Cx::system(token.merchant, app.clock.now(), app.random.clone());
    let input = (&cx, &token, &app.vault);
    Ok(Json(app.db.read(&input, |tx, (cx, token, vault)| Box::pin(ops::show(tx, cx, token, vault))).await?))
}

/// Signs in with a PIN on this device. The answer sets the cookie `shuke_session`, as signing in with a
/// password does; the session ends after the idle time of the settings. After five wrong tries the PIN is
/// locked for a quarter of an hour (429 `staff_pin_locked`).
#[utoipa::path(post, path = "/api/v1/device/session", tag = "devices", operation_id = "sign_in_with_pin", request_body = PinSignIn,
    responses((status = 200, body = Who), (status = "default", body = ProblemBody)), security(("device" = [])))]
async fn sign_in(OnDevice(device): OnDevice, State(app): State<App>, From(address): From, Json(ask): Json<PinSignIn>) -> Reply<SignedIn> {
    let (subject, network) = (device.device.to_string(), limit::network_of(address));
    let quotas = [
        Quota { kind: "pin_device", subject: &subject, burst: 30, interval_s: 10 },
        Quota { kind: "pin_address", subject: &network, burst: 60, interval_s: 5 },
    ];
    limit::take(&app, &quotas).await?;
    let token = Token::new(&app.vault, device.merchant, ask.staff);
    let caller = ops::sign_in(&app, &device, ask.staff, &ask.pin, &token).await?;
    Ok(SignedIn { status: StatusCode::OK, token, who: who(&app, &caller).await?, secure: app.secure_cookies })
}

/// Sets your own PIN for signing in at tills.
#[utoipa::path(put, path = "/api/v1/session/pin", tag = "session", operation_id = "set_own_pin", request_body = PinChange,
    responses((status = 204, description = "Set"), (status = "default", body = ProblemBody)), security(("session" = [])))]
async fn set_pin(Signed(caller): Signed, State(app): State<App>, From(address): From, Json(change): Json<PinChange>) -> Reply<StatusCode> {
    let found = proven(&app, &caller, address, &change.password).await?;
    ops::set_pin(&app, &caller.cx, found.staff.id, &change.pin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes your own PIN away.
#[utoipa::path(delete, path = "/api/v1/session/pin", tag = "session", operation_id = "remove_own_pin",
    responses((status = 204, description = "Gone"), (status = "default", body = ProblemBody)), security(("session" = [])))]
async fn remove_own_pin(Signed(caller): Signed, State(app): State<App>) -> Reply<StatusCode> {
    let Actor::Staff(id) = caller.cx.actor else { return Err(no_session().into()) };
    app.db.write(&(&caller.cx, StaffId(id)), |tx, (cx, id)| Box::pin(ops::remove_pin(tx, cx, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a member of staff's PIN away: they sign in with their password until they set another.
#[utoipa::path(delete, path = "/api/v1/staff/{id}/pin", tag = "staff", operation_id = "reset_staff_pin", params(("id" = StaffId, Path)),
    responses((status = 204, description = "Gone"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("staff:write"))))]
async fn remove_pin(caller: Allow<perm::StaffWrite>, State(app): State<App>, Path(id): Path<StaffId>) -> Reply<StatusCode> {
    let input = (&caller.cx, id);
    let work = app.db.write(&input, |tx, (cx, id)| {
        Box::pin(async move {
            crate::staff::ops::show(tx, cx, *id, None).await?;
            ops::remove_pin(tx, cx, *id).await
        })
    });
    work.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How long a session at a till lasts.
#[utoipa::path(get, path = "/api/v1/settings/till-sign-in", tag = "devices", operation_id = "show_till_sign_in",
    responses((status = 200, body = TillSignIn), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<TillSignIn>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes how long a session at a till lasts; it holds for those that begin from now on.
#[utoipa::path(put, path = "/api/v1/settings/till-sign-in", tag = "devices", operation_id = "change_till_sign_in", request_body = TillSignIn,
    responses((status = 200, body = TillSignIn), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_policy(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(new): Json<TillSignIn>) -> Reply<Json<TillSignIn>> {
    app.db.write(&(&caller.cx, new), |tx, (cx, new)| Box::pin(setting::ops::put(tx, cx, new))).await?;
    Ok(Json(new))
}
