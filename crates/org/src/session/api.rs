//! `/api/v1/session`: sign in, who am I, sign out, change my password.

use super::limit::{self, SignInLimits};
use super::model::{Token, Who};
use super::ops;
use crate::staff::{self, Credentials, Password, Username};
use crate::{StaffId, merchant};
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shuke_db::{Wall, wall};
use shuke_http::{
    App, AppInner, Caller, Credential, Json, OpenApiRouter, Problem, ProblemBody, Reply, SESSION_COOKIE, Signed, credential, routes,
};
use shuke_kernel::{Actor, Cx, Error, MerchantId, Result};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, sign_in, sign_out)).routes(routes!(change_password))
}

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
struct SignIn {
    /// The merchant's number; may be left out where the server has only one.
    #[serde(default)]
    #[schema(example = 1)]
    merchant: Option<i64>,
    /// The user name.
    #[schema(example = "owner")]
    username: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
    /// The code of your authenticator app, or a recovery code, where you have one.
    #[serde(default)]
    #[schema(example = "123456")]
    code: Option<String>,
}

/// A new password of one's own.
#[derive(Deserialize, ToSchema)]
struct PasswordChange {
    /// The password until now.
    #[schema(format = Password)]
    old: String,
    /// The new one: 8 to 128 characters.
    #[schema(format = Password)]
    new: String,
}

/// Where a request comes from.
#[derive(Debug)]
pub struct From(pub IpAddr);

impl FromRequestParts<App> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let behind_proxy = app.slot::<SignInLimits>().behind_proxy();
        // The last entry is the one that our own proxy wrote; those before it can be made up.
        let forwarded = parts.headers.get("x-forwarded-for").filter(|_| behind_proxy).and_then(|value| value.to_str().ok());
        let forwarded = forwarded.and_then(|text| text.rsplit(',').next()?.trim().parse().ok());
        Ok(Self(forwarded.or(direct).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// An answer that sets the session's cookie.
pub(crate) struct SignedIn {
    pub(crate) status: StatusCode,
    pub(crate) token: Token,
    pub(crate) who: Who,
    pub(crate) secure: bool,
}

impl IntoResponse for SignedIn {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.who)).into_response();
        set_cookie(&mut response, self.token.as_str(), super::SESSION_MS_MAX / 1000, self.secure);
        response
    }
}

fn set_cookie(response: &mut Response, value: &str, age_s: i64, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age_s}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Who a caller is, with their merchant.
pub(crate) async fn who(app: &AppInner, caller: &Caller) -> Result<Who> {
    let merchant = app.db.read(&caller.cx.merchant, |tx, id| Box::pin(merchant::ops::show(tx, *id))).await?;
    Ok(Who::of(caller, merchant))
}

/// Who am I, and what may I do.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", operation_id = "show_session",
    responses((status = 200, body = Who), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])))]
async fn show(Signed(caller): Signed, State(app): State<App>) -> Reply<Json<Who>> {
    Ok(Json(who(&app, &caller).await?))
}

/// Signs in. The answer sets the cookie `shuke_session`.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", operation_id = "sign_in", request_body = SignIn,
    responses((status = 200, body = Who), (status = "default", body = ProblemBody)), security(()))]
async fn sign_in(State(app): State<App>, From(address): From, Json(request): Json<SignIn>) -> Reply<SignedIn> {
    let account = format!("{}/{}", request.merchant.unwrap_or(0), request.username.trim().to_lowercase());
    limit::attempt(&app, address, &account).await?;
    let (merchant, found) = find(&app, &request).await?;
    let right = staff::verify(&request.password, found.as_ref().map(|found| &found.password)).await?;
    let Some(proven) = found.filter(|found| right && found.staff.active) else {
        tracing::info!(%address, "a sign-in failed");
        return Err(ops::failed().into());
    };
    let token = Token::new(&app.vault, merchant, proven.staff.id);
    wall::stand(merchant);
    let cx = Cx { merchant, actor: Actor::Staff(proven.staff.id.0), now: app.clock.now(), random: app.random.clone() };
    let input = (&cx, &proven, &token, &app.vault, request.code);
    let work =
        app.db.write(&input, |tx, (cx, proven, token, vault, code)| Box::pin(ops::begin(tx, cx, proven, token, vault, code.as_deref())));
    let caller = work.await?;
    Ok(SignedIn { status: StatusCode::OK, token, who: who(&app, &caller).await?, secure: app.secure_cookies })
}

/// The person with this name, of the merchant that was named or the only one. What can't be a name is
/// looked for all the same, so that it takes as long.
async fn find(app: &App, request: &SignIn) -> Result<(MerchantId, Option<Credentials>)> {
    let username = Username::parse(&request.username).ok();
    let input = (request.merchant.map(MerchantId), username);
    let whose = input.0.map_or(Wall::All, Wall::One);
    let work = app.db.read(&input, |tx, (named, username)| {
        Box::pin(async move {
            let merchant = match named {
                Some(named) => Some(*named),
                None => merchant::ops::only(tx).await?,
            };
            let (Some(merchant), Some(username)) = (merchant, username) else { return Ok((merchant, None)) };
            Ok((Some(merchant), staff::ops::by_username(tx, merchant, username).await?))
        })
    });
    let found = wall::within(whose, work).await?;
    Ok((found.0.unwrap_or(MerchantId(0)), found.1))
}

/// Signs out. Signing out twice is no error.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", operation_id = "sign_out",
    responses((status = 204, description = "Signed out"), (status = "default", body = ProblemBody)),
    security(("session" = [])))]
async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Reply<Response> {
    let token = match credential(&Method::DELETE, &headers)? {
        Some(Credential::Session(text)) => Token::parse(&text),
        Some(Credential::Key(_)) => return Err(no_session().into()),
        None => return Err(Error::unauthenticated("not_signed_in", "sign in first").into()),
    };
    if let Some(token) = token {
        let input = (&token, &app.vault);
        let work = app.db.write(&input, |tx, (token, vault)| Box::pin(ops::end(tx, token, vault)));
        wall::within(Wall::One(token.merchant), work).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, "", 0, app.secure_cookies);
    Ok(response)
}

pub(crate) fn no_session() -> Error {
    Error::forbidden("key_without_session", "an API key has no session and no password; revoke the key instead")
}

/// The caller, who has shown their password again.
///
/// Errors: `key_without_session`, `sign_in_too_often`, `password_wrong`.
pub(crate) async fn proven(app: &App, caller: &Caller, address: IpAddr, password: &str) -> Result<Credentials> {
    let Actor::Staff(id) = caller.cx.actor else { return Err(no_session()) };
    let id = StaffId(id);
    limit::attempt(app, address, &format!("{}/{id}", caller.cx.merchant)).await?;
    let input = (caller.cx.merchant, id);
    let work = app.db.read(&input, |tx, (merchant, id)| {
        Box::pin(async move { staff::ops::read(&tx.rows(staff::ops::statement(*merchant, *id)).await?) })
    });
    let found = work.await?;
    let right = staff::verify(password, found.as_ref().map(|found| &found.password)).await?;
    found.filter(|_| right).ok_or_else(|| Error::refused("password_wrong", "the password until now is not this one"))
}

/// Changes your own password. All your sessions end; the answer sets the cookie of a new one.
#[utoipa::path(put, path = "/api/v1/session/password", tag = "session", operation_id = "change_own_password", request_body = PasswordChange,
    responses((status = 200, body = Who), (status = "default", body = ProblemBody)),
    security(("session" = [])))]
async fn change_password(
    Signed(caller): Signed,
    State(app): State<App>,
    From(address): From,
    Json(request): Json<PasswordChange>,
) -> Result<SignedIn, Problem> {
    let found = proven(&app, &caller, address, &request.old).await?;
    let id = found.staff.id;
    let password = Password::parse(&request.new, &found.staff.username)?.hash(&app.random).await?;
    let token = Token::new(&app.vault, caller.cx.merchant, id);
    let input = (&caller.cx, id, caller.role, &password, &token, &app.vault);
    app.db
        .write(&input, |tx, (cx, id, role, password, token, vault)| {
            Box::pin(async move {
                staff::ops::set_password(tx, cx, *id, password).await?;
                ops::renew(tx, cx, *id, *role, token, vault).await
            })
        })
        .await?;
    Ok(SignedIn { status: StatusCode::OK, token, who: who(&app, &caller).await?, secure: app.secure_cookies })
}
