//! SQL of products, variants, barcodes and store prices.

use super::model::{ForSale, SaleState, TimedPrice, path_ids};
use crate::stock;
use shuke_db::{Row, Stmt, ToValue as _};
use shuke_kernel::{Instant, MerchantId, Money, Result, Uuid};
use std::fmt::Write as _;

/// Writes `$from, $from+1, …` for an IN list.
pub(crate) fn placeholders(from: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 4);
    for number in from..from + count {
        let _ = write!(text, "{}${number}", if number == from { "" } else { ", " });
    }
    text
}

/// What a sale needs to know of these variants in one store: one statement, lookups by primary key
/// only. Variants that don't exist are left out of the answer. At least one id.
pub fn for_sale_stmt(merchant: MerchantId, store: Uuid, variants: &[Uuid]) -> Stmt {
    let text = format!(
        "SELECT v.id, v.product_id, p.name, v.name, v.sku, p.category_path, p.kind, p.special, p.state, v.state, \
         COALESCE(sp.price, v.price), v.member_price, v.activity_id, v.activity_price, v.activity_from, v.activity_until, \
         v.track_stock, v.oversell, {on_hand}, v.cost \
         FROM variant v JOIN product p ON p.merchant_id = v.merchant_id AND p.id = v.product_id \
         LEFT JOIN variant_price sp ON sp.merchant_id = v.merchant_id AND sp.store_id = $2 AND sp.variant_id = v.id {stock} \
         WHERE v.merchant_id = $1 AND v.id IN ({ids})",
        on_hand = stock::store::ON_HAND,
        stock = stock::store::JOIN_ON_HAND,
        ids = placeholders(3, variants.len()),
    );
    let mut params = Vec::with_capacity(variants.len() + 2);
    params.push(merchant.to_value());
    params.push(store.to_value());
    params.extend(variants.iter().map(|id| id.to_value()));
    Stmt::built(text, params)
}

/// Reads a row of [`for_sale_stmt`].
pub fn for_sale_row(row: &Row) -> Result<ForSale> {
    let on_sale = row.get::<SaleState>(8)? == SaleState::OnSale && row.get::<SaleState>(9)? == SaleState::OnSale;
    Ok(ForSale {
        variant: row.get(0)?,
        product: row.get(1)?,
        product_name: row.get(2)?,
        variant_name: row.get(3)?,
        sku: row.get(4)?,
        categories: path_ids(&row.get::<String>(5)?),
        kind: row.get(6)?,
        special: row.get(7)?,
        on_sale,
        price: row.get(10)?,
        member_price: row.get(11)?,
        activity: timed_price(row, 12)?,
        track_stock: row.get(16)?,
        oversell: row.get(17)?,
        on_hand_milli: row.get(18)?,
        cost: row.get(19)?,
    })
}

/// Reads activity, price, from, until from four columns.
fn timed_price(row: &Row, at: usize) -> Result<Option<TimedPrice>> {
    let Some(price) = row.get::<Option<Money>>(at + 1)? else { return Ok(None) };
    let until = row.get::<Option<Instant>>(at + 3)?;
    Ok(Some(TimedPrice { activity: row.get(at)?, price, from: row.get(at + 2)?, until }))
}
