//! What others may know of many members at once: nothing of who they are.

use super::super::model::MemberId;
use super::placeholders;
use super::rows_by_keys;
use crate::stage::Stage;
use crate::tag::TagId;
use shuke_db::{ToValue as _, Tx, sql};
use shuke_kernel::{Date, MerchantId, Money, Result, Uuid};

/// What is known of a member without who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Which member.
    pub id: MemberId,
    /// Person or group.
    pub kind: String,
    /// Their stage.
    pub stage: Stage,
    /// Since when.
    pub stage_since: Date,
    /// When they joined.
    pub joined_on: Date,
    /// The store they belong to.
    pub home_store: Option<Uuid>,
    /// Where they came from.
    pub source: Option<String>,
    /// Orders that count.
    pub orders: i64,
    /// What they come to.
    pub amount: Money,
    /// The first of them.
    pub first_purchase_on: Option<Date>,
    /// The last of them.
    pub last_purchase_on: Option<Date>,
}

/// Members after an id who are neither erased nor merged away.
pub async fn plain_page(tx: &mut Tx, merchant: MerchantId, after: MemberId, limit: i64) -> Result<Vec<Plain>> {
    let stmt = sql!(
        "SELECT m.id, m.kind, s.stage, s.stage_since, m.joined_on, m.home_store, m.source, s.orders, s.amount, s.first_purchase_on, s.last_purchase_on
         FROM member m JOIN member_stat s ON s.merchant_id = m.merchant_id AND s.member_id = m.id
         WHERE m.merchant_id = $1 AND m.id > $2 AND m.state <> 'erased' AND m.merged_into IS NULL ORDER BY m.id LIMIT $3",
        merchant,
        after,
        limit
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| {
            Ok(Plain {
                id: row.get(0)?,
                kind: row.get(1)?,
                stage: row.get(2)?,
                stage_since: row.get(3)?,
                joined_on: row.get(4)?,
                home_store: row.get(5)?,
                source: row.get(6)?,
                orders: row.get(7)?,
                amount: row.get(8)?,
                first_purchase_on: row.get(9)?,
                last_purchase_on: row.get(10)?,
            })
        })
        .collect()
}

/// Who members are now: each with the member they were merged into, or with themselves; those who are erased are left out.
pub async fn standing(tx: &mut Tx, merchant: MerchantId, ids: &[MemberId]) -> Result<Vec<(MemberId, MemberId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT k.id, m.id FROM member k JOIN member m ON m.merchant_id = k.merchant_id AND m.id = COALESCE(k.merged_into, k.id)
         WHERE k.merchant_id = $1 AND m.state <> 'erased' AND k.id IN ({})",
        placeholders(2, ids.len())
    );
    let rows = rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Those of the members who are neither erased nor merged away, each with the store they belong to. Until the transaction
/// ends they stay so: nobody erases or merges them, nor changes what they said about being reached.
pub async fn held(tx: &mut Tx, merchant: MerchantId, ids: &[MemberId]) -> Result<Vec<(MemberId, Option<Uuid>)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT id, home_store FROM member WHERE merchant_id = $1 AND state <> 'erased' AND merged_into IS NULL AND id IN ({})
         ORDER BY id FOR KEY SHARE",
        placeholders(2, ids.len())
    );
    let rows = rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Those of the members who are active: neither frozen, erased nor merged away.
pub async fn active(tx: &mut Tx, merchant: MerchantId, ids: &[MemberId]) -> Result<Vec<MemberId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = placeholders(2, ids.len());
    let text =
        format!("SELECT id FROM member WHERE merchant_id = $1 AND state = 'active' AND merged_into IS NULL AND id IN ({list}) ORDER BY id");
    let rows = rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// The numbers that people see of members; those who are erased are left out.
pub async fn numbers(tx: &mut Tx, merchant: MerchantId, ids: &[MemberId]) -> Result<Vec<(MemberId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text =
        format!("SELECT id, number FROM member WHERE merchant_id = $1 AND state <> 'erased' AND id IN ({})", placeholders(2, ids.len()));
    let rows = rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Members with a tag after an id.
pub async fn tagged(tx: &mut Tx, merchant: MerchantId, tag: TagId, after: MemberId, limit: i64) -> Result<Vec<MemberId>> {
    let stmt = sql!(
        "SELECT member_id FROM member_tag WHERE merchant_id = $1 AND tag_id = $2 AND member_id > $3 ORDER BY member_id LIMIT $4",
        merchant,
        tag,
        after,
        limit
    );
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}
