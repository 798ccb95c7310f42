//! SQL of stock, its movements and its documents.

use super::limit::Allowed;
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

/// Makes rows with nothing on hand where there are none yet: by variant, and what it is allowed.
pub(crate) fn open_stmt(merchant: MerchantId, store: Uuid, variants: &[(Uuid, Allowed)]) -> Option<Stmt> {
    let mut variants = variants.to_vec();
    variants.sort_unstable();
    variants.dedup_by_key(|(variant, _)| *variant);
    let rows: Vec<_> = variants
        .iter()
        .map(|(variant, (oversell, max))| {
            vec![merchant.to_value(), store.to_value(), variant.to_value(), 0_i64.to_value(), oversell.to_value(), max.to_value()]
        })
        .collect();
    let columns = ["merchant_id", "store_id", "variant_id", "on_hand_milli", "oversell", "oversell_max_milli"];
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

/// Lets a variant be sold below zero in every store that has no rule about it, or forbids it.
pub fn set_oversell_stmt(merchant: MerchantId, variant: Uuid, oversell: bool) -> Stmt {
    sql!(
        "UPDATE stock SET oversell = $3 WHERE merchant_id = $1 AND variant_id = $2 AND NOT EXISTS (SELECT 1 FROM stock_limit l
             WHERE l.merchant_id = stock.merchant_id AND l.store_id = stock.store_id AND l.variant_id IN ($2, $4))",
        merchant,
        variant,
        oversell,
        Uuid::nil()
    )
}

/// The rules of a store: variant (nil first, for all) and limit.
pub(super) async fn limits(tx: &mut Tx, merchant: MerchantId, store: Uuid) -> Result<Vec<(Uuid, Option<i64>)>> {
    let stmt =
        sql!("SELECT variant_id, max_milli FROM stock_limit WHERE merchant_id = $1 AND store_id = $2 ORDER BY variant_id", merchant, store);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) async fn put_limit(tx: &mut Tx, merchant: MerchantId, store: Uuid, variant: Uuid, max_milli: Option<i64>) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO stock_limit (merchant_id, store_id, variant_id, max_milli) VALUES ($1, $2, $3, $4)
         ON CONFLICT (merchant_id, store_id, variant_id) DO UPDATE SET max_milli = excluded.max_milli",
        merchant,
        store,
        variant,
        max_milli
    ))
    .await
}

pub(super) async fn remove_limit(tx: &mut Tx, merchant: MerchantId, store: Uuid, variant: Uuid) -> Result<()> {
    tx.queue(sql!("DELETE FROM stock_limit WHERE merchant_id = $1 AND store_id = $2 AND variant_id = $3", merchant, store, variant)).await
}

/// Says what is allowed of these variants in a store.
pub(super) async fn allow(tx: &mut Tx, merchant: MerchantId, store: Uuid, variants: &[Uuid], (oversell, max): Allowed) -> Result<()> {
    let ids: Vec<String> = (5..variants.len() + 5).map(|number| format!("${number}")).collect();
    let text = format!(
        "UPDATE stock SET oversell = $3, oversell_max_milli = $4 WHERE merchant_id = $1 AND store_id = $2 AND variant_id IN ({})",
        ids.join(", ")
    );
    let mut params = vec![merchant.to_value(), store.to_value(), oversell.to_value(), max.to_value()];
    params.extend(variants.iter().map(|id| id.to_value()));
    tx.queue(Stmt::built(text, params)).await
}

/// The first row that is allowed otherwise than its store's rules say.
pub(crate) async fn first_unruled(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, Uuid)>> {
    let stmt = sql!(
        "SELECT s.store_id, s.variant_id FROM stock s JOIN stock_limit l ON l.merchant_id = s.merchant_id AND l.store_id = s.store_id
             AND (l.variant_id = s.variant_id OR (l.variant_id = $2 AND NOT EXISTS (SELECT 1 FROM stock_limit own
                 WHERE own.merchant_id = s.merchant_id AND own.store_id = s.store_id AND own.variant_id = s.variant_id)))
         WHERE s.merchant_id = $1 AND (CASE WHEN s.oversell THEN COALESCE(s.oversell_max_milli, -1) ELSE 0 END) <> COALESCE(l.max_milli, -1)
         ORDER BY s.store_id, s.variant_id LIMIT 1",
        merchant,
        Uuid::nil()
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
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

/// Variant, thousandths on hand, and what is allowed; by variant.
pub async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    store: Uuid,
    at_most_milli: Option<i64>,
    after: Option<Uuid>,
    rows_max: i64,
) -> Result<Vec<(Uuid, i64, Allowed)>> {
    let stmt = sql!(
        "SELECT variant_id, on_hand_milli, oversell, oversell_max_milli FROM stock
         WHERE merchant_id = $1 AND store_id = $2 AND variant_id > $3 AND on_hand_milli <= $4 ORDER BY variant_id LIMIT $5",
        merchant,
        store,
        after.unwrap_or(Uuid::nil()),
        at_most_milli.unwrap_or(i64::MAX),
        rows_max
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, (row.get(2)?, row.get(3)?)))).collect()
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
        "SELECT m.source_id, m.line, m.kind, m.store_id, m.variant_id, m.delta_milli, m.unit_cost, m.at, m.actor, d.supplier, d.note, m.after
         FROM (SELECT merchant_id, source_id, line, kind, store_id, variant_id, delta_milli, unit_cost, at, actor,
                 CAST(SUM(delta_milli) OVER (ORDER BY at, source_id, line, kind) AS BIGINT) AS after
             FROM stock_movement WHERE merchant_id = $1 AND store_id = $2 AND variant_id = $3) m LEFT JOIN stock_document d ON d.merchant_id = m.merchant_id AND d.id = m.source_id
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
        on_hand_milli: row.get(11)?,
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

/// What has run low, the least first, and how much of it there is: store, variant, thousandths on hand. What a
/// store never had does not run low.
pub(crate) async fn low(
    tx: &mut Tx,
    merchant: MerchantId,
    stores: Option<&[Uuid]>,
    at_most_milli: i64,
    limit: i64,
) -> Result<(Vec<(Uuid, Uuid, i64)>, i64)> {
    let mut params = vec![merchant.to_value(), at_most_milli.to_value()];
    let mut text = "FROM stock s WHERE s.merchant_id = $1 AND s.on_hand_milli <= $2 AND EXISTS (SELECT 1 FROM stock_movement m
         WHERE m.merchant_id = s.merchant_id AND m.variant_id = s.variant_id AND m.store_id = s.store_id)"
        .to_owned();
    if let Some(stores) = stores {
        let places: Vec<String> = (3..stores.len() + 3).map(|number| format!("${number}")).collect();
        let _ = write!(text, " AND s.store_id IN ({})", places.join(", "));
        params.extend(stores.iter().map(|id| id.to_value()));
    }
    let count = tx.row(Stmt::built(format!("SELECT CAST(COUNT(*) AS BIGINT) {text}"), params.clone())).await?;
    params.push(limit.to_value());
    let list = format!(
        "SELECT s.store_id, s.variant_id, s.on_hand_milli {text} ORDER BY s.on_hand_milli, s.store_id, s.variant_id LIMIT ${}",
        params.len()
    );
    let rows = tx.rows(Stmt::built(list, params)).await?;
    let found = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect::<Result<_>>()?;
    Ok((found, count.map_or(Ok(0), |row| row.get(0))?))
}
