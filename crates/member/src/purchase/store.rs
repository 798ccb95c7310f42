//! SQL of the projection of purchases.

use super::{Difference, Purchase, Refund, Totals};
use crate::MemberId;
use crate::member::store::STATS;
use crate::member::store::{keyed, placeholders, rows_by_keys};
use crate::stage::StageFacts;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, sql};
use shuke_kernel::{Date, MerchantId, Result, Uuid};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

const COLUMNS: &[&str] = &["merchant_id", "member_id", "order_id", "store_id", "purchased_on", "amount", "refunded", "counts", "undone"];

/// Writes purchases; the keys must differ.
pub(super) async fn put_purchases(tx: &mut Tx, merchant: MerchantId, purchases: &[&Purchase]) -> Result<()> {
    let rows = purchases.iter().map(|purchase| {
        [
            merchant.to_value(),
            purchase.member.to_value(),
            purchase.order.to_value(),
            purchase.store.to_value(),
            purchase.date.to_value(),
            purchase.amount.to_value(),
            0_i64.to_value(),
            purchase.counts.to_value(),
            false.to_value(),
        ]
    });
    let tail = "store_id = excluded.store_id, purchased_on = excluded.purchased_on, amount = excluded.amount, counts = excluded.counts";
    upsert(tx, rows, tail).await
}

/// Adds to what was given back; the keys must differ. An order not seen yet gets a row that counts
/// for nothing but the money.
pub(super) async fn add_refunds(tx: &mut Tx, merchant: MerchantId, refunds: &[Refund]) -> Result<()> {
    let rows = refunds.iter().map(|refund| {
        [
            merchant.to_value(),
            refund.member.to_value(),
            refund.order.to_value(),
            Value::Null,
            Value::Null,
            0_i64.to_value(),
            refund.amount.to_value(),
            false.to_value(),
            refund.whole.to_value(),
        ]
    });
    upsert(tx, rows, "refunded = purchase.refunded + excluded.refunded, undone = (purchase.undone OR excluded.undone)").await
}

async fn upsert(tx: &mut Tx, rows: impl Iterator<Item = [Value; 9]>, changes: &str) -> Result<()> {
    let mut text = format!("INSERT INTO purchase ({}) VALUES ", COLUMNS.join(", "));
    let mut params = Vec::new();
    for row in rows {
        let _ = write!(text, "{}({})", if params.is_empty() { "" } else { ", " }, placeholders(params.len() + 1, COLUMNS.len()));
        params.extend(row);
    }
    if params.is_empty() {
        return Ok(());
    }
    let _ = write!(text, " ON CONFLICT (merchant_id, member_id, order_id) DO UPDATE SET {changes}");
    tx.queue(Stmt::built(text, params)).await
}

const TOTALS: &str = "SELECT member_id,
        CAST(SUM(CASE WHEN counts AND NOT undone THEN 1 ELSE 0 END) AS BIGINT),
        CAST(SUM(amount - refunded) AS BIGINT),
        MIN(CASE WHEN counts AND NOT undone THEN purchased_on END),
        MAX(CASE WHEN counts AND NOT undone THEN purchased_on END)
     FROM purchase WHERE merchant_id = $1";

/// What the purchases of some members add up to.
pub(super) async fn totals(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<HashMap<MemberId, Totals>> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!("{TOTALS} AND member_id IN ({}) GROUP BY member_id", placeholders(2, members.len()));
    totals_since(&rows_by_keys(tx, text, merchant, members.iter().map(|id| id.to_value())).await?)
}

/// What some members bought on a day or later; read it with [`totals_since`].
pub fn totals_since_stmt(merchant: MerchantId, members: &[MemberId], since: Date) -> Stmt {
    let text = format!("{TOTALS} AND purchased_on >= $2 AND member_id IN ({}) GROUP BY member_id", placeholders(3, members.len()));
    keyed(text, merchant, std::iter::once(since.to_value()).chain(members.iter().map(|id| id.to_value())))
}

/// Reads the answer of [`totals_since_stmt`].
pub fn totals_since(rows: &[Row]) -> Result<HashMap<MemberId, Totals>> {
    rows.iter()
        .map(|row| Ok((row.get(0)?, Totals { orders: row.get(1)?, amount: row.get(2)?, first_on: row.get(3)?, last_on: row.get(4)? })))
        .collect()
}

/// The local days on which a member bought something that still counts; read it with [`visits`].
pub fn visits_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT DISTINCT purchased_on FROM purchase
         WHERE merchant_id = $1 AND member_id = $2 AND counts AND NOT undone AND purchased_on IS NOT NULL ORDER BY purchased_on",
        merchant,
        member
    )
}

/// Reads the answer of [`visits_stmt`].
pub fn visits(rows: &[Row]) -> Result<Vec<Date>> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// The date of the `count`-th last purchase that counts, of those members who have so many.
pub(crate) async fn loyal_anchors(tx: &mut Tx, merchant: MerchantId, members: &[MemberId], count: i64) -> Result<HashMap<MemberId, Date>> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "SELECT member_id, purchased_on FROM (
            SELECT member_id, purchased_on, ROW_NUMBER() OVER (PARTITION BY member_id ORDER BY purchased_on DESC) AS place
            FROM purchase WHERE merchant_id = $1 AND counts AND NOT undone AND member_id IN ({})) ranked
         WHERE place = $2",
        placeholders(3, members.len())
    );
    let keys = std::iter::once(count.to_value()).chain(members.iter().map(|id| id.to_value()));
    rows_by_keys(tx, text, merchant, keys).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What the stages of a day follow from, and how many members each is true of. Only whether there
/// was one purchase or more is told, which is all that a stage asks.
pub(crate) async fn facts_until(tx: &mut Tx, merchant: MerchantId, day: Date, loyal: Option<i64>) -> Result<Vec<(StageFacts, i64)>> {
    let stmt = sql!(
        "SELECT orders, first_on, last_on, anchor_on, CAST(COUNT(*) AS BIGINT) FROM (
            SELECT member_id, CASE WHEN COUNT(*) = 1 THEN 1 ELSE 2 END AS orders, MIN(purchased_on) AS first_on,
                MAX(purchased_on) AS last_on, MAX(CASE WHEN place = $3 THEN purchased_on END) AS anchor_on
            FROM (SELECT member_id, purchased_on, ROW_NUMBER() OVER (PARTITION BY member_id ORDER BY purchased_on DESC) AS place
                  FROM purchase WHERE merchant_id = $1 AND counts AND NOT undone AND purchased_on <= $2) ranked
            GROUP BY member_id) per_member
         GROUP BY orders, first_on, last_on, anchor_on",
        merchant,
        day,
        loyal.unwrap_or(0)
    );
    let rows = tx.rows(stmt).await?;
    let facts = |row: &Row| {
        Ok(StageFacts {
            purchases: row.get(0)?,
            first_purchase_on: row.get(1)?,
            last_purchase_on: row.get(2)?,
            loyal_anchor_on: row.get(3)?,
        })
    };
    rows.iter().map(|row| Ok((facts(row)?, row.get(4)?))).collect()
}

/// Every order as it counts for its member, for checks: a select whose `$1` is the merchant.
pub const COUNTED: &str = "SELECT member_id, order_id, amount, refunded,
        CASE WHEN counts AND NOT undone THEN 1 ELSE 0 END AS orders, CASE WHEN counts AND NOT undone THEN purchased_on END AS on_day
     FROM purchase WHERE merchant_id = $1";

/// The first member whose figures are not what the orders add up to.
pub(super) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT member_id, CAST(SUM(so) AS BIGINT), CAST(SUM(po) AS BIGINT), CAST(SUM(sa) AS BIGINT), CAST(SUM(pa) AS BIGINT),
             COALESCE(MAX(sf), ''), COALESCE(MIN(pf), ''), COALESCE(MAX(sl), ''), COALESCE(MAX(pl), '') FROM (
             SELECT member_id, orders AS so, amount AS sa, first_purchase_on AS sf, last_purchase_on AS sl,
                 0 AS po, 0 AS pa, CAST(NULL AS TEXT) AS pf, CAST(NULL AS TEXT) AS pl FROM ({STATS}) AS stats
             UNION ALL SELECT member_id, 0, 0, NULL, NULL, orders, amount - refunded, on_day, on_day FROM ({COUNTED}) AS counted) AS both_sides
         GROUP BY member_id
         HAVING SUM(so) <> SUM(po) OR SUM(sa) <> SUM(pa) OR COALESCE(MAX(sf), '') <> COALESCE(MIN(pf), '')
             OR COALESCE(MAX(sl), '') <> COALESCE(MAX(pl), '')
         ORDER BY member_id LIMIT 1"
    );
    let Some(row) = tx.row(Stmt::built(text, vec![merchant.to_value()])).await? else { return Ok(None) };
    Ok(Some(Difference {
        member: row.get(0)?,
        orders: (row.get(1)?, row.get(2)?),
        amount: (row.get(3)?, row.get(4)?),
        first_on: (row.get(5)?, row.get(6)?),
        last_on: (row.get(7)?, row.get(8)?),
    }))
}

/// The member for whom an order counts now; none where it wasn't counted yet.
pub(super) async fn holder(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Option<MemberId>> {
    let stmt = sql!("SELECT member_id FROM purchase WHERE merchant_id = $1 AND order_id = $2 ORDER BY member_id LIMIT 1", merchant, order);
    tx.row(stmt).await?.map(|row| row.get(0)).transpose()
}

/// Gives purchases to another member: all of one member's, or these. Answers which orders.
pub(super) async fn move_all(tx: &mut Tx, merchant: MerchantId, from: MemberId, to: MemberId, only: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let stmt = sql!("SELECT order_id FROM purchase WHERE merchant_id = $1 AND member_id = $2 ORDER BY order_id", merchant, from);
    let mut ids: Vec<Uuid> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    if let Some(only) = only {
        let only: HashSet<&Uuid> = only.iter().collect();
        ids.retain(|id| only.contains(id));
    }
    for batch in ids.chunks(500) {
        let text = format!(
            "UPDATE purchase SET member_id = $2 WHERE merchant_id = $1 AND member_id = $3 AND order_id IN ({})",
            placeholders(4, batch.len())
        );
        let keys = [to.to_value(), from.to_value()].into_iter().chain(batch.iter().map(|id| id.to_value()));
        tx.queue(keyed(text, merchant, keys)).await?;
    }
    Ok(ids)
}
