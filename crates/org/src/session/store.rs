//! SQL of sessions.

use super::model::Session;
use crate::{DeviceId, StaffId};
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Instant, MerchantId, Result};

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, hash: &str, staff: StaffId, limited: bool, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO session (merchant_id, secret_hash, staff_id, created_at, seen_at, limited) VALUES ($1, $2, $3, $4, $4, $5)",
        merchant,
        hash,
        staff,
        now,
        limited
    ))
    .await
}

/// A session that was begun at a device, with an idle time of its own.
pub(super) async fn insert_at(
    tx: &mut Tx,
    merchant: MerchantId,
    hash: &str,
    staff: StaffId,
    device: DeviceId,
    idle_ms: i64,
    now: Instant,
) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO session (merchant_id, secret_hash, staff_id, created_at, seen_at, limited, device_id, idle_ms)
         VALUES ($1, $2, $3, $4, $4, FALSE, $5, $6)",
        merchant,
        hash,
        staff,
        now,
        device,
        idle_ms
    ))
    .await
}

pub(super) async fn remove_of_device(tx: &mut Tx, merchant: MerchantId, device: DeviceId) -> Result<()> {
    tx.queue(sql!("DELETE FROM session WHERE merchant_id = $1 AND device_id = $2", merchant, device)).await
}

pub(super) fn find(merchant: MerchantId, hash: &str) -> Stmt {
    sql!("SELECT staff_id, created_at, seen_at, limited, idle_ms FROM session WHERE merchant_id = $1 AND secret_hash = $2", merchant, hash)
}

pub(super) fn session(row: &Row) -> Result<Session> {
    Ok(Session { staff: row.get(0)?, created_at: row.get(1)?, seen_at: row.get(2)?, limited: row.get(3)?, idle_ms: row.get(4)? })
}

pub(super) async fn seen(tx: &mut Tx, merchant: MerchantId, hash: &str, now: Instant) -> Result<()> {
    tx.queue(sql!("UPDATE session SET seen_at = $3 WHERE merchant_id = $1 AND secret_hash = $2 AND seen_at < $3", merchant, hash, now))
        .await
}

pub(super) async fn set_limited(tx: &mut Tx, merchant: MerchantId, staff: StaffId, limited: bool) -> Result<()> {
    tx.queue(sql!("UPDATE session SET limited = $3 WHERE merchant_id = $1 AND staff_id = $2", merchant, staff, limited)).await
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

/// Takes an attempt of a subject; where there is none now, answers how long until there is, in milliseconds.
pub(super) async fn take_attempt(
    tx: &mut Tx,
    nobody: MerchantId,
    subject: &str,
    now: Instant,
    interval_ms: i64,
    tolerance_ms: i64,
) -> Result<Option<i64>> {
    let taken = tx
        .exec(sql!(
            "INSERT INTO sign_in_attempt (merchant_id, subject, due_at) VALUES ($1, $2, $3)
             ON CONFLICT (merchant_id, subject) DO UPDATE SET due_at = CASE WHEN sign_in_attempt.due_at > $4 THEN sign_in_attempt.due_at ELSE $4 END + $5
             WHERE sign_in_attempt.due_at <= $6",
            nobody,
            subject,
            now.plus_ms(interval_ms),
            now,
            interval_ms,
            now.plus_ms(tolerance_ms)
        ))
        .await?;
    if taken == 1 {
        return Ok(None);
    }
    let row = tx.row(sql!("SELECT due_at FROM sign_in_attempt WHERE merchant_id = $1 AND subject = $2", nobody, subject)).await?;
    let due_at: i64 = row.map_or(Ok(now.0), |row| row.get(0))?;
    Ok(Some(due_at - tolerance_ms - now.0))
}

/// Forgets subjects that have been due since before a moment.
pub(super) async fn forget_attempts(tx: &mut Tx, nobody: MerchantId, before: Instant) -> Result<u64> {
    tx.exec(sql!("DELETE FROM sign_in_attempt WHERE merchant_id = $1 AND due_at < $2", nobody, before)).await
}
