//! What `verify` computes again about gift cards.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// A card that was sold got its face value, and what cards paid of an order is what its entries moved.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(cards(tx, merchant))
}

async fn cards(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    if let Some((card, face, moved)) = store::sales_differing(tx, merchant).await? {
        return Ok(Some(Difference::new("gift_card", format!("gift card {card} was sold for {face}, and its sale moved {moved}"))));
    }
    let found = store::uses_differing(tx, merchant).await?;
    Ok(found.map(|(order, booked, moved)| {
        Difference::new("gift_card_use", format!("order {order}: gift cards paid {booked}, and its entries moved {moved}"))
    }))
}
