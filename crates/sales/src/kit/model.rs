//! What a kit is made of, and what a sold one was.

use crate::product::ForSale;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Money, Result, Uuid, money, split};
use utoipa::ToSchema;

/// Most parts of a kit.
pub const PARTS_MAX: usize = 50;

/// A part of a kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KitPart {
    /// The variant.
    pub variant: Uuid,
    /// Thousandths of a piece in one kit, above zero.
    pub quantity_milli: i64,
}

/// What a variant is made of; no parts where it is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    /// The parts, at most 50.
    pub parts: Vec<KitPart>,
}

/// A part of a kit that was sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinePart {
    /// The variant.
    pub variant: Uuid,
    /// The product.
    pub product: Uuid,
    /// What it was called when it was sold.
    pub name: String,
    /// The number on the shelf.
    pub sku: String,
    /// Thousandths of a piece in the whole line.
    pub quantity_milli: i64,
    /// What one piece cost the shop; shown to those who manage the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Whether stock was taken for it.
    pub tracked: bool,
    /// Its share of what was paid for the line, without tax that came on top.
    pub share: Money,
}

/// The parts of a line of `quantity_milli` kits for which `net` is paid.
///
/// Errors: `kit_not_whole` where the line is not of whole kits; `amount_too_large`.
pub fn line_parts(parts: &[(ForSale, i64)], quantity_milli: i64, net: Money) -> Result<Vec<LinePart>> {
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    if quantity_milli % 1_000 != 0 {
        return Err(Error::refused("kit_not_whole", "a kit is sold in whole pieces"));
    }
    let list = |(part, each): &(ForSale, i64)| money::mul_div(part.price.0, *each, 1_000);
    let weights = parts.iter().map(list).collect::<Result<Vec<_>>>()?;
    let shares = split::spread(net, &weights)?;
    let made = |((part, each), share): (&(ForSale, i64), Money)| {
        Ok(LinePart {
            variant: part.variant.0,
            product: part.product.0,
            name: part.full_name(),
            sku: part.sku.clone(),
            quantity_milli: money::mul_div(*each, quantity_milli, 1_000)?,
            cost: part.cost,
            tracked: part.track_stock,
            share,
        })
    };
    parts.iter().zip(shares).map(made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::{ProductId, ProductKind, VariantId};

    fn part(price: i64, each: i64) -> (ForSale, i64) {
        let good = ForSale {
            variant: VariantId(Uuid::from_u128(price.unsigned_abs().into())),
            product: ProductId(Uuid::nil()),
            product_name: "奶瓶".to_owned(),
            variant_name: String::new(),
            sku: String::new(),
            categories: Vec::new(),
            kind: ProductKind::Goods,
            special: false,
            on_sale: true,
            price: Money(price),
            member_price: None,
            activity: None,
            track_stock: true,
            oversell: false,
            on_hand_milli: None,
            cost: None,
            tax_rate: None,
            is_kit: false,
            parts: Vec::new(),
        };
        (good, each)
    }

    #[test]
    fn shares_add_up_and_quantities_are_those_of_the_line() {
        let parts = line_parts(&[part(100, 1_000), part(200, 2_000), part(0, 500)], 3_000, Money(1_000)).unwrap();
        assert_eq!(parts.iter().map(|part| part.share.0).collect::<Vec<_>>(), [200, 800, 0]);
        assert_eq!(parts.iter().map(|part| part.quantity_milli).collect::<Vec<_>>(), [3_000, 6_000, 1_500]);
        let odd = line_parts(&[part(1, 1_000), part(1, 1_000), part(1, 1_000)], 1_000, Money(100)).unwrap();
        assert_eq!(odd.iter().map(|part| part.share.0).sum::<i64>(), 100);
        assert_eq!(line_parts(&[part(1, 1_000)], 1_500, Money(1)).unwrap_err().code(), "kit_not_whole");
        assert!(line_parts(&[], 1_500, Money(1)).unwrap().is_empty());
    }
}
