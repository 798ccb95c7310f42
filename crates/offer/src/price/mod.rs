//! The price engine: one pure function, [`price`], from a cart to a [`Quote`] that explains itself.
//!
//! The till, the online shop, the simulation of a rule and the tests all call it. It reads no clock
//! and no database: [`PriceCx`] carries the local day, the store and the merchant's settings.
//!
//! **Stages**, in the order of the domain's laws. Each takes something off, spreads it over the lines
//! that it is about by what is left to pay on them (largest remainder), and leaves its share on the
//! line:
//!
//! 1. *activity*: the lowest of the line's own activity price, found by the caller, and timed offers;
//! 2. *member*: the better of the product's own member price and the tier's rate, not on lines
//!    marked special or sold at an activity price;
//! 3. *threshold*: all other offers, the higher priority first, one of an exclusive group;
//! 4. *coupon*: coupons (see `coupon.rs` for which ones);
//! 5. *points*: points as money, in whole steps;
//! 6. *rounding*: down to a unit.
//!
//! **Quantities** are thousandths of a piece, so that weighed goods need no second number. A line's
//! gross is its unit price times its quantity, half rounded away from zero once per line; a tier's
//! rate is applied to the line, a member or activity price to the piece.
//!
//! **Thresholds** of offers and coupons are held against the lines as their own stage begins.
//!
//! **Invariants** (property tests in `tests.rs`): no net is below zero; every saving's shares add up
//! to it; gross less all savings is the total, by line and in all; no coupon is used that its
//! `why_not` refuses; holding or selecting one more coupon never raises what is to be paid before
//! points.
//!
//! Deliberately not here: payment (wallet, pass, cash), which moves value and belongs to checkout;
//! [`earn`] says what a paid quote earns.

mod coupon;
mod earn;
mod member;
mod model;
mod offers;
mod points;
#[cfg(test)]
mod tests;

pub use earn::*;
pub use model::*;
pub use offers::applied;

use crate::offer::Offer;
use shuke_kernel::{Error, Money, Result, Uuid, money, split};
use shuke_loyalty::coupon::Coupon;
use shuke_loyalty::rule::{Item, SaleLine};

/// The most lines that a cart may have.
pub const LINES_MAX: usize = 2_000;

/// Prices a cart. `offers` are the merchant's offers, `coupons` all that the member holds;
/// the quote says of each what became of it.
///
/// Errors: `cart_too_long` above [`LINES_MAX`] lines; `cart_line_invalid` where a quantity is not
/// above zero or a price below zero; `amount_too_large`.
pub fn price(cart: &Cart, member: Option<&MemberView>, offers: &[Offer], coupons: &[Coupon], cx: &PriceCx<'_>) -> Result<Quote> {
    check(cart)?;
    let occasion = cx.occasion(member, cart.order);
    let mut quote = gross(cart)?;
    quote.offers = offers::verdicts(offers);
    offers::activity(&mut quote, cart, offers, &occasion, cx.facts)?;
    member::member(&mut quote, cart, member, cx)?;
    offers::apply(&mut quote, cart, offers, &occasion, cx.facts)?;
    coupon::apply(&mut quote, cart, coupons, &occasion, cx.coupons_max)?;
    points::spend(&mut quote, cart, member, cx)?;
    points::round_off(&mut quote, cx)?;
    Ok(quote)
}

fn check(cart: &Cart) -> Result<()> {
    if cart.lines.len() > LINES_MAX {
        return Err(Error::invalid("cart_too_long", format!("a cart holds at most {LINES_MAX} lines")));
    }
    let below = |price: Money| price.is_negative();
    for (index, line) in cart.lines.iter().enumerate() {
        let fault = if line.quantity_milli <= 0 {
            Some(("quantity_milli", "must be above 0"))
        } else if below(line.unit_price) || line.member_price.is_some_and(below) || line.activity.is_some_and(|a| below(a.unit_price)) {
            Some(("unit_price", "prices must not be below 0"))
        } else {
            None
        };
        if let Some((field, detail)) = fault {
            let error = Error::invalid("cart_line_invalid", "a line of the cart can't be priced");
            return Err(error.field(format!("/lines/{index}/{field}"), "out_of_range", detail));
        }
    }
    Ok(())
}

/// Unit price times thousandths of a piece, half away from zero.
fn at_unit_price(unit_price: Money, quantity_milli: i64) -> Result<Money> {
    money::mul_div(unit_price.0, quantity_milli, 1_000).map(Money)
}

fn gross(cart: &Cart) -> Result<Quote> {
    let mut quote = Quote { lines: Vec::with_capacity(cart.lines.len()), ..Quote::default() };
    for line in &cart.lines {
        let gross = at_unit_price(line.unit_price, line.quantity_milli)?;
        quote.gross = quote.gross.plus(gross)?;
        quote.lines.push(LineQuote { gross, shares: StageShares::default(), net: gross });
    }
    // Every later amount is at most this sum, so that later stages can add and subtract plainly.
    quote.total = quote.gross;
    Ok(quote)
}

/// What scopes look at, once the activity stage is over: a line that it lowered is special.
fn item<'a>(line: &'a CartLine, quoted: &LineQuote) -> Item<'a> {
    let item = line.item();
    Item { special: item.special || quoted.shares.activity.is_positive(), ..item }
}

/// The lines as a stage sees them when it begins.
fn sale_lines<'a>(cart: &'a Cart, quote: &Quote) -> Vec<SaleLine<'a>> {
    cart.lines
        .iter()
        .zip(&quote.lines)
        .map(|(line, quoted)| SaleLine {
            item: item(line, quoted),
            quantity_milli: line.quantity_milli,
            net: quoted.net,
            member_priced: quoted.shares.member.is_positive(),
            offered: quoted.shares.threshold.is_positive(),
        })
        .collect()
}

/// What took something off, before it is spread.
struct Source<'a> {
    stage: PriceStage,
    reason: SavingReason,
    id: Option<Uuid>,
    name: &'a str,
}

impl Quote {
    /// What is left to pay on the lines for which `counts` says yes.
    fn left(&self, counts: impl Fn(usize) -> bool) -> Money {
        Money(self.lines.iter().enumerate().filter(|(index, _)| counts(*index)).map(|(_, line)| line.net.0).sum())
    }

    /// Takes an amount, no more than is left on them, off the lines for which `counts` says yes.
    fn take(&mut self, source: Source<'_>, amount: Money, counts: impl Fn(usize) -> bool) -> Result<()> {
        let weight = |(index, line): (usize, &LineQuote)| if counts(index) { line.net.0 } else { 0 };
        let weights: Vec<i64> = self.lines.iter().enumerate().map(weight).collect();
        let shares = split::spread(amount, &weights)?;
        self.take_shares(source, shares);
        Ok(())
    }

    /// Takes a share off each line; nothing where all are zero.
    fn take_shares(&mut self, source: Source<'_>, shares: Vec<Money>) {
        let mut amount = 0;
        for (line, share) in self.lines.iter_mut().zip(&shares) {
            line.net.0 -= share.0;
            line.shares.get_mut(source.stage).0 += share.0;
            amount += share.0;
        }
        if amount != 0 {
            self.total.0 -= amount;
            let Source { stage, reason, id, name } = source;
            self.savings.push(Saving { stage, reason, source: id, name: name.to_owned(), amount: Money(amount), shares });
        }
    }
}

impl LineQuote {
    /// The part of the line that belongs to the thousandths `from..to` of its `quantity_milli`:
    /// what a partial refund gives back. Parts that make up the line add up to it, field by field,
    /// in any split and order, and none is below zero.
    ///
    /// Errors: `amount_too_large`.
    pub fn part(&self, quantity_milli: i64, from: i64, to: i64) -> Result<Self> {
        let cut = |share: Money| split::slice(share, quantity_milli, from, to);
        let mut shares = StageShares::default();
        for stage in PriceStage::ALL {
            *shares.get_mut(*stage) = cut(self.shares.get(*stage))?;
        }
        // The gross follows from its parts: rounding it by itself could leave a net below zero.
        let net = cut(self.net)?;
        Ok(Self { gross: net.plus(shares.total())?, shares, net })
    }
}
