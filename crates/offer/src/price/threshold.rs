//! Stage 3: threshold offers.

use super::{Cart, OfferQuote, PriceStage, Quote, SavingReason, Source, sale_lines};
use crate::threshold::{ThresholdOffer, ThresholdSaving};
use shuke_kernel::{Money, Result};
use shuke_loyalty::rule::{Occasion, WhyNot};
use std::cmp::Reverse;

/// Applies all offers that have nothing against them: the higher priority first, among equals the
/// one that takes off more, then by id; of an exclusive group only the first that takes something
/// off.
pub(super) fn apply(quote: &mut Quote, cart: &Cart, offers: &[ThresholdOffer], occasion: &Occasion) -> Result<()> {
    if offers.is_empty() {
        return Ok(());
    }
    let lines = sale_lines(cart, quote);
    let mut open: Vec<(usize, ThresholdSaving)> = Vec::with_capacity(offers.len());
    quote.offers.reserve(offers.len());
    for (index, offer) in offers.iter().enumerate() {
        let mut why_not = offer.why_not(occasion, &lines);
        if why_not.is_none() {
            match offer.rule.saving(offer.base(&lines).0) {
                Some(saving) => open.push((index, saving)),
                None => why_not = Some(WhyNot::NoBenefitLeft),
            }
        }
        quote.offers.push(OfferQuote { offer: offer.id, name: offer.name.clone(), saved: Money::ZERO, why_not });
    }
    open.sort_by_key(|(index, saving)| (Reverse(offers[*index].priority), Reverse(saving.off), offers[*index].id));
    for place in 0..open.len() {
        let (index, saving) = open[place];
        let offer = &offers[index];
        if let Some(by) = taken(quote, offers, offer, &open[..place]) {
            quote.offers[index].why_not = Some(by);
            continue;
        }
        let counts = |line: usize| offer.counts(&lines[line]);
        let off = saving.off.min(quote.left(counts));
        if off.is_positive() {
            let reason = SavingReason::ThresholdReached { threshold: saving.threshold, times: saving.times };
            quote.take(Source { stage: PriceStage::Threshold, reason, id: Some(offer.id.0), name: &offer.name }, off, counts)?;
            quote.offers[index].saved = off;
        } else {
            quote.offers[index].why_not = Some(WhyNot::NoBenefitLeft);
        }
    }
    Ok(())
}

/// The offer of the same exclusive group that took something off before.
fn taken(quote: &Quote, offers: &[ThresholdOffer], offer: &ThresholdOffer, before: &[(usize, ThresholdSaving)]) -> Option<WhyNot> {
    let group = offer.exclusive_group.as_deref()?;
    before
        .iter()
        .find(|(index, _)| quote.offers[*index].saved.is_positive() && offers[*index].exclusive_group.as_deref() == Some(group))
        .map(|(index, _)| WhyNot::GroupTaken { by: offers[*index].id.0 })
}
