//! What `verify` computes again about kinds of points.

use super::store::{self, ACCRUALS, PURSES};
use shuke_db::{Future, Stmt, ToValue as _, Tx};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_ledger::account::OF_KINDS;
use shuke_ledger::journal::{BOOKED, POINTS_SIDES};
use shuke_ledger::verify::Difference;

/// A purse's accounts are of its kind, no entry turns one kind of points into another, what orders earned of a
/// kind was booked, and what was taken back of it follows from what came back of their lines.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let any = tx.row(Stmt::built(format!("{PURSES} LIMIT 1"), vec![merchant.to_value()])).await?.is_some();
        // Where nobody has a purse, no entry need be looked at.
        for (check, what, text) in rules().into_iter().filter(|(check, ..)| any || *check != "points_kind") {
            let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
            if let Some(row) = row {
                return Ok(Some(Difference::new(check, format!("{what} {}", row.get::<Uuid>(0)?))));
            }
        }
        taken_back(tx, merchant).await
    })
}

fn rules() -> [(&'static str, &'static str, String); 3] {
    // The kind of an account: a purse's own, the owner of one of the shop's, and none for a member's.
    let kind = |side: &str, purse: &str| {
        format!(
            "CASE WHEN {purse}.kind_id IS NOT NULL THEN {purse}.kind_id
                 WHEN {side}_kind IN ('points', 'points_debt') THEN NULL ELSE {side}_owner END"
        )
    };
    let (debit, credit) = (kind("debit", "d"), kind("credit", "c"));
    [
        (
            "purse",
            "accounts are of another kind of points than their purse",
            format!(
                "SELECT owner FROM ({OF_KINDS}) AS accounts LEFT JOIN ({PURSES}) AS purses ON purses.id = owner
                 WHERE kind_id IS NULL OR kind_id <> points_kind ORDER BY owner LIMIT 1"
            ),
        ),
        (
            "points_kind",
            "an entry turns one kind of points into another: that of",
            format!(
                "SELECT source_id FROM (
                     SELECT source_id, {debit} AS one, {credit} AS other, d.kind_id AS purse_one, c.kind_id AS purse_other
                     FROM ({POINTS_SIDES}) AS sides
                     LEFT JOIN ({PURSES}) AS d ON d.id = debit_owner LEFT JOIN ({PURSES}) AS c ON c.id = credit_owner) AS pairs
                 WHERE (purse_one IS NOT NULL OR purse_other IS NOT NULL) AND (one IS NULL OR other IS NULL OR one <> other)
                 ORDER BY source_id LIMIT 1"
            ),
        ),
        (
            "points_accrual",
            "other points were booked than an order earned of a kind:",
            format!(
                "SELECT id FROM (
                     SELECT id, points FROM ({ACCRUALS}) AS accruals
                     UNION ALL SELECT source_id, -amount FROM ({BOOKED}) AS booked
                     WHERE debit_kind = 'points_issued' AND source_id IN (SELECT id FROM ({ACCRUALS}) AS known)) AS both_sides
                 GROUP BY id HAVING SUM(points) <> 0 ORDER BY id LIMIT 1"
            ),
        ),
    ]
}

async fn taken_back(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let found = store::first_difference(tx, merchant).await?;
    Ok(found.map(|(order, stored, computed)| {
        let text = format!("{stored} points of another kind are taken back of order {order}, its lines say {computed}");
        Difference::new("points_clawed", text)
    }))
}
