//! What `verify` computes again about follow-ups.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// Tries are counted, the last one left the follow-up as it stands, batches made what they say.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move { first(tx, merchant).await })
}

async fn first(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    if let Some((id, counted, found)) = store::wrong_count(tx, merchant).await? {
        let text = format!("follow-up {id}: {counted} tries are counted, {found} are there");
        return Ok(Some(Difference::new("follow_up_attempts", text)));
    }
    if let Some((id, state, outcome)) = store::wrong_state(tx, merchant).await? {
        let outcome = outcome.map_or("none", |outcome| outcome.as_str());
        let text = format!("follow-up {id} is {}, which the outcome of its last try is not: {outcome}", state.as_str());
        return Ok(Some(Difference::new("follow_up_state", text)));
    }
    let found = store::wrong_batch(tx, merchant).await?;
    Ok(found.map(|(id, counted, found)| {
        Difference::new("follow_up_batch", format!("batch {id}: {counted} follow-ups were counted, {found} are there"))
    }))
}
