//! `/api/v1/me/…`: what a member holds.

use super::{Assets, Movement, MyCodeDraft, MyCoupon, MyGroup, MyRedemption, MyReward, MyRewardDraft, ops};
use crate::coupon::CouponCode;
use crate::coupon::guess::Misses;
use crate::gift::{self, Given};
use crate::membership::{self, Membership};
use crate::pass::ops::PassVisit;
use crate::pass::{self, PassId, PassView};
use crate::points::{self, ops::PointsView};
use crate::points_kind::{self, KindView};
use crate::reward_order::RewardOrder;
use crate::stamp::{self, StampView};
use crate::streak::{self, StreakView};
use crate::tier::{self, ops::TierView};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Answer, App, Json, Me, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once_me, routes};
use shuke_kernel::Page;
use shuke_ledger::AccountKind;
use shuke_org::StoreId;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(assets))
        .routes(routes!(points))
        .routes(routes!(movements))
        .routes(routes!(passes))
        .routes(routes!(visits))
        .routes(routes!(coupons))
        .routes(routes!(tier))
        .routes(routes!(stamps))
        .routes(routes!(streaks))
        .routes(routes!(gifts))
        .routes(routes!(memberships))
        .routes(routes!(rewards))
        .routes(routes!(reward_orders, redeem))
        .routes(routes!(redeem_code))
        .routes(routes!(points_kinds))
        .routes(routes!(groups))
}

/// Which movements.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct MovementQuery {
    /// Only what touches `points`, `points_debt`, `principal`, `bonus` or `pass_visits`.
    kind: Option<AccountKind>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// In which store.
#[derive(Debug, Deserialize, IntoParams)]
struct At {
    /// The store where the reward would be fetched.
    #[param(value_type = String)]
    store: StoreId,
}

/// Everything that you hold, in one call: points, wallet, passes, coupons, tier, and what ends next.
#[utoipa::path(get, path = "/api/v1/me/assets", tag = "card", operation_id = "show_my_assets",
    responses((status = 200, body = Assets), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn assets(me: Me, State(app): State<App>) -> Reply<Json<Assets>> {
    Ok(Json(app.db.snapshot(&me, |tx, me| Box::pin(ops::assets(tx, &me.cx, me.member))).await?))
}

/// Your points: balance, what is pending and what ends next, the clock of inactivity, caps and limits.
#[utoipa::path(get, path = "/api/v1/me/points", tag = "card", operation_id = "show_my_points",
    responses((status = 200, body = PointsView), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn points(me: Me, State(app): State<App>) -> Reply<Json<PointsView>> {
    Ok(Json(app.db.read(&me, |tx, me| Box::pin(points::ops::overview(tx, &me.cx, me.member))).await?))
}

/// Every movement of what you hold, with its reason, newest first.
#[utoipa::path(get, path = "/api/v1/me/movements", tag = "card", operation_id = "list_my_movements", params(MovementQuery),
    responses((status = 200, body = Page<Movement>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn movements(me: Me, State(app): State<App>, Query(query): Query<MovementQuery>) -> Reply<Json<Page<Movement>>> {
    let paging = Paging { cursor: query.cursor.clone(), limit: query.limit };
    let input = (&me, query.kind, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (me, kind, after, limit)| Box::pin(ops::movements(tx, &me.cx, me.member, *kind, *after, *limit)));
    Ok(Json(page.await?))
}

/// Your passes, newest first, those that are used up too.
#[utoipa::path(get, path = "/api/v1/me/passes", tag = "card", operation_id = "list_my_passes", params(Paging),
    responses((status = 200, body = Page<PassView>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn passes(me: Me, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<PassView>>> {
    let input = (&me, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (me, after, limit)| Box::pin(pass::ops::of_member(tx, &me.cx, me.member, *after, *limit))).await?))
}

/// The visits of one of your passes, newest first.
#[utoipa::path(get, path = "/api/v1/me/passes/{id}/visits", tag = "card", operation_id = "list_my_pass_visits", params(("id" = PassId, Path), Paging),
    responses((status = 200, body = Page<PassVisit>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn visits(me: Me, State(app): State<App>, Path(id): Path<PassId>, Query(paging): Query<Paging>) -> Reply<Json<Page<PassVisit>>> {
    let input = (&me, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (me, id, before, limit)| {
        Box::pin(async move {
            ops::own_pass(tx, &me.cx, me.member, *id).await?;
            pass::ops::visits(tx, &me.cx, *id, *before, *limit).await
        })
    });
    Ok(Json(page.await?))
}

/// Your coupons in every state, the latest expiry first, and why one can't be used now.
#[utoipa::path(get, path = "/api/v1/me/coupons", tag = "card", operation_id = "list_my_coupons", params(Paging),
    responses((status = 200, body = Page<MyCoupon>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn coupons(me: Me, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<MyCoupon>>> {
    let input = (&me, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (me, before, limit)| Box::pin(ops::coupons(tx, &me.cx, me.member, *before, *limit))).await?))
}

/// Your tier, what it gives, and what is missing to the next.
#[utoipa::path(get, path = "/api/v1/me/tier", tag = "card", operation_id = "show_my_tier",
    responses((status = 200, body = TierView), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn tier(me: Me, State(app): State<App>) -> Reply<Json<TierView>> {
    Ok(Json(app.db.read(&me, |tx, me| Box::pin(tier::ops::show(tx, &me.cx, me.member))).await?))
}

/// Your stamp cards.
#[utoipa::path(get, path = "/api/v1/me/stamps", tag = "card", operation_id = "list_my_stamps",
    responses((status = 200, body = Vec<StampView>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn stamps(me: Me, State(app): State<App>) -> Reply<Json<Vec<StampView>>> {
    Ok(Json(app.db.read(&me, |tx, me| Box::pin(stamp::ops::of_member(tx, &me.cx, me.member))).await?))
}

/// Your streaks of visits: how long they are, and until when the next visit keeps them going.
#[utoipa::path(get, path = "/api/v1/me/streaks", tag = "card", operation_id = "list_my_streaks",
    responses((status = 200, body = Vec<StreakView>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn streaks(me: Me, State(app): State<App>) -> Reply<Json<Vec<StreakView>>> {
    Ok(Json(app.db.read(&me, |tx, me| Box::pin(streak::ops::of_member(tx, &me.cx, me.member))).await?))
}

/// What full stamp cards, streaks and tiers gave you, the latest first.
#[utoipa::path(get, path = "/api/v1/me/gifts", tag = "card", operation_id = "list_my_gifts",
    responses((status = 200, body = Vec<Given>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn gifts(me: Me, State(app): State<App>) -> Reply<Json<Vec<Given>>> {
    Ok(Json(app.db.read(&me, |tx, me| Box::pin(gift::ops::of_member(tx, &me.cx, me.member))).await?))
}

/// Your paid memberships.
#[utoipa::path(get, path = "/api/v1/me/memberships", tag = "card", operation_id = "list_my_memberships",
    responses((status = 200, body = Vec<Membership>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn memberships(me: Me, State(app): State<App>) -> Reply<Json<Vec<Membership>>> {
    let mut found = app.db.read(&me, |tx, me| Box::pin(membership::ops::of_member(tx, &me.cx, me.member))).await?;
    found.iter_mut().for_each(|membership| membership.actor = String::new());
    Ok(Json(found))
}

/// What you can redeem in a store now, and why not the rest.
#[utoipa::path(get, path = "/api/v1/me/rewards", tag = "card", operation_id = "list_my_rewards", params(At),
    responses((status = 200, body = Vec<MyReward>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn rewards(me: Me, State(app): State<App>, Query(at): Query<At>) -> Reply<Json<Vec<MyReward>>> {
    let input = (&me, at.store);
    Ok(Json(app.db.read(&input, |tx, (me, store)| Box::pin(ops::rewards(tx, &me.cx, me.member, *store))).await?))
}

/// What you redeemed, newest first: show it in the store to get it.
#[utoipa::path(get, path = "/api/v1/me/reward-orders", tag = "card", operation_id = "list_my_reward_orders", params(Paging),
    responses((status = 200, body = Page<RewardOrder>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn reward_orders(me: Me, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<RewardOrder>>> {
    let input = (&me, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (me, before, limit)| Box::pin(ops::reward_orders(tx, &me.cx, me.member, *before, *limit))).await?))
}

/// Redeems a reward for points. One that asks for money on top is redeemed at the till (`reward_at_till`).
#[utoipa::path(post, path = "/api/v1/me/reward-orders", tag = "card", operation_id = "redeem_my_reward",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = MyRewardDraft,
    responses((status = 201, body = RewardOrder), (status = 200, body = RewardOrder, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("member" = [])))]
async fn redeem(me: Me, State(app): State<App>, Write { key, body }: Write<MyRewardDraft>) -> Reply<Answer<RewardOrder>> {
    Ok(once_me(&app, &me, &key, &body, |tx, me, draft| Box::pin(ops::redeem(tx, &me.cx, me.member, draft))).await?)
}

/// Redeems a code: a coupon's becomes your coupon, what a gift card holds goes into your wallet. After too
/// many codes that don't exist you have to wait.
#[utoipa::path(post, path = "/api/v1/me/redemptions", tag = "card", operation_id = "redeem_my_code",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = MyCodeDraft,
    responses((status = 201, body = MyRedemption), (status = 200, body = MyRedemption, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("member" = [])))]
async fn redeem_code(me: Me, State(app): State<App>, Write { key, body }: Write<MyCodeDraft>) -> Reply<Answer<MyRedemption>> {
    let misses = app.slot::<Misses>();
    let guesser = format!("member:{}", me.member);
    misses.may_ask(me.cx.merchant, &guesser, me.cx.now)?;
    let input = (&app.vault, body.id, CouponCode::parse(&body.code)?);
    let answer =
        once_me(&app, &me, &key, &input, |tx, me, (vault, id, code)| Box::pin(ops::redeem_code(tx, &me.cx, vault, me.member, (*id, code))));
    let answer = answer.await;
    if answer.as_ref().is_err_and(|error| error.code() == "coupon_code_not_found") {
        misses.missed(me.cx.merchant, &guesser, me.cx.now);
    }
    Ok(answer?)
}

/// What you have of every kind of points beside the shop's own.
#[utoipa::path(get, path = "/api/v1/me/points-kinds", tag = "card", operation_id = "list_my_points_kinds",
    responses((status = 200, body = Vec<KindView>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn points_kinds(me: Me, State(app): State<App>) -> Reply<Json<Vec<KindView>>> {
    Ok(Json(app.db.read(&me, |tx, me| Box::pin(points_kind::ops::of_member(tx, &me.cx, me.member))).await?))
}

/// The households and companies that you belong to, each with what it holds and you may use.
#[utoipa::path(get, path = "/api/v1/me/groups", tag = "card", operation_id = "list_my_groups",
    responses((status = 200, body = Vec<MyGroup>), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn groups(me: Me, State(app): State<App>) -> Reply<Json<Vec<MyGroup>>> {
    let input = (&me, &app.vault);
    Ok(Json(app.db.snapshot(&input, |tx, (me, vault)| Box::pin(ops::groups(tx, &me.cx, vault, me.member))).await?))
}
