//! Taking back.

use super::model::{Refund, RefundAsk, RefundLine, RefundQuote, Worth, lines_of, points_back, worth};
use super::prepaid::{self, by_passes, split_back};
use super::store;
use crate::book::{Books, SaleBook};
use crate::order::ops::coupons_used;
use crate::order::store::{self as orders, Refunded};
use crate::order::{Order, OrderLine, Payment};
use crate::shift::ShiftMode;
use crate::stock::{self, Movement, MovementKind};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Money, Result, Uuid, split, time};
use shuke_ledger::journal::Outstanding;
use shuke_ledger::{Account, AccountKind, Holdings, Journal, account, journal, lot};
use shuke_loyalty::coupon::{self, CouponId, CouponTemplateId};
use shuke_loyalty::{points_kind, redemption};
use shuke_offer::offer::usage::{self, GivenBack};
use shuke_offer::price::PriceStage;
use shuke_org::approval::{self, ApprovalKind, Wanted};
use shuke_org::{ApprovalId, TillId, till};

/// What was taken back, and what is still to be put back into stock.
pub(crate) struct TakenBack {
    pub(crate) refund: Refund,
    pub(crate) movements: Vec<Movement>,
}

/// Takes back an order or part of it.
///
/// Errors: `order_not_found`, `refund_line_invalid`, `refund_nothing_left`, `refund_reason_missing`;
/// `approval_needed`, `approval_not_usable`; `refund_pkey` where the refund's id is taken.
pub async fn refund(tx: &mut Tx, cx: &Cx, books: &Books, ask: &RefundAsk) -> Result<Refund> {
    let order = locked(tx, cx, books, ask).await?;
    let total = total(&order, &ask.lines_of(&order)?)?;
    approved(tx, cx, &order, total.amount, ask.approval).await?;
    let TakenBack { refund, movements } = take_back(tx, cx, books, ask, order).await?;
    stock::ops::post(tx, cx, refund.store, &movements).await?;
    Ok(refund)
}

/// The order of a refund, locked against every other refund of it.
pub(crate) async fn locked(tx: &mut Tx, cx: &Cx, books: &Books, ask: &RefundAsk) -> Result<Order> {
    if ask.reason.trim().is_empty() {
        return Err(Error::invalid("refund_reason_missing", "say why it is taken back").field(
            "/reason",
            "value_missing",
            "a few words are enough",
        ));
    }
    let book = books.current(tx, cx.merchant).await?;
    orders::find(tx, cx.merchant, ask.order, true, |store| book.zone(store)).await
}

/// Ok where so much may leave the shop for an order, on one person's word or with an approval.
pub(crate) async fn approved(tx: &mut Tx, cx: &Cx, order: &Order, amount: Money, approval: Option<ApprovalId>) -> Result<()> {
    let weighed = order.refunded.plus(amount)?.0;
    let wanted = Wanted { kind: ApprovalKind::Refund, subject: order.id.0, amount: amount.0, weighed };
    approval::ops::require(tx, cx, &wanted, approval).await
}

/// Takes back part of an order that is locked, but for its stock.
pub(crate) async fn take_back(tx: &mut Tx, cx: &Cx, books: &Books, ask: &RefundAsk, mut order: Order) -> Result<TakenBack> {
    let book = books.current(tx, cx.merchant).await?;
    let lines = ask.lines_of(&order)?;
    let total = total(&order, &lines)?;
    let parts = split_back(&order.payments, total.amount, by_passes(&order, &lines)?)?;
    let mut refund = Refund {
        id: ask.id,
        order: order.id,
        store: order.store,
        member: order.member,
        at: cx.now,
        date: book.zone(order.store).date(cx.now),
        amount: total.amount,
        payments: back(&order.payments, &parts),
        points_returned: points_back(&order, total.points_share)?,
        points_clawed: total.earned,
        lines,
        reason: ask.reason.clone(),
        tax: total.tax,
    };
    ask.till.map_or(Ok(()), |till| book.till_in(till, order.store))?;
    let shift = shift(tx, cx, &book, ask.till).await?;
    move_value(tx, cx, &book, &order, &mut refund, shift).await?;
    let movements = movements(&order, &refund)?;
    for line in &refund.lines {
        if let Some(sold) = order.lines.iter_mut().find(|sold| sold.line == line.line) {
            sold.refunded_milli += line.quantity_milli;
        }
    }
    give_back_coupons(tx, cx, &order, &refund.lines).await?;
    give_back_offers(tx, cx, &order, &refund.lines).await?;
    for (payment, part) in order.payments.iter_mut().zip(&parts) {
        payment.refunded = payment.refunded.plus(*part)?;
    }
    let change = Refunded {
        order: order.id,
        amount: refund.amount,
        payments: order.payments.clone(),
        points_returned: refund.points_returned,
        points_clawed: refund.points_clawed,
        lines: refund.lines.iter().map(|line| (line.line, line.quantity_milli)).collect(),
    };
    orders::refunded(tx, cx.merchant, &change).await?;
    tx.queue(store::insert_stmt(cx, &refund)?).await?;
    event::append(tx, cx, &[refunded(&order, &refund)?]).await?;
    Ok(TakenBack { refund, movements })
}

/// What a refund of these lines would give back.
pub(super) fn quote(order: &Order, lines: &[RefundLine]) -> Result<RefundQuote> {
    let lines = lines_of(lines, order)?;
    let total = total(order, &lines)?;
    let parts = split_back(&order.payments, total.amount, by_passes(order, &lines)?)?;
    Ok(RefundQuote {
        amount: total.amount,
        tax: total.tax,
        payments: back(&order.payments, &parts),
        points_returned: points_back(order, total.points_share)?,
        points_clawed: total.earned,
    })
}

fn sold<'o>(order: &'o Order, line: &RefundLine) -> Result<&'o OrderLine> {
    order.lines.iter().find(|sold| sold.line == line.line).ok_or_else(|| Error::internal("a refund's line is gone"))
}

/// What the lines of a refund come to.
pub(crate) fn total(order: &Order, lines: &[RefundLine]) -> Result<Worth> {
    let mut total = Worth::default();
    for line in lines {
        let part = worth(sold(order, line)?, line.quantity_milli)?;
        total.amount = total.amount.plus(part.amount)?;
        total.points_share = total.points_share.plus(part.points_share)?;
        total.earned = total.earned.plus(part.earned)?;
        total.tax = total.tax.plus(part.tax)?;
    }
    Ok(total)
}

/// What goes back to each payment; nothing of zero.
pub(crate) fn back(payments: &[Payment], parts: &[Money]) -> Vec<Payment> {
    let pair = |(payment, part): (&Payment, &Money)| Payment { tender: payment.tender, amount: *part, refunded: Money::ZERO };
    payments.iter().zip(parts).map(pair).filter(|payment| payment.amount.is_positive()).collect()
}

/// The open shift of the till where it happens.
///
/// Errors: `shift_not_open`.
async fn shift(tx: &mut Tx, cx: &Cx, book: &SaleBook, at: Option<Uuid>) -> Result<Option<Uuid>> {
    let Some(at) = at.filter(|_| book.shift.mode != ShiftMode::Off) else { return Ok(None) };
    let found = till::ops::shift_read(&tx.rows(till::ops::shift_stmt(cx.merchant, TillId(at))).await?)?;
    if found.is_none() && book.shift.mode == ShiftMode::Required {
        return Err(Error::refused("shift_not_open", "this till has no open shift; open one first"));
    }
    Ok(found)
}

/// Money and points: back to payments and lots, earned points taken back.
async fn move_value(tx: &mut Tx, cx: &Cx, book: &SaleBook, order: &Order, refund: &mut Refund, shift: Option<Uuid>) -> Result<()> {
    let owner = order.member.map_or(Uuid::nil(), |member| member.0);
    let [accounts, lots] = account::holdings_stmts(cx.merchant, owner, true);
    let granted = lot::granted_stmt(cx.merchant, owner, order.id.0);
    let [accounts, lots, taken, granted] = tx.all([accounts, lots, journal::outstanding_stmt(cx.merchant, order.id.0), granted]).await?;
    let mut holdings = account::holdings_read(owner, &accounts, &lots)?;
    holdings.with_granted(&granted)?;
    let mut out = journal::outstanding_read(tx, cx.merchant, owner, &taken).await?;
    let mut journal = Journal::new("refund", refund.id.0, Some(order.store)).in_shift(shift).of_origin(order.id.0);
    if let Some(days) = book.loyalty.refund.restore_expired_grace_days {
        let until = time::add_days(refund.date, days);
        journal = journal.with_grace((until, book.zone(order.store).end(until)));
    }
    let revenue = Account::of(AccountKind::Revenue, order.store);
    for payment in &refund.payments {
        match (payment.tender.wallet_part(), payment.tender.account()) {
            (Some(part), _) => journal.give_back(cx, &mut holdings, &mut out, part, payment.amount.0, revenue, "refunded")?,
            (None, Some(account)) => journal.transfer(revenue, Account::of(account, order.store), payment.amount.0, "refunded")?,
            (None, None) if payment.tender.is_before() => {}
            (None, None) => return Err(Error::internal("a payment without an account")),
        }
    }
    let cards = prepaid::give_back(tx, cx, (order, refund), &mut journal, (&mut holdings, &mut out)).await?;
    let mut purse = purse(tx, cx, order, refund).await?;
    if refund.points_returned.is_positive() {
        let (to, out) = match &mut purse {
            Some((purse, out)) => (purse, out),
            None => (&mut holdings, &mut out),
        };
        let redeemed = to.shop(AccountKind::PointsRedeemed);
        journal.give_back(cx, to, out, AccountKind::Points, refund.points_returned.0, redeemed, "refunded")?;
    }
    if refund.points_clawed.is_positive() {
        claw_back(book, order, refund, &mut holdings, &mut journal)?;
    }
    let holders: Vec<&Holdings> = std::iter::once(&holdings).chain(&cards).chain(purse.iter().map(|(purse, _)| purse)).collect();
    journal.post(tx, cx, &holders).await
}

/// What the member holds of the kind of points that the order was paid with, and what the order took of it; none
/// where nothing of such points goes back.
async fn purse(tx: &mut Tx, cx: &Cx, order: &Order, refund: &Refund) -> Result<Option<(Holdings, Outstanding)>> {
    let (Some(kind), Some(member)) = (order.points_kind.filter(|_| refund.points_returned.is_positive()), order.member) else {
        return Ok(None);
    };
    let purse = points_kind::ops::held(tx, cx, member.0, kind).await?;
    let taken = tx.rows(journal::outstanding_stmt(cx.merchant, order.id.0)).await?;
    let out = journal::outstanding_read(tx, cx.merchant, purse.owner, &taken).await?;
    Ok(Some((purse, out)))
}

fn claw_back(book: &SaleBook, order: &Order, refund: &Refund, holdings: &mut Holdings, journal: &mut Journal) -> Result<()> {
    let issued = Account::merchant(AccountKind::PointsIssued);
    let forgive = book.loyalty.refund.forgive_points;
    journal.claw_back(holdings, order.id.0, refund.points_clawed.0, issued, forgive, "earned_back").map(|_| ())
}

/// A coupon goes back when every line that it lowered is taken back wholly, and by this refund.
async fn give_back_coupons(tx: &mut Tx, cx: &Cx, order: &Order, lines: &[RefundLine]) -> Result<()> {
    let undone = |id: &CouponId| {
        let mut touched = false;
        let all = order.savings.iter().filter(|saving| saving.stage == PriceStage::Coupon && saving.source == Some(id.0)).all(|saving| {
            saving.shares.iter().zip(&order.lines).filter(|(share, _)| share.is_positive()).all(|(_, sold)| {
                touched |= lines.iter().any(|line| line.line == sold.line);
                sold.refunded_milli == sold.quantity_milli
            })
        });
        all && touched
    };
    let ids: Vec<CouponId> = coupons_used(order).into_iter().filter(|id| undone(id)).collect();
    redemption::give_back(tx, cx, order.id.0, &ids).await?;
    if order.is_undone() {
        coupon::ops::revoke_by_source(tx, cx, order.id.0).await?;
    }
    Ok(())
}

/// What offers gave goes back to their budgets and limits: money by the part of the saving that is
/// undone, the use when every line that it lowered is taken back wholly, and by this refund.
async fn give_back_offers(tx: &mut Tx, cx: &Cx, order: &Order, lines: &[RefundLine]) -> Result<()> {
    let mut back = Vec::new();
    for applied in order.offers.iter().filter(|applied| applied.is_counted()) {
        let savings = || order.savings.iter().filter(|saving| saving.source == Some(applied.offer.0));
        let lowered = |sold: &OrderLine| {
            let index = usize::try_from(sold.line).unwrap_or(usize::MAX);
            savings().any(|saving| saving.shares.get(index).is_some_and(|share| share.is_positive()))
        };
        let (mut money, mut touched) = (Money::ZERO, false);
        for line in lines {
            let sold = sold(order, line)?;
            let place = usize::try_from(sold.line).unwrap_or(usize::MAX);
            touched |= lowered(sold) || applied.saved.is_zero();
            for share in savings().filter_map(|saving| saving.shares.get(place)) {
                let (from, to) = (sold.refunded_milli - line.quantity_milli, sold.refunded_milli);
                money = money.plus(split::slice(*share, sold.quantity_milli, from, to)?)?;
            }
        }
        let gone = |sold: &OrderLine| sold.refunded_milli == sold.quantity_milli;
        let whole = if applied.saved.is_zero() { order.is_undone() } else { order.lines.iter().filter(|sold| lowered(sold)).all(gone) };
        if touched {
            back.push(GivenBack { applied, money, whole });
        }
    }
    let member = order.member.map(|member| member.0);
    usage::give_back(tx, cx, (order.id.0, &order.offers), member, &back, order.is_undone()).await
}

/// The templates whose coupons the order no longer earns: what counted for them falls short.
fn ungranted(order: &Order) -> Result<Vec<CouponTemplateId>> {
    let mut templates = Vec::new();
    for grant in order.offers.iter().filter_map(|applied| applied.coupons.as_ref()) {
        let mut left = Money::ZERO;
        for sold in order.lines.iter().filter(|sold| usize::try_from(sold.line).is_ok_and(|line| grant.lines.contains(&line))) {
            let counted = Money(sold.gross.0 - sold.shares.activity.0 - sold.shares.member.0);
            left = left.plus(split::slice(counted, sold.quantity_milli, sold.refunded_milli, sold.quantity_milli)?)?;
        }
        if order.is_undone() || left < grant.threshold.max(Money(1)) {
            templates.push(grant.template);
        }
    }
    Ok(templates)
}

/// What goes back into stock; the order's lines still as they were before this refund.
fn movements(order: &Order, refund: &Refund) -> Result<Vec<Movement>> {
    let mut movements = Vec::new();
    for line in refund.lines.iter().filter(|line| !line.damaged) {
        let sold = sold(order, line)?;
        movements.extend(sold.stock(sold.refunded_milli, sold.refunded_milli + line.quantity_milli)?.into_iter().map(|part| Movement {
            source: refund.id.0,
            line: part.line,
            kind: MovementKind::Refund,
            store: order.store,
            variant: part.variant,
            delta_milli: part.quantity_milli,
            unit_cost: part.cost,
        }));
    }
    Ok(movements)
}

/// `undone` says what all refunds of the order have undone until now, this one included, of what it was.
fn refunded(order: &Order, refund: &Refund) -> Result<Event> {
    let lines = refund.lines.iter().filter_map(|line| {
        let sold = order.lines.iter().find(|sold| sold.line == line.line)?;
        Some(serde_json::json!({ "line": line.line, "to_milli": sold.refunded_milli }))
    });
    let payload = serde_json::json!({
        "order": order.id, "refund": refund.id, "member": order.member, "store": order.store, "date": refund.date,
        "amount": refund.amount, "whole": order.is_undone(), "coupons_lost": ungranted(order)?,
        "lines": lines.collect::<Vec<_>>(),
        "undone": {
            "points_earned": { "done": order.points_clawed.plus(refund.points_clawed)?, "whole": order.points_earned },
            "points_spent": { "done": order.points_returned.plus(refund.points_returned)?, "whole": order.points_spent },
            "total": { "done": order.refunded.plus(refund.amount)?, "whole": order.total },
        },
    });
    Ok(Event::new("sale.refunded", order.id, &payload))
}
