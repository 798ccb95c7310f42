//! SQL of the followers' cursors.

use crate::journal::store::START;
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{MerchantId, Result, Uuid};

/// Where a follower stands: position, source, line.
pub type Place = (i64, Uuid, i64);

/// Asks where a follower stands: `position, source_id, source_line`, or no row where it never began.
pub fn place_stmt(merchant: MerchantId, reader: &str) -> Stmt {
    sql!("SELECT position, source_id, source_line FROM ledger_cursor WHERE merchant_id = $1 AND reader = $2", merchant, reader)
}

fn read(row: Option<&Row>) -> Result<Place> {
    row.map_or(Ok(START), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

/// The last entry that a follower has taken; before all where it has none.
pub async fn until(tx: &mut Tx, merchant: MerchantId, reader: &str) -> Result<Place> {
    read(tx.rows(place_stmt(merchant, reader)).await?.first())
}

/// The cursor, locked.
pub(super) async fn locked(tx: &mut Tx, merchant: MerchantId, reader: &str) -> Result<Place> {
    tx.queue(sql!(
        "INSERT INTO ledger_cursor (merchant_id, reader, position, source_id, source_line) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        merchant,
        reader,
        START.0,
        START.1,
        START.2
    ))
    .await?;
    let text = "SELECT position, source_id, source_line FROM ledger_cursor WHERE merchant_id = $1 AND reader = $2 FOR UPDATE";
    read(tx.rows(Stmt::built(text, vec![merchant.to_value(), reader.to_value()])).await?.first())
}

pub(super) async fn advance(tx: &mut Tx, merchant: MerchantId, reader: &str, place: Place) -> Result<()> {
    tx.queue(sql!(
        "UPDATE ledger_cursor SET position = $3, source_id = $4, source_line = $5 WHERE merchant_id = $1 AND reader = $2",
        merchant,
        reader,
        place.0,
        place.1,
        place.2
    ))
    .await
}
