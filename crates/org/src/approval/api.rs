//! `/api/v1/approvals`, `/api/v1/settings/approval`.

use super::{Approval, ApprovalAsk, ApprovalId, ApprovalPolicy, ApprovalState, ops};
use crate::session::api::From;
use crate::session::limit;
use crate::staff::{self, Username};
use crate::{session, setting, totp};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Actor, Cx, Error, Page, Result};
use std::net::IpAddr;
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(show))
        .routes(routes!(decide))
        .routes(routes!(show_policy, change_policy))
}

/// Which approvals.
#[derive(Debug, Deserialize, IntoParams)]
struct Filter {
    /// Only those that stand so.
    state: Option<ApprovalState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Yes or no.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// Whether it is approved.
    given: bool,
    /// The name of whoever decides at this device; left out by who decides from their own session.
    #[serde(default)]
    username: Option<String>,
    /// Their password.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<String>,
    /// The code of their authenticator app, where they have one.
    #[serde(default)]
    code: Option<String>,
}

/// Approvals, newest first. Who is bound to stores sees those of their stores.
#[utoipa::path(get, path = "/api/v1/approvals", tag = "approvals", operation_id = "list_approvals", params(Filter),
    responses((status = 200, body = Page<Approval>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("approval:ask"))))]
async fn list(caller: Allow<perm::ApprovalAsk>, State(app): State<App>, Query(filter): Query<Filter>) -> Reply<Json<Page<Approval>>> {
    let paging = Paging { cursor: filter.cursor.clone(), limit: filter.limit };
    let input = (&caller.caller, filter.state, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (caller, state, before, limit)| {
        Box::pin(ops::list(tx, &caller.cx, *state, *before, *limit, caller.stores.as_deref()))
    });
    Ok(Json(page.await?))
}

/// Asks a second person to approve a write above the limit.
#[utoipa::path(post, path = "/api/v1/approvals", tag = "approvals", operation_id = "ask_approval",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = ApprovalAsk,
    responses((status = 201, body = Approval), (status = 200, body = Approval, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("approval:ask"))))]
async fn ask(caller: Allow<perm::ApprovalAsk>, State(app): State<App>, write: Write<ApprovalAsk>) -> Reply<Answer<Approval>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, body| Box::pin(ops::ask(tx, caller, body))).await?)
}

/// An approval.
#[utoipa::path(get, path = "/api/v1/approvals/{id}", tag = "approvals", operation_id = "show_approval", params(("id" = ApprovalId, Path)),
    responses((status = 200, body = Approval), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("approval:ask"))))]
async fn show(caller: Allow<perm::ApprovalAsk>, State(app): State<App>, Path(id): Path<ApprovalId>) -> Reply<Json<Approval>> {
    Ok(Json(visible(&app, &caller, id).await?))
}

/// An approval of one of the caller's stores.
async fn visible(app: &App, caller: &Caller, id: ApprovalId) -> Result<Approval> {
    let found = app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::found(tx, cx, *id))).await?;
    if ops::shows(&found, caller.stores.as_deref()) {
        return Ok(found);
    }
    Err(Error::not_found("approval_not_found", "there is no such approval"))
}

/// Approves or declines: in your own session, or with your name and password at the device of who asks.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/decision", tag = "approvals", operation_id = "decide_approval",
    params(("id" = ApprovalId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Decision,
    responses((status = 201, body = Approval), (status = 200, body = Approval, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("approval:ask"))))]
async fn decide(
    caller: Allow<perm::ApprovalAsk>,
    State(app): State<App>,
    Path(id): Path<ApprovalId>,
    From(address): From,
    Write { key, body }: Write<Decision>,
) -> Reply<Answer<Approval>> {
    visible(&app, &caller, id).await?;
    let by = match (&body.username, &body.password) {
        (Some(username), Some(password)) => signer(&app, &caller, address, username, password, body.code.as_deref()).await?,
        (None, None) => caller.caller.clone(),
        _ => return Err(Error::invalid("approver_incomplete", "give both a name and a password, or neither").into()),
    };
    let input = (by, id, body.given);
    Ok(once(&app, &caller, &key, &input, |tx, _, (by, id, given)| Box::pin(ops::decide(tx, by, *id, *given))).await?)
}

/// Who signs at somebody else's device, by name and password; attempts are counted as those to sign in.
///
/// Errors: `sign_in_too_often`, `approver_unknown`; `code_needed`, `code_wrong` where they have an authenticator.
async fn signer(app: &App, caller: &Caller, address: IpAddr, username: &str, password: &str, code: Option<&str>) -> Result<Caller> {
    let merchant = caller.cx.merchant;
    limit::attempt(app, address, &format!("{merchant}/{}", username.trim().to_lowercase())).await?;
    let found = match Username::parse(username).ok() {
        Some(name) => {
            let input = (merchant, name);
            app.db.read(&input, |tx, (merchant, name)| Box::pin(staff::ops::by_username(tx, *merchant, name))).await?
        }
        None => None,
    };
    let right = staff::verify(password, found.as_ref().map(|found| &found.password)).await?;
    let Some(proven) = found.filter(|found| right && found.staff.active) else {
        return Err(Error::refused("approver_unknown", "the name or the password of who approves is wrong"));
    };
    let cx = Cx { actor: Actor::Staff(proven.staff.id.0), ..caller.cx.clone() };
    // Whoever needs a second factor to sign in needs it to sign here.
    let input = (&cx, &app.vault, &proven.staff, code);
    let work = app.db.write(&input, |tx, (cx, vault, staff, code)| {
        Box::pin(async move {
            let enrolled = totp::ops::admit(tx, cx, vault, staff.id, *code).await?;
            Ok(!enrolled && totp::ops::limits(tx, cx.merchant, staff.id, staff.role).await?)
        })
    });
    let limited = work.await?;
    Ok(session::caller(cx, &proven.staff, limited))
}

/// From which amounts on a second person has to agree.
#[utoipa::path(get, path = "/api/v1/settings/approval", tag = "approvals", operation_id = "show_approval_policy",
    responses((status = 200, body = ApprovalPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show_policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<ApprovalPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes from which amounts on a second person has to agree.
#[utoipa::path(put, path = "/api/v1/settings/approval", tag = "approvals", operation_id = "change_approval_policy", request_body = ApprovalPolicy,
    responses((status = 200, body = ApprovalPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change_policy(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Json(policy): Json<ApprovalPolicy>,
) -> Reply<Json<ApprovalPolicy>> {
    let input = (&caller.cx, policy);
    app.db.write(&input, |tx, (cx, policy)| Box::pin(setting::ops::put(tx, cx, policy))).await?;
    Ok(Json(input.1))
}
