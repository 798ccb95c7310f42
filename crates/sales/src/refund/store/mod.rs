//! SQL of refunds.

pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod lake;
pub(crate) mod verify;

use super::model::Refund;
use crate::product::store::placeholders;
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

pub(super) fn insert_stmt(cx: &Cx, refund: &Refund) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO refund (merchant_id, id, order_id, store_id, member_id, at, business_date, amount, points_returned, points_clawed, lines,
         payments, reason, actor, tax) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        cx.merchant,
        refund.id,
        refund.order,
        refund.store,
        refund.member,
        refund.at,
        refund.date,
        refund.amount,
        refund.points_returned,
        refund.points_clawed,
        json(&refund.lines)?,
        json(&refund.payments)?,
        refund.reason,
        cx.actor.text(),
        refund.tax
    ))
}

/// A member's refunds and returns, oldest first.
pub(crate) async fn of_member(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<serde_json::Value>> {
    let stmt = sql!(
        "SELECT id, order_id, at, business_date, amount, points_returned, points_clawed, reason FROM refund
         WHERE merchant_id = $1 AND member_id = $2 ORDER BY at, id",
        merchant,
        member
    );
    let read = |row: &Row| {
        let (id, order): (Uuid, Option<Uuid>) = (row.get(0)?, row.get(1)?);
        let (at, date): (i64, String) = (row.get(2)?, row.get(3)?);
        let (amount, returned, clawed): (i64, i64, i64) = (row.get(4)?, row.get(5)?, row.get(6)?);
        Ok(serde_json::json!({
            "id": id, "order": order, "at": at, "date": date, "amount": amount, "points_returned": returned, "points_clawed": clawed,
            "reason": row.get::<String>(7)?,
        }))
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

pub(crate) async fn of_order(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<Refund>> {
    let stmt = sql!(
        "SELECT id, order_id, store_id, member_id, at, business_date, amount, points_returned, points_clawed, lines, payments, reason, tax
         FROM refund WHERE merchant_id = $1 AND order_id = $2 ORDER BY at, id",
        merchant,
        order
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

pub(crate) async fn find(tx: &mut Tx, merchant: MerchantId, id: Uuid) -> Result<Option<Refund>> {
    let stmt = sql!(
        "SELECT id, order_id, store_id, member_id, at, business_date, amount, points_returned, points_clawed, lines, payments, reason, tax
         FROM refund WHERE merchant_id = $1 AND id = $2 AND order_id IS NOT NULL",
        merchant,
        id
    );
    tx.row(stmt).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Refund> {
    let parse = |text: String| serde_json::from_str::<serde_json::Value>(&text).map_err(|error| Error::internal(error.to_string()));
    let lines = serde_json::from_value(parse(row.get(9)?)?).map_err(|error| Error::internal(error.to_string()))?;
    let payments = serde_json::from_value(parse(row.get(10)?)?).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Refund {
        id: row.get(0)?,
        order: row.get(1)?,
        store: row.get(2)?,
        member: row.get(3)?,
        at: row.get(4)?,
        date: row.get(5)?,
        amount: row.get(6)?,
        points_returned: row.get(7)?,
        points_clawed: row.get(8)?,
        lines,
        payments,
        reason: row.get(11)?,
        tax: row.get(12)?,
    })
}

/// Gives refunds and returns to another member: all of one member's, or these. Answers which. Those of
/// an order follow their order.
pub(crate) async fn move_all(
    tx: &mut Tx,
    merchant: MerchantId,
    from: Uuid,
    to: Uuid,
    orders: &[Uuid],
    only: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    let mut returns = Vec::new();
    match only {
        Some(only) => returns.extend_from_slice(only),
        None => {
            let stmt =
                sql!("SELECT id FROM refund WHERE merchant_id = $1 AND member_id = $2 AND order_id IS NULL ORDER BY id", merchant, from);
            for row in tx.rows(stmt).await? {
                returns.push(row.get(0)?);
            }
        }
    }
    for (column, ids) in [("order_id", orders), ("id", returns.as_slice())] {
        for batch in ids.chunks(500) {
            let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
            params.extend(batch.iter().map(|id| id.to_value()));
            let list = placeholders(4, batch.len());
            let text = format!("UPDATE refund SET member_id = $3 WHERE merchant_id = $1 AND member_id = $2 AND {column} IN ({list})");
            tx.queue(Stmt::built(text, params)).await?;
        }
    }
    Ok(returns)
}
