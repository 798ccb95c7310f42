//! Stages 5 and 6: points as money, and rounding-off.

use super::{Cart, MemberView, PointsChoice, PointsQuote, PriceCx, PriceStage, Quote, SavingReason, Source, item};
use shuke_kernel::{Money, Points, Result};
use shuke_loyalty::rule::WhyNot;

/// Spends points as the cart wishes, as far as the policy allows. Never an error: the quote says
/// what is spent and why it is not what was asked for.
pub(super) fn spend(quote: &mut Quote, cart: &Cart, member: Option<&MemberView>, cx: &PriceCx<'_>) -> Result<()> {
    let asked = match cart.points {
        PointsChoice::None => Points::ZERO,
        PointsChoice::Max => Points(i64::MAX),
        PointsChoice::Exact { points } => points.max(Points::ZERO),
    };
    let (Some(member), Some(policy)) = (member, cx.points) else {
        let refusal = if member.is_none() { WhyNot::MembersOnly } else { WhyNot::PointsNotAccepted };
        quote.points.why_not = asked.is_positive().then_some(refusal);
        return Ok(());
    };
    let in_scope: Vec<bool> = cart.lines.iter().zip(&quote.lines).map(|(line, quoted)| policy.scope.contains(item(line, quoted))).collect();
    let counts = |line: usize| in_scope[line];
    let most = policy.spendable(member.points, quote.left(counts), quote.total);
    let spent = policy.within(asked, most.points_max);
    let money = policy.money(spent)?;
    let limited = matches!(cart.points, PointsChoice::Exact { .. }) && spent < asked;
    let why_not = most.why_not.or_else(|| limited.then_some(WhyNot::PointsLimited { asked, max: most.points_max }));
    quote.points = PointsQuote { spent, money, points_max: most.points_max, money_max: most.money_max, why_not };
    if money.is_positive() {
        let reason = SavingReason::PointsSpent { points: spent };
        quote.take(Source { stage: PriceStage::Points, reason, id: None, name: "" }, money, counts)?;
    }
    Ok(())
}

/// Rounds the total down to the merchant's unit.
pub(super) fn round_off(quote: &mut Quote, cx: &PriceCx<'_>) -> Result<()> {
    let unit = cx.rounding.unit(cx.currency);
    let off = Money(quote.total.0 % unit.max(1));
    if off.is_positive() {
        let reason = SavingReason::RoundedOff { unit: Money(unit) };
        quote.take(Source { stage: PriceStage::Rounding, reason, id: None, name: "" }, off, |_| true)?;
    }
    Ok(())
}
