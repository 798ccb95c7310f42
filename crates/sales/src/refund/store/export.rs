//! SQL of refunds and returns page by page, oldest first.

use crate::order::export::Returned;
use shuke_db::{Tx, sql};
use shuke_kernel::{Instant, MerchantId, Result, Uuid};

/// The refunds and returns of a store after a place.
pub(crate) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    store: Uuid,
    (at, id): (Instant, Uuid),
    until: Instant,
    limit: i64,
) -> Result<Vec<Returned>> {
    let stmt = sql!(
        "SELECT id, order_id, member_id, at, business_date, amount, points_returned, points_clawed, reason, external_number
         FROM refund WHERE merchant_id = $1 AND store_id = $2 AND (at, id) > ($3, $4) AND at < $5 ORDER BY at, id LIMIT $6",
        merchant,
        store,
        at,
        id,
        until,
        limit
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| {
            Ok(Returned {
                id: row.get(0)?,
                order: row.get(1)?,
                member: row.get(2)?,
                at: row.get(3)?,
                date: row.get(4)?,
                amount: row.get(5)?,
                points_returned: row.get(6)?,
                points_clawed: row.get(7)?,
                reason: row.get(8)?,
                external_number: row.get(9)?,
            })
        })
        .collect()
}
