//! What the lake reads of refunds and returns.

use super::read;
use crate::order::OrderId;
use crate::order::conduct::Made;
use crate::order::store::lake::texts;
use crate::refund::Refund;
use crate::rows::padded;
use shuke_db::{Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Date, Instant, MerchantId, Money, Result, Uuid};
use shuke_member::MemberId;

/// A refund or return without its lines.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) id: Uuid,
    pub(crate) order: Option<OrderId>,
    pub(crate) member: Option<MemberId>,
    pub(crate) at: Instant,
    pub(crate) date: Date,
}

/// A line of a return without its order.
#[derive(Clone, Debug)]
pub(crate) struct ReturnLine {
    pub(crate) of: Uuid,
    pub(crate) product: Uuid,
    pub(crate) name: String,
    pub(crate) quantity_milli: i64,
    pub(crate) amount: Money,
}

/// The refunds and returns of a store after a place.
pub(crate) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    store: Uuid,
    (at, id): (Instant, Uuid),
    until: Instant,
    limit: i64,
) -> Result<Vec<Head>> {
    let stmt = sql!(
        "SELECT id, order_id, member_id, at, business_date FROM refund
         WHERE merchant_id = $1 AND store_id = $2 AND (at, id) > ($3, $4) AND at < $5 ORDER BY at, id LIMIT $6",
        merchant,
        store,
        at,
        id,
        until,
        limit
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| Ok(Head { id: row.get(0)?, order: row.get(1)?, member: row.get(2)?, at: row.get(3)?, date: row.get(4)? }))
        .collect()
}

/// All refunds of some orders, oldest first.
pub(crate) async fn of_orders(tx: &mut Tx, merchant: MerchantId, orders: &[OrderId]) -> Result<Vec<Refund>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let text =
        "SELECT id, order_id, store_id, member_id, at, business_date, amount, points_returned, points_clawed, lines, payments, reason, tax
         FROM refund WHERE merchant_id = $1 AND order_id IN ";
    let mut found = tx.rows(padded(text, merchant, orders)).await?.iter().map(read).collect::<Result<Vec<Refund>>>()?;
    found.sort_by_key(|refund| (refund.at, refund.id));
    Ok(found)
}

/// The lines of returns without their order.
pub(crate) async fn return_lines(tx: &mut Tx, merchant: MerchantId, ids: &[Uuid]) -> Result<Vec<ReturnLine>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = "SELECT refund_id, product_id, name, quantity_milli, amount FROM return_line WHERE merchant_id = $1 AND refund_id IN ";
    let rows = tx.rows(padded(text, merchant, ids)).await?;
    rows.iter()
        .map(|row| {
            Ok(ReturnLine { of: row.get(0)?, product: row.get(1)?, name: row.get(2)?, quantity_milli: row.get(3)?, amount: row.get(4)? })
        })
        .collect()
}

pub(crate) async fn months_of_order(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<String>> {
    let stmt = sql!("SELECT DISTINCT SUBSTR(business_date, 1, 7) FROM refund WHERE merchant_id = $1 AND order_id = $2", merchant, order);
    texts(tx, stmt).await
}

pub(crate) async fn months_of_member(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<String>> {
    let stmt = sql!("SELECT DISTINCT SUBSTR(business_date, 1, 7) FROM refund WHERE merchant_id = $1 AND member_id = $2", merchant, member);
    texts(tx, stmt).await
}

/// Refunds and returns by who made them; those that were imported are left out.
pub(crate) async fn made(tx: &mut Tx, merchant: MerchantId, (from, to): (Date, Date), store: Option<Uuid>) -> Result<Vec<Made>> {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
    let of = store.map_or("", |store| {
        params.push(store.to_value());
        " AND store_id = $4"
    });
    let text = format!(
        "SELECT actor, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM refund
         WHERE merchant_id = $1 AND business_date >= $2 AND business_date <= $3 AND import_id IS NULL{of} GROUP BY actor ORDER BY actor"
    );
    let rows = tx.rows(Stmt::built(text, params)).await?;
    rows.iter().map(|row| Ok(Made { actor: row.get(0)?, count: row.get(1)?, amount: row.get(2)? })).collect()
}

/// A refund of an order, and who made it.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    pub(crate) order: OrderId,
    pub(crate) actor: String,
    pub(crate) at: Instant,
    pub(crate) amount: Money,
}

/// Refunds of orders, oldest first; those that were imported are left out.
pub(crate) async fn back(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, to): (Date, Date),
    store: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Back>> {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value(), limit.to_value()];
    let of = store.map_or("", |store| {
        params.push(store.to_value());
        " AND store_id = $5"
    });
    let text = format!(
        "SELECT order_id, actor, at, amount FROM refund
         WHERE merchant_id = $1 AND business_date >= $2 AND business_date <= $3 AND import_id IS NULL AND order_id IS NOT NULL{of}
         ORDER BY at, id LIMIT $4"
    );
    let rows = tx.rows(Stmt::built(text, params)).await?;
    rows.iter().map(|row| Ok(Back { order: row.get(0)?, actor: row.get(1)?, at: row.get(2)?, amount: row.get(3)? })).collect()
}

/// For `verify`: `month, amount` of every refund and return, below zero.
pub(crate) const MOVED: &str = "SELECT SUBSTR(business_date, 1, 7) AS month, -amount AS amount FROM refund WHERE merchant_id = $1";
