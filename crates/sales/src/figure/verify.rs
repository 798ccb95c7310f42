//! What `verify` computes again about the figures.

use super::reader::NAME;
use super::store::{BUYERS, GOODS, HOURS};
use crate::order::store::figure::{BOUGHT, KEPT, MADE};
use crate::refund::store::verify::{BROUGHT, GIVEN_BACK};
use shuke_db::{Future, Stmt, ToValue as _, Tx};
use shuke_jobs::event;
use shuke_kernel::{Date, MerchantId, Result, Uuid};
use shuke_ledger::verify::Difference;

/// The figures are what orders and refunds add up to: by day and store, by product, by buyer. While the
/// reader has events before it, they can't be, and are left to it.
pub(crate) fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        if event::is_behind(tx, merchant, NAME).await? {
            return Ok(None);
        }
        if let Some(found) = hours(tx, merchant).await? {
            return Ok(Some(found));
        }
        if let Some(found) = goods(tx, merchant).await? {
            return Ok(Some(found));
        }
        buyers(tx, merchant).await
    })
}

async fn hours(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT day, store_id FROM (
             SELECT day, store_id, orders, amount, undone, refunds, refunded FROM ({HOURS}) AS counted
             UNION ALL SELECT day, store_id, -orders, -amount, -undone, 0, 0 FROM ({MADE}) AS made
             UNION ALL SELECT day, store_id, 0, 0, 0, -1, -amount FROM ({GIVEN_BACK}) AS given_back) AS sides
         GROUP BY day, store_id HAVING SUM(orders) <> 0 OR SUM(amount) <> 0 OR SUM(undone) <> 0 OR SUM(refunds) <> 0 OR SUM(refunded) <> 0
         ORDER BY day, store_id LIMIT 1"
    );
    let Some(row) = tx.row(Stmt::built(text, vec![merchant.to_value()])).await? else { return Ok(None) };
    let (day, store): (Date, Uuid) = (row.get(0)?, row.get(1)?);
    Ok(Some(Difference::new("figure_hour", format!("the hours of {day} in store {store} are not what its orders and refunds add up to"))))
}

async fn goods(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT product_id, store_id FROM (
             SELECT product_id, store_id, quantity_milli FROM ({GOODS}) AS counted
             UNION ALL SELECT product_id, store_id, -quantity_milli FROM ({KEPT}) AS kept
             UNION ALL SELECT product_id, store_id, quantity_milli FROM ({BROUGHT}) AS brought) AS sides
         GROUP BY product_id, store_id HAVING SUM(quantity_milli) <> 0 ORDER BY product_id, store_id LIMIT 1"
    );
    let Some(row) = tx.row(Stmt::built(text, vec![merchant.to_value()])).await? else { return Ok(None) };
    let (product, store): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
    Ok(Some(Difference::new("figure_goods", format!("product {product} in store {store} is counted otherwise than its lines"))))
}

async fn buyers(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT day, store_id, member_id FROM (
             SELECT day, store_id, member_id, orders, amount FROM ({BUYERS}) AS counted
             UNION ALL SELECT day, store_id, member_id, -1, -amount FROM ({BOUGHT}) AS bought) AS sides
         GROUP BY day, store_id, member_id HAVING SUM(orders) <> 0 OR SUM(amount) <> 0 ORDER BY day, store_id LIMIT 1"
    );
    let Some(row) = tx.row(Stmt::built(text, vec![merchant.to_value()])).await? else { return Ok(None) };
    let (day, member): (Date, Uuid) = (row.get(0)?, row.get(2)?);
    Ok(Some(Difference::new("figure_buyer", format!("member {member} on {day} is counted otherwise than their orders"))))
}
