//! SQL of shifts and of cash moved by hand.

use super::model::{CashMove, Shift, ShiftId, ShiftState};
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Money, Result, Uuid};

const SELECT: &str = "SELECT id, store_id, till_id, state, opening, opened_at, opened_by, closed_at, closed_by, counted, expected, deposit
     FROM shift";

/// What `verify` looks at: `id, opening, expected, counted, deposit` of every closed shift.
pub(crate) const CLOSED: &str = "SELECT id, opening, expected, counted, deposit FROM shift WHERE merchant_id = $1 AND state = 'closed'";

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, shift: &Shift) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO shift (merchant_id, id, store_id, till_id, state, opening, opened_at, opened_by, deposit)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        merchant,
        shift.id,
        shift.store,
        shift.till,
        shift.state,
        shift.opening,
        shift.opened_at,
        shift.opened_by,
        shift.deposit
    ))
    .await
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: ShiftId) -> Result<Shift> {
    let stmt = Stmt::built(format!("{SELECT} WHERE merchant_id = $1 AND id = $2"), vec![merchant.to_value(), id.to_value()]);
    read(&tx.need(stmt, || Error::not_found("shift_not_found", "there is no such shift")).await?)
}

/// Shifts of a store, newest first.
pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    store: Uuid,
    state: Option<ShiftState>,
    before: Option<(Instant, Uuid)>,
    limit: i64,
) -> Result<Vec<Shift>> {
    let (at, id) = before.unwrap_or((Instant(i64::MAX), Uuid::max()));
    let mut params = vec![merchant.to_value(), store.to_value(), at.to_value(), id.to_value(), limit.to_value()];
    let mut text = format!("{SELECT} WHERE merchant_id = $1 AND store_id = $2 AND (opened_at, id) < ($3, $4)");
    if let Some(state) = state {
        params.push(state.to_value());
        text.push_str(" AND state = $6");
    }
    text.push_str(" ORDER BY opened_at DESC, id DESC LIMIT $5");
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Shifts that were opened before a moment and not closed, oldest first; at most 50.
pub(crate) async fn left_open(tx: &mut Tx, merchant: MerchantId, before: Instant, stores: Option<&[Uuid]>) -> Result<Vec<Shift>> {
    let mut params = vec![merchant.to_value(), before.to_value()];
    let mut text = format!("{SELECT} WHERE merchant_id = $1 AND state = 'open' AND opened_at < $2");
    if let Some(stores) = stores {
        let places: Vec<String> = (3..stores.len() + 3).map(|number| format!("${number}")).collect();
        text.push_str(&format!(" AND store_id IN ({})", places.join(", ")));
        params.extend(stores.iter().map(|id| id.to_value()));
    }
    text.push_str(" ORDER BY opened_at, id LIMIT 50");
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Closes a shift that is open; says whether it was.
pub(super) async fn close(tx: &mut Tx, cx: &Cx, shift: &Shift) -> Result<bool> {
    let stmt = sql!(
        "UPDATE shift SET state = 'closed', closed_at = $3, closed_by = $4, counted = $5, expected = $6, deposit = $7
         WHERE merchant_id = $1 AND id = $2 AND state = 'open'",
        cx.merchant,
        shift.id,
        shift.closed_at,
        shift.closed_by,
        shift.counted,
        shift.expected,
        shift.deposit
    );
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn insert_move(tx: &mut Tx, merchant: MerchantId, moved: &CashMove) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO cash_move (merchant_id, id, shift_id, direction, amount, reason, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        merchant,
        moved.id,
        moved.shift,
        moved.direction,
        moved.amount,
        moved.reason,
        moved.at,
        moved.actor
    ))
    .await
}

pub(super) async fn moves(tx: &mut Tx, merchant: MerchantId, shift: ShiftId) -> Result<Vec<CashMove>> {
    let stmt = sql!(
        "SELECT id, shift_id, direction, amount, reason, at, actor FROM cash_move WHERE merchant_id = $1 AND shift_id = $2 ORDER BY at, id",
        merchant,
        shift
    );
    let read = |row: &Row| {
        Ok(CashMove {
            id: row.get(0)?,
            shift: row.get(1)?,
            direction: row.get(2)?,
            amount: row.get(3)?,
            reason: row.get(4)?,
            at: row.get(5)?,
            actor: row.get(6)?,
        })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Shift> {
    Ok(Shift {
        id: row.get(0)?,
        store: row.get(1)?,
        till: row.get(2)?,
        state: row.get(3)?,
        opening: row.get(4)?,
        opened_at: row.get(5)?,
        opened_by: row.get(6)?,
        closed_at: row.get(7)?,
        closed_by: row.get(8)?,
        counted: row.get::<Option<Money>>(9)?,
        expected: row.get::<Option<Money>>(10)?,
        deposit: row.get(11)?,
    })
}
