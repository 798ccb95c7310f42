//! `/api/v1/settings/wechat`, `/api/v1/me/wechat`, `/api/v1/me/session/wechat`.

use super::courier;
use super::model::{WechatAccount, WechatDraft, WechatLink};
use super::ops;
use crate::MemberId;
use crate::me::Profile;
use crate::sign_in::api::signed_in;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shuke_db::wall;
use shuke_http::{Allow, App, Json, Me, OpenApiRouter, ProblemBody, Reply, perm, routes};
use shuke_kernel::{Cx, MerchantId, Result};
use shuke_org::merchant;
use shuke_org::session::api::From;
use shuke_org::session::limit::{self, Quota};
use shuke_org::webhook::courier::Outlet;
use std::net::IpAddr;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_account, set_account, remove_account))
        .routes(routes!(show, link, unlink))
        .routes(routes!(sign_in))
}

/// What WeChat sent the browser back with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WechatCode {
    /// The code; it counts once.
    #[schema(example = "071AbCdE2fGhIj1kLmNo")]
    code: String,
}

/// Who signs in by WeChat.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WechatSignIn {
    /// The merchant's number; may be left out where the server has only one.
    #[serde(default)]
    #[schema(example = 1)]
    merchant: Option<i64>,
    /// The code that WeChat sent the browser back with; it counts once.
    #[schema(example = "071AbCdE2fGhIj1kLmNo")]
    code: String,
}

/// The WeChat account by which members' accounts are known; its secret is shown to nobody.
#[utoipa::path(get, path = "/api/v1/settings/wechat", tag = "card", operation_id = "show_wechat_account",
    responses((status = 200, body = WechatAccount), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn show_account(caller: Allow<perm::OrgWrite>, State(app): State<App>) -> Reply<Json<WechatAccount>> {
    let found = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(ops::find(tx, *merchant))).await?;
    Ok(Json(found.into()))
}

/// Sets the WeChat account: AppID and AppSecret of an official account whose page authorisation domain is
/// this server's. Members who have the card open in WeChat can then link their WeChat account.
#[utoipa::path(put, path = "/api/v1/settings/wechat", tag = "card", operation_id = "set_wechat_account", request_body = WechatDraft,
    responses((status = 200, body = WechatAccount), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_account(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(draft): Json<WechatDraft>) -> Reply<Json<WechatAccount>> {
    let input = (&caller.cx, &app.vault, draft, app.slot::<Outlet>().private());
    let set = app.db.write(&input, |tx, (cx, vault, draft, private)| Box::pin(ops::set(tx, cx, vault, draft, *private)));
    Ok(Json(set.await?))
}

/// Takes the WeChat account away: nobody links or signs in by WeChat any more.
#[utoipa::path(delete, path = "/api/v1/settings/wechat", tag = "card", operation_id = "remove_wechat_account",
    responses((status = 204, description = "Taken away"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn remove_account(caller: Allow<perm::OrgWrite>, State(app): State<App>) -> Reply<StatusCode> {
    app.db.write(&caller.cx, |tx, cx| Box::pin(ops::remove(tx, cx))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether your WeChat account is linked to the account that the shop has at WeChat now.
#[utoipa::path(get, path = "/api/v1/me/wechat", tag = "card", operation_id = "show_my_wechat",
    responses((status = 200, body = WechatLink), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn show(me: Me, State(app): State<App>) -> Reply<Json<WechatLink>> {
    let input = (&me.cx, MemberId(me.member));
    Ok(Json(app.db.read(&input, |tx, (cx, member)| Box::pin(ops::show(tx, cx, *member))).await?))
}

/// Links your WeChat account, by the code that WeChat sent the browser back with. One that another member
/// has linked is refused with `member_wechat_taken`.
#[utoipa::path(put, path = "/api/v1/me/wechat", tag = "card", operation_id = "link_my_wechat", request_body = WechatCode,
    responses((status = 200, body = WechatLink), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn link(me: Me, State(app): State<App>, From(address): From, Json(given): Json<WechatCode>) -> Reply<Json<WechatLink>> {
    let (app_id, openid) = ask(&app, me.cx.merchant, address, &given.code).await?;
    let input = (&me.cx, &app.vault, MemberId(me.member), app_id, openid);
    let linked =
        app.db.write(&input, |tx, (cx, vault, member, app_id, openid)| Box::pin(ops::link(tx, cx, vault, *member, app_id, openid)));
    Ok(Json(linked.await?))
}

/// Takes the link to your WeChat account away.
#[utoipa::path(delete, path = "/api/v1/me/wechat", tag = "card", operation_id = "unlink_my_wechat",
    responses((status = 204, description = "Taken away"), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn unlink(me: Me, State(app): State<App>) -> Reply<StatusCode> {
    let input = (&me.cx, MemberId(me.member));
    app.db.write(&input, |tx, (cx, member)| Box::pin(ops::unlink(tx, cx, *member))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs a member in by the WeChat account that they linked; the answer sets the cookie `shuke_member`. Where
/// nobody has linked it: 422 `wechat_unlinked`.
#[utoipa::path(post, path = "/api/v1/me/session/wechat", tag = "card", operation_id = "sign_in_by_wechat", request_body = WechatSignIn,
    responses((status = 200, body = Profile, description = "Signed in"), (status = "default", body = ProblemBody)), security(()))]
async fn sign_in(State(app): State<App>, From(address): From, Json(given): Json<WechatSignIn>) -> Reply<Response> {
    let found = merchant::ops::meant(&app, given.merchant.map(MerchantId)).await?;
    wall::stand(found.id);
    let (app_id, openid) = ask(&app, found.id, address, &given.code).await?;
    let cx = Cx::system(found.id, app.clock.now(), app.random.clone());
    let input = (&cx, &app.vault, app_id, openid);
    let entered = app.db.write(&input, |tx, (cx, vault, app_id, openid)| Box::pin(ops::enter(tx, cx, vault, app_id, openid)));
    let token = entered.await?;
    signed_in(&app, &token, StatusCode::OK).await
}

/// The app and the openid of whoever fetched a code. Slowed per address and per merchant: each asks WeChat.
async fn ask(app: &App, merchant: MerchantId, address: IpAddr, code: &str) -> Result<(String, String)> {
    let (network, number) = (limit::network_of(address), merchant.to_string());
    let quotas = [
        Quota { kind: "member_wechat_address", subject: &network, burst: 20, interval_s: 6 },
        Quota { kind: "member_wechat_merchant", subject: &number, burst: 300, interval_s: 1 },
    ];
    limit::take(app, &quotas).await?;
    let account = app.db.read(&merchant, |tx, merchant| Box::pin(ops::account(tx, *merchant))).await?;
    let openid = courier::openid(app, merchant, &account, code).await?;
    Ok((account.app_id, openid))
}
