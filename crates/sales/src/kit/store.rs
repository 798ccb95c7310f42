//! SQL of kits' parts.

use super::model::KitPart;
use crate::product::store::placeholders;
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{MerchantId, Result, Uuid};

/// The parts of kits, in their order: kit, part, thousandths in one kit. At least one kit.
pub(crate) fn parts_stmt(merchant: MerchantId, kits: &[Uuid]) -> Stmt {
    let text = format!(
        "SELECT kit_id, part_id, quantity_milli FROM kit_part WHERE merchant_id = $1 AND kit_id IN ({}) ORDER BY kit_id, place",
        placeholders(2, kits.len())
    );
    Stmt::built(text, std::iter::once(merchant.to_value()).chain(kits.iter().map(|id| id.to_value())).collect())
}

/// Reads a row of [`parts_stmt`].
pub(crate) fn part_read(row: &Row) -> Result<(Uuid, KitPart)> {
    Ok((row.get(0)?, KitPart { variant: row.get(1)?, quantity_milli: row.get(2)? }))
}

/// Writes a kit's parts anew.
pub(super) async fn replace(tx: &mut Tx, merchant: MerchantId, kit: Uuid, parts: &[KitPart]) -> Result<()> {
    tx.queue(sql!("DELETE FROM kit_part WHERE merchant_id = $1 AND kit_id = $2", merchant, kit)).await?;
    if parts.is_empty() {
        return Ok(());
    }
    let row = |(place, part): (i64, &KitPart)| {
        vec![merchant.to_value(), kit.to_value(), part.variant.to_value(), place.to_value(), part.quantity_milli.to_value()]
    };
    let columns = ["merchant_id", "kit_id", "part_id", "place", "quantity_milli"];
    tx.queue(insert("kit_part", &columns, (0_i64..).zip(parts).map(row).collect())).await
}

/// Whether a variant is a part of any kit.
pub(super) async fn is_part(tx: &mut Tx, merchant: MerchantId, variant: Uuid) -> Result<bool> {
    Ok(tx.row(sql!("SELECT kit_id FROM kit_part WHERE merchant_id = $1 AND part_id = $2 LIMIT 1", merchant, variant)).await?.is_some())
}
