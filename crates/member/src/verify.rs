//! What `verify` computes again about members, beside their purchases.

use crate::{batch, card, group};
use shuke_db::Tx;
use shuke_kernel::{MerchantId, Result};

/// Something that is not as it was computed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which rule is broken, as a code.
    pub check: &'static str,
    /// What differs, in plain words.
    pub text: String,
}

/// The first thing that differs, or nothing.
pub async fn first_fault(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Fault>> {
    if let Some((id, counted, there)) = group::check(tx, merchant).await? {
        let text = format!("group {id} counts {counted} people, there are {there}");
        return Ok(Some(Fault { check: "group", text }));
    }
    if let Some((id, counted, there)) = card::first_difference(tx, merchant).await? {
        let text = format!("card {id} counts {counted} members who share it, there are {there}");
        return Ok(Some(Fault { check: "card_share", text }));
    }
    if let Some((id, counted, there)) = batch::store::first_difference(tx, merchant).await? {
        let text = format!("card batch {id} counts {counted} blank cards, there are {there}");
        return Ok(Some(Fault { check: "card_stock", text }));
    }
    Ok(None)
}
