//! `/api/v1/me/shop`, `/api/v1/me/codes`, `/api/v1/me/session`, `/api/v1/settings/card`.

use super::model::{CODE_MS, CardPolicy, Join, MemberToken, SESSION_MS_MAX};
use super::ops::{self, Entered};
use crate::consent::Terms;
use crate::me::{self, Profile};
use crate::member::enrol::phone_index;
use crate::wechat::{self, WechatDoor};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shuke_db::{Wall, wall};
use shuke_http::{Allow, App, Json, MEMBER_COOKIE, OpenApiRouter, ProblemBody, Query, Reply, member_secret, perm, routes};
use shuke_kernel::{Actor, Cx, Error, Instant, MerchantId};
use shuke_org::message::{MessagePolicy, SmsWay};
use shuke_org::session::api::From;
use shuke_org::session::limit::{self, Quota};
use shuke_org::{merchant, setting};
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(shop))
        .routes(routes!(send_code))
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(policy, set_policy))
}

/// Which shop.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// The merchant's number, as it stands in the card's address `/card/{merchant}`; may be left out where
    /// the server has only one.
    merchant: Option<i64>,
}

/// What the card shows before anybody has signed in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct CardShop {
    /// The merchant's number: send it as `merchant`.
    #[schema(example = 1)]
    merchant: i64,
    /// Its name.
    #[schema(example = "熟客母婴")]
    name: String,
    /// ISO 4217 code of its currency.
    #[schema(example = "CNY")]
    currency: String,
    /// Digits after the decimal point of its currency.
    decimals: u8,
    /// The IANA time zone in which its days end.
    zone: String,
    /// Whether members can sign in with a code by text message.
    phone: bool,
    /// Whether somebody who is no member yet may join by themselves.
    join: bool,
    /// How members link their WeChat account and sign in by it; none where the shop has no account there.
    #[serde(skip_serializing_if = "Option::is_none")]
    wechat: Option<WechatDoor>,
    /// The terms that whoever joins accepts; none where the shop has published none.
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<Terms>,
}

/// Whose phone a code goes to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeAsk {
    /// The merchant's number; may be left out where the server has only one.
    #[serde(default)]
    #[schema(example = 1)]
    merchant: Option<i64>,
    /// The phone number, in any spelling.
    #[schema(example = "13800000042")]
    phone: String,
}

/// A code is on its way, if the phone may sign in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct CodeSent {
    /// The first moment at which it is no longer good.
    expires_at: Instant,
    /// When the next one can be asked for.
    again_at: Instant,
}

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberSignIn {
    /// The merchant's number; may be left out where the server has only one.
    #[serde(default)]
    #[schema(example = 1)]
    merchant: Option<i64>,
    /// The phone number to which the code went.
    #[schema(example = "13800000042")]
    phone: String,
    /// The six digits.
    #[schema(example = "402917")]
    code: String,
    /// Where nobody has this phone yet: what it takes to join.
    #[serde(default)]
    join: Option<Join>,
}

/// Seconds between two codes to one phone.
const AGAIN_S: u64 = 60;

/// What the card shows before anybody has signed in: the shop, how one signs in, the terms.
#[utoipa::path(get, path = "/api/v1/me/shop", tag = "card", operation_id = "show_card_shop", params(Which),
    responses((status = 200, body = CardShop), (status = "default", body = ProblemBody)), security(()))]
async fn shop(State(app): State<App>, Query(which): Query<Which>) -> Reply<Json<CardShop>> {
    let found = merchant::ops::meant(&app, which.merchant.map(MerchantId)).await?;
    wall::stand(found.id);
    let cx = Cx::system(found.id, app.clock.now(), app.random.clone());
    let work = app.db.read(&cx, |tx, cx| {
        Box::pin(async move {
            let messages: MessagePolicy = setting::ops::get(tx, cx.merchant).await?;
            let policy: CardPolicy = setting::ops::get(tx, cx.merchant).await?;
            let account = wechat::ops::find(tx, cx.merchant).await?;
            Ok((messages, policy, account, ops::latest_terms(tx, cx).await?))
        })
    });
    let (messages, policy, account, terms) = work.await?;
    Ok(Json(CardShop {
        merchant: found.id.0,
        name: found.name,
        currency: found.currency,
        decimals: found.decimals,
        zone: found.zone,
        phone: messages.sms != SmsWay::Off,
        join: policy.join,
        wechat: account.map(|account| account.door()),
        terms,
    }))
}

/// Sends a code of six digits to a phone. The answer is the same whether the number is a member's or not.
/// One a minute, eight in a day and a half for each phone; then 429 with `Retry-After`.
#[utoipa::path(post, path = "/api/v1/me/codes", tag = "card", operation_id = "send_sign_in_code", request_body = CodeAsk,
    responses((status = 202, body = CodeSent), (status = "default", body = ProblemBody)), security(()))]
async fn send_code(State(app): State<App>, From(address): From, Json(ask): Json<CodeAsk>) -> Reply<(StatusCode, Json<CodeSent>)> {
    let found = merchant::ops::meant(&app, ask.merchant.map(MerchantId)).await?;
    wall::stand(found.id);
    let phone = ops::phone(&app, found.id, &ask.phone).await?;
    let (network, number) = (limit::network_of(address), found.id.to_string());
    let subject = format!("{number}/{}", phone.as_str());
    let quotas = [
        Quota { kind: "member_code_phone", subject: &subject, burst: 1, interval_s: AGAIN_S },
        Quota { kind: "member_code_day", subject: &subject, burst: 8, interval_s: 3 * 3600 },
        Quota { kind: "member_code_address", subject: &network, burst: 20, interval_s: 30 },
        Quota { kind: "member_code_merchant", subject: &number, burst: 300, interval_s: 2 },
    ];
    limit::take(&app, &quotas).await?;
    let cx = Cx::system(found.id, app.clock.now(), app.random.clone());
    let input = (&cx, &app.vault, &phone);
    app.db.write(&input, |tx, (cx, vault, phone)| Box::pin(ops::send_code(tx, cx, vault, phone))).await?;
    let again = i64::try_from(AGAIN_S * 1000).unwrap_or(i64::MAX);
    Ok((StatusCode::ACCEPTED, Json(CodeSent { expires_at: cx.now.plus_ms(CODE_MS), again_at: cx.now.plus_ms(again) })))
}

/// An answer that sets or takes away the member's cookie.
fn with_cookie(mut response: Response, value: &str, age_s: i64, secure: bool) -> Response {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{MEMBER_COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age_s}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Signs a member in with the code that went to their phone; the answer sets the cookie `shuke_member`.
/// Where nobody has the phone: 422 `join_needed`, and the same code can be sent once more with `join`.
/// A wrong code is 401 `code_wrong`; after five of them a new code is needed.
#[utoipa::path(post, path = "/api/v1/me/session", tag = "card", operation_id = "sign_in_member", request_body = MemberSignIn,
    responses((status = 200, body = Profile, description = "Signed in"), (status = 201, body = Profile, description = "Joined, and signed in"),
        (status = "default", body = ProblemBody)), security(()))]
async fn sign_in(State(app): State<App>, From(address): From, Json(ask): Json<MemberSignIn>) -> Reply<Response> {
    let found = merchant::ops::meant(&app, ask.merchant.map(MerchantId)).await?;
    wall::stand(found.id);
    let phone = ops::phone(&app, found.id, &ask.phone).await?;
    limit::attempt(&app, address, &format!("member/{}/{}", found.id, phone_index(&app.vault, found.id, &phone))).await?;
    let cx = Cx::system(found.id, app.clock.now(), app.random.clone());
    let input = (&cx, &app.vault, &phone, &ask);
    let entered =
        app.db.write(&input, |tx, (cx, vault, phone, ask)| Box::pin(ops::enter(tx, cx, vault, phone, &ask.code, ask.join.as_ref())));
    match entered.await? {
        Entered::Begun { token, joined } => {
            let status = if joined { StatusCode::CREATED } else { StatusCode::OK };
            signed_in(&app, &token, status).await
        }
        other => {
            tracing::info!(%address, "a member's sign-in failed");
            Err(ops::refused(&other).into())
        }
    }
}

/// What a member sees who has just signed in, with the session's cookie.
pub(crate) async fn signed_in(app: &App, token: &MemberToken, status: StatusCode) -> Reply<Response> {
    let cx = Cx { merchant: token.merchant, actor: Actor::Member(token.member.0), now: app.clock.now(), random: app.random.clone() };
    let input = (&cx, &app.vault, token.member);
    let profile = app.db.read(&input, |tx, (cx, vault, id)| Box::pin(me::ops::profile(tx, cx, vault, *id))).await?;
    Ok(with_cookie((status, Json(profile)).into_response(), token.as_str(), SESSION_MS_MAX / 1000, app.secure_cookies))
}

/// Signs the member out on this phone. Signing out twice is no error.
#[utoipa::path(delete, path = "/api/v1/me/session", tag = "card", operation_id = "sign_out_member",
    responses((status = 204, description = "Signed out"), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Reply<Response> {
    let secret = member_secret(&Method::DELETE, &headers)?.ok_or_else(|| Error::unauthenticated("not_signed_in", "sign in first"))?;
    if let Some(token) = MemberToken::parse(&secret) {
        let input = (&token, &app.vault);
        let work = app.db.write(&input, |tx, (token, vault)| Box::pin(ops::end(tx, token, vault)));
        wall::within(Wall::One(token.merchant), work).await?;
    }
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), "", 0, app.secure_cookies))
}

/// What members may do by themselves on the card.
#[utoipa::path(get, path = "/api/v1/settings/card", tag = "card", operation_id = "show_card_policy",
    responses((status = 200, body = CardPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<CardPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes what members may do by themselves on the card.
#[utoipa::path(put, path = "/api/v1/settings/card", tag = "card", operation_id = "change_card_policy", request_body = CardPolicy,
    responses((status = 200, body = CardPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_policy(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(new): Json<CardPolicy>) -> Reply<Json<CardPolicy>> {
    app.db.write(&(&caller.cx, &new), |tx, (cx, new)| Box::pin(setting::ops::put(tx, cx, *new))).await?;
    Ok(Json(new))
}
