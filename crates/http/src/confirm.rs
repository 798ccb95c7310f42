//! Whether a master key is the one that this database was sealed with.
//!
//! The first start records a check value of its key under the merchant number 0, which no merchant
//! has; every later start compares. A server with another key would find no member by phone and
//! open no sealed text, and would seal new ones that the right key can't open.

use crate::Vault;
use shuke_db::{Db, sql};
use shuke_kernel::{Error, MerchantId, Result};

const NOBODY: MerchantId = MerchantId(0);

/// Whether this database was sealed with some key already.
pub async fn key_is_known(db: &Db) -> Result<bool> {
    let row = db
        .read(&NOBODY, |tx, nobody| {
            Box::pin(async move { tx.row(sql!("SELECT check_value FROM vault_key WHERE merchant_id = $1", *nobody)).await })
        })
        .await?;
    Ok(row.is_some())
}

/// Ok where the vault's key is the one of this database, or the first.
///
/// Errors: `key_wrong`.
pub async fn confirm_key(db: &Db, vault: &Vault) -> Result<()> {
    let check = vault.check_value();
    let known: String = db
        .write(&check, |tx, check| {
            Box::pin(async move {
                tx.queue(sql!(
                    "INSERT INTO vault_key (merchant_id, check_value) VALUES ($1, $2) ON CONFLICT (merchant_id) DO NOTHING",
                    NOBODY,
                    *check
                ))
                .await?;
                let gone = || Error::internal("the key's check value is gone");
                tx.need(sql!("SELECT check_value FROM vault_key WHERE merchant_id = $1", NOBODY), gone).await?.get(0)
            })
        })
        .await?;
    if known == check {
        return Ok(());
    }
    Err(Error::unavailable(
        "key_wrong",
        "this is not the master key that the data was sealed with; bring back the right one (the file `key` of the data folder, or SHUKE_KEY) before starting",
    ))
}
