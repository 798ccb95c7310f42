//! What `verify` computes again about gifts.

use super::store::HELD;
use shuke_db::{Future, Stmt, ToValue as _, Tx};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_ledger::journal::BOOKED;
use shuke_ledger::verify::Difference;

/// The points of every gift that holds are those that were booked for it.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(booked(tx, merchant))
}

async fn booked(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT id FROM (
             SELECT source_id AS id, points FROM ({HELD}) AS gifts
             UNION ALL SELECT source_id, -amount FROM ({BOOKED}) AS booked
             WHERE debit_kind = 'points_issued' AND source_id IN (SELECT source_id FROM ({HELD}) AS known)) AS sides
         GROUP BY id HAVING SUM(points) <> 0 ORDER BY id LIMIT 1"
    );
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| Ok(Difference::new("gift", format!("gift {} gave other points than were booked", row.get::<Uuid>(0)?)))).transpose()
}
