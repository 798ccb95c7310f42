//! Making a variant a kit.

use super::model::{Kit, KitPart, PARTS_MAX};
use super::store;
use crate::fields;
use crate::product::{self, VariantId};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Result, Uuid};
use shuke_org::{audit, merchant};

/// What a variant is made of.
///
/// Errors: `variant_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: VariantId) -> Result<Kit> {
    if product::store::product_of(tx, cx.merchant, id).await?.is_none() {
        return Err(product::ops::variant_not_found());
    }
    let rows = tx.rows(store::parts_stmt(cx.merchant, &[id.0])).await?;
    let parts = rows.iter().map(|row| store::part_read(row).map(|(_, part)| part)).collect::<Result<Vec<KitPart>>>()?;
    Ok(Kit { parts })
}

/// Says anew what a variant is made of; no parts make it no kit any more.
///
/// Errors: `variant_not_found`; `kit_too_large`, `quantity_out_of_range`, `kit_part_unknown`, `kit_part_pkey`;
/// `kit_counted` where the variant has stock of its own; `kit_nested` where a part is a kit or the kit is a part.
pub async fn set(tx: &mut Tx, cx: &Cx, id: VariantId, kit: &Kit) -> Result<Kit> {
    if kit.parts.len() > PARTS_MAX {
        return Err(fields::fault("/parts", "kit_too_large", format!("at most {PARTS_MAX} parts")));
    }
    // Two kits that would each become the other's part follow each other on the merchant's row.
    merchant::ops::raise_book(tx, cx.merchant).await?;
    let old = show(tx, cx, id).await?;
    let mut ids: Vec<Uuid> = kit.parts.iter().map(|part| part.variant).collect();
    ids.push(id.0);
    let found = product::store::stocked(tx, cx.merchant, &ids).await?;
    if !kit.parts.is_empty() && found.get(&id.0).is_some_and(|own| own.track_stock) {
        return Err(Error::refused("kit_counted", "a kit takes the stock of its parts; stop counting it first"));
    }
    let nested = || Error::refused("kit_nested", "a kit can't hold a kit; name what is in it instead");
    let kits = product::store::kits_among(tx, cx.merchant, &ids).await?;
    for (index, part) in kit.parts.iter().enumerate() {
        let at = |field: &str| format!("/parts/{index}/{field}");
        fields::quantity_milli(&at("quantity_milli"), part.quantity_milli, 1)?;
        if !found.contains_key(&part.variant) {
            let error = Error::refused("kit_part_unknown", "a part is no product");
            return Err(error.field(at("variant"), "kit_part_unknown", "there is no such variant"));
        }
        if part.variant == id.0 || kits.contains(&part.variant) {
            return Err(nested().field(at("variant"), "kit_nested", "this is a kit itself"));
        }
    }
    if !kit.parts.is_empty() && store::is_part(tx, cx.merchant, id.0).await? {
        return Err(nested());
    }
    store::replace(tx, cx.merchant, id.0, &kit.parts).await?;
    tx.queue(product::store::set_kit_stmt(cx.merchant, id, !kit.parts.is_empty())).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("kit.changed", id).old(&old).new_value(kit)).await?;
    Ok(kit.clone())
}
