//! SQL of seals.

use super::Seal;
use shuke_db::{Row, Tx, sql};
use shuke_kernel::{MerchantId, Result};

fn read(row: &Row) -> Result<Seal> {
    Ok(Seal {
        sequence: row.get(0)?,
        last: (row.get(1)?, row.get(2)?, row.get(3)?),
        entries: row.get(4)?,
        hash: row.get(5)?,
        at: row.get(6)?,
    })
}

pub(super) async fn last(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Seal>> {
    let stmt = sql!(
        "SELECT sequence, last_position, last_source_id, last_source_line, entries, hash, at FROM seal
         WHERE merchant_id = $1 ORDER BY sequence DESC LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.as_ref().map(read).transpose()
}

/// Seals after a number, in order.
pub(crate) async fn after(tx: &mut Tx, merchant: MerchantId, sequence: i64, limit: i64) -> Result<Vec<Seal>> {
    let stmt = sql!(
        "SELECT sequence, last_position, last_source_id, last_source_line, entries, hash, at FROM seal
         WHERE merchant_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        merchant,
        sequence,
        limit
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, seal: &Seal) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO seal (merchant_id, sequence, last_position, last_source_id, last_source_line, entries, hash, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        merchant,
        seal.sequence,
        seal.last.0,
        seal.last.1,
        seal.last.2,
        seal.entries,
        seal.hash,
        seal.at
    ))
    .await
}
