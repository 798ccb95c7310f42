//! What `verify` computes again about memberships.

use super::store::{ENDS, PAID};
use crate::tier;
use shuke_db::{Future, Stmt, ToValue as _, Tx};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_ledger::journal::BOOKED;
use shuke_ledger::verify::Difference;

/// What lies over a member's tier ends with their last term, and every term's price is what was booked.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        match overlays(tx, merchant).await? {
            Some(found) => Ok(Some(found)),
            None => booked(tx, merchant).await,
        }
    })
}

async fn overlays(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let over = tier::store::OVERLAYS;
    let text = format!(
        "SELECT member_id, COALESCE(MAX(shown), ''), COALESCE(MAX(bought), '') FROM (
             SELECT member_id, overlay_until AS shown, CAST(NULL AS TEXT) AS bought FROM ({over}) AS overlays
             UNION ALL SELECT member_id, CAST(NULL AS TEXT), last_on FROM ({ENDS}) AS terms) AS sides
         GROUP BY member_id HAVING COALESCE(MAX(shown), '') <> COALESCE(MAX(bought), '') ORDER BY member_id LIMIT 1"
    );
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| {
        let (member, shown, bought): (Uuid, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Difference::new("membership", format!("member {member} has a paid tier until {shown:?}, their terms end on {bought:?}")))
    })
    .transpose()
}

async fn booked(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT id FROM (
             SELECT id, price FROM ({PAID}) AS terms
             UNION ALL SELECT source_id, -amount FROM ({BOOKED}) AS booked
             WHERE credit_kind = 'revenue' AND source_id IN (SELECT id FROM ({PAID}) AS known)) AS sides
         GROUP BY id HAVING SUM(price) <> 0 ORDER BY id LIMIT 1"
    );
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| Ok(Difference::new("membership_price", format!("membership {} cost other than was booked", row.get::<Uuid>(0)?))))
        .transpose()
}
