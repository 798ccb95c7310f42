//! Offers, at both of their stages: prices of a piece before member prices (*activity*), everything
//! else after them (*threshold*).

use super::{Cart, OfferQuote, PointsBonus, PriceCx, PriceStage, Quote, SavingReason, Source, at_unit_price, sale_lines};
use crate::offer::{AppliedOffer, Gives, Offer, OfferFacts, OfferLine, OfferRule};
use shuke_kernel::{Money, Result, split};
use shuke_loyalty::rule::{Occasion, WhyNot};
use std::cmp::Reverse;

/// A verdict for every offer, in their order; what became of it is filled in by the stages.
pub(super) fn verdicts(offers: &[Offer]) -> Vec<OfferQuote> {
    let verdict = |offer: &Offer| OfferQuote {
        offer: offer.id,
        version: offer.version,
        name: offer.name.clone(),
        applied: false,
        saved: Money::ZERO,
        why_not: None,
        gifts: None,
        coupons: None,
        points: None,
    };
    offers.iter().map(verdict).collect()
}

/// What a timed offer leaves of the price of one piece.
fn unit_price(offer: &Offer, list: Money) -> Result<Money> {
    match &offer.rule {
        OfferRule::UnitPrice { price } => Ok(*price),
        OfferRule::UnitPercent { rate_off } => rate_off.complement().of(list),
        _ => Ok(list),
    }
}

/// Timed prices and the lines' own activity prices: each line takes the lowest; the line's own where
/// both are equal, then the offer of higher priority. An offer that is left with no line, or without
/// budget, or whose exclusive group is taken, is left out and the lines choose again.
pub(super) fn activity(quote: &mut Quote, cart: &Cart, offers: &[Offer], occasion: &Occasion, facts: &OfferFacts) -> Result<()> {
    let mut open = Vec::new();
    for (index, offer) in offers.iter().enumerate().filter(|(_, offer)| offer.rule.is_unit()) {
        let about = || cart.lines.iter().any(|line| line.gift.is_none() && offer.is_about(line.item()));
        let mut why = offer.why_not_now(occasion, facts).or_else(|| (!about()).then_some(WhyNot::NoLineInScope));
        if why.is_none() && lowest(quote, cart, offers, &[index])?.iter().all(|lowest| lowest.offer.is_none()) {
            // Not even alone: it takes no place in its group.
            why = Some(WhyNot::NoBenefitLeft);
        }
        match why {
            Some(_) => quote.offers[index].why_not = why,
            None => open.push(index),
        }
    }
    open.sort_by_key(|index| (Reverse(offers[*index].priority), offers[*index].id));
    loop {
        let chosen = lowest(quote, cart, offers, &open)?;
        let Some((place, why)) = left_out(&chosen, offers, &open, facts) else { return settle(quote, cart, offers, &chosen) };
        quote.offers[open.remove(place)].why_not = Some(why);
    }
}

/// Which price a line takes.
#[derive(Clone, Copy)]
struct Lowest {
    off: Money,
    /// The offer; none for the line's own activity price.
    offer: Option<usize>,
}

fn lowest(quote: &Quote, cart: &Cart, offers: &[Offer], open: &[usize]) -> Result<Vec<Lowest>> {
    let mut chosen = Vec::with_capacity(cart.lines.len());
    for (line, quoted) in cart.lines.iter().zip(&quote.lines) {
        let mut best = Lowest { off: Money::ZERO, offer: None };
        let mut look = |offer, price| -> Result<()> {
            let off = Money(quoted.net.0 - at_unit_price(price, line.quantity_milli)?.0);
            if off > best.off {
                best = Lowest { off, offer };
            }
            Ok(())
        };
        if line.gift.is_none() {
            line.activity.map_or(Ok(()), |activity| look(None, activity.unit_price))?;
            for index in open.iter().filter(|index| offers[**index].is_about(line.item())) {
                look(Some(*index), unit_price(&offers[*index], line.unit_price)?)?;
            }
        }
        chosen.push(best);
    }
    Ok(chosen)
}

/// The first of the open offers, the lowest priority first, that can't stand, and why.
fn left_out(chosen: &[Lowest], offers: &[Offer], open: &[usize], facts: &OfferFacts) -> Option<(usize, WhyNot)> {
    let off = |index: usize| Money(chosen.iter().filter(|lowest| lowest.offer == Some(index)).map(|lowest| lowest.off.0).sum());
    for (place, index) in open.iter().enumerate().rev() {
        let offer = &offers[*index];
        if !off(*index).is_positive() {
            return Some((place, WhyNot::NoBenefitLeft));
        }
        if facts.exhausted(offer.id, off(*index)) {
            return Some((place, WhyNot::BudgetExhausted));
        }
        let same_group = |other: &&usize| offer.exclusive_group.is_some() && offers[**other].exclusive_group == offer.exclusive_group;
        if let Some(other) = open[..place].iter().find(same_group) {
            return Some((place, WhyNot::GroupTaken { by: offers[*other].id.0 }));
        }
    }
    None
}

fn settle(quote: &mut Quote, cart: &Cart, offers: &[Offer], chosen: &[Lowest]) -> Result<()> {
    for (index, lowest) in chosen.iter().enumerate() {
        let (None, Some(activity)) = (lowest.offer, cart.lines[index].activity) else { continue };
        let source = Source { stage: PriceStage::Activity, reason: SavingReason::ActivityPrice, id: Some(activity.source), name: "" };
        if lowest.off.is_positive() {
            quote.take(source, lowest.off, |other| other == index)?;
        }
    }
    for (index, offer) in offers.iter().enumerate().filter(|(_, offer)| offer.rule.is_unit()) {
        let mine = |lowest: &Lowest| if lowest.offer == Some(index) { lowest.off } else { Money::ZERO };
        let shares: Vec<Money> = chosen.iter().map(mine).collect();
        let off = Money(shares.iter().map(|share| share.0).sum());
        if off.is_positive() {
            let source =
                Source { stage: PriceStage::Activity, reason: SavingReason::ActivityPrice, id: Some(offer.id.0), name: &offer.name };
            quote.take_shares(source, shares);
            quote.offers[index].applied = true;
            quote.offers[index].saved = off;
        }
    }
    Ok(())
}

/// The lines as offers see them: thresholds by `begin`, what is left by the quote as it stands.
fn offer_lines<'a>(cart: &'a Cart, quote: &Quote, begin: &[Money]) -> Vec<OfferLine<'a>> {
    let lines = sale_lines(cart, quote);
    let line = |(index, mut line): (usize, shuke_loyalty::rule::SaleLine<'a>)| {
        let left = line.net;
        line.net = begin[index];
        OfferLine { line, left, gift: cart.lines[index].gift }
    };
    lines.into_iter().enumerate().map(line).collect()
}

/// Applies all other offers that have nothing against them: the higher priority first, among equals
/// the one that takes off more, then by id; of an exclusive group only the first that applies.
pub(super) fn apply(quote: &mut Quote, cart: &Cart, offers: &[Offer], occasion: &Occasion, facts: &OfferFacts) -> Result<()> {
    if offers.iter().all(|offer| offer.rule.is_unit()) {
        return Ok(());
    }
    let begin: Vec<Money> = quote.lines.iter().map(|line| line.net).collect();
    let lines = offer_lines(cart, quote, &begin);
    let mut open: Vec<(usize, Money)> = Vec::with_capacity(offers.len());
    for (index, offer) in offers.iter().enumerate().filter(|(_, offer)| !offer.rule.is_unit()) {
        match offer.why_not_now(occasion, facts).map_or_else(|| offer.gives(&lines), Err) {
            Ok(gives) => open.push((index, gives.off())),
            Err(why) => quote.offers[index].why_not = Some(why),
        }
    }
    open.sort_by_key(|(index, off)| (Reverse(offers[*index].priority), Reverse(*off), offers[*index].id));
    for (index, _) in open {
        let offer = &offers[index];
        let lines = offer_lines(cart, quote, &begin);
        let found = taken(quote, offers, offer).map_or_else(|| offer.gives(&lines), Err);
        let found = found.and_then(|gives| if facts.exhausted(offer.id, gives.off()) { Err(WhyNot::BudgetExhausted) } else { Ok(gives) });
        match found {
            Ok(gives) => give(quote, index, offer, gives)?,
            Err(why) => quote.offers[index].why_not = Some(why),
        }
    }
    Ok(())
}

fn give(quote: &mut Quote, index: usize, offer: &Offer, gives: Gives) -> Result<()> {
    let off = match gives {
        Gives::Off(off) => Some(off),
        Gives::Gifts(gifts, off) => {
            quote.offers[index].applied = gifts.chosen > 0;
            quote.offers[index].gifts = Some(gifts);
            off
        }
        Gives::Coupons(grant) => {
            quote.offers[index].applied = true;
            quote.offers[index].coupons = Some(grant);
            None
        }
        Gives::Points(rate) => {
            quote.offers[index].applied = true;
            quote.offers[index].points = Some(PointsBonus { rate, scope: offer.scope.clone() });
            None
        }
    };
    if let Some(off) = off {
        let shares = split::spread(off.amount, &off.weights)?;
        quote.take_shares(Source { stage: PriceStage::Threshold, reason: off.reason, id: Some(offer.id.0), name: &offer.name }, shares);
        quote.offers[index].applied = true;
        quote.offers[index].saved = off.amount;
    }
    Ok(())
}

/// The offer of the same exclusive group that applies already.
fn taken(quote: &Quote, offers: &[Offer], offer: &Offer) -> Option<WhyNot> {
    let group = offer.exclusive_group.as_deref()?;
    let applied = |(_, verdict): &(&Offer, &OfferQuote)| verdict.applied;
    let mut taken = offers.iter().zip(&quote.offers).filter(applied);
    taken.find(|(other, _)| other.exclusive_group.as_deref() == Some(group)).map(|(other, _)| WhyNot::GroupTaken { by: other.id.0 })
}

/// The offers that apply, as an order keeps them: with the version that priced it, and with what has
/// to be counted.
pub fn applied(quote: &Quote, offers: &[Offer], cx: &PriceCx<'_>) -> Vec<AppliedOffer> {
    let of = |(offer, verdict): (&Offer, &OfferQuote)| AppliedOffer {
        offer: offer.id,
        version: offer.version,
        name: offer.name.clone(),
        saved: verdict.saved,
        budget: offer.budget.is_limited(),
        guards: offer.guards(cx.today, cx.facts),
        coupons: verdict.coupons.clone(),
    };
    offers.iter().zip(&quote.offers).filter(|(_, verdict)| verdict.applied).map(of).collect()
}
