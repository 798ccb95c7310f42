//! What a paid quote earns.

use super::{Cart, CartLine, LineQuote, MemberView, OfferQuote, PriceCx, Quote, item};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Money, Rate, Result, split};
use shuke_loyalty::points::{self, EarnKind, EarnLine, EarnMultipliers, EarnPolicy, EarnRule, EarnRuleId, Earned, Room};
use std::borrow::Cow;
use utoipa::ToSchema;

/// How a quote's total was paid, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PaidBy {
    /// Cash, card, WeChat Pay, Alipay: money received now.
    pub money: Money,
    /// The wallet's principal: money received earlier.
    pub principal: Money,
    /// The wallet's bonus: no money.
    pub bonus: Money,
    /// Passes: paid when they were bought.
    pub pass: Money,
}

impl PaidBy {
    /// What was paid in all.
    ///
    /// Errors: `amount_too_large`.
    pub fn total(&self) -> Result<Money> {
        Money::sum([self.money, self.principal, self.bonus, self.pass])
    }
    /// The same without tax that came on top of `total`: each part in its proportion.
    ///
    /// Errors: `amount_too_large`.
    pub fn without_tax(self, total: Money) -> Result<Self> {
        if self.total()? == total {
            return Ok(self);
        }
        let parts = split::spread(total, &[self.money.0, self.principal.0, self.bonus.0, self.pass.0])?;
        let part = |index: usize| parts.get(index).copied().unwrap_or(Money::ZERO);
        Ok(Self { money: part(0), principal: part(1), bonus: part(2), pass: part(3) })
    }
}

/// The points that a quote earns when it is paid: what earns is money, and principal where the
/// policy says so, spread over the lines by their net. What points, coupons and offers took off is
/// not in the net; what bonus and passes paid is left out here. See [`points::earn`] for the order of
/// the rules.
///
/// Errors: `payments_mismatch` where the parts are below zero or don't add up to the quote's total;
/// `amount_too_large`.
pub fn earn(
    quote: &Quote,
    cart: &Cart,
    member: Option<&MemberView>,
    paid: PaidBy,
    policy: &EarnPolicy,
    day: Rate,
    cx: &PriceCx<'_>,
) -> Result<Earned> {
    earn_within(quote, cart, member, paid, policy, day, cx, &mut Room::default())
}

/// The same within caps on what a member earns.
///
/// Errors: those of [`earn`].
#[expect(clippy::too_many_arguments, reason = "what a sale earns depends on each of them; a struct would only repeat the names")]
pub fn earn_within(
    quote: &Quote,
    cart: &Cart,
    member: Option<&MemberView>,
    paid: PaidBy,
    policy: &EarnPolicy,
    day: Rate,
    cx: &PriceCx<'_>,
    room: &mut Room,
) -> Result<Earned> {
    let lines = earning_lines(quote, cart, paid, policy)?;
    let tier = cx.tier_of(member).map_or(Rate::WHOLE, |tier| tier.benefits.points_multiplier);
    let policy = with_offers(policy, quote);
    points::earn_within(&policy, &lines, EarnMultipliers { tier, day }, &cx.occasion(member, cart.order), room)
}

/// What a quote earns of a further kind of points: like [`earn`], by the kind's own rules alone, without the
/// multipliers of tiers and offers.
///
/// Errors: those of [`earn`].
pub fn earn_kind(
    quote: &Quote,
    cart: &Cart,
    member: Option<&MemberView>,
    paid: PaidBy,
    policy: &EarnPolicy,
    cx: &PriceCx<'_>,
) -> Result<Earned> {
    let lines = earning_lines(quote, cart, paid, policy)?;
    points::earn(policy, &lines, EarnMultipliers::default(), &cx.occasion(member, cart.order))
}

/// The lines with the money that earns, spread over them by their net.
fn earning_lines<'c>(quote: &Quote, cart: &'c Cart, paid: PaidBy, policy: &EarnPolicy) -> Result<Vec<EarnLine<'c>>> {
    let parts = [paid.money, paid.principal, paid.bonus, paid.pass];
    if paid.total()? != quote.total || parts.iter().any(|part| part.is_negative()) {
        return Err(Error::invalid("payments_mismatch", format!("the payments must add up to {}", quote.total)));
    }
    let earning = if policy.principal_earns { paid.money.plus(paid.principal)? } else { paid.money };
    let nets: Vec<i64> = quote.lines.iter().map(|line| line.net.0).collect();
    let shares = split::spread(earning, &nets)?;
    let line = |((line, quoted), paid): ((&'c CartLine, &LineQuote), Money)| EarnLine {
        item: item(line, quoted),
        quantity_milli: line.quantity_milli,
        paid,
    };
    Ok(cart.lines.iter().zip(&quote.lines).zip(shares).map(line).collect())
}

/// The policy with the multipliers of the offers that apply: like its own, of which the largest that
/// matches a line counts.
fn with_offers<'p>(policy: &'p EarnPolicy, quote: &Quote) -> Cow<'p, EarnPolicy> {
    let rule = |verdict: &OfferQuote| {
        verdict.points.as_ref().map(|bonus| EarnRule {
            id: EarnRuleId(verdict.offer.0),
            name: verdict.name.clone(),
            kind: EarnKind::Multiplier { rate: bonus.rate },
            scope: bonus.scope.clone(),
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            from: None,
            to: None,
        })
    };
    let mut policy = Cow::Borrowed(policy);
    let more: Vec<EarnRule> = quote.offers.iter().filter_map(rule).collect();
    if !more.is_empty() {
        policy.to_mut().rules.extend(more);
    }
    policy
}
