//! What `verify` computes again about clocks.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// Every clock shows the latest activity that is not undone.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(clocks(tx, merchant))
}

async fn clocks(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let found = store::first_difference(tx, merchant).await?;
    Ok(found.map(|(owner, shown, counted)| {
        Difference::new("points_clock", format!("the clock of {owner} shows {shown:?}, the latest activity is {counted:?}"))
    }))
}
