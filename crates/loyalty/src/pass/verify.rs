//! What `verify` computes again about passes.

use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{MerchantId, Result};
use shuke_ledger::verify::Difference;

/// A pass counts the visits that were made and not undone, and so do its days; what visits took and
/// recognised is what the entries of their sources moved.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(passes(tx, merchant))
}

async fn passes(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let [counted, value] = [store::booked(true), store::booked(false)];
    let rules: [(&str, &str, Vec<&str>); 4] = [
        ("pass_uses", "pass", store::USES.to_vec()),
        ("pass_day", "pass", store::DAYS.to_vec()),
        ("pass_visit", "visits of", counted.iter().map(String::as_str).collect()),
        ("pass_value", "value of the visits of", value.iter().map(String::as_str).collect()),
    ];
    for (check, what, sides) in rules {
        if let Some((id, stored, computed)) = store::differing(tx, merchant, &sides).await? {
            return Ok(Some(Difference::new(check, format!("{what} {id}: {stored} is stored, and {computed} computed"))));
        }
    }
    Ok(None)
}
