//! What `verify` computes again about transfers of points.

use super::store::GIFTS;
use shuke_db::{Future, Stmt, ToValue as _, Tx};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_ledger::journal::BOOKED;
use shuke_ledger::verify::Difference;

/// What one member gave is what was booked out of their points and into the other's, and the fee too.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(booked(tx, merchant))
}

async fn booked(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT id FROM (
             SELECT id, points AS given, points AS got, fee FROM ({GIFTS}) AS gifts
             UNION ALL SELECT source_id, CASE WHEN credit_kind = 'points_transferred' THEN -amount ELSE 0 END,
                 CASE WHEN debit_kind = 'points_transferred' THEN -amount ELSE 0 END,
                 CASE WHEN credit_kind = 'points_redeemed' THEN -amount ELSE 0 END
             FROM ({BOOKED}) AS booked WHERE source_id IN (SELECT id FROM ({GIFTS}) AS known)
                 OR debit_kind = 'points_transferred' OR credit_kind = 'points_transferred') AS sides
         GROUP BY id HAVING SUM(given) <> 0 OR SUM(got) <> 0 OR SUM(fee) <> 0 ORDER BY id LIMIT 1"
    );
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| Ok(Difference::new("points_transfer", format!("transfer {} is not what was booked for it", row.get::<Uuid>(0)?))))
        .transpose()
}
