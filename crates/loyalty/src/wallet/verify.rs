//! What `verify` computes again about the wallet.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::MerchantId;
use shuke_ledger::verify::Difference;

/// The entries of a refund of a top-up took the principal and the bonus that it says.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let found = store::differing(tx, merchant).await?;
        Ok(found.map(|(id, booked, moved)| {
            Difference::new("top_up_refund", format!("refund {id} gave up {booked}, and its entries moved {moved}"))
        }))
    })
}
