//! What the lake reads of orders and refunds.

use super::{SELECT, add_lines, read};
use crate::order::{Order, OrderId};
use crate::rows::padded;
use shuke_db::{Stmt, Tx, sql};
use shuke_kernel::{MerchantId, Result, Uuid, Zone};
use shuke_member::MemberId;

/// Orders with their lines.
pub(crate) async fn of(tx: &mut Tx, merchant: MerchantId, ids: &[OrderId], zone: &Zone) -> Result<Vec<Order>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.rows(padded(&format!("{SELECT} WHERE merchant_id = $1 AND id IN "), merchant, ids)).await?;
    let mut orders = rows.iter().map(|row| read(row, |_| zone.clone())).collect::<Result<Vec<Order>>>()?;
    add_lines(tx, merchant, &mut orders).await?;
    Ok(orders)
}

pub(crate) async fn months_of_order(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<String>> {
    let stmt = sql!("SELECT DISTINCT SUBSTR(business_date, 1, 7) FROM sales_order WHERE merchant_id = $1 AND id = $2", merchant, order);
    let mut months: Vec<String> = texts(tx, stmt).await?;
    months.extend(crate::refund::store::lake::months_of_order(tx, merchant, order).await?);
    Ok(months)
}

pub(crate) async fn months_of_member(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<String>> {
    let stmt =
        sql!("SELECT DISTINCT SUBSTR(business_date, 1, 7) FROM sales_order WHERE merchant_id = $1 AND member_id = $2", merchant, member);
    let mut months: Vec<String> = texts(tx, stmt).await?;
    months.extend(crate::refund::store::lake::months_of_member(tx, merchant, member).await?);
    Ok(months)
}

pub(crate) async fn texts(tx: &mut Tx, stmt: Stmt) -> Result<Vec<String>> {
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// For `verify`: `month, amount` of every order; what came back is in [`crate::refund::store::lake::MOVED`].
pub(crate) const MOVED: &str = "SELECT SUBSTR(business_date, 1, 7) AS month, total AS amount FROM sales_order WHERE merchant_id = $1";
