//! `/api/v1/gift-card-batches`, `/api/v1/gift-cards`, `/api/v1/gift-card-codes`.

use super::ops::{self, GiftCardRedemption, GiftCardReturn, GiftCardSale};
use super::{GiftCardBatch, GiftCardBatchDraft, GiftCardBatchId, GiftCardCode, GiftCardId, GiftCardView};
use crate::coupon::CouponCode;
use crate::coupon::guess::Misses;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Kind, Page};
use shuke_ledger::account::{self, DayQuery, DayView};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(batches, create))
        .routes(routes!(show_batch))
        .routes(routes!(codes))
        .routes(routes!(by_code))
        .routes(routes!(show))
        .routes(routes!(on_day))
        .routes(routes!(sell))
        .routes(routes!(redeem))
        .routes(routes!(block))
        .routes(routes!(unblock))
        .routes(routes!(give_back))
}

/// Batches of gift cards, newest first.
#[utoipa::path(get, path = "/api/v1/gift-card-batches", tag = "gift cards", operation_id = "list_gift_card_batches", params(Paging),
    responses((status = 200, body = Page<GiftCardBatch>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn batches(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<GiftCardBatch>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::batches(tx, cx, *after, *limit))).await?))
}

/// Makes a batch of gift cards. What their codes are is read from the batch's list of codes.
#[utoipa::path(post, path = "/api/v1/gift-card-batches", tag = "gift cards", operation_id = "create_gift_card_batch", params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = GiftCardBatchDraft,
    responses((status = 201, body = GiftCardBatch), (status = 200, body = GiftCardBatch, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn create(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Write { key, body }: Write<GiftCardBatchDraft>,
) -> Reply<Answer<GiftCardBatch>> {
    let input = (&app.vault, &body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (vault, draft)| Box::pin(ops::create(tx, &caller.cx, vault, draft)));
    Ok(answer.await?)
}

/// One batch of gift cards.
#[utoipa::path(get, path = "/api/v1/gift-card-batches/{id}", tag = "gift cards", operation_id = "show_gift_card_batch", params(("id" = GiftCardBatchId, Path)),
    responses((status = 200, body = GiftCardBatch), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show_batch(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<GiftCardBatchId>,
) -> Reply<Json<GiftCardBatch>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show_batch(tx, cx, *id))).await?))
}

/// The cards of a batch with their codes, to be printed; whoever has one can spend it.
#[utoipa::path(get, path = "/api/v1/gift-card-batches/{id}/codes", tag = "gift cards", operation_id = "list_gift_card_codes", params(("id" = GiftCardBatchId, Path), Paging),
    responses((status = 200, body = Page<GiftCardCode>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn codes(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<GiftCardBatchId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<GiftCardCode>>> {
    let input = (&caller.cx, &app.vault, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, vault, id, after, limit)| Box::pin(ops::codes(tx, cx, vault, *id, *after, *limit)));
    Ok(Json(page.await?))
}

/// Finds a gift card by its code. Who asks for too many codes that don't exist has to wait.
#[utoipa::path(get, path = "/api/v1/gift-card-codes/{code}", tag = "gift cards", operation_id = "find_gift_card_by_code", params(("code" = String, Path, description = "As it is typed: case, spaces and hyphens don't matter")),
    responses((status = 200, body = GiftCardView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn by_code(caller: Allow<perm::Sell>, State(app): State<App>, Path(code): Path<String>) -> Reply<Json<GiftCardView>> {
    let misses = app.slot::<Misses>();
    let (merchant, actor, now) = (caller.cx.merchant, caller.cx.actor.text(), caller.cx.now);
    misses.may_ask(merchant, &actor, now)?;
    let code = CouponCode::parse(&code)?;
    let input = (&caller.cx, &app.vault, code);
    let found = app.db.read(&input, |tx, (cx, vault, code)| Box::pin(ops::by_code(tx, cx, vault, code))).await;
    if found.as_ref().is_err_and(|error| error.kind() == Kind::NotFound) {
        misses.missed(merchant, &actor, now);
    }
    Ok(Json(found?))
}

/// One gift card, without its code.
#[utoipa::path(get, path = "/api/v1/gift-cards/{id}", tag = "gift cards", operation_id = "show_gift_card", params(("id" = GiftCardId, Path)),
    responses((status = 200, body = GiftCardView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn show(caller: Allow<perm::LedgerAdjust>, State(app): State<App>, Path(id): Path<GiftCardId>) -> Reply<Json<GiftCardView>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// What a gift card held when a local day began and ended, and the day's entries.
#[utoipa::path(get, path = "/api/v1/gift-cards/{id}/at", tag = "gift cards", operation_id = "show_gift_card_at",
    params(("id" = GiftCardId, Path), DayQuery),
    responses((status = 200, body = DayView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn on_day(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<GiftCardId>,
    Query(query): Query<DayQuery>,
) -> Reply<Json<DayView>> {
    let input = (&caller.cx, id, query.parsed()?);
    let view = app.db.snapshot(&input, |tx, (cx, id, date)| {
        Box::pin(async move {
            ops::show(tx, cx, *id).await?;
            account::ops::balances_on(tx, cx, id.0, *date).await
        })
    });
    Ok(Json(view.await?))
}

/// Sells a gift card against money: from now on it holds its face value.
#[utoipa::path(post, path = "/api/v1/gift-cards/{id}/sale", tag = "gift cards", operation_id = "sell_gift_card", params(("id" = GiftCardId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = GiftCardSale,
    responses((status = 201, body = GiftCardView), (status = 200, body = GiftCardView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("wallet:top-up"))))]
async fn sell(
    caller: Allow<perm::WalletTopUp>,
    State(app): State<App>,
    Path(id): Path<GiftCardId>,
    Write { key, body }: Write<GiftCardSale>,
) -> Reply<Answer<GiftCardView>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            caller.may_in(body.store.0)?;
            ops::sell(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}

/// Moves all that a gift card holds into a member's wallet, as principal.
#[utoipa::path(post, path = "/api/v1/gift-card-redemptions", tag = "gift cards", operation_id = "redeem_gift_card",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = GiftCardRedemption,
    responses((status = 201, body = GiftCardView), (status = 200, body = GiftCardView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("wallet:top-up"))))]
async fn redeem(
    caller: Allow<perm::WalletTopUp>,
    State(app): State<App>,
    Write { key, body }: Write<GiftCardRedemption>,
) -> Reply<Answer<GiftCardView>> {
    Ok(once(&app, &caller, &key, &body, |tx, caller, body| Box::pin(ops::redeem(tx, &caller.cx, body))).await?)
}

/// Blocks a lost gift card; what it holds stays on it.
#[utoipa::path(post, path = "/api/v1/gift-cards/{id}/block", tag = "gift cards", operation_id = "block_gift_card", params(("id" = GiftCardId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = GiftCardView), (status = 200, body = GiftCardView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn block(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<GiftCardId>,
    Write { key, .. }: Write<serde_json::Value>,
) -> Reply<Answer<GiftCardView>> {
    Ok(once(&app, &caller, &key, &id, |tx, caller, id| Box::pin(ops::block(tx, &caller.cx, *id, true))).await?)
}

/// Lets a gift card that was found go again.
#[utoipa::path(post, path = "/api/v1/gift-cards/{id}/unblock", tag = "gift cards", operation_id = "unblock_gift_card", params(("id" = GiftCardId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = GiftCardView), (status = 200, body = GiftCardView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn unblock(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<GiftCardId>,
    Write { key, .. }: Write<serde_json::Value>,
) -> Reply<Answer<GiftCardView>> {
    Ok(once(&app, &caller, &key, &id, |tx, caller, id| Box::pin(ops::block(tx, &caller.cx, *id, false))).await?)
}

/// Takes a gift card back that was not used, for what was paid. Above the limit for prepaid value it needs a second person's approval.
#[utoipa::path(post, path = "/api/v1/gift-cards/{id}/return", tag = "gift cards", operation_id = "return_gift_card", params(("id" = GiftCardId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = GiftCardReturn,
    responses((status = 201, body = GiftCardView), (status = 200, body = GiftCardView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("wallet:top-up"))))]
async fn give_back(
    caller: Allow<perm::WalletTopUp>,
    State(app): State<App>,
    Path(id): Path<GiftCardId>,
    Write { key, body }: Write<GiftCardReturn>,
) -> Reply<Answer<GiftCardView>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            ops::store_of(tx, &caller.cx, *id).await?.map_or(Ok(()), |store| caller.may_in(store))?;
            ops::give_back(tx, &caller.cx, *id, body).await
        })
    });
    Ok(answer.await?)
}
