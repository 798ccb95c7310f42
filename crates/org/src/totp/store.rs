//! SQL of authenticators and recovery codes.

use crate::StaffId;
use shuke_db::{ToValue as _, Tx, insert, sql};
use shuke_kernel::{Instant, MerchantId, Result};

/// What is known of a person's authenticator; secrets sealed.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) secret: Option<String>,
    pub(super) pending: Option<String>,
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, staff: StaffId) -> Result<Option<Found>> {
    let row = tx.row(sql!("SELECT secret, pending FROM staff_totp WHERE merchant_id = $1 AND staff_id = $2", merchant, staff)).await?;
    row.map(|row| Ok(Found { secret: row.get(0)?, pending: row.get(1)? })).transpose()
}

/// Everybody of a merchant whose authenticator is confirmed.
pub(super) async fn enrolled(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<StaffId>> {
    let rows = tx.rows(sql!("SELECT staff_id FROM staff_totp WHERE merchant_id = $1 AND secret IS NOT NULL", merchant)).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

pub(super) async fn begin(tx: &mut Tx, merchant: MerchantId, staff: StaffId, pending: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO staff_totp (merchant_id, staff_id, pending, last_step) VALUES ($1, $2, $3, 0)
         ON CONFLICT (merchant_id, staff_id) DO UPDATE SET pending = excluded.pending",
        merchant,
        staff,
        pending
    ))
    .await
}

/// Makes the pending secret the one that counts; false where another request has confirmed or replaced it.
pub(super) async fn confirm(tx: &mut Tx, merchant: MerchantId, staff: StaffId, pending: &str, step: i64, now: Instant) -> Result<bool> {
    let count = tx
        .exec(sql!(
            "UPDATE staff_totp SET secret = pending, pending = NULL, last_step = $4, confirmed_at = $5
             WHERE merchant_id = $1 AND staff_id = $2 AND pending = $3",
            merchant,
            staff,
            pending,
            step,
            now
        ))
        .await?;
    Ok(count == 1)
}

/// Takes a code's step; false where it, or a later one, was taken already.
pub(super) async fn advance(tx: &mut Tx, merchant: MerchantId, staff: StaffId, step: i64) -> Result<bool> {
    let stmt =
        sql!("UPDATE staff_totp SET last_step = $3 WHERE merchant_id = $1 AND staff_id = $2 AND last_step < $3", merchant, staff, step);
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn replace_recovery(tx: &mut Tx, merchant: MerchantId, staff: StaffId, hashes: &[String]) -> Result<()> {
    tx.queue(sql!("DELETE FROM recovery_code WHERE merchant_id = $1 AND staff_id = $2", merchant, staff)).await?;
    if hashes.is_empty() {
        return Ok(());
    }
    let rows = hashes.iter().map(|hash| vec![merchant.to_value(), staff.to_value(), hash.to_value()]).collect();
    tx.queue(insert("recovery_code", &["merchant_id", "staff_id", "code_hash"], rows)).await
}

/// Uses a recovery code up; false where there is no such code, or no more.
pub(super) async fn use_recovery(tx: &mut Tx, merchant: MerchantId, staff: StaffId, hash: &str) -> Result<bool> {
    let stmt = sql!("DELETE FROM recovery_code WHERE merchant_id = $1 AND staff_id = $2 AND code_hash = $3", merchant, staff, hash);
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn recovery_left(tx: &mut Tx, merchant: MerchantId, staff: StaffId) -> Result<i64> {
    let row = tx.row(sql!("SELECT COUNT(*) FROM recovery_code WHERE merchant_id = $1 AND staff_id = $2", merchant, staff)).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, staff: StaffId) -> Result<()> {
    replace_recovery(tx, merchant, staff, &[]).await?;
    tx.queue(sql!("DELETE FROM staff_totp WHERE merchant_id = $1 AND staff_id = $2", merchant, staff)).await
}
