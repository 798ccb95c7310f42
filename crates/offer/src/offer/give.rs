//! What an offer's rule gives for the lines of a cart. Pure, and exact: whole minor units, each part
//! rounded half away from zero once.

use super::{BundlePart, Gift, Offer, OfferId, OfferLine, OfferRule, PercentStep, ROUNDS_MAX};
use crate::price::SavingReason;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Money, Rate, Uuid};
use shuke_loyalty::coupon::CouponTemplateId;
use shuke_loyalty::rule::{Scope, WhyNot};
use utoipa::ToSchema;

/// An amount off, and the lines that share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Off {
    /// Minor units, at most what the weights come to.
    pub amount: Money,
    /// By line: it is spread in proportion to these.
    pub weights: Vec<i64>,
    /// What it was.
    pub reason: SavingReason,
}

/// Gifts that were earned, and those that the cart names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftQuote {
    /// What can be chosen.
    pub gifts: Vec<Gift>,
    /// How many gifts may be chosen in all.
    pub choose: i64,
    /// How many the cart names already.
    pub chosen: i64,
}

/// Coupons that are issued after the sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CouponGrant {
    /// The template.
    pub template: CouponTemplateId,
    /// How many.
    pub count: i64,
    /// What the lines must still come to after a refund, in minor units.
    pub threshold: Money,
    /// The lines that counted, from 0.
    pub lines: Vec<usize>,
}

/// What an offer gives on a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Money off.
    Off(Off),
    /// Gifts; money off the lines that name them.
    Gifts(GiftQuote, Option<Off>),
    /// Coupons for the next order.
    Coupons(CouponGrant),
    /// So many times the points, in basis points.
    Points(Rate),
}

impl Gives {
    /// Minor units taken off now.
    pub fn off(&self) -> Money {
        match self {
            Self::Off(off) | Self::Gifts(_, Some(off)) => off.amount,
            _ => Money::ZERO,
        }
    }
}

/// `value × part ÷ whole`, half away from zero; `part` is at most `whole`.
fn cut(value: Money, part: i64, whole: i64) -> Money {
    if whole <= 0 {
        return Money::ZERO;
    }
    let product = i128::from(value.0.max(0)) * i128::from(part.clamp(0, whole)) * 2;
    let whole = i128::from(whole);
    Money(i64::try_from((product + whole) / (whole * 2)).unwrap_or(i64::MAX).min(value.0.max(0)))
}

/// What so many pieces of a line are worth now.
fn worth(line: &OfferLine<'_>, pieces: i64) -> Money {
    cut(line.left, pieces.saturating_mul(1_000), line.line.quantity_milli)
}

fn share(value: Money, rate: Rate) -> Money {
    cut(value, rate.0, Rate::WHOLE.0)
}

fn sum(weights: &[i64]) -> Money {
    Money(weights.iter().sum())
}

/// The places of the lines with whole pieces for which `counts` says yes, the cheapest piece first.
fn by_worth(lines: &[OfferLine<'_>], counts: impl Fn(&OfferLine<'_>) -> bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..lines.len()).filter(|place| lines[*place].pieces() > 0 && counts(&lines[*place])).collect();
    let key = |place: usize| (i128::from(lines[place].left.0), i128::from(lines[place].line.quantity_milli));
    places.sort_by(|a, b| {
        let ((net_a, quantity_a), (net_b, quantity_b)) = (key(*a), key(*b));
        (net_a * quantity_b).cmp(&(net_b * quantity_a)).then(a.cmp(b))
    });
    places
}

/// Takes up to `wanted` pieces from the piles in their order; adds them to `used`, and answers how many.
fn take(order: impl Iterator<Item = usize>, piles: &mut [i64], wanted: i64, used: &mut [i64]) -> i64 {
    let mut taken = 0;
    for place in order {
        let pieces = piles[place].min(wanted - taken);
        piles[place] -= pieces;
        used[place] += pieces;
        taken += pieces;
        if taken == wanted {
            break;
        }
    }
    taken
}

impl Offer {
    /// What it gives on these lines, or why nothing. The thresholds are held against the lines as the
    /// stage began, what is taken off against what is left now.
    ///
    /// # Errors
    /// Why not.
    pub fn gives(&self, lines: &[OfferLine<'_>]) -> Result<Gives, WhyNot> {
        if let Some(why) = self.why_not_lines(lines) {
            return Err(why);
        }
        let reached = Money(lines.iter().filter(|line| self.counts(line)).map(|line| line.line.net.0).sum());
        let off = match &self.rule {
            OfferRule::Ladder { .. } | OfferRule::Repeating { .. } => self.amount(lines, reached),
            OfferRule::Percent { steps, max_off } => self.percent(lines, reached, steps, *max_off)?,
            OfferRule::UnitPrice { .. } | OfferRule::UnitPercent { .. } => return Err(WhyNot::NoBenefitLeft),
            OfferRule::NthPiece { nth, rate_off, same_product, times_max } => {
                let round = Round { pieces: *nth, lowered: 1, rate_off: *rate_off, same_product: *same_product, times_max: *times_max };
                self.cheapest(lines, round, |pieces| SavingReason::NthPiece { nth: *nth, pieces, rate_off: *rate_off })
            }
            OfferRule::CheapestFree { pieces, free, same_product, times_max } => {
                let (lowered, rate_off) = (*free, Rate::WHOLE);
                let round = Round { pieces: *pieces, lowered, rate_off, same_product: *same_product, times_max: *times_max };
                self.cheapest(lines, round, |pieces| SavingReason::CheapestFree { pieces })
            }
            OfferRule::Bundle { parts, price, times_max } => self.bundle(lines, parts, *price, times_max.unwrap_or(ROUNDS_MAX))?,
            OfferRule::BuyGet { buy, get, pieces, rate_off, times_max } => {
                self.buy_get(lines, (*buy, get, *pieces), *rate_off, times_max.unwrap_or(ROUNDS_MAX))?
            }
            OfferRule::Gift { threshold, pieces, gifts, choose, times_max } => {
                let have = lines.iter().filter(|line| self.counts(line)).map(OfferLine::pieces).sum::<i64>();
                let full = |have: i64, needed: i64| if needed > 0 { have / needed } else { *times_max };
                let times = full(reached.0, threshold.0).min(full(have, *pieces)).clamp(0, *times_max);
                let (quote, off) = chosen(self.id, lines, gifts, choose.saturating_mul(times));
                return Ok(Gives::Gifts(quote, off));
            }
            OfferRule::Coupon { threshold, template, count } => {
                let counted = |(place, line): (usize, &OfferLine<'_>)| self.counts(line).then_some(place);
                let lines = lines.iter().enumerate().filter_map(counted).collect();
                return Ok(Gives::Coupons(CouponGrant { template: *template, count: *count, threshold: *threshold, lines }));
            }
            OfferRule::Points { rate, .. } => return Ok(Gives::Points(*rate)),
        };
        if off.amount.is_positive() { Ok(Gives::Off(off)) } else { Err(WhyNot::NoBenefitLeft) }
    }

    fn lefts(&self, lines: &[OfferLine<'_>]) -> Vec<i64> {
        lines.iter().map(|line| if self.counts(line) { line.left.0 } else { 0 }).collect()
    }

    /// 满减 and 每满减.
    fn amount(&self, lines: &[OfferLine<'_>], reached: Money) -> Off {
        let (threshold, off, times) = match &self.rule {
            OfferRule::Ladder { steps } => steps
                .iter()
                .filter(|step| step.threshold <= reached)
                .max_by_key(|step| (step.off, step.threshold))
                .map_or((Money::ZERO, Money::ZERO, 0), |step| (step.threshold, step.off, 1)),
            OfferRule::Repeating { every, off, times_max } if every.is_positive() => {
                let full = reached.0.max(0) / every.0;
                let times = times_max.map_or(full, |max| full.min(max));
                (*every, Money(off.0.saturating_mul(times)), times)
            }
            _ => (Money::ZERO, Money::ZERO, 0),
        };
        let weights = self.lefts(lines);
        Off { amount: off.min(reached).min(sum(&weights)), weights, reason: SavingReason::ThresholdReached { threshold, times } }
    }

    /// 满折 and 满件折.
    fn percent(&self, lines: &[OfferLine<'_>], reached: Money, steps: &[PercentStep], max_off: Option<Money>) -> Result<Off, WhyNot> {
        let pieces: i64 = lines.iter().filter(|line| self.counts(line)).map(OfferLine::pieces).sum();
        let open = |step: &&PercentStep| step.threshold <= reached && step.pieces <= pieces;
        let Some(step) = steps.iter().filter(open).max_by_key(|step| step.rate_off) else {
            // Each of the two was reached by some step, but no step by both.
            let needed = steps.iter().filter(|step| step.threshold <= reached).map(|step| step.pieces).min();
            return Err(WhyNot::PiecesShort { needed: needed.unwrap_or(0), have: pieces });
        };
        let weights = self.lefts(lines);
        let off = share(sum(&weights), step.rate_off);
        let amount = max_off.map_or(off, |max| off.min(max));
        Ok(Off { amount, weights, reason: SavingReason::PercentOff { rate_off: step.rate_off } })
    }

    /// The cheapest pieces of full rounds at a share off, spread over all pieces that count, so that
    /// taking back the dear piece alone doesn't leave the cheap one for nothing.
    fn cheapest(&self, lines: &[OfferLine<'_>], round: Round, reason: impl Fn(i64) -> SavingReason) -> Off {
        let order = by_worth(lines, |line| self.counts(line));
        let mut products: Vec<Uuid> = vec![Uuid::nil()];
        if round.same_product {
            products = order.iter().map(|place| lines[*place].line.item.product).collect();
            products.sort_unstable();
            products.dedup();
        }
        let (mut off, mut lowered) = (0, 0);
        let mut weights = vec![0; lines.len()];
        let mut left_rounds = round.times_max.unwrap_or(ROUNDS_MAX);
        for product in products {
            let mine: Vec<usize> =
                order.iter().copied().filter(|place| !round.same_product || lines[*place].line.item.product == product).collect();
            let pieces: i64 = mine.iter().map(|place| lines[*place].pieces()).sum();
            let rounds = (pieces / round.pieces.max(1)).min(left_rounds);
            if rounds == 0 {
                continue;
            }
            left_rounds -= rounds;
            let mut piles: Vec<i64> = lines.iter().map(OfferLine::pieces).collect();
            let mut used = vec![0; lines.len()];
            lowered += take(mine.iter().copied(), &mut piles, rounds * round.lowered, &mut used);
            for place in mine {
                off += share(worth(&lines[place], used[place]), round.rate_off).0;
                weights[place] = worth(&lines[place], lines[place].pieces()).0;
            }
        }
        Off { amount: Money(off).min(sum(&weights)), weights, reason: reason(lowered) }
    }

    /// 组合价: bundle by bundle, as long as another one saves something.
    fn bundle(&self, lines: &[OfferLine<'_>], parts: &[BundlePart], price: Money, rounds_max: i64) -> Result<Off, WhyNot> {
        let orders: Vec<Vec<usize>> = parts
            .iter()
            .map(|part| by_worth(lines, |line| self.counts(line) && part.scope.contains(line.line.item)).into_iter().rev().collect())
            .collect();
        let mut piles: Vec<i64> = lines.iter().map(OfferLine::pieces).collect();
        let mut best = Off { amount: Money::ZERO, weights: vec![0; lines.len()], reason: SavingReason::Bundle { price, times: 0 } };
        let mut used = vec![0; lines.len()];
        for times in 1..=rounds_max {
            for (order, part) in orders.iter().zip(parts) {
                let have = take(order.iter().copied(), &mut piles, part.pieces, &mut used);
                if have < part.pieces {
                    // Rounds before this one stand; without any the bundle is not complete.
                    return if times > 1 { Ok(best) } else { Err(WhyNot::BundleIncomplete { needed: part.pieces, have }) };
                }
            }
            let weights: Vec<i64> = lines.iter().zip(&used).map(|(line, used)| worth(line, *used).0).collect();
            let amount = Money(sum(&weights).0.saturating_sub(price.0.saturating_mul(times)));
            if amount <= best.amount {
                break;
            }
            best = Off { amount, weights, reason: SavingReason::Bundle { price, times } };
        }
        Ok(best)
    }

    /// 买A得B: what is bought is taken from goods that can't be got as far as possible, the dearest
    /// first; what is got is the cheapest of what is left.
    fn buy_get(
        &self,
        lines: &[OfferLine<'_>],
        (buy, get, pieces): (i64, &Scope, i64),
        rate_off: Rate,
        rounds_max: i64,
    ) -> Result<Off, WhyNot> {
        let gettable = |line: &OfferLine<'_>| {
            let open = (self.combines_with_member_price || !line.line.member_priced) && (self.combines_with_offers || !line.line.offered);
            line.gift.is_none() && open && get.contains(line.line.item)
        };
        let cheap = by_worth(lines, gettable);
        let mut dear: Vec<usize> = by_worth(lines, |line| self.counts(line)).into_iter().rev().collect();
        dear.sort_by_key(|place| gettable(&lines[*place]));
        let mut piles: Vec<i64> = lines.iter().map(OfferLine::pieces).collect();
        let (mut bought, mut got, mut had) = (vec![0; lines.len()], vec![0; lines.len()], 0);
        for _ in 0..rounds_max {
            let mut more = bought.clone();
            if take(dear.iter().copied(), &mut piles, buy, &mut more) < buy {
                break;
            }
            let taken = take(cheap.iter().copied(), &mut piles, pieces, &mut got);
            if taken == 0 {
                break;
            }
            (bought, had) = (more, had + taken);
        }
        if had == 0 {
            return Err(WhyNot::NothingToGet { pieces });
        }
        let off: i64 = lines.iter().zip(&got).map(|(line, got)| share(worth(line, *got), rate_off).0).sum();
        let weights: Vec<i64> =
            lines.iter().zip(bought.iter().zip(&got)).map(|(line, (bought, got))| worth(line, bought + got).0).collect();
        Ok(Off { amount: Money(off).min(sum(&weights)), weights, reason: SavingReason::BuyGet { pieces: had, rate_off } })
    }
}

/// Full rounds of pieces, of which some are lowered.
#[derive(Clone, Copy)]
struct Round {
    pieces: i64,
    lowered: i64,
    rate_off: Rate,
    same_product: bool,
    times_max: Option<i64>,
}

/// The lines that name gifts of this offer, as far as they were earned: whole gifts only.
fn chosen(offer: OfferId, lines: &[OfferLine<'_>], gifts: &[Gift], choose: i64) -> (GiftQuote, Option<Off>) {
    let mut quote = GiftQuote { gifts: gifts.to_vec(), choose, chosen: 0 };
    let mut weights = vec![0; lines.len()];
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| line.gift == Some(offer)) {
        let named = gifts.iter().find(|gift| Some(gift.variant) == line.line.item.variant);
        let Some(gift) = named.filter(|gift| line.line.quantity_milli % (gift.pieces * 1_000).max(1) == 0) else { continue };
        let count = line.line.quantity_milli / (gift.pieces * 1_000).max(1);
        if quote.chosen + count <= choose {
            quote.chosen += count;
            weights[place] = line.left.0;
        }
    }
    let amount = sum(&weights);
    let off = amount.is_positive().then_some(Off { amount, weights, reason: SavingReason::Gift });
    (quote, off)
}
