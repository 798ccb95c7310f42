//! SQL of codes and of members' sessions.

use super::model::Session;
use crate::MemberId;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Instant, MerchantId, Result};

/// Puts a phone's one code in the place of the one before.
pub(super) async fn put_code(
    tx: &mut Tx,
    merchant: MerchantId,
    phone_index: &str,
    hash: &str,
    tries: i64,
    expires_at: Instant,
) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO sign_in_code (merchant_id, phone_index, code_hash, tries_left, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (merchant_id, phone_index) DO UPDATE
         SET code_hash = excluded.code_hash, tries_left = excluded.tries_left, expires_at = excluded.expires_at",
        merchant,
        phone_index,
        hash,
        tries,
        expires_at
    ))
    .await
}

/// Counts a try, and holds the code until the transaction ends; false where there is no code to be tried.
pub(super) async fn try_code(tx: &mut Tx, merchant: MerchantId, phone_index: &str, now: Instant) -> Result<bool> {
    let stmt = sql!(
        "UPDATE sign_in_code SET tries_left = tries_left - 1 WHERE merchant_id = $1 AND phone_index = $2 AND tries_left > 0 AND expires_at > $3",
        merchant,
        phone_index,
        now
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Gives a try back.
pub(super) async fn untry_code(tx: &mut Tx, merchant: MerchantId, phone_index: &str) -> Result<()> {
    tx.queue(sql!("UPDATE sign_in_code SET tries_left = tries_left + 1 WHERE merchant_id = $1 AND phone_index = $2", merchant, phone_index))
        .await
}

pub(super) async fn code_is(tx: &mut Tx, merchant: MerchantId, phone_index: &str, hash: &str) -> Result<bool> {
    let stmt = sql!(
        "SELECT tries_left FROM sign_in_code WHERE merchant_id = $1 AND phone_index = $2 AND code_hash = $3",
        merchant,
        phone_index,
        hash
    );
    Ok(tx.row(stmt).await?.is_some())
}

/// Uses a code up; false where somebody else did.
pub(super) async fn use_code(tx: &mut Tx, merchant: MerchantId, phone_index: &str, hash: &str) -> Result<bool> {
    let stmt = sql!("DELETE FROM sign_in_code WHERE merchant_id = $1 AND phone_index = $2 AND code_hash = $3", merchant, phone_index, hash);
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn prune_codes(tx: &mut Tx, merchant: MerchantId, before: Instant) -> Result<u64> {
    tx.exec(sql!("DELETE FROM sign_in_code WHERE merchant_id = $1 AND expires_at < $2", merchant, before)).await
}

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, hash: &str, member: MemberId, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO member_session (merchant_id, secret_hash, member_id, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)",
        merchant,
        hash,
        member,
        now
    ))
    .await
}

pub(super) fn find(merchant: MerchantId, hash: &str) -> Stmt {
    sql!("SELECT member_id, created_at, seen_at FROM member_session WHERE merchant_id = $1 AND secret_hash = $2", merchant, hash)
}

pub(super) fn session(row: &Row) -> Result<Session> {
    Ok(Session { member: row.get(0)?, created_at: row.get(1)?, seen_at: row.get(2)? })
}

pub(super) async fn seen(tx: &mut Tx, merchant: MerchantId, hash: &str, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "UPDATE member_session SET seen_at = $3 WHERE merchant_id = $1 AND secret_hash = $2 AND seen_at < $3",
        merchant,
        hash,
        now
    ))
    .await
}

pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, hash: &str) -> Result<()> {
    tx.queue(sql!("DELETE FROM member_session WHERE merchant_id = $1 AND secret_hash = $2", merchant, hash)).await
}

pub(super) async fn remove_all(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM member_session WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}

/// Removes the sessions that have ended by themselves.
pub(super) async fn prune(tx: &mut Tx, merchant: MerchantId, begun: Instant, seen: Instant) -> Result<u64> {
    tx.exec(sql!("DELETE FROM member_session WHERE merchant_id = $1 AND (created_at <= $2 OR seen_at <= $3)", merchant, begun, seen)).await
}
