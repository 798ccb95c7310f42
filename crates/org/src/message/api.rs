//! `/api/v1/messages`, `/api/v1/settings/messages`, `/api/v1/settings/sms-gateway`.

use super::{Gateway, Message, MessagePolicy, ops};
use crate::setting;
use crate::webhook::courier::Outlet;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::Page;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show_policy, change_policy)).routes(routes!(show_gateway, set_gateway))
}

/// Where text messages are posted to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GatewayDraft {
    /// An address of yours, https.
    #[schema(example = "https://sms.shop.example/send")]
    url: String,
}

/// Messages to members, newest first. What a message says is shown only where messages go to the log
/// (settings of messages: `sms` is `log`), for trying things out: there the codes of members who sign in
/// on the card can be read.
#[utoipa::path(get, path = "/api/v1/messages", tag = "messages", operation_id = "list_messages", params(Paging),
    responses((status = 200, body = Page<Message>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn list(caller: Allow<perm::OrgWrite>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Message>>> {
    let input = (&caller.cx, &app.vault, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, vault, before, limit)| Box::pin(ops::list(tx, cx, vault, *before, *limit))).await?))
}

/// What becomes of messages to members.
#[utoipa::path(get, path = "/api/v1/settings/messages", tag = "messages", operation_id = "show_message_policy",
    responses((status = 200, body = MessagePolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show_policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<MessagePolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes what becomes of messages to members. `gateway` needs a gateway first.
#[utoipa::path(put, path = "/api/v1/settings/messages", tag = "messages", operation_id = "change_message_policy", request_body = MessagePolicy,
    responses((status = 200, body = MessagePolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change_policy(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Json(policy): Json<MessagePolicy>,
) -> Reply<Json<MessagePolicy>> {
    let input = (&caller.cx, policy);
    app.db.write(&input, |tx, (cx, policy)| Box::pin(ops::set_policy(tx, cx, policy))).await?;
    Ok(Json(input.1))
}

/// Where text messages are posted to.
#[utoipa::path(get, path = "/api/v1/settings/sms-gateway", tag = "messages", operation_id = "show_sms_gateway",
    responses((status = 200, body = Gateway), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn show_gateway(caller: Allow<perm::OrgWrite>, State(app): State<App>) -> Reply<Json<Gateway>> {
    Ok(Json(app.db.read(&caller.cx, |tx, cx| Box::pin(ops::gateway(tx, cx))).await?))
}

/// Sets where text messages are posted to. The answer shows the new secret, this once: each message is a
/// POST of `{"id", "channel", "to", "text"}`, signed as webhooks are; an answer 2xx says that it is sent.
#[utoipa::path(put, path = "/api/v1/settings/sms-gateway", tag = "messages", operation_id = "set_sms_gateway", request_body = GatewayDraft,
    responses((status = 200, body = Gateway), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_gateway(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(draft): Json<GatewayDraft>) -> Reply<Json<Gateway>> {
    let input = (&caller.cx, &app.vault, draft.url, app.slot::<Outlet>().private());
    let set = app.db.write(&input, |tx, (cx, vault, url, private)| Box::pin(ops::set_gateway(tx, cx, vault, url, *private)));
    Ok(Json(set.await?))
}
