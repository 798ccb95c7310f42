//! What `verify` computes again about quotas.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// Every counter is what its uses add up to, less what was given back.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(counters(tx, merchant))
}

async fn counters(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let found = store::first_difference(tx, merchant).await?;
    Ok(found.map(|(member, subject, used, counted)| {
        Difference::new("quota", format!("member {member} has used {used} of the limit on {subject}, the uses add up to {counted}"))
    }))
}
