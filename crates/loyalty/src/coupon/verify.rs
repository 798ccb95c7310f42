//! What `verify` computes again about coupons.

use super::store;
use crate::template;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;
use std::collections::HashMap;

/// Every template counts, in its budget and in its members' quotas, the coupons that were issued and
/// not taken back unused.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(counts(tx, merchant))
}

async fn counts(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let places: HashMap<_, _> = store::places(tx, merchant).await?.into_iter().collect();
    for (template, issued, quota) in template::store::counted(tx, merchant).await? {
        let there = places.get(&template).copied().unwrap_or(0);
        if issued != there || quota != there {
            let text = format!("template {template} counts {issued} coupons and its members {quota}, there are {there}");
            return Ok(Some(Difference::new("coupon_count", text)));
        }
    }
    Ok(None)
}
