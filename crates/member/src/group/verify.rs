//! What `verify` computes again about groups.

use super::store;
use crate::MemberId;
use shuke_db::Tx;
use shuke_kernel::{MerchantId, Result};

/// The first group whose counter is not the number of its people: group, counted, there.
pub async fn check(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(MemberId, i64, i64)>> {
    store::first_difference(tx, merchant).await
}
