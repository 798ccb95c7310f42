//! SQL of settings.

use shuke_db::{Stmt, Tx, sql};
use shuke_kernel::{Cx, MerchantId, Result};

/// The text of one section: for a caller that wants it together with other rows.
pub(super) fn one(merchant: MerchantId, section: &str) -> Stmt {
    sql!("SELECT value FROM setting WHERE merchant_id = $1 AND section = $2", merchant, section)
}

pub(super) async fn all(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(String, String)>> {
    let rows = tx.rows(sql!("SELECT section, value FROM setting WHERE merchant_id = $1 ORDER BY section", merchant)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) async fn put(tx: &mut Tx, cx: &Cx, section: &str, value: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO setting (merchant_id, section, value, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (merchant_id, section) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        cx.merchant,
        section,
        value,
        cx.now
    ))
    .await
}
