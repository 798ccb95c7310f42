//! What `verify` computes again about settlements.

use super::follower::NAME;
use super::store::{CLEARED, ENTERED, UNLIKE};
use shuke_db::{Future, Stmt, ToValue as _, Tx, Value};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_ledger::journal::BOOKED;
use shuke_ledger::verify::Difference;
use shuke_ledger::{follow, lot};

/// The entries are what stores did for each other's prepaid value, as far as they follow the ledger; a
/// settlement's lines are its entries' sums and its amount is what they give; what was confirmed and not
/// paid stands on the clearing accounts.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        if let Some(difference) = entered(tx, merchant).await? {
            return Ok(Some(difference));
        }
        let unlike = Stmt::built(UNLIKE, vec![merchant.to_value()]);
        if let Some(row) = tx.row(unlike).await? {
            let id: Uuid = row.get(0)?;
            return Ok(Some(Difference::new("settlement", format!("settlement {id} is not what its entries add up to"))));
        }
        cleared(tx, merchant).await
    })
}

async fn entered(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let until = follow::until(tx, merchant, NAME).await?;
    let text = format!(
        "SELECT issuer_id, store_id, CAST(SUM(entered) AS BIGINT), CAST(SUM(served) AS BIGINT) FROM (
             SELECT issuer_id, store_id, kind, amount AS entered, 0 AS served FROM ({ENTERED}) AS entries
             UNION ALL SELECT issuer_id, store_id, kind, 0, amount FROM ({}) AS services) AS sides
         GROUP BY issuer_id, store_id, kind HAVING SUM(entered) <> SUM(served) ORDER BY issuer_id, store_id LIMIT 1",
        lot::served()
    );
    let params = vec![merchant.to_value(), Value::Int(until.0), until.1.to_value(), Value::Int(until.2)];
    let Some(row) = tx.row(Stmt::built(text, params)).await? else { return Ok(None) };
    let (issuer, store): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
    let (entries, served): (i64, i64) = (row.get(2)?, row.get(3)?);
    let text = format!("store {issuer} owes store {store} {entries} by the entries, and {served} by the ledger");
    Ok(Some(Difference::new("settlement_entry", text)))
}

async fn cleared(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT id, CAST(SUM(booked) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM (
             SELECT id, booked, 0 AS moved FROM ({CLEARED}) AS settled
             UNION ALL SELECT source_id, 0, amount FROM ({BOOKED}) AS entries WHERE debit_kind = 'store_clearing') AS sides
         GROUP BY id HAVING SUM(booked) <> SUM(moved) ORDER BY id LIMIT 1"
    );
    let Some(row) = tx.row(Stmt::built(text, vec![merchant.to_value()])).await? else { return Ok(None) };
    let (id, booked, moved): (Uuid, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Some(Difference::new("settlement_clearing", format!("settlement {id} should have booked {booked}, its entries moved {moved}"))))
}
