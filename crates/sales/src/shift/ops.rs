//! Opening, moving cash, closing, reporting.

use super::model::{
    CLOSING, CashDirection, CashMove, CloseAsk, MOVING, MoveAsk, OpenAsk, Shift, ShiftId, ShiftMode, ShiftPolicy, ShiftReport, ShiftState,
    TenderRow, expected, tenders,
};
use super::store;
use shuke_db::Tx;
use shuke_http::{Caller, Permission};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Money, Result};
use shuke_ledger::{Account, AccountKind, Journal, journal};
use shuke_org::{TillId, audit, setting, text, till};

const REASON_CHARS_MAX: usize = 200;
const CASH_MAX: Money = Money(1_000_000_000_000);

fn cash(field: &str, amount: Money) -> Result<Money> {
    if (Money::ZERO..=CASH_MAX).contains(&amount) {
        return Ok(amount);
    }
    let text = "between 0 and 1,000,000,000,000 minor units";
    Err(Error::invalid("amount_out_of_range", text).field(field, "amount_out_of_range", text))
}

/// Opens a shift at a till.
///
/// Errors: `shifts_off`, `till_not_found`, `store_not_yours`, `till_retired`, `amount_out_of_range`;
/// `shift_open` (conflict) where the till has one; `shift_pkey`.
pub async fn open(tx: &mut Tx, caller: &Caller, ask: &OpenAsk) -> Result<Shift> {
    let cx = &caller.cx;
    let at = till::ops::show(tx, cx, TillId(ask.till)).await?;
    caller.may_in(at.store.0)?;
    if !at.active {
        return Err(Error::refused("till_retired", "this till was retired; choose another"));
    }
    if setting::ops::get::<ShiftPolicy>(tx, cx.merchant).await?.mode == ShiftMode::Off {
        return Err(Error::refused("shifts_off", "this merchant keeps no shifts; switch them on in the settings first"));
    }
    let shift = Shift {
        id: ask.id,
        store: at.store.0,
        till: ask.till,
        state: ShiftState::Open,
        opening: cash("/opening", ask.opening)?,
        opened_at: cx.now,
        opened_by: cx.actor.text(),
        closed_at: None,
        closed_by: None,
        counted: None,
        expected: None,
        deposit: Money::ZERO,
    };
    if !till::ops::begin_shift(tx, cx.merchant, TillId(ask.till), ask.id.0).await? {
        return Err(Error::conflict("shift_open", "this till has an open shift; close it first"));
    }
    store::insert(tx, cx.merchant, &shift).await?;
    event::append(tx, cx, &[Event::new("shift.opened", shift.id, &shift)]).await?;
    Ok(shift)
}

/// The shift, of one of the caller's stores.
async fn seen(tx: &mut Tx, caller: &Caller, id: ShiftId) -> Result<Shift> {
    let shift = store::find(tx, caller.cx.merchant, id).await?;
    caller.may_in(shift.store).map_err(|_| Error::not_found("shift_not_found", "there is no such shift"))?;
    Ok(shift)
}

/// The shift, where it is open and the caller's or the caller manages shifts; nobody sells in it meanwhile.
async fn held(tx: &mut Tx, caller: &Caller, id: ShiftId) -> Result<Shift> {
    let shift = seen(tx, caller, id).await?;
    if shift.opened_by != caller.cx.actor.text() {
        let text = "this shift is somebody else's; ask them, or who manages shifts";
        caller.may(Permission::ShiftManage).map_err(|_| Error::forbidden("shift_not_yours", text))?;
    }
    let open = till::ops::shift_read(&tx.rows(till::ops::shift_stmt(caller.cx.merchant, TillId(shift.till))).await?)?;
    if open != Some(id.0) {
        return Err(Error::conflict("shift_closed", "this shift is closed already"));
    }
    Ok(shift)
}

async fn figures(tx: &mut Tx, cx: &Cx, shift: &Shift) -> Result<(Vec<TenderRow>, Money)> {
    let rows = tenders(&journal::ops::of_shift(tx, cx.merchant, shift.id.0).await?)?;
    let expected = expected(shift.opening, &rows)?;
    Ok((rows, expected))
}

/// Puts cash into the drawer, or takes it out.
///
/// Errors: `shift_not_found`, `shift_not_yours`, `shift_closed`, `amount_out_of_range`, `text_malformed`;
/// `drawer_short` where less is there than is to be taken out; `cash_move_pkey`, `cash_move_empty`.
pub async fn move_cash(tx: &mut Tx, caller: &Caller, id: ShiftId, ask: &MoveAsk) -> Result<CashMove> {
    let cx = &caller.cx;
    let shift = held(tx, caller, id).await?;
    let reason = text::line("reason", &ask.reason, REASON_CHARS_MAX)?;
    let amount = cash("/amount", ask.amount)?;
    let (drawer, safe) = (Account::of(AccountKind::Cash, shift.store), Account::of(AccountKind::Safe, shift.store));
    let mut booked = Journal::new(MOVING, ask.id, Some(shift.store)).in_shift(Some(id.0));
    match ask.direction {
        CashDirection::In => booked.transfer(drawer, safe, amount.0, "cash_in")?,
        CashDirection::Out => {
            if figures(tx, cx, &shift).await?.1 < amount {
                return Err(Error::refused("drawer_short", "the drawer should hold less than is to be taken out"));
            }
            booked.transfer(safe, drawer, amount.0, "cash_out")?;
        }
    }
    let moved = CashMove { id: ask.id, shift: id, direction: ask.direction, amount, reason, at: cx.now, actor: cx.actor.text() };
    store::insert_move(tx, cx.merchant, &moved).await?;
    booked.post(tx, cx, &[]).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("shift.cash_moved", id).new_value(&moved)).await?;
    Ok(moved)
}

/// Closes a shift with a count, and books the difference and the deposit.
///
/// Errors: `shift_not_found`, `shift_not_yours`, `shift_closed`, `amount_out_of_range`;
/// `count_missing` where nobody counted and the caller doesn't manage shifts; `deposit_too_large`.
pub async fn close(tx: &mut Tx, caller: &Caller, id: ShiftId, ask: &CloseAsk) -> Result<ShiftReport> {
    let cx = &caller.cx;
    let mut shift = held(tx, caller, id).await?;
    if ask.counted.is_none() && !caller.permissions.has(Permission::ShiftManage) {
        let text = "count the drawer and say what is in it";
        return Err(Error::invalid("count_missing", text).field("/counted", "count_missing", text));
    }
    let counted = ask.counted.map(|counted| cash("/counted", counted)).transpose()?;
    let (_, expected) = figures(tx, cx, &shift).await?;
    let deposit = cash("/deposit", ask.deposit)?;
    if deposit > counted.unwrap_or(expected).max(Money::ZERO) {
        return Err(Error::refused("deposit_too_large", "more would go to the safe than is in the drawer"));
    }
    let difference = counted.map_or(Ok(Money::ZERO), |counted| counted.minus(expected))?;
    let account = |kind| Account::of(kind, shift.store);
    let (drawer, off) = (account(AccountKind::Cash), account(AccountKind::CashDifference));
    let mut booked = Journal::new(CLOSING, id.0, Some(shift.store)).in_shift(Some(id.0));
    if difference.is_negative() {
        booked.transfer(off, drawer, -difference.0, "cash_short")?;
    } else {
        booked.transfer(drawer, off, difference.0, "cash_over")?;
    }
    booked.transfer(account(AccountKind::Safe), drawer, deposit.0, "deposited")?;
    booked.post(tx, cx, &[]).await?;
    shift.state = ShiftState::Closed;
    (shift.closed_at, shift.closed_by) = (Some(cx.now), Some(cx.actor.text()));
    (shift.counted, shift.expected, shift.deposit) = (counted, Some(expected), deposit);
    let closed = store::close(tx, cx, &shift).await? && till::ops::end_shift(tx, cx.merchant, TillId(shift.till), id.0).await?;
    if !closed {
        return Err(Error::conflict("shift_closed", "this shift is closed already"));
    }
    audit::ops::record(tx, cx, &audit::Entry::new("shift.closed", id).new_value(&shift)).await?;
    event::append(tx, cx, &[Event::new("shift.closed", shift.id, &shift)]).await?;
    report_of(tx, cx, shift).await
}

/// What a shift took; without cash where the caller is still to count it blind.
///
/// Errors: `shift_not_found`.
pub async fn report(tx: &mut Tx, caller: &Caller, id: ShiftId) -> Result<ShiftReport> {
    let shift = seen(tx, caller, id).await?;
    let mut report = report_of(tx, &caller.cx, shift).await?;
    let policy = setting::ops::get::<ShiftPolicy>(tx, caller.cx.merchant).await?;
    if policy.blind && report.shift.state == ShiftState::Open && !caller.permissions.has(Permission::ShiftManage) {
        report.tenders.retain(|row| row.tender != AccountKind::Cash);
        report.expected = None;
    }
    Ok(report)
}

async fn report_of(tx: &mut Tx, cx: &Cx, shift: Shift) -> Result<ShiftReport> {
    let (tenders, expected) = figures(tx, cx, &shift).await?;
    let counts = journal::ops::counts_of_shift(tx, cx.merchant, shift.id.0).await?;
    let count = |kind: &str| counts.iter().find(|(of, _)| of == kind).map_or(0, |(_, count)| *count);
    let difference = shift.counted.map(|counted| counted.minus(expected)).transpose()?;
    let moves = store::moves(tx, cx.merchant, shift.id).await?;
    Ok(ShiftReport {
        sales: count("sale"),
        refunds: count("refund"),
        top_ups: count("top_up") + count("pass_sale") + count("gift_card_sale"),
        tenders,
        expected: Some(expected),
        difference,
        moves,
        shift,
    })
}
