//! `/api/v1/settings/earn`, `/api/v1/settings/points`, `/api/v1/settings/points-terms`,
//! `/api/v1/points/example`, `/api/v1/members/{id}/points`, `/api/v1/members/{id}/pending-points`.

use super::ops::{self, PendingChanged, PointsView};
use super::{EarnLine, EarnMultipliers, EarnPolicy, Earned, PointsTerms, SpendingPolicy, earn};
use crate::book;
use crate::book::Book;
use crate::ground;
use crate::rule::{Channel, Item, Occasion};
use crate::settings::setting_routes;
use crate::tier::TierId;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};
use shuke_kernel::{Cx, Error, Money, Points, Rate, Result, Uuid};
use shuke_ledger::lot::LotView;
use shuke_member::MemberId;
use utoipa::ToSchema;

setting_routes! {
    earning: EarnPolicy, "/api/v1/settings/earn", "points", "show_earn_policy", "change_earn_policy",
        "How purchases earn points.", "Changes how purchases earn points.";
}
setting_routes! {
    spending: SpendingPolicy, "/api/v1/settings/points", "points", "show_points_spending", "change_points_spending",
        "How points pay.", "Changes how points pay.";
}
setting_routes! {
    terms: PointsTerms, "/api/v1/settings/points-terms", "points", "show_points_terms", "change_points_terms",
        "When earned points can be used, and the caps and limits on points.",
        "Changes when earned points can be used, and the caps and limits on points. Points that were earned keep theirs.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(earning::routes())
        .merge(spending::routes())
        .merge(terms::routes())
        .routes(routes!(example))
        .routes(routes!(overview))
        .routes(routes!(pending))
        .routes(routes!(release))
        .routes(routes!(cancel))
}

/// A member's points: balance, what is pending, the clock of inactivity, what is used of caps and limits.
#[utoipa::path(get, path = "/api/v1/members/{id}/points", tag = "points", operation_id = "show_member_points",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = PointsView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn overview(caller: Allow<perm::LedgerRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<PointsView>> {
    let input = (&caller.cx, id);
    let view = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::overview(tx, cx, id.0).await
        })
    });
    Ok(Json(view.await?))
}

/// The points that a member has and can't use yet, the soonest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/pending-points", tag = "points", operation_id = "list_pending_points",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = Vec<LotView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn pending(caller: Allow<perm::LedgerRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Vec<LotView>>> {
    let input = (&caller.cx, id);
    let lots = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::pending(tx, cx, id.0).await
        })
    });
    Ok(Json(lots.await?))
}

/// Whose cause is meant.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PendingSource {
    /// What granted the points: an order.
    source: Uuid,
}

/// Confirms what is pending of an order: its points can be used from now on.
#[utoipa::path(post, path = "/api/v1/members/{id}/pending-points/release", tag = "points", operation_id = "release_pending_points",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = PendingSource,
    responses((status = 201, body = PendingChanged), (status = 200, body = PendingChanged, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn release(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Write { key, body }: Write<PendingSource>,
) -> Reply<Answer<PendingChanged>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            ground::must_exist(tx, &caller.cx, *id).await?;
            ops::settle_pending(tx, &caller.cx, id.0, body.source, true).await
        })
    });
    Ok(answer.await?)
}

/// Takes back what is pending of an order.
#[utoipa::path(post, path = "/api/v1/members/{id}/pending-points/cancel", tag = "points", operation_id = "cancel_pending_points",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = PendingSource,
    responses((status = 201, body = PendingChanged), (status = 200, body = PendingChanged, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn cancel(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Write { key, body }: Write<PendingSource>,
) -> Reply<Answer<PendingChanged>> {
    let input = (id, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, body)| {
        Box::pin(async move {
            ground::must_exist(tx, &caller.cx, *id).await?;
            ops::settle_pending(tx, &caller.cx, id.0, body.source, false).await
        })
    });
    Ok(answer.await?)
}

/// A purchase to try a policy on: one piece, paid with money, at the till.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Purchase {
    /// What is paid, in minor units.
    amount: Money,
    /// The member's tier.
    #[serde(default)]
    tier: Option<TierId>,
    /// The store; where none is named, rules that are bound to stores don't apply.
    #[serde(default)]
    store: Option<Uuid>,
    /// The product; where none is named, rules that are bound to products or categories don't apply.
    #[serde(default)]
    product: Option<Uuid>,
    /// The product's category and all above it.
    #[serde(default)]
    categories: Vec<Uuid>,
    /// The policy to try; the one in force where it is left out.
    #[serde(default)]
    policy: Option<EarnPolicy>,
}

/// What the purchase earns, and what that is worth.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Example {
    /// Points, rule by rule.
    earned: Earned,
    /// What the points pay on a later order, in whole steps and minor units; none where points don't pay.
    worth: Option<Money>,
}

/// What a purchase would earn, rule by rule. Writes nothing.
#[utoipa::path(post, path = "/api/v1/points/example", tag = "points", operation_id = "try_earn_policy", request_body = Purchase,
    responses((status = 200, body = Example), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn example(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Json(purchase): Json<Purchase>) -> Reply<Json<Example>> {
    let book = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(book::load(tx, *merchant))).await?;
    Ok(Json(try_on(&book, &caller.cx, &purchase)?))
}

fn try_on(book: &Book, cx: &Cx, purchase: &Purchase) -> Result<Example> {
    if purchase.amount.is_negative() {
        return Err(Error::invalid("amount_negative", "a purchase isn't below zero").field(
            "/amount",
            "out_of_range",
            "must not be below 0",
        ));
    }
    if let Some(policy) = &purchase.policy {
        policy.check()?;
    }
    let local = book.zone.local(cx.now);
    let occasion = Occasion {
        today: local.date(),
        minute: i64::from(local.hour()) * 60 + i64::from(local.minute()),
        weekday: i64::from(local.weekday().to_monday_one_offset()),
        store: purchase.store.unwrap_or_default(),
        channel: Channel::Till,
        is_member: true,
        tier: purchase.tier,
        order: None,
    };
    let item = Item { product: purchase.product.unwrap_or_default(), variant: None, categories: &purchase.categories, special: false };
    let line = EarnLine { item, quantity_milli: 1_000, paid: purchase.amount };
    let tier = purchase.tier.and_then(|id| book.scheme.tier(id)).map_or(Rate::WHOLE, |tier| tier.benefits.points_multiplier);
    let multipliers = EarnMultipliers { tier, ..EarnMultipliers::default() };
    let earned = earn(purchase.policy.as_ref().unwrap_or(&book.earn), &[line], multipliers, &occasion)?;
    let worth = match &book.spending {
        Some(spending) => Some(spending.money(Points(earned.points.0 / spending.step_points.0.max(1) * spending.step_points.0))?),
        None => None,
    };
    Ok(Example { earned, worth })
}
