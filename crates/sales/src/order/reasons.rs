//! Why an order cost what it cost, and why nothing else took anything off.
//!
//! What took something off stands on the order. Why an offer or a coupon did not is told by pricing the
//! order again with what ran and what the member held at that moment; where that gives another price
//! than the order's (a setting, a budget, or a use was another then), `exact` says that it is a guess.

use super::{Order, OrderId, ops::coupons_used, past, store};
use crate::book::SaleBook;
use crate::product;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_kernel::{Cx, Money, Result, Uuid};
use shuke_loyalty::coupon::{self, Coupon, CouponState};
use shuke_loyalty::tier;
use shuke_member::member;
use shuke_offer::offer::{self, MonthDay, OfferFacts};
use shuke_offer::price::{CouponQuote, OfferQuote, PriceCx, PriceStage, Saving, price};
use utoipa::ToSchema;

/// Changes of offers that are looked at.
const ERAS_MAX: i64 = 20_000;
/// Later orders in which a coupon may have been used.
const LATER_MAX: i64 = 200;

/// A stage of a price, with what took something off in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageReasons {
    /// The stage.
    pub stage: PriceStage,
    /// What it took off, in minor units.
    pub saved: Money,
    /// By what, and from which lines.
    pub savings: Vec<Saving>,
}

/// Why an order cost what it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderReasons {
    /// The order.
    pub order: OrderId,
    /// Before everything, in minor units.
    pub gross: Money,
    /// Every stage in its order.
    pub stages: Vec<StageReasons>,
    /// Tax that came on top of what the stages left, in minor units; zero where prices held it.
    pub tax_added: Money,
    /// What was paid, in minor units.
    pub total: Money,
    /// Every offer that ran, and why it did not apply.
    pub offers: Vec<OfferQuote>,
    /// Every coupon that the member held, and why it was not used.
    pub coupons: Vec<CouponQuote>,
    /// Whether pricing the order again gives the same price, line by line; else the reasons why not are
    /// what can be told today.
    pub exact: bool,
}

/// The reasons of an order with its lines.
///
/// Errors: `amount_too_large`.
pub async fn reasons(tx: &mut Tx, cx: &Cx, book: &SaleBook, order: &Order) -> Result<OrderReasons> {
    let variants: Vec<Uuid> = order.lines.iter().map(|line| line.variant).collect();
    let placed = product::store::placed(tx, cx.merchant, &variants).await?;
    let eras = offer::store::eras(tx, cx.merchant, ERAS_MAX).await?;
    let offers = offer::store::running_at(&eras, order.at);
    let facts = facts(tx, cx, order).await?;
    let coupons = held(tx, cx, book, order).await?;
    let tier_then = match order.member {
        Some(member) => {
            let row = tx.row(tier::store::at_stmt(cx.merchant, member.0, order.at)).await?;
            row.map(|row| row.get(0)).transpose()?.flatten()
        }
        None => None,
    };
    let loyalty = &book.loyalty;
    let cart = past::cart(order, &placed)?;
    let view = past::member(order, &loyalty.scheme, tier_then);
    let settings = PriceCx {
        rounding: loyalty.rounding,
        tiers: &loyalty.scheme.tiers,
        points: loyalty.spending_of(order.points_kind),
        coupons_max: loyalty.coupons_max,
        facts: &facts,
        ..PriceCx::new(order.at, &book.zone(order.store), order.store, order.channel, loyalty.currency)
    };
    let quote = price(&cart, view.as_ref(), &offers, &coupons, &settings)?;
    let priced = order.lines.iter().filter(|line| line.pass.is_none());
    let exact = quote.lines.iter().zip(priced).all(|(quoted, line)| quoted.net == line.net && quoted.shares == line.shares);
    let stage = |stage: &PriceStage| {
        let savings: Vec<Saving> = order.savings.iter().filter(|saving| saving.stage == *stage).cloned().collect();
        StageReasons { stage: *stage, saved: Money(savings.iter().map(|saving| saving.amount.0).sum()), savings }
    };
    Ok(OrderReasons {
        order: order.id,
        gross: order.gross,
        stages: PriceStage::ALL.iter().map(stage).collect(),
        tax_added: Money::sum(order.lines.iter().map(|line| line.tax_added))?,
        total: order.total,
        offers: quote.offers,
        coupons: quote.coupons,
        exact,
    })
}

/// What offers ask of the member, as far as it can be told of a moment that is over.
async fn facts(tx: &mut Tx, cx: &Cx, order: &Order) -> Result<OfferFacts> {
    let Some(member) = order.member else { return Ok(OfferFacts::default()) };
    let [audience, bought] =
        tx.all([member::store::audience_stmt(cx.merchant, member), store::bought_until_stmt(cx.merchant, member, order.at)]).await?;
    let audience = member::store::audience_read(&audience)?;
    Ok(OfferFacts {
        tags: audience.tags,
        birthday: audience.birthday.and_then(|(text, lunar)| MonthDay::parse(&text, lunar)),
        bought_before: !bought.is_empty(),
        ..OfferFacts::default()
    })
}

/// The coupons that the member held, with the uses that came later given back.
async fn held(tx: &mut Tx, cx: &Cx, book: &SaleBook, order: &Order) -> Result<Vec<Coupon>> {
    let Some(member) = order.member else { return Ok(Vec::new()) };
    let rows = tx.rows(coupon::store::held_at_stmt(cx.merchant, member.0, order.at, order.date)).await?;
    let mut coupons = rows.iter().map(|row| coupon::store::read(row, order.date, order.at)).collect::<Result<Vec<_>>>()?;
    let later = store::Filter { member: Some(member.0), from: Some(order.at), ..store::Filter::default() };
    let later = store::list(tx, cx.merchant, &later, LATER_MAX, |store| book.zone(store)).await?;
    let used: Vec<_> = later.iter().filter(|other| (other.at, other.id) >= (order.at, order.id)).flat_map(coupons_used).collect();
    for coupon in &mut coupons {
        coupon.uses_left += i64::try_from(used.iter().filter(|id| **id == coupon.id).count()).unwrap_or(0);
        // One that an undone order gave back meanwhile has no more uses than it ever had.
        coupon.uses_left = coupon.uses_left.min(coupon.terms.limits.uses.max(1));
        if coupon.state == CouponState::Used && coupon.uses_left > 0 {
            coupon.state = CouponState::Active;
        }
    }
    Ok(coupons)
}
