//! What `verify` computes again about growth.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// The growth of every purchase follows from what is left of it, at the rate at which it was entered.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(purchases(tx, merchant))
}

async fn purchases(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let found = store::first_difference(tx, merchant).await?;
    Ok(found.map(|(order, stored, computed)| {
        Difference::new("growth", format!("order {order} grew its member by {stored}, what is left of it gives {computed}"))
    }))
}
