//! Who made which orders, and who took them back.

use crate::order::OrderId;
use crate::order::conduct::{Made, Often};
use crate::rows::padded;
use shuke_db::{Stmt, ToValue as _, Tx, Value};
use shuke_kernel::{Date, Instant, MerchantId, Result, Uuid};

fn params(merchant: MerchantId, (from, to): (Date, Date), store: Option<Uuid>) -> (Vec<Value>, &'static str) {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
    match store {
        Some(store) => {
            params.push(store.to_value());
            (params, " AND store_id = $4")
        }
        None => (params, ""),
    }
}

/// Orders by who made them; those that were imported are left out.
pub(crate) async fn made(tx: &mut Tx, merchant: MerchantId, days: (Date, Date), store: Option<Uuid>) -> Result<Vec<Made>> {
    let (params, of) = params(merchant, days, store);
    let text = format!(
        "SELECT actor, COUNT(*), CAST(SUM(total) AS BIGINT) FROM sales_order
         WHERE merchant_id = $1 AND business_date >= $2 AND business_date <= $3 AND import_id IS NULL{of} GROUP BY actor ORDER BY actor"
    );
    let rows = tx.rows(Stmt::built(text, params)).await?;
    rows.iter().map(|row| Ok(Made { actor: row.get(0)?, count: row.get(1)?, amount: row.get(2)? })).collect()
}

/// Members whom one person served several times a day on average, at least ten times in all.
pub(crate) async fn often(tx: &mut Tx, merchant: MerchantId, days: (Date, Date), store: Option<Uuid>) -> Result<Vec<Often>> {
    let (params, of) = params(merchant, days, store);
    let text = format!(
        "SELECT actor, member_id, COUNT(*), COUNT(DISTINCT business_date), CAST(SUM(total) AS BIGINT) FROM sales_order
         WHERE merchant_id = $1 AND business_date >= $2 AND business_date <= $3 AND import_id IS NULL AND member_id IS NOT NULL{of}
         GROUP BY actor, member_id HAVING COUNT(*) >= 10 AND COUNT(*) >= 2 * COUNT(DISTINCT business_date) ORDER BY actor, member_id"
    );
    let rows = tx.rows(Stmt::built(text, params)).await?;
    rows.iter()
        .map(|row| Ok(Often { actor: row.get(0)?, member: row.get(1)?, count: row.get(2)?, days: row.get(3)?, amount: row.get(4)? }))
        .collect()
}

/// Orders on which coupons took something off, by who made them; those that were imported are left out.
pub(crate) async fn couponed(tx: &mut Tx, merchant: MerchantId, days: (Date, Date), store: Option<Uuid>) -> Result<Vec<Made>> {
    let (params, of) = params(merchant, days, store);
    let text = format!(
        "SELECT o.actor, COUNT(DISTINCT o.id), CAST(SUM(l.share_coupon) AS BIGINT)
         FROM sales_order o JOIN order_line l ON l.merchant_id = o.merchant_id AND l.order_id = o.id
         WHERE o.merchant_id = $1 AND o.business_date >= $2 AND o.business_date <= $3 AND o.import_id IS NULL AND l.share_coupon > 0{of}
         GROUP BY o.actor ORDER BY o.actor"
    );
    let rows = tx.rows(Stmt::built(text, params)).await?;
    rows.iter().map(|row| Ok(Made { actor: row.get(0)?, count: row.get(1)?, amount: row.get(2)? })).collect()
}

/// Of some orders those of which nothing is left, with when they were made.
pub(crate) async fn undone(tx: &mut Tx, merchant: MerchantId, ids: &[OrderId]) -> Result<Vec<(OrderId, Instant)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = "SELECT id, at FROM sales_order WHERE merchant_id = $1 AND total > 0 AND refunded = total AND id IN ";
    tx.rows(padded(text, merchant, ids)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
