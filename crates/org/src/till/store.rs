//! SQL of tills.

use super::model::{Till, TillId};
use crate::StoreId;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Limit, MerchantId, Result, Uuid};

/// Inserts a till with the next free number; two at once make one of them fail on `till_number_taken`.
pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, till: &Till) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO till (merchant_id, id, store_id, number, name, active, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        merchant,
        till.id,
        till.store,
        till.number,
        till.name,
        till.active,
        till.created_at
    ))
    .await
}

pub(super) async fn next_number(tx: &mut Tx, merchant: MerchantId) -> Result<i64> {
    let row = tx.row(sql!("SELECT COALESCE(MAX(number), 0) + 1 FROM till WHERE merchant_id = $1", merchant)).await?;
    row.map_or(Ok(1), |row| row.get(0))
}

pub(super) async fn update(tx: &mut Tx, merchant: MerchantId, till: &Till) -> Result<()> {
    tx.queue(sql!(
        "UPDATE till SET store_id = $3, name = $4, active = $5 WHERE merchant_id = $1 AND id = $2",
        merchant,
        till.id,
        till.store,
        till.name,
        till.active
    ))
    .await
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: TillId) -> Result<Option<Till>> {
    let row = tx
        .row(sql!("SELECT id, store_id, number, name, active, created_at FROM till WHERE merchant_id = $1 AND id = $2", merchant, id))
        .await?;
    row.as_ref().map(till).transpose()
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, after: Option<TillId>, limit: Limit) -> Result<Vec<Till>> {
    let after = after.unwrap_or(TillId(Uuid::nil()));
    let rows = tx
        .rows(sql!(
            "SELECT id, store_id, number, name, active, created_at FROM till WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            merchant,
            after,
            limit.fetch()
        ))
        .await?;
    rows.iter().map(till).collect()
}

pub(super) async fn places(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(TillId, StoreId)>> {
    let rows = tx.rows(sql!("SELECT id, store_id FROM till WHERE merchant_id = $1", merchant)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) fn shift(merchant: MerchantId, till: TillId) -> Stmt {
    sql!("SELECT shift_id FROM till WHERE merchant_id = $1 AND id = $2 FOR UPDATE", merchant, till)
}

pub(super) async fn begin_shift(tx: &mut Tx, merchant: MerchantId, till: TillId, shift: Uuid) -> Result<bool> {
    let stmt = sql!("UPDATE till SET shift_id = $3 WHERE merchant_id = $1 AND id = $2 AND shift_id IS NULL", merchant, till, shift);
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn end_shift(tx: &mut Tx, merchant: MerchantId, till: TillId, shift: Uuid) -> Result<bool> {
    let stmt = sql!("UPDATE till SET shift_id = NULL WHERE merchant_id = $1 AND id = $2 AND shift_id = $3", merchant, till, shift);
    Ok(tx.exec(stmt).await? == 1)
}

fn till(row: &Row) -> Result<Till> {
    Ok(Till { id: row.get(0)?, store: row.get(1)?, number: row.get(2)?, name: row.get(3)?, active: row.get(4)?, created_at: row.get(5)? })
}
