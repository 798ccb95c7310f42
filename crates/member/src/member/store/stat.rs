//! SQL of members' figures and stages.

use super::super::model::{MemberId, Stat};
use super::{placeholders, rows_by_keys};
use crate::stage::Stage;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, sql};
use shuke_kernel::{Date, MerchantId, Result};
use std::fmt::Write as _;

/// New figures of a member.
#[derive(Clone, Debug)]
pub struct StatUpdate {
    /// Whose.
    pub member: MemberId,
    /// What they are now.
    pub stat: Stat,
}

fn stat(row: &Row) -> Result<(MemberId, Stat)> {
    let stat = Stat {
        orders: row.get(1)?,
        amount: row.get(2)?,
        first_purchase_on: row.get(3)?,
        last_purchase_on: row.get(4)?,
        stage: row.get(5)?,
        stage_since: row.get(6)?,
        stage_due_on: row.get(7)?,
    };
    Ok((row.get(0)?, stat))
}

macro_rules! stats {
    ($rest:literal) => {
        concat!(
            "SELECT member_id, orders, amount, first_purchase_on, last_purchase_on, stage, stage_since, stage_due_on FROM member_stat ",
            $rest
        )
    };
}

/// The figures of some members, locked in the order of their ids.
pub(crate) async fn lock_stats(tx: &mut Tx, merchant: MerchantId, ids: &[MemberId]) -> Result<Vec<(MemberId, Stat)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text =
        format!("{} {}) ORDER BY member_id FOR UPDATE", stats!("WHERE merchant_id = $1 AND member_id IN ("), placeholders(2, ids.len()));
    rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?.iter().map(stat).collect()
}

/// Members whose stage is due by a day, the longest due first, locked.
pub(crate) async fn due(tx: &mut Tx, merchant: MerchantId, today: Date, limit: i64) -> Result<Vec<(MemberId, Stat)>> {
    let stmt = sql!(
        stats!("WHERE merchant_id = $1 AND stage_due_on <= $2 ORDER BY stage_due_on, member_id LIMIT $3 FOR UPDATE"),
        merchant,
        today,
        limit
    );
    tx.rows(stmt).await?.iter().map(stat).collect()
}

/// Ids and figures of all members, by id.
pub(crate) async fn page_of_ids(tx: &mut Tx, merchant: MerchantId, after: MemberId, limit: i64) -> Result<Vec<(MemberId, Stat)>> {
    let stmt = sql!(stats!("WHERE merchant_id = $1 AND member_id > $2 ORDER BY member_id LIMIT $3"), merchant, after, limit);
    tx.rows(stmt).await?.iter().map(stat).collect()
}

/// How many members are in each stage.
pub async fn stage_counts(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(Stage, i64)>> {
    let stmt = sql!(
        "SELECT stage, CAST(SUM(members) AS BIGINT) FROM (
             SELECT stage, COUNT(*) AS members FROM member_stat WHERE merchant_id = $1 GROUP BY stage
             UNION ALL SELECT s.stage, -COUNT(*) FROM member m
                 JOIN member_stat s ON s.merchant_id = m.merchant_id AND s.member_id = m.id
                 WHERE m.merchant_id = $1 AND m.merged_into IS NOT NULL GROUP BY s.stage) AS counted
         GROUP BY stage",
        merchant
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

const UPDATED: &[&str] =
    &["merchant_id", "member_id", "orders", "amount", "first_purchase_on", "last_purchase_on", "stage", "stage_since", "stage_due_on"];

/// Writes figures of many members in one statement. The rows are there, so the insert always turns
/// into an update.
pub(crate) async fn update_stats(tx: &mut Tx, merchant: MerchantId, updates: &[StatUpdate]) -> Result<()> {
    if updates.is_empty() {
        return Ok(());
    }
    let mut text = format!("INSERT INTO member_stat ({}) VALUES ", UPDATED.join(", "));
    let mut params: Vec<Value> = Vec::with_capacity(updates.len() * UPDATED.len());
    for (index, update) in updates.iter().enumerate() {
        let _ = write!(text, "{}({})", if index == 0 { "" } else { ", " }, placeholders(params.len() + 1, UPDATED.len()));
        let stat = &update.stat;
        params.extend([
            merchant.to_value(),
            update.member.to_value(),
            stat.orders.to_value(),
            stat.amount.to_value(),
            stat.first_purchase_on.to_value(),
            stat.last_purchase_on.to_value(),
            stat.stage.to_value(),
            stat.stage_since.to_value(),
            stat.stage_due_on.to_value(),
        ]);
    }
    text.push_str(
        " ON CONFLICT (merchant_id, member_id) DO UPDATE SET orders = excluded.orders, amount = excluded.amount,
            first_purchase_on = excluded.first_purchase_on, last_purchase_on = excluded.last_purchase_on, stage = excluded.stage,
            stage_since = excluded.stage_since, stage_due_on = excluded.stage_due_on",
    );
    tx.queue(Stmt::built(text, params)).await
}

/// Every member's figures, for checks: a select whose `$1` is the merchant.
pub(crate) const STATS: &str =
    "SELECT member_id, orders, amount, first_purchase_on, last_purchase_on FROM member_stat WHERE merchant_id = $1";
