//! SQL of orders page by page, oldest first.

use super::{SELECT, add_lines, read};
use crate::order::Order;
use crate::rows::padded;
use shuke_db::{Tx, sql};
use shuke_kernel::{Instant, MerchantId, Result, Uuid, Zone};
use std::collections::HashMap;

/// The orders of a store after a place, with their lines and their numbers in the system they came from.
pub(crate) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    (store, zone): (Uuid, &Zone),
    (at, id): (Instant, Uuid),
    until: Instant,
    limit: i64,
) -> Result<Vec<(Order, Option<String>)>> {
    let stmt = sql!(
        "SELECT id, external_number FROM sales_order WHERE merchant_id = $1 AND store_id = $2 AND (at, id) > ($3, $4) AND at < $5
         ORDER BY at, id LIMIT $6",
        merchant,
        store,
        at,
        id,
        until,
        limit
    );
    let mut ids: Vec<Uuid> = Vec::new();
    let mut numbers: HashMap<Uuid, Option<String>> = HashMap::new();
    for row in tx.rows(stmt).await? {
        ids.push(row.get(0)?);
        numbers.insert(row.get(0)?, row.get(1)?);
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.rows(padded(&format!("{SELECT} WHERE merchant_id = $1 AND id IN "), merchant, &ids)).await?;
    let mut orders = rows.iter().map(|row| read(row, |_| zone.clone())).collect::<Result<Vec<Order>>>()?;
    orders.sort_by_key(|order| (order.at, order.id));
    add_lines(tx, merchant, &mut orders).await?;
    Ok(orders.into_iter().map(|order| (numbers.remove(&order.id.0).flatten(), order)).map(|(number, order)| (order, number)).collect())
}
