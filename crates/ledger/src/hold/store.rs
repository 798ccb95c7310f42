//! SQL of holds.

use super::{Hold, HoldRequest};
use shuke_db::{Row, Tx, sql};
use shuke_kernel::{Instant, MerchantId, Result, Uuid};

/// What `verify` adds up: `owner, kind, amount` of open holds.
pub(crate) const OPEN: &str = "SELECT owner, kind, amount FROM hold WHERE merchant_id = $1 AND open_count > 0";

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, new: &HoldRequest) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO hold (merchant_id, id, owner, kind, amount, expires_at, open_count) VALUES ($1, $2, $3, $4, $5, $6, 1)",
        merchant,
        new.id,
        new.member,
        new.kind,
        new.amount,
        new.until
    ))
    .await
}

fn read(row: &Row) -> Result<Hold> {
    Ok(Hold {
        id: row.get(0)?,
        owner: row.get(1)?,
        kind: row.get(2)?,
        amount: row.get(3)?,
        expires_at: row.get(4)?,
        is_open: row.get::<i64>(5)? > 0,
    })
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: Uuid) -> Result<Option<Hold>> {
    let stmt = sql!("SELECT id, owner, kind, amount, expires_at, open_count FROM hold WHERE merchant_id = $1 AND id = $2", merchant, id);
    tx.row(stmt).await?.as_ref().map(read).transpose()
}

/// Ends it; the constraint `hold_ended` refuses a second time.
pub(super) async fn close(tx: &mut Tx, merchant: MerchantId, id: Uuid) -> Result<()> {
    tx.queue(sql!("UPDATE hold SET open_count = open_count - 1 WHERE merchant_id = $1 AND id = $2", merchant, id)).await
}

/// Ends it where it is still open. Returns whether it was.
pub(super) async fn close_open(tx: &mut Tx, merchant: MerchantId, id: Uuid) -> Result<bool> {
    let stmt = sql!("UPDATE hold SET open_count = 0 WHERE merchant_id = $1 AND id = $2 AND open_count > 0", merchant, id);
    Ok(tx.exec(stmt).await? == 1)
}

/// Open holds whose time is over.
pub(super) async fn expired(tx: &mut Tx, merchant: MerchantId, now: Instant, limit: i64) -> Result<Vec<Hold>> {
    let stmt = sql!(
        "SELECT id, owner, kind, amount, expires_at, open_count FROM hold
         WHERE merchant_id = $1 AND open_count > 0 AND expires_at <= $2 ORDER BY expires_at, id LIMIT $3",
        merchant,
        now,
        limit
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Those of one owner.
pub(super) async fn expired_of(tx: &mut Tx, merchant: MerchantId, owner: Uuid, now: Instant) -> Result<Vec<Hold>> {
    let stmt = sql!(
        "SELECT id, owner, kind, amount, expires_at, open_count FROM hold
         WHERE merchant_id = $1 AND open_count > 0 AND expires_at <= $3 AND owner = $2 ORDER BY expires_at, id",
        merchant,
        owner,
        now
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}
