//! A past order as the price engine would see it again: for its reasons, and for rules that are tried
//! on it. Prices are those of then; where goods stand in the catalogue is as it is now.

use super::ops::coupons_used;
use super::{Order, OrderLine};
use crate::product::store::Placed;
use shuke_kernel::{Money, Result, Uuid, money};
use shuke_loyalty::tier::{TierId, TierScheme};
use shuke_offer::offer::OfferId;
use shuke_offer::price::{ActivityPrice, Cart, CartLine, CouponChoice, MemberView, PointsChoice, PriceStage, SavingReason};
use std::collections::BTreeMap;

/// The cart that was priced, with the coupons and points that were used; without the lines that passes paid,
/// which the engine never saw.
///
/// Errors: `amount_too_large`.
pub(crate) fn cart(order: &Order, placed: &BTreeMap<Uuid, Placed>) -> Result<Cart> {
    let coupons = coupons_used(order);
    Ok(Cart {
        lines: order.lines.iter().filter(|line| line.pass.is_none()).map(|line| cart_line(order, line, placed)).collect::<Result<_>>()?,
        coupons: if coupons.is_empty() { CouponChoice::None } else { CouponChoice::Selected { coupons } },
        points: if order.points_spent.is_positive() { PointsChoice::Exact { points: order.points_spent } } else { PointsChoice::None },
        order: Some(order.id.0),
    })
}

fn cart_line(order: &Order, line: &OrderLine, placed: &BTreeMap<Uuid, Placed>) -> Result<CartLine> {
    let place = usize::try_from(line.line).unwrap_or(usize::MAX);
    let touched = |stage: PriceStage, reason: fn(&SavingReason) -> bool| {
        let mut savings = order.savings.iter().filter(move |saving| saving.stage == stage && reason(&saving.reason));
        savings.find(|saving| saving.shares.get(place).is_some_and(|share| share.is_positive()))
    };
    // What one piece cost after savings that are set by the piece.
    let by_piece = |left: Money| money::mul_div(left.0, 1_000, line.quantity_milli.max(1)).map(Money);
    let is_offer = |id: Uuid| order.offers.iter().any(|applied| applied.offer.0 == id);
    let activity = touched(PriceStage::Activity, |_| true).and_then(|saving| saving.source).filter(|source| !is_offer(*source));
    let after_activity = Money(line.gross.0 - line.shares.activity.0);
    let activity = match activity {
        Some(source) => Some(ActivityPrice { source, unit_price: by_piece(after_activity)? }),
        None => None,
    };
    let own = touched(PriceStage::Member, |reason| matches!(reason, SavingReason::MemberPrice)).is_some();
    let member_price = if own { Some(by_piece(Money(after_activity.0 - line.shares.member.0))?) } else { None };
    let gift = touched(PriceStage::Threshold, |reason| matches!(reason, SavingReason::Gift)).and_then(|saving| saving.source);
    let placed = placed.get(&line.variant).cloned().unwrap_or_default();
    Ok(CartLine {
        product: line.product,
        variant: Some(line.variant),
        categories: placed.categories,
        unit_price: line.unit_price,
        quantity_milli: line.quantity_milli,
        member_price,
        activity,
        special: placed.special,
        gift: gift.map(OfferId),
    })
}

/// The member as the order saw them: the tier that lowered a price, else the one of that day.
pub(crate) fn member(order: &Order, scheme: &TierScheme, tier_then: Option<TierId>) -> Option<MemberView> {
    let member = order.member?;
    let lowered = order.savings.iter().find(|saving| matches!(saving.reason, SavingReason::TierPrice { .. }));
    let tier = lowered.and_then(|saving| saving.source).map(TierId);
    let held = shuke_loyalty::tier::CurrentTier { tier: tier_then, ..Default::default() };
    Some(MemberView { member: member.0, tier: tier.or_else(|| scheme.effective(&held)), points: order.points_spent })
}
