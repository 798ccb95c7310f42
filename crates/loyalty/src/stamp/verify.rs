//! What `verify` computes again about stamps.

use super::store;
use crate::gift;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// A card's stamps are what its orders add up to, and its full cards are those that were rewarded.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(cards(tx, merchant))
}

async fn cards(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    if let Some((member, card, shown, counted)) = store::first_difference(tx, merchant).await? {
        let text = format!("card {card} of member {member} shows {shown} stamps, its orders gave {counted}");
        return Ok(Some(Difference::new("stamp_card", text)));
    }
    let counted = store::rounds(tx, merchant).await?;
    let given = gift::store::held(tx, merchant, gift::Cause::StampCard).await?;
    let differs = counted.iter().find(|row| !given.contains(row)).or_else(|| given.iter().find(|row| !counted.contains(row)));
    Ok(differs.map(|(member, card, _)| {
        Difference::new("stamp_gift", format!("card {card} of member {member} counts other full cards than were rewarded"))
    }))
}
