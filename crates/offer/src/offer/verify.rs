//! What `verify` computes again about the counters of offers.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// Budgets and members' counters are what the uses of orders add up to.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move { first(tx, merchant).await })
}

async fn first(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    if let Some((offer, [count, counted, money, moneyed])) = store::wrong_budget(tx, merchant).await? {
        let text = format!("offer {offer}: {count} uses of {money} are stored; the orders give {counted} of {moneyed}");
        return Ok(Some(Difference::new("offer_budget", text)));
    }
    let found = store::wrong_member(tx, merchant).await?;
    Ok(found.map(|(member, offer, period, [used, counted])| {
        let text = format!("member {member}, offer {offer}, {period}: {used} uses are stored; the orders give {counted}");
        Difference::new("offer_member", text)
    }))
}
