//! SQL of returns without an order, as an import brings them in.

use super::json;
use crate::order::import::{Head, PastOrder};
use crate::order::store::import::read;
use crate::rows::{chunked, padded};
use shuke_db::{ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, MerchantId, Result, Uuid};
use std::collections::HashMap;

const HEAD: [&str; 15] = [
    "merchant_id",
    "id",
    "store_id",
    "member_id",
    "at",
    "business_date",
    "amount",
    "points_returned",
    "points_clawed",
    "lines",
    "payments",
    "reason",
    "actor",
    "import_id",
    "external_number",
];

const LINE: [&str; 10] =
    ["merchant_id", "refund_id", "line", "product_id", "variant_id", "name", "sku", "quantity_milli", "unit_price", "amount"];

/// What is there of these returns.
pub(crate) async fn heads(tx: &mut Tx, merchant: MerchantId, ids: &[Uuid]) -> Result<HashMap<Uuid, Head>> {
    let text = "SELECT r.id, r.import_id, r.member_id, r.at, r.business_date, r.amount,
         (SELECT COUNT(*) FROM return_line l WHERE l.merchant_id = r.merchant_id AND l.refund_id = r.id)
         FROM refund r WHERE r.merchant_id = $1 AND r.id IN ";
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows = tx.rows(padded(text, merchant, chunk)).await?;
        for row in &rows {
            found.insert(row.get(0)?, read(row)?);
        }
    }
    Ok(found)
}

/// Writes new returns, and the lines that join returns of the same import.
pub(crate) async fn write(tx: &mut Tx, cx: &Cx, import: Uuid, orders: &[&PastOrder]) -> Result<()> {
    let mut heads = Vec::with_capacity(orders.len());
    for order in orders.iter().filter(|order| order.before.is_none()) {
        heads.push(head(cx, import, order)?);
    }
    for part in chunked(heads) {
        tx.queue(insert("refund", &HEAD, part)).await?;
    }
    for order in orders.iter().filter(|order| order.before.is_some()) {
        let stmt = sql!(
            "UPDATE refund SET amount = $3, payments = $4, member_id = $5 WHERE merchant_id = $1 AND id = $2",
            cx.merchant,
            order.id,
            order.amount()?,
            json(&order.payments()?)?,
            order.member
        );
        tx.queue(stmt).await?;
    }
    let mut lines = Vec::new();
    for order in orders {
        for (number, line) in (order.first_line()..).zip(&order.lines) {
            lines.push(vec![
                cx.merchant.to_value(),
                order.id.to_value(),
                number.to_value(),
                line.product.to_value(),
                line.variant.to_value(),
                line.name.to_value(),
                line.sku.to_value(),
                line.quantity_milli.to_value(),
                line.unit_price.to_value(),
                line.amount.to_value(),
            ]);
        }
    }
    for part in chunked(lines) {
        tx.queue(insert("return_line", &LINE, part)).await?;
    }
    Ok(())
}

fn head(cx: &Cx, import: Uuid, order: &PastOrder) -> Result<Vec<Value>> {
    Ok(vec![
        cx.merchant.to_value(),
        order.id.to_value(),
        order.store.to_value(),
        order.member.to_value(),
        order.at.to_value(),
        order.date.to_value(),
        order.amount()?.to_value(),
        Value::Int(0),
        Value::Int(0),
        Value::Text("[]".into()),
        json(&order.payments()?)?.to_value(),
        Value::Text("imported".into()),
        cx.actor.text().to_value(),
        import.to_value(),
        order.number.to_value(),
    ])
}
