//! `/api/v1/settings/earn`, `/api/v1/settings/points`, `/api/v1/points/example`.

use super::{EarnLine, EarnMultipliers, EarnPolicy, Earned, SpendingPolicy, earn};
use crate::book;
use crate::book::Book;
use crate::rule::{Channel, Item, Occasion};
use crate::settings::setting_routes;
use crate::tier::TierId;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};
use shuke_kernel::{Cx, Error, Money, Points, Rate, Result, Uuid};
use utoipa::ToSchema;

setting_routes! {
    earning: EarnPolicy, "/api/v1/settings/earn", "points", "show_earn_policy", "change_earn_policy",
        "How purchases earn points.", "Changes how purchases earn points.";
}
setting_routes! {
    spending: SpendingPolicy, "/api/v1/settings/points", "points", "show_points_spending", "change_points_spending",
        "How points pay.", "Changes how points pay.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(earning::routes()).merge(spending::routes()).routes(routes!(example))
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
