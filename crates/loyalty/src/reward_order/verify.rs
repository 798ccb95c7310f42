//! What `verify` computes again about redemptions.

use super::store;
use crate::reward;
use shuke_db::{Future, Stmt, ToValue as _, Tx};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_ledger::journal::BOOKED;
use shuke_ledger::verify::Difference;
use std::collections::HashMap;

/// Every reward counts the pieces that were redeemed and not cancelled, and every redemption's points and
/// money are those that were booked for it.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        match pieces(tx, merchant).await? {
            Some(found) => Ok(Some(found)),
            None => booked(tx, merchant).await,
        }
    })
}

async fn pieces(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let there: HashMap<_, _> = store::pieces(tx, merchant).await?.into_iter().collect();
    for (reward, redeemed) in reward::store::counted(tx, merchant).await? {
        let pieces = there.get(&reward).copied().unwrap_or(0);
        if redeemed != pieces {
            let text = format!("reward {reward} counts {redeemed} redeemed pieces, there are {pieces}");
            return Ok(Some(Difference::new("reward_count", text)));
        }
    }
    Ok(None)
}

async fn booked(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let paid = store::PAID;
    let text = format!(
        "SELECT id FROM (
             SELECT id, points AS points_of, money AS money_of FROM ({paid}) AS redemptions
             UNION ALL SELECT source_id, CASE WHEN credit_kind = 'points_redeemed' THEN -amount ELSE 0 END,
                 CASE WHEN credit_kind = 'revenue' THEN -amount ELSE 0 END
             FROM ({BOOKED}) AS booked WHERE source_id IN (SELECT id FROM ({paid}) AS known)) AS sides
         GROUP BY id HAVING SUM(points_of) <> 0 OR SUM(money_of) <> 0 ORDER BY id LIMIT 1"
    );
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| Ok(Difference::new("reward_order", format!("redemption {} cost other than what was booked for it", row.get::<Uuid>(0)?))))
        .transpose()
}
