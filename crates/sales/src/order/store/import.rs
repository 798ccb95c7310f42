//! SQL of orders that an import brings in.

use super::json;
use crate::order::import::{Head, PastLine, PastOrder};
use crate::rows::{chunked, padded};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, MerchantId, Money, Result, Uuid};
use std::collections::HashMap;

const HEAD: [&str; 21] = [
    "merchant_id",
    "id",
    "store_id",
    "member_id",
    "channel",
    "at",
    "business_date",
    "gross",
    "total",
    "payments",
    "points_spent",
    "points_earned",
    "savings",
    "actor",
    "refunds",
    "refunded",
    "points_returned",
    "points_clawed",
    "import_id",
    "external_number",
    "till_id",
];

const LINE: [&str; 27] = super::LINE;

/// What is there of these orders.
pub(crate) async fn heads(tx: &mut Tx, merchant: MerchantId, ids: &[Uuid]) -> Result<HashMap<Uuid, Head>> {
    let text = "SELECT o.id, o.import_id, o.member_id, o.at, o.business_date, o.total,
         (SELECT COUNT(*) FROM order_line l WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id)
         FROM sales_order o WHERE o.merchant_id = $1 AND o.id IN ";
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows = tx.rows(padded(text, merchant, chunk)).await?;
        for row in &rows {
            found.insert(row.get(0)?, read(row)?);
        }
    }
    Ok(found)
}

/// Reads columns 1 to 6 of a head.
pub(crate) fn read(row: &Row) -> Result<Head> {
    Ok(Head { import: row.get(1)?, member: row.get(2)?, at: row.get(3)?, date: row.get(4)?, amount: row.get(5)?, lines: row.get(6)? })
}

/// Writes new orders, and the lines that join orders of the same import.
pub(crate) async fn write(tx: &mut Tx, cx: &Cx, import: Uuid, orders: &[&PastOrder]) -> Result<()> {
    let mut heads = Vec::with_capacity(orders.len());
    for order in orders.iter().filter(|order| order.before.is_none()) {
        heads.push(head(cx, import, order)?);
    }
    for part in chunked(heads) {
        tx.queue(insert("sales_order", &HEAD, part)).await?;
    }
    for order in orders.iter().filter(|order| order.before.is_some()) {
        tx.queue(joined(cx, order)?).await?;
    }
    let lines =
        orders.iter().flat_map(|order| (order.first_line()..).zip(&order.lines).map(|(number, line)| row(cx, order.id, number, line)));
    for part in chunked(lines.collect()) {
        tx.queue(insert("order_line", &LINE, part)).await?;
    }
    Ok(())
}

fn head(cx: &Cx, import: Uuid, order: &PastOrder) -> Result<Vec<Value>> {
    let amount = order.amount()?;
    let none = || Value::Int(0);
    Ok(vec![
        cx.merchant.to_value(),
        order.id.to_value(),
        order.store.to_value(),
        order.member.to_value(),
        order.channel.to_value(),
        order.at.to_value(),
        order.date.to_value(),
        amount.to_value(),
        amount.to_value(),
        json(&order.payments()?)?,
        none(),
        none(),
        Value::Text("[]".into()),
        cx.actor.text().to_value(),
        none(),
        none(),
        none(),
        none(),
        import.to_value(),
        order.number.to_value(),
        Value::Null,
    ])
}

fn joined(cx: &Cx, order: &PastOrder) -> Result<Stmt> {
    let amount = order.amount()?;
    Ok(sql!(
        "UPDATE sales_order SET gross = $3, total = $3, payments = $4, member_id = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        order.id,
        amount,
        json(&order.payments()?)?,
        order.member
    ))
}

fn row(cx: &Cx, order: Uuid, number: i64, line: &PastLine) -> Vec<Value> {
    let none = || Money::ZERO.to_value();
    vec![
        cx.merchant.to_value(),
        order.to_value(),
        number.to_value(),
        line.product.to_value(),
        line.variant.to_value(),
        line.name.to_value(),
        line.sku.to_value(),
        line.quantity_milli.to_value(),
        line.unit_price.to_value(),
        line.amount.to_value(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        line.amount.to_value(),
        none(),
        Value::Null,
        false.to_value(),
        none(),
        Value::Null,
        none(),
        none(),
        Value::Null,
        Value::Null,
        Value::Null,
    ]
}
