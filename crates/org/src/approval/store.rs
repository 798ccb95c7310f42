//! SQL of approvals.

use super::model::{Approval, ApprovalId, ApprovalKind, ApprovalState, Wanted};
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Instant, Limit, MerchantId, Result, Uuid};

const COLUMNS: &str = "id, kind, subject, amount, store_id, reason, state, asked_by, asked_at, expires_at, decided_by, decided_at, used_at";

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, approval: &Approval) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO approval (merchant_id, id, kind, subject, amount, store_id, reason, state, asked_by, asked_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        cx.merchant,
        approval.id,
        approval.kind,
        approval.subject,
        approval.amount,
        approval.store,
        approval.reason,
        approval.state,
        approval.asked_by,
        approval.asked_at,
        approval.expires_at
    ))
    .await
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: ApprovalId) -> Result<Option<Approval>> {
    let text = format!("SELECT {COLUMNS} FROM approval WHERE merchant_id = $1 AND id = $2");
    tx.row(Stmt::built(text, vec![merchant.to_value(), id.to_value()])).await?.as_ref().map(read).transpose()
}

/// Newest first, before an id.
pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    state: Option<ApprovalState>,
    before: Option<ApprovalId>,
    limit: Limit,
) -> Result<Vec<Approval>> {
    let mut text = format!("SELECT {COLUMNS} FROM approval WHERE merchant_id = $1");
    let mut params = vec![merchant.to_value()];
    if let Some(state) = state {
        params.push(state.to_value());
        text += &format!(" AND state = ${}", params.len());
    }
    if let Some(before) = before {
        params.push(before.to_value());
        text += &format!(" AND id < ${}", params.len());
    }
    params.push(limit.fetch().to_value());
    text += &format!(" ORDER BY id DESC LIMIT ${}", params.len());
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Decides about one that waits and has not run out; says whether it was.
pub(super) async fn decide(tx: &mut Tx, cx: &Cx, id: ApprovalId, by: &str, state: ApprovalState) -> Result<bool> {
    let stmt = sql!(
        "UPDATE approval SET state = $3, decided_by = $4, decided_at = $5
         WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND expires_at > $5",
        cx.merchant,
        id,
        state,
        by,
        cx.now
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Uses one that was given for exactly this, to the one who asked; says whether there was one.
pub(super) async fn take(tx: &mut Tx, cx: &Cx, id: ApprovalId, wanted: &Wanted) -> Result<bool> {
    let stmt = sql!(
        "UPDATE approval SET state = 'used', used_at = $3
         WHERE merchant_id = $1 AND id = $2 AND state = 'given' AND expires_at > $3 AND kind = $4 AND subject = $5 AND amount = $6
         AND asked_by = $7",
        cx.merchant,
        id,
        cx.now,
        wanted.kind,
        wanted.subject,
        wanted.amount,
        cx.actor.text()
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// What somebody had approved of writes of a kind about one thing, and used, since a moment.
pub(super) async fn used_since(tx: &mut Tx, cx: &Cx, kind: ApprovalKind, subject: Uuid, since: Instant) -> Result<i64> {
    let stmt = sql!(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM approval
         WHERE merchant_id = $1 AND state = 'used' AND kind = $2 AND subject = $3 AND asked_by = $4 AND used_at >= $5",
        cx.merchant,
        kind,
        subject,
        cx.actor.text(),
        since
    );
    tx.row(stmt).await?.map_or(Ok(0), |row| row.get(0))
}

fn read(row: &Row) -> Result<Approval> {
    Ok(Approval {
        id: row.get(0)?,
        kind: row.get(1)?,
        subject: row.get(2)?,
        amount: row.get(3)?,
        store: row.get(4)?,
        reason: row.get(5)?,
        state: row.get(6)?,
        asked_by: row.get(7)?,
        asked_at: row.get(8)?,
        expires_at: row.get(9)?,
        decided_by: row.get(10)?,
        decided_at: row.get(11)?,
        used_at: row.get(12)?,
    })
}
