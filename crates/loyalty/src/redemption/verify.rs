//! What `verify` computes again about uses.

use super::store;
use crate::coupon;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;
use std::collections::HashMap;

/// Every period counts the uses that were made in it and not given back, and no coupon has more uses
/// booked than it has lost.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(uses(tx, merchant))
}

async fn uses(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    if let Some((member, template, counted, summed)) = store::differing(tx, merchant).await? {
        let text =
            format!("member {member} is counted with {counted} uses of template {template} in a period, and the uses sum to {summed}");
        return Ok(Some(Difference::new("coupon_period", text)));
    }
    let redeemed = store::redeemed(tx, merchant).await?;
    if redeemed.is_empty() {
        return Ok(None);
    }
    let lost: HashMap<_, _> = coupon::store::lost(tx, merchant).await?.into_iter().collect();
    for (id, uses) in redeemed {
        let there = lost.get(&id).copied().unwrap_or(0);
        if uses > there {
            let text = format!("coupon {id} has {uses} uses booked, and has lost {there}");
            return Ok(Some(Difference::new("coupon_use", text)));
        }
    }
    Ok(None)
}
