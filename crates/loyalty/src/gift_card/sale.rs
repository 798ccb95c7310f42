//! Gift cards at checkout: paying with them, and giving back to them.

use super::GiftCardId;
use super::store::{self, CardUse};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Money, Result, Uuid, split};
use shuke_ledger::{Account, AccountKind, Holdings, Journal, journal};
use utoipa::ToSchema;

/// What a card is to pay of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardPayment {
    /// The card, as its code found it.
    pub card: GiftCardId,
    /// Minor units, above zero.
    pub amount: Money,
}

/// The cards that pay an order, with what they hold.
#[derive(Debug, Default)]
pub struct Paying {
    cards: Vec<(CardPayment, Holdings)>,
}

impl Paying {
    /// Reads cards that are to pay, locked; whoever pays with one waits for the one before.
    ///
    /// Errors: `gift_card_not_found`, `gift_card_not_usable` with its state, `gift_card_amount_wrong`.
    pub async fn read(tx: &mut Tx, cx: &Cx, asked: &[CardPayment], today: shuke_kernel::Date) -> Result<Self> {
        let mut sorted = asked.to_vec();
        sorted.sort_by_key(|payment| payment.card);
        if sorted.iter().any(|payment| !payment.amount.is_positive()) || sorted.windows(2).any(|pair| pair[0].card == pair[1].card) {
            return Err(Error::invalid("gift_card_amount_wrong", "name each card once, with an amount above 0"));
        }
        let mut cards = Vec::with_capacity(sorted.len());
        for payment in sorted {
            let holdings = journal::ops::holdings(tx, cx, payment.card.0, true).await?;
            let rows = tx.rows(store::by_ids_stmt(cx.merchant, &[payment.card])).await?;
            let missing = || Error::not_found("gift_card_not_found", "there is no such gift card");
            store::read(rows.first().ok_or_else(missing)?)?.must_be_usable(today)?;
            cards.push((payment, holdings));
        }
        Ok(Self { cards })
    }

    /// What they pay in all.
    pub fn total(&self) -> Result<Money> {
        Money::sum(self.cards.iter().map(|(payment, _)| payment.amount))
    }

    /// Takes it from the cards into an account.
    ///
    /// Errors: `balance_insufficient` where one holds less.
    pub fn spend(&mut self, cx: &Cx, journal: &mut Journal, credit: Account) -> Result<()> {
        for (payment, holdings) in &mut self.cards {
            journal.spend(cx, holdings, AccountKind::GiftCard, payment.amount.0, credit, "paid")?;
        }
        Ok(())
    }

    /// What the cards hold, for posting the journal.
    pub fn holdings(&self) -> impl Iterator<Item = &Holdings> {
        self.cards.iter().map(|(_, holdings)| holdings)
    }

    /// Books what each card pays of an order.
    pub async fn book(&self, tx: &mut Tx, cx: &Cx, order: Uuid) -> Result<()> {
        if self.cards.is_empty() {
            return Ok(());
        }
        let of = |(payment, _): &(CardPayment, Holdings)| CardUse { card: payment.card, amount: payment.amount, amount_back: Money::ZERO };
        let uses: Vec<CardUse> = self.cards.iter().map(of).collect();
        tx.queue(store::insert_uses_stmt(cx.merchant, order, cx.now, &uses)).await
    }
}

/// Gives part of what cards paid of an order back to them, split by what is left of each, to the very lots
/// it came from. Returns what they hold then, for posting the journal.
///
/// Errors: `refund_exceeds_payments`.
pub async fn give_back(tx: &mut Tx, cx: &Cx, journal: &mut Journal, order: Uuid, amount: Money, debit: Account) -> Result<Vec<Holdings>> {
    let uses = store::uses(tx, cx.merchant, order).await?;
    let left: Vec<i64> = uses.iter().map(|of| of.amount.0 - of.amount_back.0).collect();
    if left.iter().sum::<i64>() < amount.0 {
        return Err(Error::refused("refund_exceeds_payments", "more would be given back than the gift cards paid"));
    }
    let mut held = Vec::new();
    for (of, part) in uses.iter().zip(split::spread(amount, &left)?) {
        if !part.is_positive() {
            continue;
        }
        let mut holdings = journal::ops::holdings(tx, cx, of.card.0, true).await?;
        let taken = tx.rows(journal::outstanding_stmt(cx.merchant, order)).await?;
        let mut out = journal::outstanding_read(tx, cx.merchant, of.card.0, &taken).await?;
        journal.give_back(cx, &mut holdings, &mut out, AccountKind::GiftCard, part.0, debit, "refunded")?;
        tx.queue(store::give_back_stmt(cx.merchant, order, of.card, part)).await?;
        held.push(holdings);
    }
    Ok(held)
}
