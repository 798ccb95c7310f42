//! SQL of API keys.

use super::model::{Key, KeyId};
use shuke_db::{Row, Tx, sql};
use shuke_kernel::{Error, Instant, Limit, MerchantId, Result, Uuid};

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, key: &Key, hash: &str) -> Result<()> {
    let stores = key.stores.as_ref().map(json).transpose()?;
    tx.queue(sql!(
        "INSERT INTO api_key (merchant_id, id, name, secret_hash, scopes, stores, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        merchant,
        key.id,
        key.name,
        hash,
        json(&key.scopes)?,
        stores,
        key.created_by,
        key.created_at,
        key.expires_at
    ))
    .await
}

/// A key with the hashes of its tokens.
pub(super) struct Found {
    pub(super) key: Key,
    pub(super) hash: String,
    old_hash: Option<String>,
}

impl Found {
    /// Whether a token's hash is the present one, or the one before while that counts.
    pub(super) fn knows(&self, hash: &str, now: Instant) -> bool {
        self.hash == hash || (self.old_hash.as_deref() == Some(hash) && self.key.old_until.is_some_and(|until| now < until))
    }
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: KeyId) -> Result<Option<Found>> {
    let row = tx
        .row(sql!(
            "SELECT id, name, scopes, stores, created_by, created_at, expires_at, revoked_at, rotated_at, old_until, secret_hash, old_hash FROM api_key
             WHERE merchant_id = $1 AND id = $2",
            merchant,
            id
        ))
        .await?;
    row.map(|row| Ok(Found { key: key(&row)?, hash: row.get(10)?, old_hash: row.get(11)? })).transpose()
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, after: Option<KeyId>, limit: Limit) -> Result<Vec<Key>> {
    let rows = tx
        .rows(sql!(
            "SELECT id, name, scopes, stores, created_by, created_at, expires_at, revoked_at, rotated_at, old_until FROM api_key
             WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            merchant,
            after.unwrap_or(KeyId(Uuid::nil())),
            limit.fetch()
        ))
        .await?;
    rows.iter().map(key).collect()
}

/// Puts a new hash in the place of the one that was read; false where it isn't there any more.
pub(super) async fn rotate(tx: &mut Tx, merchant: MerchantId, new: &Key, old_hash: &str, hash: &str) -> Result<bool> {
    let count = tx
        .exec(sql!(
            "UPDATE api_key SET secret_hash = $3, old_hash = $4, old_until = $5, rotated_at = $6, expires_at = $7
             WHERE merchant_id = $1 AND id = $2 AND secret_hash = $4 AND revoked_at IS NULL",
            merchant,
            new.id,
            hash,
            old_hash,
            new.old_until,
            new.rotated_at,
            new.expires_at
        ))
        .await?;
    Ok(count == 1)
}

pub(super) async fn revoke(tx: &mut Tx, merchant: MerchantId, id: KeyId, now: Instant) -> Result<()> {
    tx.queue(sql!("UPDATE api_key SET revoked_at = $3 WHERE merchant_id = $1 AND id = $2 AND revoked_at IS NULL", merchant, id, now)).await
}

fn key(row: &Row) -> Result<Key> {
    let broken = |error: serde_json::Error| Error::internal(format!("an API key's scopes or stores: {error}"));
    let scopes: String = row.get(2)?;
    let stores: Option<String> = row.get(3)?;
    Ok(Key {
        id: row.get(0)?,
        name: row.get(1)?,
        scopes: serde_json::from_str(&scopes).map_err(broken)?,
        stores: stores.map(|text| serde_json::from_str(&text)).transpose().map_err(broken)?,
        created_by: row.get(4)?,
        created_at: row.get(5)?,
        expires_at: row.get(6)?,
        revoked_at: row.get(7)?,
        rotated_at: row.get(8)?,
        old_until: row.get(9)?,
    })
}
