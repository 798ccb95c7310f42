//! What passes and gift cards paid, given back to them.

use super::model::{Refund, RefundLine, worth};
use crate::order::model::split_refund;
use crate::order::{Order, Payment, Tender};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Money, Result, split};
use shuke_ledger::journal::Outstanding;
use shuke_ledger::{Account, AccountKind, Holdings, Journal};
use shuke_loyalty::gift_card;
use shuke_loyalty::pass::ops::{Back, visits_of};
use shuke_loyalty::pass::{self, Pass, VisitRow};

/// Splits what is given back over the order's payments: what comes back of lines that passes paid goes to
/// the passes (`by_passes`), the rest over the others by what is left of each.
///
/// Errors: `refund_exceeds_payments`.
pub(crate) fn split_back(payments: &[Payment], amount: Money, by_passes: Money) -> Result<Vec<Money>> {
    let shut = |payment: &Payment| match payment.tender {
        Tender::Pass => Payment { refunded: payment.amount, ..payment.clone() },
        _ => payment.clone(),
    };
    let others: Vec<Payment> = payments.iter().map(shut).collect();
    let mut parts = split_refund(&others, Money(amount.0 - by_passes.0))?;
    for (part, _) in parts.iter_mut().zip(payments).filter(|(_, payment)| payment.tender == Tender::Pass) {
        *part = by_passes;
    }
    Ok(parts)
}

/// What comes back of lines that passes paid; whole visits.
///
/// Errors: `pass_visit_not_whole`.
pub(crate) fn by_passes(order: &Order, lines: &[RefundLine]) -> Result<Money> {
    let mut sum = Money::ZERO;
    for line in lines {
        let Some(sold) = order.lines.iter().find(|sold| sold.line == line.line && sold.pass.is_some()) else { continue };
        if line.quantity_milli % 1_000 != 0 {
            return Err(Error::refused("pass_visit_not_whole", "a line that a pass paid is taken back in whole visits"));
        }
        sum = sum.plus(worth(sold, line.quantity_milli)?.amount)?;
    }
    Ok(sum)
}

/// Gives visits back to their passes and money to the gift cards; those of the cards that the journal changes.
pub(super) async fn give_back(
    tx: &mut Tx,
    cx: &Cx,
    (order, refund): (&Order, &Refund),
    journal: &mut Journal,
    (holdings, out): (&mut Holdings, &mut Outstanding),
) -> Result<Vec<Holdings>> {
    if order.payments.iter().any(|payment| payment.tender == Tender::Pass) {
        give_back_visits(tx, cx, (order, refund), journal, (holdings, out)).await?;
    }
    let cards = Money::sum(refund.payments.iter().filter(|payment| payment.tender == Tender::GiftCard).map(|payment| payment.amount))?;
    if cards.is_zero() {
        return Ok(Vec::new());
    }
    gift_card::give_back(tx, cx, journal, order.id.0, cards, Account::of(AccountKind::Revenue, order.store)).await
}

async fn give_back_visits(
    tx: &mut Tx,
    cx: &Cx,
    (order, refund): (&Order, &Refund),
    journal: &mut Journal,
    (holdings, out): (&mut Holdings, &mut Outstanding),
) -> Result<()> {
    let mut undone: Vec<(VisitRow, Pass, Back)> = Vec::new();
    for (visit, pass) in visits_of(tx, cx, order.id.0).await? {
        let Some(line) = refund.lines.iter().find(|line| line.line == visit.line) else { continue };
        let sold = order.lines.iter().find(|sold| sold.line == line.line).ok_or_else(|| Error::internal("a refund's line is gone"))?;
        let (from, to) = (sold.refunded_milli, sold.refunded_milli + line.quantity_milli);
        let part = |whole: Money| split::slice(whole, sold.quantity_milli, from, to);
        let back = Back { visits: line.quantity_milli / 1_000, counted: part(Money(visit.counted))?.0, value: part(sold.net)? };
        pass::ops::give_back(cx, journal, (&mut *holdings, &mut *out), &pass, &visit, back)?;
        undone.push((visit, pass, back));
    }
    undone.sort_by_key(|(_, pass, _)| pass.id);
    for group in undone.chunk_by(|a, b| a.1.id == b.1.id) {
        let visits: Vec<(VisitRow, Back)> = group.iter().map(|(visit, _, back)| (visit.clone(), *back)).collect();
        if let Some((_, pass, _)) = group.first() {
            pass::ops::returned(tx, cx, holdings, pass, &visits).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_gets_its_own_lines_and_the_others_the_rest() {
        let payment = |tender, amount, refunded| Payment { tender, amount: Money(amount), refunded: Money(refunded) };
        let payments = [payment(Tender::Cash, 600, 0), payment(Tender::Pass, 333, 0), payment(Tender::GiftCard, 300, 0)];
        let parts =
            |amount, passes| split_back(&payments, Money(amount), Money(passes)).unwrap().iter().map(|part| part.0).collect::<Vec<_>>();
        assert_eq!(parts(333, 333), [0, 333, 0]);
        assert_eq!(parts(300, 0), [200, 0, 100]);
        assert_eq!(parts(1_233, 333), [600, 333, 300]);
        assert!(split_back(&payments, Money(901), Money::ZERO).is_err(), "the pass doesn't pay for what it didn't");
    }
}
