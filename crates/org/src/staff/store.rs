//! SQL of staff.

use super::{NewStaff, PasswordHash, Staff, StaffId};
use crate::StoreId;
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Error, Limit, MerchantId, Result, Uuid};

/// A member of staff with what they sign in with.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) staff: Staff,
    pub(crate) password: PasswordHash,
}

fn stores_text(stores: Option<&[StoreId]>) -> Option<String> {
    stores.and_then(|stores| serde_json::to_string(stores).ok())
}

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, id: StaffId, new: &NewStaff) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO staff (merchant_id, id, username, name, role, stores, password_hash, active, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        cx.merchant,
        id,
        new.username.as_str(),
        new.name,
        new.role,
        stores_text(new.stores.as_deref()),
        new.password.0,
        true,
        cx.now
    ))
    .await
}

/// Changes a row that is still as it was read; says whether it was.
pub(super) async fn update(tx: &mut Tx, merchant: MerchantId, old: &Staff, new: &Staff) -> Result<bool> {
    let count = tx
        .exec(sql!(
            "UPDATE staff SET name = $3, role = $4, stores = $5, active = $6 WHERE merchant_id = $1 AND id = $2 AND role = $7 AND active = $8",
            merchant,
            new.id,
            new.name,
            new.role,
            stores_text(new.stores.as_deref()),
            new.active,
            old.role,
            old.active
        ))
        .await?;
    Ok(count == 1)
}

/// The names of staff.
pub(super) async fn names(tx: &mut Tx, merchant: MerchantId, ids: &[StaffId]) -> Result<Vec<(StaffId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (0..ids.len()).map(|index| format!("${}", index + 2)).collect();
    let text = format!("SELECT id, name FROM staff WHERE merchant_id = $1 AND id IN ({})", places.join(", "));
    let params = std::iter::once(merchant.to_value()).chain(ids.iter().map(|id| id.to_value())).collect();
    let rows = tx.rows(Stmt::built(text, params)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) async fn set_password(tx: &mut Tx, merchant: MerchantId, id: StaffId, password: &PasswordHash) -> Result<()> {
    tx.queue(sql!("UPDATE staff SET password_hash = $3 WHERE merchant_id = $1 AND id = $2", merchant, id, password.0)).await
}

pub(super) fn by_id(merchant: MerchantId, id: StaffId) -> Stmt {
    sql!(
        "SELECT id, username, name, role, stores, active, created_at, password_hash FROM staff WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    )
}

/// The same row, locked against a change of the password while somebody signs in with it.
pub(super) fn by_id_locked(merchant: MerchantId, id: StaffId) -> Stmt {
    sql!(
        "SELECT id, username, name, role, stores, active, created_at, password_hash FROM staff WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
        merchant,
        id
    )
}

pub(super) fn by_username(merchant: MerchantId, username: &str) -> Stmt {
    sql!(
        "SELECT id, username, name, role, stores, active, created_at, password_hash FROM staff WHERE merchant_id = $1 AND username = $2",
        merchant,
        username
    )
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, after: Option<StaffId>, limit: Limit) -> Result<Vec<Staff>> {
    let after = after.unwrap_or(StaffId(Uuid::nil()));
    let rows = tx
        .rows(sql!(
            "SELECT id, username, name, role, stores, active, created_at, password_hash FROM staff
             WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            merchant,
            after,
            limit.fetch()
        ))
        .await?;
    rows.iter().map(|row| Ok(credentials(row)?.staff)).collect()
}

pub(super) async fn all(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<Staff>> {
    let rows = tx
        .rows(sql!(
            "SELECT id, username, name, role, stores, active, created_at, password_hash FROM staff WHERE merchant_id = $1 ORDER BY id",
            merchant
        ))
        .await?;
    rows.iter().map(|row| Ok(credentials(row)?.staff)).collect()
}

pub(super) fn credentials(row: &Row) -> Result<Credentials> {
    let stores: Option<String> = row.get(4)?;
    let stores = stores
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| Error::internal(format!("staff.stores holds something else than ids: {error}")))?;
    Ok(Credentials {
        staff: Staff {
            id: row.get(0)?,
            username: row.get(1)?,
            name: row.get(2)?,
            role: row.get(3)?,
            stores,
            active: row.get(5)?,
            created_at: row.get(6)?,
        },
        password: PasswordHash(row.get(7)?),
    })
}
