//! What pays an order and was paid before: passes that pay for lines, gift cards that pay for the rest.
//!
//! A line that a pass pays is priced at what its visits were paid with. It takes no part in offers, coupons,
//! points and rounding, and earns nothing: the price engine sees the cart without it, and its line is put
//! back into the quote afterwards.

use super::model::{CheckoutLine, Order, Payment, Tender};
use crate::quote::facts::Facts;
use crate::tax::TaxedLine;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Money, Points, Result, Uuid, money};
use shuke_ledger::{Account, AccountKind, Holdings, Journal};
use shuke_loyalty::gift_card::{CardPayment, Paying};
use shuke_loyalty::pass::{self, At, Chosen, Pass, PassId, Wanted};
use shuke_loyalty::points::Earned;
use shuke_offer::price::{LineQuote, Quote, StageShares};
use utoipa::ToSchema;

/// A line that a pass pays: whole pieces, one visit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassUse {
    /// The cart's line, from 0.
    pub line: i64,
    /// The member's pass.
    pub pass: PassId,
}

/// What pays an order beside its payments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Prepaid {
    /// Lines that passes pay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passes: Vec<PassUse>,
    /// Gift cards, and what each pays of the rest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gift_cards: Vec<CardPayment>,
}

impl Prepaid {
    /// Whether nothing was paid before.
    pub fn is_empty(&self) -> bool {
        self.passes.is_empty() && self.gift_cards.is_empty()
    }
}

/// The passes and cards that pay, as they were read.
#[derive(Debug, Default)]
pub(crate) struct PaidBefore {
    passes: Vec<Pass>,
    chosen: Vec<Chosen>,
    cards: Paying,
}

impl PaidBefore {
    /// Reads what pays, and takes the lines that passes pay off the cart. Nothing is read where nothing does.
    ///
    /// Errors: `member_needed`, `pass_line_wrong`, `pass_not_usable` with the reason, `gift_card_not_found`,
    /// `gift_card_not_usable`, `gift_card_amount_wrong`.
    pub(crate) async fn read(
        tx: &mut Tx,
        cx: &Cx,
        facts: &mut Facts,
        (store, lines): (Uuid, &[CheckoutLine]),
        prepaid: &Prepaid,
    ) -> Result<Self> {
        let mut read = Self::passes(tx, cx, facts, (store, lines), &prepaid.passes).await?;
        if !prepaid.gift_cards.is_empty() {
            read.cards = Paying::read(tx, cx, &prepaid.gift_cards, facts.zone.date(cx.now)).await?;
        }
        Ok(read)
    }

    /// The same for passes alone: what a quote needs.
    pub(crate) async fn passes(
        tx: &mut Tx,
        cx: &Cx,
        facts: &mut Facts,
        (store, lines): (Uuid, &[CheckoutLine]),
        uses: &[PassUse],
    ) -> Result<Self> {
        if uses.is_empty() {
            return Ok(Self::default());
        }
        let needed = || Error::refused("member_needed", "a pass needs its member; identify the member first");
        let member = facts.view.as_ref().ok_or_else(needed)?.member;
        let mut uses = uses.to_vec();
        uses.sort_by_key(|of| of.line);
        let mut ids: Vec<PassId> = uses.iter().map(|of| of.pass).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = tx.rows(pass::by_ids_stmt(cx.merchant, member, &ids)).await?;
        let passes = rows.iter().map(pass::read).collect::<Result<Vec<_>>>()?;
        let mut wanted = Vec::with_capacity(uses.len());
        for (place, of) in uses.iter().enumerate() {
            let index = usize::try_from(of.line).ok().filter(|index| place == 0 || uses[place - 1].line != of.line && *index < lines.len());
            let Some((line, cart)) = index.and_then(|index| Some((lines.get(index)?, facts.cart.lines.get(index)?))) else {
                return Err(Error::invalid("pass_line_wrong", "name each line that a pass pays once, by its number from 0"));
            };
            let visits = if line.quantity_milli % 1_000 == 0 { line.quantity_milli / 1_000 } else { 0 };
            wanted.push(Wanted { line: of.line, pass: of.pass, item: Some(cart.item()), index: None, visits });
        }
        let at = At { store, today: facts.zone.date(cx.now), now: cx.now };
        let chosen = pass::choose(&passes, &facts.holdings, &wanted, at)?;
        drop(wanted);
        let mut index = 0;
        facts.cart.lines.retain(|_| {
            index += 1;
            chosen.iter().all(|one| one.line != index - 1)
        });
        Ok(Self { passes, chosen, cards: Paying::default() })
    }

    /// What passes pay.
    fn by_passes(&self) -> Result<Money> {
        Money::sum(self.chosen.iter().map(|one| one.value))
    }

    /// What passes and cards pay in all.
    pub(crate) fn total(&self) -> Result<Money> {
        self.by_passes()?.plus(self.cards.total()?)
    }

    /// The quote with the lines that passes pay; none where there are none.
    pub(crate) fn whole(&self, priced: &Quote) -> Option<Quote> {
        if self.chosen.is_empty() {
            return None;
        }
        let mut quote = priced.clone();
        for one in &self.chosen {
            let at = usize::try_from(one.line).unwrap_or(usize::MAX).min(quote.lines.len());
            quote.lines.insert(at, LineQuote { gross: one.value, shares: StageShares::default(), net: one.value });
            for saving in &mut quote.savings {
                let at = at.min(saving.shares.len());
                saving.shares.insert(at, Money::ZERO);
            }
            // Each was part of a price in minor units; a sum that large was refused when it was paid.
            quote.gross.0 = quote.gross.0.saturating_add(one.value.0);
            quote.total.0 = quote.total.0.saturating_add(one.value.0);
        }
        Some(quote)
    }

    /// The tax of the lines. Nothing comes on top of what was paid before: where prices don't hold their tax,
    /// a line that a pass pays has none.
    pub(crate) fn taxed(&self, mut taxed: Vec<TaxedLine>) -> Vec<TaxedLine> {
        for one in &self.chosen {
            let line = usize::try_from(one.line).ok().and_then(|index| taxed.get_mut(index));
            if let Some(line) = line.filter(|line| line.added.is_positive()) {
                *line = TaxedLine::default();
            }
        }
        taxed
    }

    /// The points of the lines, with those that passes pay: they earn none.
    pub(crate) fn whole_earned(&self, earned: &mut Earned) {
        for one in &self.chosen {
            let at = usize::try_from(one.line).unwrap_or(usize::MAX).min(earned.lines.len());
            earned.lines.insert(at, Points::ZERO);
        }
    }

    /// As the order keeps them. A pass whose value is used up pays nothing, and stands there all the same.
    pub(crate) fn payments(&self) -> Result<Vec<Payment>> {
        let mut payments = Vec::new();
        if !self.chosen.is_empty() {
            payments.push(Payment { tender: Tender::Pass, amount: self.by_passes()?, refunded: Money::ZERO });
        }
        let cards = self.cards.total()?;
        if cards.is_positive() {
            payments.push(Payment { tender: Tender::GiftCard, amount: cards, refunded: Money::ZERO });
        }
        Ok(payments)
    }

    /// Names the passes on the order's lines.
    pub(crate) fn mark(&self, order: &mut Order) {
        for one in &self.chosen {
            if let Some(line) = order.lines.iter_mut().find(|line| line.line == one.line) {
                line.pass = Some(one.pass.0);
                line.unit_price = money::mul_div(line.gross.0, 1_000, line.quantity_milli.max(1)).map_or(line.unit_price, Money);
            }
        }
    }

    /// Takes it from the member's lots and from the cards into revenue.
    pub(crate) fn spend(&mut self, cx: &Cx, journal: &mut Journal, holdings: &mut Holdings, store: Uuid) -> Result<()> {
        pass::ops::spend(cx, journal, holdings, &self.chosen, store)?;
        self.cards.spend(cx, journal, Account::of(AccountKind::Revenue, store))
    }

    /// Books the visits and what the cards paid; to be called before the journal is posted.
    pub(crate) async fn book(&self, tx: &mut Tx, cx: &Cx, facts: &mut Facts, order: &Order) -> Result<()> {
        let at = At { store: order.store, today: order.date, now: cx.now };
        let zone = facts.zone.clone();
        pass::ops::book(tx, cx, &mut facts.holdings, (&self.passes, &self.chosen), ("order", order.id.0), (at, &zone)).await?;
        self.cards.book(tx, cx, order.id.0).await
    }

    /// All whose accounts the journal changes.
    pub(crate) fn holders<'h>(&'h self, member: &'h Holdings) -> Vec<&'h Holdings> {
        std::iter::once(member).chain(self.cards.holdings()).collect()
    }
}
