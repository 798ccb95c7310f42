//! SQL of stock, its movements and its documents.

use super::model::{Delta, Movement, merged};
use shuke_db::{Stmt, ToValue as _, insert, insert_or_ignore};
use shuke_kernel::{Cx, MerchantId, Uuid};
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
