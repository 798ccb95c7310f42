//! Stage 2: member and tier prices.

use super::{Cart, MemberView, PriceCx, PriceStage, Quote, SavingReason, Source, at_unit_price, item};
use shuke_kernel::{Money, Rate, Result};

/// The member price or the tier's rate, whichever leaves less to pay on the line; the member price
/// where both leave the same.
pub(super) fn member(quote: &mut Quote, cart: &Cart, member: Option<&MemberView>, cx: &PriceCx<'_>) -> Result<()> {
    if member.is_none() {
        return Ok(());
    }
    let tier = cx.tier_of(member);
    let rate = tier.map_or(Rate::WHOLE, |tier| Rate(tier.benefits.discount.0.clamp(0, Rate::WHOLE.0)));
    let mut by_price = Vec::new();
    let mut by_tier = Vec::new();
    for (index, line) in cart.lines.iter().enumerate() {
        let item = item(line, &quote.lines[index]);
        if item.special || line.gift.is_some() {
            continue;
        }
        let net = quote.lines[index].net;
        let own = match line.member_price {
            Some(price) => at_unit_price(price, line.quantity_milli)?,
            None => net,
        };
        let rated = match tier {
            Some(tier) if rate < Rate::WHOLE && tier.benefits.scope.contains(item) => rate.of(net)?,
            _ => net,
        };
        let least = own.min(rated);
        if least < net {
            let shares = if own <= rated { &mut by_price } else { &mut by_tier };
            shares.resize(cart.lines.len(), Money::ZERO);
            shares[index] = Money(net.0 - least.0);
        }
    }
    let stage = PriceStage::Member;
    quote.take_shares(Source { stage, reason: SavingReason::MemberPrice, id: None, name: "" }, by_price);
    if let Some(tier) = tier {
        quote.take_shares(Source { stage, reason: SavingReason::TierPrice { rate }, id: Some(tier.id.0), name: &tier.name }, by_tier);
    }
    Ok(())
}
