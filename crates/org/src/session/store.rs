//! SQL of sessions.

use super::model::Session;
use crate::StaffId;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Instant, MerchantId, Result};

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, hash: &str, staff: StaffId, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO session (merchant_id, secret_hash, staff_id, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)",
        merchant,
        hash,
        staff,
        now
    ))
    .await
}

pub(super) fn find(merchant: MerchantId, hash: &str) -> Stmt {
    sql!("SELECT staff_id, created_at, seen_at FROM session WHERE merchant_id = $1 AND secret_hash = $2", merchant, hash)
}

pub(super) fn session(row: &Row) -> Result<Session> {
    Ok(Session { staff: row.get(0)?, created_at: row.get(1)?, seen_at: row.get(2)? })
}

pub(super) async fn seen(tx: &mut Tx, merchant: MerchantId, hash: &str, now: Instant) -> Result<()> {
    tx.queue(sql!("UPDATE session SET seen_at = $3 WHERE merchant_id = $1 AND secret_hash = $2 AND seen_at < $3", merchant, hash, now))
        .await
}

pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, hash: &str) -> Result<()> {
    tx.queue(sql!("DELETE FROM session WHERE merchant_id = $1 AND secret_hash = $2", merchant, hash)).await
}

pub(super) async fn remove_all(tx: &mut Tx, merchant: MerchantId, staff: StaffId) -> Result<()> {
    tx.queue(sql!("DELETE FROM session WHERE merchant_id = $1 AND staff_id = $2", merchant, staff)).await
}

/// Removes the sessions of a person that have ended by themselves.
pub(super) async fn remove_ended(tx: &mut Tx, merchant: MerchantId, staff: StaffId, begun: Instant, seen: Instant) -> Result<()> {
    tx.queue(sql!(
        "DELETE FROM session WHERE merchant_id = $1 AND staff_id = $2 AND (created_at <= $3 OR seen_at <= $4)",
        merchant,
        staff,
        begun,
        seen
    ))
    .await
}
