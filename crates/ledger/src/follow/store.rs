//! SQL of the followers' cursors.

use crate::journal::store::{PLACES, START};
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

/// Those of the merchants for whom a follower has something before it: one question for all of them.
pub(super) async fn with_news(tx: &mut Tx, reader: &str, merchants: &[MerchantId]) -> Result<Vec<MerchantId>> {
    let mut found = Vec::new();
    for batch in merchants.chunks(500) {
        let asked: Vec<String> = (6..batch.len() + 6).map(|number| format!("(CAST(${number} AS BIGINT))")).collect();
        let text = format!(
            "SELECT asked.column1 FROM (VALUES {}) AS asked LEFT JOIN ledger_cursor c ON c.merchant_id = asked.column1 AND c.reader = $1
             WHERE (SELECT t.merchant_id FROM ({PLACES}) AS t WHERE t.merchant_id = asked.column1 AND (t.position, t.source_id, t.source_line)
                 > (COALESCE(c.position, $2), COALESCE(c.source_id, $3), COALESCE(c.source_line, $4)) ORDER BY t.position LIMIT 1) IS NOT NULL
             ORDER BY asked.column1 LIMIT $5",
            asked.join(", ")
        );
        let (position, source, line) = START;
        let mut params = vec![reader.to_value(), position.to_value(), source.to_value(), line.to_value(), 500_i64.to_value()];
        params.extend(batch.iter().map(|merchant| merchant.to_value()));
        for row in tx.rows(Stmt::built(text, params)).await? {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
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
