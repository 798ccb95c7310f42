//! SQL of stock, its movements and its documents.

use super::model::{Delta, Difference, Movement, MovementKind, MovementRow, StockDocument, merged};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, insert_or_ignore, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result, Uuid};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a statement over `variant v` selects to learn what store `$2` has on hand.
pub(crate) const ON_HAND: &str = "st.on_hand_milli";
/// The join that [`ON_HAND`] needs.
pub(crate) const JOIN_ON_HAND: &str = "LEFT JOIN stock st ON st.merchant_id = v.merchant_id AND st.store_id = $2 AND st.variant_id = v.id";

/// Adds the deltas to rows that are there, all in one statement that travels with COMMIT: where a
/// row would fall below zero the constraint `stock_insufficient` refuses the transaction. A row that
/// is not there is left alone, so the caller looks first ([`ForSale::never_stocked`]). None where
/// nothing changes.
///
/// [`ForSale::never_stocked`]: crate::product::ForSale::never_stocked
pub fn take_stmt(merchant: MerchantId, store: Uuid, deltas: &[Delta]) -> Option<Stmt> {
    let deltas = merged(deltas);
    if deltas.is_empty() {
        return None;
    }
    let mut text = String::with_capacity(160 + deltas.len() * 44);
    let mut ids = String::with_capacity(deltas.len() * 5);
    let mut params = Vec::with_capacity(2 + deltas.len() * 2);
    params.push(merchant.to_value());
    params.push(store.to_value());
    text.push_str("UPDATE stock SET on_hand_milli = on_hand_milli + CASE variant_id");
    for (index, delta) in deltas.iter().enumerate() {
        let number = 3 + index * 2;
        let _ = write!(text, " WHEN ${number} THEN CAST(${} AS BIGINT)", number + 1);
        let _ = write!(ids, "{}${number}", if index == 0 { "" } else { ", " });
        params.push(delta.variant.to_value());
        params.push(delta.delta_milli.to_value());
    }
    let _ = write!(text, " END WHERE merchant_id = $1 AND store_id = $2 AND variant_id IN ({ids})");
    Some(Stmt::built(text, params))
}

/// Makes rows with nothing on hand where there are none yet.
pub fn open_stmt(merchant: MerchantId, store: Uuid, variants: &[(Uuid, bool)]) -> Option<Stmt> {
    let mut variants = variants.to_vec();
    variants.sort_unstable();
    variants.dedup_by_key(|(variant, _)| *variant);
    let rows: Vec<_> = variants
        .iter()
        .map(|(variant, oversell)| vec![merchant.to_value(), store.to_value(), variant.to_value(), 0_i64.to_value(), oversell.to_value()])
        .collect();
    let columns = ["merchant_id", "store_id", "variant_id", "on_hand_milli", "oversell"];
    (!rows.is_empty()).then(|| insert_or_ignore("stock", &columns, rows))
}

/// Writes the movements in one statement; a movement that was written before refuses the
/// transaction as `stock_movement_twice`. None where there is none.
pub fn movements_stmt(cx: &Cx, movements: &[Movement]) -> Option<Stmt> {
    let actor = cx.actor.text();
    let rows: Vec<_> = movements
        .iter()
        .filter(|movement| movement.delta_milli != 0)
        .map(|movement| {
            vec![
                cx.merchant.to_value(),
                movement.source.to_value(),
                movement.line.to_value(),
                movement.kind.to_value(),
                movement.store.to_value(),
                movement.variant.to_value(),
                movement.delta_milli.to_value(),
                movement.unit_cost.to_value(),
                cx.now.to_value(),
                actor.to_value(),
            ]
        })
        .collect();
    let columns = ["merchant_id", "source_id", "line", "kind", "store_id", "variant_id", "delta_milli", "unit_cost", "at", "actor"];
    (!rows.is_empty()).then(|| insert("stock_movement", &columns, rows))
}

/// Writes the head of a document.
pub fn insert_document_stmt(cx: &Cx, document: &StockDocument) -> Stmt {
    sql!(
        "INSERT INTO stock_document (merchant_id, id, kind, store_id, to_store_id, supplier, note, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        cx.merchant,
        document.id,
        document.kind,
        document.store,
        document.to_store,
        document.supplier,
        document.note,
        document.at,
        cx.actor.text()
    )
}

/// Lets a variant be sold below zero in every store, or forbids it.
pub fn set_oversell_stmt(merchant: MerchantId, variant: Uuid, oversell: bool) -> Stmt {
    sql!("UPDATE stock SET oversell = $3 WHERE merchant_id = $1 AND variant_id = $2", merchant, variant, oversell)
}

/// What is on hand of these variants; the rows are locked, in the order of their ids, until the transaction ends.
pub async fn locked(tx: &mut Tx, merchant: MerchantId, store: Uuid, variants: &[Uuid]) -> Result<BTreeMap<Uuid, i64>> {
    let ids: Vec<String> = (3..variants.len() + 3).map(|number| format!("${number}")).collect();
    let text = format!(
        "SELECT variant_id, on_hand_milli FROM stock WHERE merchant_id = $1 AND store_id = $2 AND variant_id IN ({}) \
         ORDER BY variant_id FOR UPDATE",
        ids.join(", ")
    );
    let mut params = vec![merchant.to_value(), store.to_value()];
    params.extend(variants.iter().map(|id| id.to_value()));
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Variant, thousandths on hand, may be sold below zero; by variant.
pub async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    store: Uuid,
    at_most_milli: Option<i64>,
    after: Option<Uuid>,
    rows_max: i64,
) -> Result<Vec<(Uuid, i64, bool)>> {
    let stmt = sql!(
        "SELECT variant_id, on_hand_milli, oversell FROM stock
         WHERE merchant_id = $1 AND store_id = $2 AND variant_id > $3 AND on_hand_milli <= $4 ORDER BY variant_id LIMIT $5",
        merchant,
        store,
        after.unwrap_or(Uuid::nil()),
        at_most_milli.unwrap_or(i64::MAX),
        rows_max
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The place of a movement in the history: when, source, line, kind.
pub type Place = (Instant, Uuid, i64, MovementKind);

/// The movements of a variant in a store, newest first.
pub async fn history(
    tx: &mut Tx,
    merchant: MerchantId,
    (store, variant): (Uuid, Uuid),
    after: Option<Place>,
    rows_max: i64,
) -> Result<Vec<MovementRow>> {
    let (at, source, line, kind) = after.unwrap_or((Instant(i64::MAX), Uuid::max(), i64::MAX, MovementKind::Sale));
    let stmt = sql!(
        "SELECT m.source_id, m.line, m.kind, m.store_id, m.variant_id, m.delta_milli, m.unit_cost, m.at, m.actor, d.supplier, d.note
         FROM stock_movement m LEFT JOIN stock_document d ON d.merchant_id = m.merchant_id AND d.id = m.source_id
         WHERE m.merchant_id = $1 AND m.store_id = $2 AND m.variant_id = $3 AND m.at <= $4
         AND (m.at, m.source_id, m.line, m.kind) < ($4, $5, $6, $7)
         ORDER BY m.at DESC, m.source_id DESC, m.line DESC, m.kind DESC LIMIT $8",
        merchant,
        store,
        variant,
        at,
        source,
        line,
        kind,
        rows_max
    );
    tx.rows(stmt).await?.iter().map(movement).collect()
}

fn movement(row: &Row) -> Result<MovementRow> {
    Ok(MovementRow {
        source: row.get(0)?,
        line: row.get(1)?,
        kind: row.get(2)?,
        store: row.get(3)?,
        variant: row.get(4)?,
        delta_milli: row.get(5)?,
        unit_cost: row.get(6)?,
        at: row.get(7)?,
        actor: row.get(8)?,
        supplier: row.get::<Option<String>>(9)?.unwrap_or_default(),
        note: row.get::<Option<String>>(10)?.unwrap_or_default(),
    })
}

/// The first row (by store and variant) that is not the sum of its movements, or movements without a row.
pub async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let row = tx
        .row(sql!(
            "SELECT store_id, variant_id, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM (
                 SELECT store_id, variant_id, on_hand_milli AS on_hand, 0 AS moved FROM stock WHERE merchant_id = $1
                 UNION ALL
                 SELECT store_id, variant_id, 0 AS on_hand, delta_milli AS moved FROM stock_movement WHERE merchant_id = $1
             ) both_sides GROUP BY store_id, variant_id HAVING SUM(on_hand) <> SUM(moved) ORDER BY store_id, variant_id LIMIT 1",
            merchant
        ))
        .await?;
    let read = |row: Row| Ok(Difference { store: row.get(0)?, variant: row.get(1)?, on_hand_milli: row.get(2)?, moved_milli: row.get(3)? });
    row.map(read).transpose()
}
