//! SQL of merges.

use super::{Merge, MergeId};
use crate::MemberId;
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert_or_ignore, sql};
use shuke_kernel::{Cx, MerchantId, Result, Uuid};

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, merge: &Merge) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO member_merge (merchant_id, id, survivor_id, absorbed_id, reason, at, actor, open_count) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
        cx.merchant,
        merge.id,
        merge.survivor,
        merge.absorbed,
        merge.reason,
        merge.at,
        merge.actor
    ))
    .await
}

fn read(row: &Row) -> Result<Merge> {
    Ok(Merge {
        id: row.get(0)?,
        survivor: row.get(1)?,
        absorbed: row.get(2)?,
        reason: row.get(3)?,
        at: row.get(4)?,
        actor: row.get(5)?,
        undone_at: row.get(6)?,
    })
}

/// The merge, held for the rest of the transaction.
pub(super) async fn lock(tx: &mut Tx, merchant: MerchantId, id: MergeId) -> Result<Option<Merge>> {
    let stmt = sql!(
        "SELECT id, survivor_id, absorbed_id, reason, at, actor, undone_at FROM member_merge WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
        merchant,
        id
    );
    tx.row(stmt).await?.as_ref().map(read).transpose()
}

/// The merges into a member and of a member, newest first.
pub(super) async fn of_member(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<Merge>> {
    let stmt = sql!(
        "SELECT id, survivor_id, absorbed_id, reason, at, actor, undone_at FROM member_merge
         WHERE merchant_id = $1 AND (survivor_id = $2 OR absorbed_id = $2) ORDER BY at DESC, id DESC LIMIT 200",
        merchant,
        member
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Ends a merge; `merge_undone` refuses a second time.
pub(super) async fn end(tx: &mut Tx, cx: &Cx, id: MergeId) -> Result<()> {
    tx.queue(sql!(
        "UPDATE member_merge SET open_count = open_count - 1, undone_at = $3, undone_by = $4 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        cx.now,
        cx.actor.text()
    ))
    .await
}

pub(super) async fn put_part(tx: &mut Tx, merchant: MerchantId, id: MergeId, part: &str, kept: &str) -> Result<()> {
    tx.queue(sql!("INSERT INTO member_merge_part (merchant_id, merge_id, part, kept) VALUES ($1, $2, $3, $4)", merchant, id, part, kept))
        .await
}

pub(super) async fn parts(tx: &mut Tx, merchant: MerchantId, id: MergeId) -> Result<Vec<(String, String)>> {
    let rows = tx.rows(sql!("SELECT part, kept FROM member_merge_part WHERE merchant_id = $1 AND merge_id = $2", merchant, id)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Notes what was sold to a member and counts for the one who absorbed them.
pub(super) async fn put_late(tx: &mut Tx, merchant: MerchantId, buyer: MemberId, source: Uuid) -> Result<()> {
    let row = vec![merchant.to_value(), buyer.to_value(), source.to_value()];
    tx.queue(insert_or_ignore("merge_late", &["merchant_id", "member_id", "source_id"], vec![row])).await
}

/// What was noted of some members.
pub(super) async fn late(tx: &mut Tx, merchant: MerchantId, buyers: &[MemberId]) -> Result<Vec<Uuid>> {
    let places: Vec<String> = (2..buyers.len() + 2).map(|place| format!("${place}")).collect();
    let text =
        format!("SELECT source_id FROM merge_late WHERE merchant_id = $1 AND member_id IN ({}) ORDER BY source_id", places.join(", "));
    let params = std::iter::once(merchant.to_value()).chain(buyers.iter().map(|id| id.to_value())).collect();
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| row.get(0)).collect()
}

/// Forgets what undoing the merges of a member needs.
pub(super) async fn forget(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!(
        "DELETE FROM member_merge_part WHERE merchant_id = $1 AND merge_id IN (
             SELECT id FROM member_merge WHERE merchant_id = $1 AND (survivor_id = $2 OR absorbed_id = $2))",
        merchant,
        member
    ))
    .await
}
