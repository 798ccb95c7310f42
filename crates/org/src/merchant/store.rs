//! SQL of merchants.

use super::model::Merchant;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Currency, MerchantId, Result};

pub(super) async fn insert(tx: &mut Tx, merchant: &Merchant) -> Result<()> {
    tx.exec(sql!(
        "INSERT INTO merchant (merchant_id, name, trade, currency, zone, book_version, owners, created_at) VALUES ($1, $2, $3, $4, $5, 1, 1, $6)",
        merchant.id,
        merchant.name,
        merchant.trade,
        merchant.currency,
        merchant.zone,
        merchant.created_at
    ))
    .await
    .map(|_| ())
}

pub(super) async fn next_number(tx: &mut Tx) -> Result<MerchantId> {
    let row = tx.row(sql!("SELECT COALESCE(MAX(merchant_id), 0) + 1 FROM merchant")).await?;
    row.map_or(Ok(MerchantId(1)), |row| row.get(0))
}

pub(super) async fn numbers(tx: &mut Tx, rows_max: i64) -> Result<Vec<MerchantId>> {
    let rows = tx.rows(sql!("SELECT merchant_id FROM merchant ORDER BY merchant_id LIMIT $1", rows_max)).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

pub(super) fn find(merchant: MerchantId) -> Stmt {
    sql!("SELECT merchant_id, name, trade, currency, zone, book_version, created_at FROM merchant WHERE merchant_id = $1", merchant)
}

pub(super) fn merchant(row: &Row) -> Result<Merchant> {
    let currency: String = row.get(3)?;
    Ok(Merchant {
        id: row.get(0)?,
        name: row.get(1)?,
        trade: row.get(2)?,
        decimals: Currency::parse(&currency)?.decimals(),
        currency,
        zone: row.get(4)?,
        book_version: row.get(5)?,
        created_at: row.get(6)?,
    })
}

pub(super) async fn update(tx: &mut Tx, merchant: &Merchant) -> Result<()> {
    tx.queue(sql!("UPDATE merchant SET name = $2, zone = $3 WHERE merchant_id = $1", merchant.id, merchant.name, merchant.zone)).await
}

pub(super) async fn raise_book(tx: &mut Tx, merchant: MerchantId) -> Result<()> {
    tx.queue(sql!("UPDATE merchant SET book_version = book_version + 1 WHERE merchant_id = $1", merchant)).await
}

pub(super) async fn count_owners(tx: &mut Tx, merchant: MerchantId, change: i64) -> Result<()> {
    tx.queue(sql!("UPDATE merchant SET owners = owners + $2 WHERE merchant_id = $1", merchant, change)).await
}
