//! SQL of devices and staff's PINs.

use super::model::{Device, DeviceId, TRIES_MAX, WINDOW_MS};
use crate::StaffId;
use shuke_db::{Row, Tx, sql};
use shuke_kernel::{Cx, Instant, Limit, MerchantId, Result, Uuid};

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, device: &Device, hash: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO device (merchant_id, id, till_id, name, secret_hash, registered_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        merchant,
        device.id,
        device.till,
        device.name,
        hash,
        device.registered_by,
        device.created_at
    ))
    .await
}

fn device(row: &Row) -> Result<Device> {
    Ok(Device {
        id: row.get(0)?,
        till: row.get(1)?,
        name: row.get(2)?,
        registered_by: row.get(3)?,
        created_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}

/// A device and the hash of its secret.
pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: DeviceId) -> Result<Option<(Device, String)>> {
    let stmt = sql!(
        "SELECT id, till_id, name, registered_by, created_at, revoked_at, secret_hash FROM device WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    );
    tx.row(stmt).await?.map(|row| Ok((device(&row)?, row.get(6)?))).transpose()
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, after: Option<DeviceId>, limit: Limit) -> Result<Vec<Device>> {
    let stmt = sql!(
        "SELECT id, till_id, name, registered_by, created_at, revoked_at FROM device WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        merchant,
        after.unwrap_or(DeviceId(Uuid::nil())),
        limit.fetch()
    );
    tx.rows(stmt).await?.iter().map(device).collect()
}

/// Takes a device out of use; says whether it was in use.
pub(super) async fn revoke(tx: &mut Tx, merchant: MerchantId, id: DeviceId, now: Instant) -> Result<bool> {
    let stmt = sql!("UPDATE device SET revoked_at = $3 WHERE merchant_id = $1 AND id = $2 AND revoked_at IS NULL", merchant, id, now);
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn set_pin(tx: &mut Tx, cx: &Cx, staff: StaffId, hash: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO staff_pin (merchant_id, staff_id, hash, tries, tried_at, set_at) VALUES ($1, $2, $3, 0, 0, $4)
         ON CONFLICT (merchant_id, staff_id) DO UPDATE SET hash = excluded.hash, tries = 0, tried_at = 0, set_at = excluded.set_at",
        cx.merchant,
        staff,
        hash,
        cx.now
    ))
    .await
}

/// Takes a PIN away; says whether there was one.
pub(super) async fn remove_pin(tx: &mut Tx, merchant: MerchantId, staff: StaffId) -> Result<bool> {
    Ok(tx.exec(sql!("DELETE FROM staff_pin WHERE merchant_id = $1 AND staff_id = $2", merchant, staff)).await? == 1)
}

/// Who has a PIN.
pub(super) async fn with_pin(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<StaffId>> {
    tx.rows(sql!("SELECT staff_id FROM staff_pin WHERE merchant_id = $1", merchant)).await?.iter().map(|row| row.get(0)).collect()
}

/// Counts a try. Says whether there was one left in the window.
pub(super) async fn count_try(tx: &mut Tx, cx: &Cx, staff: StaffId) -> Result<bool> {
    let over = cx.now.plus_ms(-WINDOW_MS);
    let stmt = sql!(
        "UPDATE staff_pin SET tries = CASE WHEN tried_at <= $4 THEN 1 ELSE tries + 1 END, tried_at = CASE WHEN tried_at <= $4 THEN $3 ELSE tried_at END
         WHERE merchant_id = $1 AND staff_id = $2 AND (tries < $5 OR tried_at <= $4)",
        cx.merchant,
        staff,
        cx.now,
        over,
        TRIES_MAX
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// The sealed hash, and since when tries are counted.
pub(super) async fn pin(tx: &mut Tx, merchant: MerchantId, staff: StaffId) -> Result<Option<(String, Instant)>> {
    let stmt = sql!("SELECT hash, tried_at FROM staff_pin WHERE merchant_id = $1 AND staff_id = $2", merchant, staff);
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Forgets the tries after a right one, where the PIN is still the one that was typed; says whether it is.
pub(super) async fn forget_tries(tx: &mut Tx, merchant: MerchantId, staff: StaffId, hash: &str) -> Result<bool> {
    let stmt =
        sql!("UPDATE staff_pin SET tries = 0, tried_at = 0 WHERE merchant_id = $1 AND staff_id = $2 AND hash = $3", merchant, staff, hash);
    Ok(tx.exec(stmt).await? == 1)
}
