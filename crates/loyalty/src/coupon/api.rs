//! `/api/v1/coupons`, `/api/v1/coupon-issues`, `/api/v1/coupon-codes`, `/api/v1/members/{id}/coupons`.

use super::guess::Misses;
use super::ops::{self, CouponView, Issue, IssuedCoupon, Revoked};
use super::{CouponCode, CouponId, CouponTemplateId};
use crate::book::ops::today;
use crate::ground;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Kind, Page, Uuid};
use shuke_member::MemberId;
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(issue))
        .routes(routes!(show))
        .routes(routes!(revoke))
        .routes(routes!(transfer))
        .routes(routes!(revoke_template))
        .routes(routes!(revoke_issue))
        .routes(routes!(by_code))
        .routes(routes!(of_member))
}

/// Coupons to be issued by hand.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IssueDraft {
    /// The id of this issue, made by the client (a UUIDv7). Under one id each member is served once.
    id: Uuid,
    /// The template.
    template: CouponTemplateId,
    /// To whom, at most 1,000.
    members: Vec<MemberId>,
    /// How many for each, 1 to 20.
    #[serde(default = "one")]
    count: i64,
}

const fn one() -> i64 {
    1
}

/// What was issued.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Issued {
    /// The coupons; members whom this issue had served already are not among them.
    coupons: Vec<IssuedCoupon>,
}

/// Why something is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reason {
    /// A short reason for the log.
    pub(crate) reason: String,
}

/// To whom a coupon is given.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CouponGift {
    /// The member.
    to: MemberId,
}

impl Default for Reason {
    fn default() -> Self {
        Self { reason: "by_hand".to_owned() }
    }
}

/// Issues coupons to one member or many.
#[utoipa::path(post, path = "/api/v1/coupon-issues", tag = "coupons", operation_id = "issue_coupons",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = IssueDraft,
    responses((status = 201, body = Issued), (status = 200, body = Issued, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("coupon:issue"))))]
async fn issue(caller: Allow<perm::CouponIssue>, State(app): State<App>, Write { key, body }: Write<IssueDraft>) -> Reply<Answer<Issued>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            let members: Vec<Uuid> = draft.members.iter().map(|member| member.0).collect();
            let wanted = Issue {
                template: draft.template,
                members: &members,
                count: draft.count,
                source_kind: "staff",
                source: draft.id,
                today: today(tx, &caller.cx).await?,
            };
            ground::active_members(tx, &caller.cx, &draft.members, ops::MEMBERS_MAX).await?;
            Ok(Issued { coupons: ops::issue_missing(tx, &caller.cx, &wanted).await? })
        })
    });
    Ok(answer.await?)
}

/// One coupon.
#[utoipa::path(get, path = "/api/v1/coupons/{id}", tag = "coupons", operation_id = "show_coupon", params(("id" = CouponId, Path)),
    responses((status = 200, body = CouponView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<CouponId>) -> Reply<Json<CouponView>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Takes one coupon back.
#[utoipa::path(post, path = "/api/v1/coupons/{id}/revoke", tag = "coupons", operation_id = "revoke_coupon",
    params(("id" = CouponId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Reason,
    responses((status = 201, body = CouponView), (status = 200, body = CouponView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("coupon:issue"))))]
async fn revoke(
    caller: Allow<perm::CouponIssue>,
    State(app): State<App>,
    Path(id): Path<CouponId>,
    Write { key, body }: Write<Reason>,
) -> Reply<Answer<CouponView>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| Box::pin(ops::revoke_one(tx, &caller.cx, *id, &body.reason)));
    Ok(answer.await?)
}

/// Gives an unused coupon to another member, where its terms let it go.
#[utoipa::path(post, path = "/api/v1/coupons/{id}/transfer", tag = "coupons", operation_id = "transfer_coupon",
    params(("id" = CouponId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = CouponGift,
    responses((status = 201, body = CouponView), (status = 200, body = CouponView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn transfer(
    caller: Allow<perm::Sell>,
    State(app): State<App>,
    Path(id): Path<CouponId>,
    Write { key, body }: Write<CouponGift>,
) -> Reply<Answer<CouponView>> {
    let input = (id, body.to);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, to)| {
        Box::pin(async move {
            ops::show(tx, &caller.cx, *id).await?;
            ground::must_be_active(tx, &caller.cx, *to).await?;
            ops::transfer(tx, &caller.cx, *id, to.0).await
        })
    });
    Ok(answer.await?)
}

/// Takes back the coupons of one issue that can still be used, at most 500 in one call.
#[utoipa::path(post, path = "/api/v1/coupon-issues/{id}/revoke", tag = "coupons", operation_id = "revoke_coupon_issue",
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Reason,
    responses((status = 201, body = Revoked), (status = 200, body = Revoked, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("coupon:issue"))))]
async fn revoke_issue(
    caller: Allow<perm::CouponIssue>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Write { key, body }: Write<Reason>,
) -> Reply<Answer<Revoked>> {
    let input = (id, body);
    let work = once(&app, &caller, &key, &input, |tx, caller, (id, body)| Box::pin(ops::revoke_issued(tx, &caller.cx, *id, &body.reason)));
    Ok(work.await?)
}

/// Takes back the coupons of a template that can still be used, at most 500 in one call.
#[utoipa::path(post, path = "/api/v1/coupon-templates/{id}/revoke-coupons", tag = "coupons", operation_id = "revoke_template_coupons",
    params(("id" = CouponTemplateId, Path),
        ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Reason,
    responses((status = 201, body = Revoked), (status = 200, body = Revoked, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("coupon:issue"))))]
async fn revoke_template(
    caller: Allow<perm::CouponIssue>,
    State(app): State<App>,
    Path(id): Path<CouponTemplateId>,
    Write { key, body }: Write<Reason>,
) -> Reply<Answer<Revoked>> {
    let input = (id, body);
    let work =
        once(&app, &caller, &key, &input, |tx, caller, (id, body)| Box::pin(ops::revoke_template(tx, &caller.cx, *id, &body.reason)));
    Ok(work.await?)
}

/// Finds a coupon by its code. Who asks for too many codes that don't exist has to wait.
#[utoipa::path(get, path = "/api/v1/coupon-codes/{code}", tag = "coupons", operation_id = "find_coupon_by_code",
    params(("code" = String, Path, description = "As it is typed: case, spaces and hyphens don't matter")),
    responses((status = 200, body = CouponView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn by_code(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(code): Path<String>) -> Reply<Json<CouponView>> {
    let misses = app.slot::<Misses>();
    let (merchant, actor, now) = (caller.cx.merchant, caller.cx.actor.text(), caller.cx.now);
    misses.may_ask(merchant, &actor, now)?;
    let code = CouponCode::parse(&code)?;
    let found = app.db.read(&(&caller.cx, code), |tx, (cx, code)| Box::pin(ops::by_code(tx, cx, code))).await;
    if found.as_ref().is_err_and(|error| error.kind() == Kind::NotFound) {
        misses.missed(merchant, &actor, now);
    }
    Ok(Json(found?))
}

/// A member's coupons in every state, the latest expiry first.
#[utoipa::path(get, path = "/api/v1/members/{id}/coupons", tag = "coupons", operation_id = "list_member_coupons",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<CouponView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_member(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<CouponView>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0, *before, *limit).await
        })
    });
    Ok(Json(page.await?))
}
