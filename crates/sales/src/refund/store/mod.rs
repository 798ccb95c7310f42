//! SQL of refunds.

pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod verify;

use super::model::Refund;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

pub(super) fn insert_stmt(cx: &Cx, refund: &Refund) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO refund (merchant_id, id, order_id, store_id, member_id, at, business_date, amount, points_returned, points_clawed, lines,
         payments, reason, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
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
        cx.actor.text()
    ))
}

pub(super) async fn of_order(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<Refund>> {
    let stmt = sql!(
        "SELECT id, order_id, store_id, member_id, at, business_date, amount, points_returned, points_clawed, lines, payments, reason
         FROM refund WHERE merchant_id = $1 AND order_id = $2 ORDER BY at, id",
        merchant,
        order
    );
    tx.rows(stmt).await?.iter().map(read).collect()
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
    })
}
