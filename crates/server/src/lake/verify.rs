//! What `verify` computes again of the lake.

use super::{reader, store};
use shuke_db::{Future, Stmt, ToValue as _, Tx};
use shuke_jobs::event;
use shuke_kernel::MerchantId;
use shuke_ledger::verify::Difference;
use shuke_sales::order::lake::MOVED;

/// A month's files hold what its orders and refunds come to, where nothing is ahead of the watermark.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        if event::is_behind(tx, merchant, reader::NAME).await? {
            return Ok(None);
        }
        let (orders, refunds) = (MOVED[0], MOVED[1]);
        let text = format!(
            "SELECT month, CAST(SUM(a) AS BIGINT), CAST(SUM(b) AS BIGINT) FROM (
                 SELECT month, amount AS a, 0 AS b FROM ({written}) AS written
                 UNION ALL SELECT month, 0, amount FROM ({orders}) AS orders UNION ALL SELECT month, 0, amount FROM ({refunds}) AS refunds) AS sides
             WHERE month IN ({up_to_date}) GROUP BY month HAVING SUM(a) <> SUM(b) ORDER BY month LIMIT 1",
            written = store::WRITTEN,
            up_to_date = store::UP_TO_DATE,
        );
        let Some(row) = tx.row(Stmt::built(text, vec![merchant.to_value()])).await? else { return Ok(None) };
        let (month, held, wanted): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Some(Difference::new("lake", format!("month {month}: the lake's files hold {held}, its orders less refunds come to {wanted}"))))
    })
}
