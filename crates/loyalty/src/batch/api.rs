//! `/api/v1/coupon-batches`, `/api/v1/coupon-claims`.

use super::{BatchCode, BatchDraft, Claim, CouponBatch, CouponBatchId, ops};
use crate::coupon::CouponCode;
use crate::coupon::api::Reason;
use crate::coupon::guess::Misses;
use crate::coupon::ops::{CouponView, Revoked};
use crate::ground;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Kind, Page};
use shuke_member::MemberId;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show))
        .routes(routes!(codes))
        .routes(routes!(revoke))
        .routes(routes!(claim))
}

/// Batches of codes, newest first.
#[utoipa::path(get, path = "/api/v1/coupon-batches", tag = "coupons", operation_id = "list_coupon_batches", params(Paging),
    responses((status = 200, body = Page<CouponBatch>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn list(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<CouponBatch>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::list(tx, cx, *after, *limit))).await?))
}

/// Makes a batch of codes of a template. What the codes are is read from the batch's list of codes.
#[utoipa::path(post, path = "/api/v1/coupon-batches", tag = "coupons", operation_id = "create_coupon_batch",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = BatchDraft,
    responses((status = 201, body = CouponBatch), (status = 200, body = CouponBatch, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("coupon:issue"))))]
async fn create(
    caller: Allow<perm::CouponIssue>,
    State(app): State<App>,
    Write { key, body }: Write<BatchDraft>,
) -> Reply<Answer<CouponBatch>> {
    let input = (&app.vault, &body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (vault, draft)| Box::pin(ops::create(tx, &caller.cx, vault, draft)));
    Ok(answer.await?)
}

/// One batch of codes.
#[utoipa::path(get, path = "/api/v1/coupon-batches/{id}", tag = "coupons", operation_id = "show_coupon_batch",
    params(("id" = CouponBatchId, Path)),
    responses((status = 200, body = CouponBatch), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<CouponBatchId>) -> Reply<Json<CouponBatch>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// The codes of a batch, to be printed or sent; whoever has one can claim it.
#[utoipa::path(get, path = "/api/v1/coupon-batches/{id}/codes", tag = "coupons", operation_id = "list_coupon_batch_codes",
    params(("id" = CouponBatchId, Path), Paging),
    responses((status = 200, body = Page<BatchCode>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("coupon:issue"))))]
async fn codes(
    caller: Allow<perm::CouponIssue>,
    State(app): State<App>,
    Path(id): Path<CouponBatchId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<BatchCode>>> {
    let input = (&caller.cx, &app.vault, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, vault, id, after, limit)| Box::pin(ops::codes(tx, cx, vault, *id, *after, *limit)));
    Ok(Json(page.await?))
}

/// Takes a batch back: its codes, and of its coupons those that can still be used, at most 500 in one call.
#[utoipa::path(post, path = "/api/v1/coupon-batches/{id}/revoke", tag = "coupons", operation_id = "revoke_coupon_batch",
    params(("id" = CouponBatchId, Path),
        ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = Reason,
    responses((status = 201, body = Revoked), (status = 200, body = Revoked, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("coupon:issue"))))]
async fn revoke(
    caller: Allow<perm::CouponIssue>,
    State(app): State<App>,
    Path(id): Path<CouponBatchId>,
    Write { key, body }: Write<Reason>,
) -> Reply<Answer<Revoked>> {
    let input = (id, body);
    let work = once(&app, &caller, &key, &input, |tx, caller, (id, body)| Box::pin(ops::revoke(tx, &caller.cx, *id, &body.reason)));
    Ok(work.await?)
}

/// Turns a code into a coupon of a member. Who shows too many codes that don't exist has to wait.
#[utoipa::path(post, path = "/api/v1/coupon-claims", tag = "coupons", operation_id = "claim_coupon",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = Claim,
    responses((status = 201, body = CouponView), (status = 200, body = CouponView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn claim(caller: Allow<perm::Sell>, State(app): State<App>, Write { key, body }: Write<Claim>) -> Reply<Answer<CouponView>> {
    let misses = app.slot::<Misses>();
    let (merchant, now) = (caller.cx.merchant, caller.cx.now);
    // Whoever stands at the till guesses for a member: both have to wait.
    let guessers = [caller.cx.actor.text(), format!("member:{}", body.member)];
    for guesser in &guessers {
        misses.may_ask(merchant, guesser, now)?;
    }
    let code = CouponCode::parse(&body.code)?;
    let input = (&app.vault, code, MemberId(body.member));
    let answer = once(&app, &caller, &key, &input, |tx, caller, (vault, code, member)| {
        Box::pin(async move {
            ground::must_be_active(tx, &caller.cx, *member).await?;
            ops::claim(tx, &caller.cx, vault, code, member.0).await
        })
    });
    let answer = answer.await;
    if answer.as_ref().is_err_and(|error| error.kind() == Kind::NotFound && error.code() == "coupon_code_not_found") {
        for guesser in &guessers {
            misses.missed(merchant, guesser, now);
        }
    }
    Ok(answer?)
}
