//! Stage 4: coupons, and which of them.
//!
//! Of the coupons that nothing speaks against (and that were selected, where a selection was made)
//! the set is used that saves most, within the order's and each template's limit. For one coupon an
//! order this is the exact best; for more, all sets are tried where there are up to
//! [`SEARCHED_MAX`] candidates, and above that the sets of those that save most alone. Where two
//! sets save the same, the smaller is used, then the one that expires sooner.
//!
//! Within a set, coupons apply one after the other to what is left: what is given (gift, service,
//! exchange), then shares, then fixed amounts, the sooner expiry first, then by id. Thresholds are held
//! against the lines before any coupon. A set holds only coupons whose stacking classes go together.

use super::{Cart, CouponChoice, CouponQuote, PriceStage, Quote, SavingReason, Source, sale_lines};
use shuke_kernel::{Date, Money, Result};
use shuke_loyalty::coupon::{Benefit, Coupon, CouponId, Left};
use shuke_loyalty::rule::{Occasion, SaleLine, WhyNot};
use std::cmp::Reverse;

/// How many candidates are tried in every combination.
const SEARCHED_MAX: usize = 12;

#[derive(Clone, Copy)]
struct Candidate<'c> {
    /// Its place among the member's coupons.
    index: usize,
    coupon: &'c Coupon,
    /// What it takes off alone.
    alone: Money,
}

impl Candidate<'_> {
    fn order(&self) -> (u8, Date, CouponId) {
        (self.coupon.terms.benefit.rank(), self.coupon.expires_on, self.coupon.id)
    }
}

/// Applies the best of the coupons and says of each what became of it.
pub(super) fn apply(quote: &mut Quote, cart: &Cart, coupons: &[Coupon], occasion: &Occasion, max: usize) -> Result<()> {
    if coupons.is_empty() {
        return Ok(());
    }
    let lines = sale_lines(cart, quote);
    let mut alone = vec![Money::ZERO; coupons.len()];
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    quote.coupons.reserve(coupons.len());
    for (index, coupon) in coupons.iter().enumerate() {
        let why_not = coupon.why_not(occasion, &lines);
        if why_not.is_none() {
            alone[index] = coupon.terms.saving_alone(&lines);
            if wanted(&cart.coupons, coupon.id) {
                candidates.push(Candidate { index, coupon, alone: alone[index] });
            }
        }
        quote.coupons.push(CouponQuote {
            coupon: coupon.id,
            code: coupon.code.clone(),
            name: coupon.name.clone(),
            saved: Money::ZERO,
            why_not,
        });
    }
    candidates.sort_by_key(Candidate::order);
    candidates.dedup_by_key(|candidate| candidate.coupon.id);
    let chosen = best(candidates, &lines, max)?;
    let mut left = Left::of(&lines);
    for candidate in &chosen {
        let saved = use_one(quote, candidate.coupon, &lines, &mut left)?;
        quote.coupons[candidate.index].saved = saved;
    }
    for (index, coupon) in coupons.iter().enumerate() {
        let verdict = &mut quote.coupons[index];
        if verdict.why_not.is_none() && !verdict.saved.is_positive() {
            verdict.why_not = Some(why_not_chosen(coupon, alone[index], &cart.coupons, &chosen, max));
        }
    }
    Ok(())
}

fn wanted(choice: &CouponChoice, id: CouponId) -> bool {
    match choice {
        CouponChoice::None => false,
        CouponChoice::Auto => true,
        CouponChoice::Selected { coupons } => coupons.contains(&id),
    }
}

fn use_one(quote: &mut Quote, coupon: &Coupon, lines: &[SaleLine<'_>], left: &mut Left) -> Result<Money> {
    let shares = coupon.terms.take(lines, left)?;
    let amount = Money::sum(shares.iter().copied())?;
    let reason = match coupon.terms.benefit {
        Benefit::Amount { off } => SavingReason::CouponAmount { off },
        Benefit::Percent { rate_off, .. } => SavingReason::CouponPercent { rate_off },
        Benefit::Gift { .. } => SavingReason::CouponGift,
        Benefit::Service { .. } => SavingReason::CouponService,
        Benefit::Exchange { price, .. } => SavingReason::CouponExchange { price },
    };
    quote.take_shares(Source { stage: PriceStage::Coupon, reason, id: Some(coupon.id.0), name: &coupon.name }, shares);
    Ok(amount)
}

fn why_not_chosen(coupon: &Coupon, would_save: Money, choice: &CouponChoice, chosen: &[Candidate<'_>], max: usize) -> WhyNot {
    if !wanted(choice, coupon.id) {
        return WhyNot::NotSelected { would_save };
    }
    if let Some(other) = chosen.iter().find(|other| !coupon.terms.stacking.goes_with(&other.coupon.terms.stacking)) {
        return WhyNot::StackedOut { by: other.coupon.id.0, would_save };
    }
    if chosen.len() >= max {
        return WhyNot::OrderLimit { max: i64::try_from(max).unwrap_or(i64::MAX), would_save };
    }
    if template_full(coupon, chosen.iter().map(|c| c.coupon)) {
        return WhyNot::TemplateLimit { max: coupon.per_order() };
    }
    WhyNot::NoBenefitLeft
}

/// Whether as many of the coupon's template are used as an order may use.
fn template_full<'c>(coupon: &Coupon, used: impl Iterator<Item = &'c Coupon>) -> bool {
    let same = used.filter(|other| other.template == coupon.template).count();
    i64::try_from(same).is_ok_and(|same| same >= coupon.per_order())
}

/// The set that saves most, in the order in which it is applied. `candidates` are in that order.
fn best<'c>(mut candidates: Vec<Candidate<'c>>, lines: &[SaleLine<'_>], max: usize) -> Result<Vec<Candidate<'c>>> {
    if max == 0 || candidates.is_empty() {
        return Ok(Vec::new());
    }
    if max == 1 || candidates.len() == 1 {
        candidates.retain(|c| c.coupon.per_order() > 0);
        let one = candidates.into_iter().min_by_key(|c| (Reverse(c.alone), c.coupon.expires_on, c.coupon.id));
        return Ok(one.into_iter().collect());
    }
    if candidates.len() > SEARCHED_MAX {
        candidates.sort_by_key(|c| (Reverse(c.alone), c.order()));
        candidates.truncate(SEARCHED_MAX);
        candidates.sort_by_key(Candidate::order);
    }
    let mut search = Search { candidates: &candidates, lines, max, chosen: Vec::new(), best: Vec::new(), saved: 0 };
    search.go(0, &Left::of(lines), 0)?;
    Ok(search.best.iter().map(|place| candidates[*place]).collect())
}

/// Tries every set of candidates up to the limit, depth first.
struct Search<'s, 'c> {
    candidates: &'s [Candidate<'c>],
    lines: &'s [SaleLine<'s>],
    max: usize,
    chosen: Vec<usize>,
    best: Vec<usize>,
    saved: i64,
}

impl Search<'_, '_> {
    fn go(&mut self, start: usize, left: &Left, saved: i64) -> Result<()> {
        if self.is_better(saved) {
            self.saved = saved;
            self.best.clone_from(&self.chosen);
        }
        if self.chosen.len() >= self.max {
            return Ok(());
        }
        for place in start..self.candidates.len() {
            let coupon = self.candidates[place].coupon;
            let chosen = || self.chosen.iter().map(|place| self.candidates[*place].coupon);
            let apart = |other: &Coupon| !coupon.terms.stacking.goes_with(&other.terms.stacking);
            if template_full(coupon, chosen()) || chosen().any(apart) {
                continue;
            }
            let mut after = left.clone();
            let off = Money::sum(coupon.terms.take(self.lines, &mut after)?)?;
            if !off.is_positive() {
                continue;
            }
            self.chosen.push(place);
            self.go(place + 1, &after, saved + off.0)?;
            self.chosen.pop();
        }
        Ok(())
    }

    fn is_better(&self, saved: i64) -> bool {
        let expiries = |set: &[usize]| {
            let mut dates: Vec<Date> = set.iter().map(|p| self.candidates[*p].coupon.expires_on).collect();
            dates.sort_unstable();
            dates
        };
        if saved != self.saved {
            return saved > self.saved;
        }
        match self.chosen.len().cmp(&self.best.len()) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            std::cmp::Ordering::Equal => expiries(&self.chosen) < expiries(&self.best),
        }
    }
}
