//! The master key of a database: whether it is the right one, and another in its place.
//!
//! The master key opens one thing: the root, 32 random bytes that are made with the database and kept in
//! it, sealed. Everything else ([`Vault`]) is derived from the root. So another master key needs the root
//! sealed anew and nothing else: no text, no blind index, no printed code changes, and servers that are
//! running notice nothing.
//!
//! A check value of the master key stands beside it, under the merchant number 0, which no merchant has; a
//! server with another key would find no member by phone, and would seal texts that the right key can't
//! open, so it doesn't start. Databases from before there was a root have the master key as their root,
//! until their first rotation and in it too: what was derived from it stays.

use crate::Vault;
use crate::vault::{MasterKey, Root};
use shuke_db::{Db, Tx, sql};
use shuke_kernel::{Error, MerchantId, Random, Result};

const NOBODY: MerchantId = MerchantId(0);

/// Whether this database was sealed with some key already.
pub async fn key_is_known(db: &Db) -> Result<bool> {
    Ok(db.read(&(), |tx, ()| Box::pin(known(tx))).await?.is_some())
}

/// The check value, and the sealed root.
async fn known(tx: &mut Tx) -> Result<Option<(String, Option<String>)>> {
    let row = tx.row(sql!("SELECT check_value, wrapped FROM vault_key WHERE merchant_id = $1", NOBODY)).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

fn wrong() -> Error {
    Error::unavailable(
        "key_wrong",
        "this is not the master key that the data was sealed with; bring back the right one (the file `key` of the data folder, or SHUKE_KEY) before starting",
    )
}

/// The vault of this database; the first start makes its root.
///
/// Errors: `key_wrong`.
pub async fn open_vault(db: &Db, master: &MasterKey, random: Random) -> Result<Vault> {
    let first = (master.check_value(), master.wrap(&Root::new(&random), &random)?);
    let found = db.write(&first, |tx, (check, wrapped)| {
        Box::pin(async move {
            tx.queue(sql!(
                "INSERT INTO vault_key (merchant_id, check_value, wrapped) VALUES ($1, $2, $3) ON CONFLICT (merchant_id) DO NOTHING",
                NOBODY,
                *check,
                *wrapped
            ))
            .await?;
            known(tx).await?.ok_or_else(|| Error::internal("the key's check value is gone"))
        })
    });
    let (check, wrapped) = found.await?;
    if check != first.0 {
        return Err(wrong());
    }
    Ok(Vault::of(root(master, wrapped.as_deref())?, random))
}

fn root(master: &MasterKey, wrapped: Option<&str>) -> Result<Root> {
    wrapped.map_or_else(|| Ok(master.as_root()), |text| master.opened(text))
}

/// Gives the database another master key. False where it has that one already: an earlier attempt came so far.
///
/// Errors: `key_unknown` where nothing was sealed yet, `key_wrong`, `key_rotated` where somebody else was faster.
pub async fn rotate_key(db: &Db, old: &MasterKey, new: &MasterKey, random: &Random) -> Result<bool> {
    let nothing = || Error::refused("key_unknown", "nothing was sealed with a key yet; start the server once first");
    let (check, wrapped) = db.read(&(), |tx, ()| Box::pin(known(tx))).await?.ok_or_else(nothing)?;
    if check == new.check_value() {
        return Ok(false);
    }
    if check != old.check_value() {
        return Err(wrong());
    }
    let sealed = new.wrap(&root(old, wrapped.as_deref())?, random)?;
    let step = (check, new.check_value(), sealed);
    let changed = db.write(&step, |tx, (before, check, wrapped)| {
        Box::pin(tx.exec(sql!(
            "UPDATE vault_key SET check_value = $2, wrapped = $3 WHERE merchant_id = $1 AND check_value = $4",
            NOBODY,
            *check,
            *wrapped,
            *before
        )))
    });
    match changed.await? {
        1 => Ok(true),
        _ => {
            Err(Error::conflict("key_rotated", "the master key was changed by somebody else meanwhile; look at who did, then start again"))
        }
    }
}
