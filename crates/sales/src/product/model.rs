//! Products, variants and what a sale needs to know of them.

use pinyin::ToPinyin as _;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Money, Rate, Uuid, id, text_enum};
use shuke_offer::price::{ActivityPrice, CartLine};
use std::collections::BTreeMap;
use utoipa::ToSchema;

id!(ProductId, "A product.");
id!(VariantId, "A variant: what is really sold, counted and scanned.");

text_enum! {
    /// What a product is.
    pub enum ProductKind {
        /// Goods that can be counted.
        Goods = "goods",
        /// A service that takes time and has no stock.
        Service = "service",
    }
}

text_enum! {
    /// Whether it may be sold.
    pub enum SaleState {
        /// 在售.
        OnSale = "on_sale",
        /// 下架: kept for its history, refused at the till.
        OffSale = "off_sale",
    }
}

/// A price for a while. Open ends mean from ever and for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimedPrice {
    /// The activity that it belongs to; the variant stands in where there is none.
    #[serde(default)]
    pub activity: Option<Uuid>,
    /// Minor units for one piece.
    pub price: Money,
    /// From this moment on.
    #[serde(default)]
    pub from: Option<Instant>,
    /// Up to but not at this moment.
    #[serde(default)]
    pub until: Option<Instant>,
}

impl TimedPrice {
    /// Whether it holds at a moment.
    pub fn holds(&self, now: Instant) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// What checkout and quote need to know of a variant in one store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForSale {
    /// The variant.
    pub variant: VariantId,
    /// Its product.
    pub product: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The variant's name; empty where the product has only one.
    pub variant_name: String,
    /// The number that people see.
    pub sku: String,
    /// The product's category and all above it, from the top down.
    pub categories: Vec<Uuid>,
    /// Goods or service.
    pub kind: ProductKind,
    /// 特价: no member or tier price.
    pub special: bool,
    /// Whether product and variant are both on sale.
    pub on_sale: bool,
    /// Minor units for one piece, the store's own price where it has one.
    pub price: Money,
    /// The member price for one piece.
    pub member_price: Option<Money>,
    /// The activity's price with its time.
    pub activity: Option<TimedPrice>,
    /// Whether the variant is counted.
    pub track_stock: bool,
    /// Whether it may be sold below zero.
    pub oversell: bool,
    /// Thousandths of a piece on hand; none where the store has never had any.
    pub on_hand_milli: Option<i64>,
    /// Minor units that one piece costs the shop.
    pub cost: Option<Money>,
    /// The product's own tax rate, in basis points.
    pub tax_rate: Option<Rate>,
    /// Whether it is made of parts, which are read apart.
    pub is_kit: bool,
    /// The parts of a kit, with thousandths of a piece in one kit.
    pub parts: Vec<(ForSale, i64)>,
}

impl ForSale {
    /// The product's name with the variant's.
    pub fn full_name(&self) -> String {
        if self.variant_name.is_empty() { self.product_name.clone() } else { format!("{} {}", self.product_name, self.variant_name) }
    }
    /// Thousandths of a piece on hand: of a kit what its parts suffice for, in whole kits. None where
    /// nothing is counted.
    pub fn available_milli(&self) -> Option<i64> {
        if !self.is_kit {
            return self.on_hand_milli.filter(|_| self.track_stock);
        }
        let counted = self.parts.iter().filter(|(part, each)| part.track_stock && *each > 0);
        counted.map(|(part, each)| part.on_hand_milli.unwrap_or(0).div_euclid(*each) * 1_000).min()
    }
    /// The line that the price engine takes, at a moment.
    pub fn cart_line(&self, quantity_milli: i64, now: Instant) -> CartLine {
        let activity = self.activity.filter(|timed| timed.holds(now));
        CartLine {
            product: self.product.0,
            variant: Some(self.variant.0),
            categories: self.categories.clone(),
            unit_price: self.price,
            quantity_milli,
            member_price: self.member_price,
            activity: activity.map(|timed| ActivityPrice { source: timed.activity.unwrap_or(self.variant.0), unit_price: timed.price }),
            special: self.special,
            gift: None,
        }
    }
    /// Whether a sale must take stock that was never there: it is refused as `stock_insufficient`.
    pub fn never_stocked(&self) -> bool {
        if self.is_kit {
            return self.parts.iter().any(|(part, _)| part.never_stocked());
        }
        self.track_stock && self.on_hand_milli.is_none()
    }
}

/// Reads a category path: ids joined by `/`, from the top down.
pub fn path_ids(path: &str) -> Vec<Uuid> {
    path.split('/').filter_map(|id| Uuid::parse_str(id).ok()).collect()
}

/// Most letters of [`initials`].
const INITIALS_MAX: usize = 64;

/// The first letters of a name in pinyin, lower case, with its Latin letters and digits as they are:
/// 飞鹤奶粉 700g becomes `fhnf700g`. Everything else is left out.
pub fn initials(name: &str) -> String {
    let letters = name.chars().filter_map(|c| match c.to_pinyin() {
        Some(pinyin) => pinyin.first_letter().chars().next(),
        None => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
    });
    letters.take(INITIALS_MAX).collect()
}

/// What stock needs to know of a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stocked {
    /// Whether it is counted.
    pub track_stock: bool,
    /// Whether it may be sold below zero.
    pub oversell: bool,
    /// Minor units that one piece costs the shop.
    pub cost: Option<Money>,
    /// Its SKU.
    pub sku: String,
    /// Its name beside the product's.
    pub variant_name: String,
    /// The product's name.
    pub product_name: String,
}

/// A product with its variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// The merchant's own number for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The first letters of the name in pinyin, lower case, by which it is found.
    pub initials: String,
    /// Its category.
    pub category: Option<Uuid>,
    /// Goods or service.
    pub kind: ProductKind,
    /// 件, 罐, kg, 次.
    pub unit: String,
    /// Its brand; may be empty.
    pub brand: String,
    /// Tax rate in basis points.
    pub tax_rate: Option<Rate>,
    /// 特价: no member or tier price.
    pub special: bool,
    /// Whether it may be sold.
    pub state: SaleState,
    /// When it was made.
    pub created_at: Instant,
    /// Its variants, oldest first.
    pub variants: Vec<Variant>,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Variant {
    /// Its id.
    pub id: VariantId,
    /// Its product.
    pub product: ProductId,
    /// The number that people see, one per merchant.
    pub sku: String,
    /// Its name beside the product's; empty where the product has only one.
    pub name: String,
    /// Size, colour and the like.
    pub attributes: BTreeMap<String, String>,
    /// What a scanner reads.
    pub barcodes: Vec<String>,
    /// Minor units for one piece.
    pub price: Money,
    /// The member price for one piece.
    pub member_price: Option<Money>,
    /// A price for a while.
    pub activity: Option<TimedPrice>,
    /// Minor units that one piece costs the shop.
    pub cost: Option<Money>,
    /// Whether it is counted.
    pub track_stock: bool,
    /// Whether it may be sold below zero.
    pub oversell: bool,
    /// How long a service takes.
    pub duration_minutes: Option<i64>,
    /// Whether it may be sold.
    pub state: SaleState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_what_a_cashier_types() {
        assert_eq!(initials("飞鹤奶粉 700g"), "fhnf700g");
        assert_eq!(initials("Nike 跑鞋 (红)"), "nikepxh");
        assert_eq!(initials("！？"), "");
        assert_eq!(initials(&"奶".repeat(200)).len(), INITIALS_MAX);
    }

    #[test]
    fn a_timed_price_ends_at_its_end() {
        let timed = TimedPrice { activity: None, price: Money(1), from: Some(Instant(10)), until: Some(Instant(20)) };
        assert_eq!([9, 10, 19, 20].map(|at| timed.holds(Instant(at))), [false, true, true, false]);
        assert!(TimedPrice { from: None, until: None, ..timed }.holds(Instant(i64::MIN)));
    }

    #[test]
    fn a_path_gives_the_category_and_all_above_it() {
        let (top, below) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(path_ids(&format!("{}/{}", top.simple(), below.simple())), [top, below]);
        assert!(path_ids("").is_empty());
    }
}
