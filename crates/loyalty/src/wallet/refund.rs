//! Giving prepaid value back as money.
//!
//! Principal goes back to the tender that paid it, less a fee; the bonus that came with it is withdrawn in
//! proportion. What of that bonus was spent already is deducted from what is paid out: who gave a tenth of
//! the principal back has earned a tenth of the bonus no more. Bonus that ran out of time is not charged.

use super::{TopUp, WalletPolicy, store};
use crate::{coupon, ground};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Money, Rate, Result, Uuid, split};
use shuke_ledger::{Account, AccountKind, Holdings, Journal, Lot, journal, lot};
use shuke_org::approval::{self, ApprovalId, ApprovalKind, Wanted};
use shuke_org::{TillId, setting};
use utoipa::ToSchema;

/// A refund to be made of a top-up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUpRefundAsk {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// How much principal is given up, in minor units; all that is left of the top-up where it is left out.
    #[serde(default)]
    pub principal: Option<Money>,
    /// What is to be paid out, as the quote said it: where it has changed since, nothing is done.
    pub amount: Money,
    /// Why: 1 to 200 characters.
    pub reason: String,
    /// A second person's approval, where the amount is above the limit.
    #[serde(default)]
    pub approval: Option<ApprovalId>,
    /// The till where it is paid out: it belongs to the till's shift.
    #[serde(default)]
    pub till: Option<TillId>,
}

/// What a refund of a top-up comes to. Minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TopUpRefundQuote {
    /// Principal that is given up.
    pub principal: Money,
    /// Bonus that is withdrawn.
    pub bonus: Money,
    /// Bonus that would be withdrawn, but ran out of time.
    pub bonus_expired: Money,
    /// Bonus that would be withdrawn, but was spent: deducted.
    pub bonus_spent: Money,
    /// What the shop keeps by its policy.
    pub fee: Money,
    /// What is paid out.
    pub amount: Money,
}

/// A refund of a top-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TopUpRefund {
    /// Its id.
    pub id: Uuid,
    /// The top-up.
    pub top_up: Uuid,
    /// Whose wallet.
    pub member: Uuid,
    /// What it came to.
    #[serde(flatten)]
    pub quote: TopUpRefundQuote,
}

/// What earlier refunds of a top-up came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) principal: Money,
    pub(super) bonus_expired: Money,
    pub(super) amount: Money,
}

/// What is left of a top-up in its lots. Minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Left {
    principal: i64,
    bonus: i64,
    bonus_expired: i64,
}

impl TopUpRefundQuote {
    /// What so much principal of a top-up of `principal` and `bonus` comes to, after what was refunded `before`.
    fn of(asked: Money, (principal, bonus): (Money, Money), left: Left, before: Before, fee: Rate) -> Result<Self> {
        let due = split::slice(bonus, principal.0, before.principal.0, before.principal.0 + asked.0)?.0;
        let withdrawn = due.min(left.bonus);
        let expired = (due - withdrawn).min((left.bonus_expired - before.bonus_expired.0).max(0));
        let spent = due - withdrawn - expired;
        let fee = fee.of(asked)?;
        Ok(Self {
            principal: asked,
            bonus: Money(withdrawn),
            bonus_expired: Money(expired),
            bonus_spent: Money(spent),
            fee,
            amount: Money((asked.0 - fee.0 - spent).max(0)),
        })
    }
}

fn lot_of(holdings: &Holdings, kind: AccountKind, top_up: Uuid) -> Option<&Lot> {
    holdings.lots(kind).find(|lot| lot.source_id == top_up)
}

async fn holdings_of(tx: &mut Tx, cx: &Cx, top_up: &TopUp, lock: bool) -> Result<Holdings> {
    let mut holdings = journal::ops::holdings(tx, cx, top_up.member, lock).await?;
    let granted = tx.rows(lot::granted_stmt(cx.merchant, top_up.member, top_up.id)).await?;
    holdings.with_granted(&granted)?;
    Ok(holdings)
}

/// What is left of it that can be given up: usable principal that nothing holds, and bonus.
fn left(cx: &Cx, holdings: &Holdings, top_up: &TopUp) -> Left {
    let free = holdings.available(AccountKind::Principal, cx.now);
    let principal = lot_of(holdings, AccountKind::Principal, top_up.id).filter(|lot| lot.usable(cx.now)).map_or(0, |lot| lot.remaining);
    let bonus = lot_of(holdings, AccountKind::Bonus, top_up.id);
    // A lot whose time is over but that midnight has not emptied yet has run out all the same.
    let over = bonus.filter(|lot| lot.expires_at.is_some_and(|end| end <= cx.now)).map_or(0, |lot| lot.remaining);
    Left {
        principal: principal.min(free),
        bonus: bonus.map_or(0, |lot| lot.remaining) - over,
        bonus_expired: bonus.map_or(0, |lot| lot.expired) + over,
    }
}

async fn quoted(tx: &mut Tx, cx: &Cx, top_up: &TopUp, holdings: &Holdings, principal: Option<Money>) -> Result<(TopUpRefundQuote, Before)> {
    let terms = setting::ops::get::<WalletPolicy>(tx, cx.merchant).await?.refund;
    let before = store::refunded(tx, cx.merchant, top_up.id).await?;
    let left = left(cx, holdings, top_up);
    let asked = principal.unwrap_or(Money(left.principal));
    if asked.is_negative() || asked.0 > left.principal {
        let error = Error::refused("top_up_refund_exceeds", format!("{} of this top-up is left to give back", Money(left.principal)));
        return Err(error.field("/principal", "out_of_range", "give up no more than is left"));
    }
    Ok((TopUpRefundQuote::of(asked, (top_up.principal, top_up.bonus), left, before, terms.fee)?, before))
}

/// What a refund of all that is left of a top-up would come to now.
///
/// Errors: `top_up_not_found`.
pub async fn quote_refund(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<TopUpRefundQuote> {
    let top_up = find(tx, cx, id).await?;
    let holdings = holdings_of(tx, cx, &top_up, false).await?;
    Ok(quoted(tx, cx, &top_up, &holdings, None).await?.0)
}

/// A top-up, or `top_up_not_found`.
pub async fn find(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<TopUp> {
    let missing = || Error::not_found("top_up_not_found", "there is no such top-up");
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id), missing).await?)
}

fn check(ask: &TopUpRefundAsk) -> Result<()> {
    if ask.reason.trim().is_empty() || ask.reason.chars().count() > 200 {
        let error = Error::invalid("refund_reason_missing", "say why it is given back");
        return Err(error.field("/reason", "out_of_range", "must have 1 to 200 characters"));
    }
    Ok(())
}

/// Gives up principal of a top-up and pays it out. The top-up's coupons go with its last principal, unless used.
///
/// Errors: `refund_reason_missing`, `top_up_not_found`, `top_up_refund_exceeds`, `top_up_refund_nothing`, `top_up_refund_changed`
/// (conflict) where it comes to another amount now, `approval_needed`, `approval_not_usable`, `top_up_refund_taken`.
pub async fn refund(tx: &mut Tx, cx: &Cx, id: Uuid, ask: &TopUpRefundAsk) -> Result<TopUpRefund> {
    check(ask)?;
    let top_up = find(tx, cx, id).await?;
    let shift = ground::shift(tx, cx, ask.till, top_up.store).await?;
    let mut holdings = holdings_of(tx, cx, &top_up, true).await?;
    let (quote, before) = quoted(tx, cx, &top_up, &holdings, ask.principal).await?;
    if !quote.amount.is_positive() {
        return Err(Error::refused(
            "top_up_refund_nothing",
            "nothing would be paid out: it is used up, or less than the bonus that was spent and the fee",
        ));
    }
    if quote.amount != ask.amount {
        let text = format!("{} is paid out now, {} was asked for; look again", quote.amount, ask.amount);
        return Err(Error::conflict("top_up_refund_changed", text));
    }
    let weighed = before.amount.plus(quote.amount)?.0;
    let wanted = Wanted { kind: ApprovalKind::TopUpRefund, subject: top_up.member, amount: quote.amount.0, weighed };
    approval::ops::require(tx, cx, &wanted, ask.approval).await?;
    let journal = move_value(&mut holdings, &top_up, ask.id, &quote)?.in_shift(shift);
    tx.queue(store::insert_refund_stmt(cx, &top_up, ask, &quote)).await?;
    journal.post(tx, cx, &[&holdings]).await?;
    if before.principal.plus(quote.principal)? == top_up.principal {
        coupon::ops::revoke_by_source(tx, cx, top_up.id).await?;
    }
    let refund = TopUpRefund { id: ask.id, top_up: top_up.id, member: top_up.member, quote };
    let mut payload = serde_json::to_value(&refund).map_err(|error| Error::internal(error.to_string()))?;
    payload["store"] = serde_json::json!(top_up.store);
    payload["tender"] = serde_json::json!(top_up.tender);
    event::append(tx, cx, &[Event::new("wallet.refunded", top_up.member, &payload)]).await?;
    Ok(refund)
}

fn move_value(holdings: &mut Holdings, top_up: &TopUp, id: Uuid, quote: &TopUpRefundQuote) -> Result<Journal> {
    let mut journal = Journal::new("top_up_refund", id, Some(top_up.store));
    let lost = || Error::internal("a top-up's principal is gone");
    let principal = lot_of(holdings, AccountKind::Principal, top_up.id).ok_or_else(lost)?.id;
    let tender = Account::of(top_up.tender.account(), top_up.store);
    journal.withdraw(holdings, AccountKind::Principal, principal, quote.amount.0, tender, "refunded")?;
    let kept = quote.principal.0 - quote.amount.0;
    let fee = Account::of(AccountKind::RefundFee, top_up.store);
    journal.withdraw(holdings, AccountKind::Principal, principal, kept, fee, "kept")?;
    if let Some(bonus) = lot_of(holdings, AccountKind::Bonus, top_up.id).map(|lot| lot.id) {
        let issued = Account::merchant(AccountKind::BonusIssued);
        journal.withdraw(holdings, AccountKind::Bonus, bonus, quote.bonus.0, issued, "bonus_withdrawn")?;
    }
    Ok(journal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bonus_that_was_spent_is_deducted_and_bonus_that_ended_is_not() {
        let of = |asked, left, before| TopUpRefundQuote::of(Money(asked), (Money(50_000), Money(5_000)), left, before, Rate(100)).unwrap();
        let whole = of(50_000, Left { principal: 50_000, bonus: 5_000, bonus_expired: 0 }, Before::default());
        assert_eq!((whole.bonus, whole.bonus_spent, whole.fee, whole.amount), (Money(5_000), Money(0), Money(500), Money(49_500)));
        let spent = of(40_000, Left { principal: 40_000, bonus: 1_000, bonus_expired: 0 }, Before::default());
        assert_eq!((spent.bonus, spent.bonus_spent, spent.amount), (Money(1_000), Money(3_000), Money(36_600)));
        let ended = of(40_000, Left { principal: 40_000, bonus: 0, bonus_expired: 5_000 }, Before::default());
        assert_eq!((ended.bonus_expired, ended.bonus_spent, ended.amount), (Money(4_000), Money(0), Money(39_600)));
        let none = of(10, Left { principal: 10, bonus: 0, bonus_expired: 0 }, Before { principal: Money(49_990), ..Before::default() });
        assert_eq!(none.amount, Money(9), "a slice of the bonus, rounded");
    }

    proptest! {
        /// However a refund is cut, bonus withdrawn, expired and spent add up to the bonus, and nothing is charged twice.
        #[test]
        fn parts_add_up(principal in 1_i64..100_000, bonus in 0_i64..20_000, spent in 0_i64..20_000, expired in 0_i64..20_000, cuts in prop::collection::vec(1_i64..100_000, 0..6)) {
            let spent = spent.min(bonus);
            let expired = expired.min(bonus - spent);
            let mut left = Left { principal, bonus: bonus - spent - expired, bonus_expired: expired };
            let mut before = Before::default();
            let mut sums = (0, 0, 0);
            let mut parts = cuts;
            parts.push(principal);
            for part in parts {
                let asked = part.min(left.principal);
                let quote = TopUpRefundQuote::of(Money(asked), (Money(principal), Money(bonus)), left, before, Rate(0)).unwrap();
                prop_assert!(quote.bonus.0 <= left.bonus && quote.bonus_spent.0 >= 0);
                sums = (sums.0 + quote.bonus.0, sums.1 + quote.bonus_expired.0, sums.2 + quote.bonus_spent.0);
                left.principal -= asked;
                left.bonus -= quote.bonus.0;
                before.principal.0 += asked;
                before.bonus_expired.0 += quote.bonus_expired.0;
            }
            prop_assert_eq!(sums.0 + sums.1 + sums.2, bonus);
            prop_assert_eq!(sums.2, spent, "what was spent is charged, and no more");
        }
    }
}
