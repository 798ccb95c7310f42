//! The range of the demo shop: what the trade's preset sells, in several brands.
//!
//! Brands are invented. Barcodes begin with 20, which GS1 leaves to shops for their own use: none of
//! them is the number of a real product.

use shuke_kernel::Money;
use shuke_org::Trade;
use shuke_org::preset::{self, Product};

/// Invented brands of a trade, each with its price in percent of the preset's.
const fn brands(trade: Trade) -> [(&'static str, i64); 3] {
    match trade {
        Trade::MotherAndBaby => [("月芽湾", 100), ("棉朵家", 84), ("初禾", 132)],
        Trade::Beauty => [("花涧", 100), ("素集", 82), ("澜屿", 140)],
        Trade::Fashion => [("南枝里", 100), ("素汀", 78), ("拾月", 135)],
        Trade::Grocery => [("田间集", 100), ("鲜当家", 88), ("小满仓", 118)],
    }
}

/// One thing to sell: a variant of a product, or a service.
#[derive(Clone, Debug)]
pub(super) struct Good {
    /// The number on the shelf.
    pub(super) sku: String,
    /// The variant's name beside the product's.
    pub(super) variant: &'static str,
    /// What a scanner reads; services have none.
    pub(super) barcode: Option<String>,
    /// Minor units.
    pub(super) price: Money,
    /// Minor units, for members.
    pub(super) member_price: Option<Money>,
    /// Minor units that it costs the shop.
    pub(super) cost: Money,
    /// Which of [`Range::products`] it belongs to.
    pub(super) product: usize,
}

/// A product of a brand, or a service.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its number.
    pub(super) code: String,
    /// Its name, the brand first.
    pub(super) name: String,
    /// The brand; services have none.
    pub(super) brand: &'static str,
    /// The key of its category in the preset.
    pub(super) category: &'static str,
    /// Days after which it is bought again; 0 where there is no rhythm.
    pub(super) repeat_days: i64,
    /// How long it takes, where it is a service.
    pub(super) minutes: Option<i64>,
    /// Its variants' places in [`Range::goods`], smallest first.
    pub(super) goods: Vec<usize>,
}

/// Everything that a shop sells.
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    /// What is sold, counted and scanned.
    pub(super) goods: Vec<Good>,
    /// Products and services.
    pub(super) products: Vec<Line>,
}

/// The thirteenth digit of a barcode (GS1 General Specifications, 7.9.1).
fn check_digit(twelve: &str) -> u32 {
    let digits = twelve.chars().filter_map(|digit| digit.to_digit(10)).enumerate();
    let sum: u32 = digits.map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 3 }).sum();
    (10 - sum % 10) % 10
}

fn barcode(number: usize) -> String {
    let twelve = format!("20{number:010}");
    let check = check_digit(&twelve);
    format!("{twelve}{check}")
}

/// 95折 or the like, in whole jiao.
const fn cheaper(minor: i64, percent: i64) -> Money {
    Money(minor * percent / 1_000 * 10)
}

/// A share of a price, in whole yuan, with the fen that the price had.
fn priced(minor: i64, percent: i64) -> i64 {
    (minor * percent / 10_000).max(1) * 100 + minor % 100
}

impl Range {
    /// The range of a trade: what is bought often in three brands, the rest in two or one.
    pub(super) fn of(trade: Trade) -> Self {
        let preset = preset::of(trade);
        let mut range = Self::default();
        for product in preset.products {
            let often = (1..=25).contains(&product.repeat_days);
            let brands_sold = match (often, product.repeat_days, trade) {
                (true, _, _) | (_, _, Trade::Beauty) => 3,
                (false, 1.., _) => 2,
                _ => 1,
            };
            for (brand, percent) in brands(trade).into_iter().take(brands_sold) {
                range.add_product(product, brand, percent);
            }
        }
        for service in preset.services {
            let place = range.products.len();
            let member_price = Some(cheaper(service.price_minor, 90));
            let good = Good {
                sku: format!("F{:03}", place + 1),
                variant: "",
                barcode: None,
                price: Money(service.price_minor),
                member_price,
                cost: Money(service.price_minor * 30 / 100),
                product: place,
            };
            range.products.push(Line {
                code: good.sku.clone(),
                name: service.name.zh.to_owned(),
                brand: "",
                category: service.category,
                repeat_days: 0,
                minutes: Some(service.minutes),
                goods: vec![range.goods.len()],
            });
            range.goods.push(good);
        }
        range
    }

    fn add_product(&mut self, product: &Product, brand: &'static str, percent: i64) {
        let place = self.products.len();
        let price = Money(priced(product.price_minor, percent));
        let code = format!("P{:03}", place + 1);
        let names = if product.variants.is_empty() { &[""][..] } else { product.variants };
        let mut goods = Vec::with_capacity(names.len());
        for (nth, variant) in names.iter().enumerate() {
            goods.push(self.goods.len());
            self.goods.push(Good {
                sku: if names.len() == 1 { code.clone() } else { format!("{code}-{}", nth + 1) },
                variant,
                barcode: Some(barcode(self.goods.len() + 1)),
                price,
                // Every other product has a member price: 95折.
                member_price: place.is_multiple_of(2).then(|| cheaper(price.0, 95)),
                cost: Money(price.0 * 62 / 100),
                product: place,
            });
        }
        self.products.push(Line {
            code,
            name: format!("{brand} {}", product.name.zh),
            brand,
            category: product.category,
            repeat_days: product.repeat_days,
            minutes: None,
            goods,
        });
    }

    /// The product that a good belongs to.
    pub(super) fn product_of(&self, good: usize) -> Option<&Line> {
        self.goods.get(good).and_then(|good| self.products.get(good.product))
    }
    /// Whether a good is a service, which has no stock.
    pub(super) fn is_service(&self, good: usize) -> bool {
        self.product_of(good).is_some_and(|product| product.minutes.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_trade_has_a_range_that_can_be_sold() {
        for trade in Trade::ALL {
            let range = Range::of(*trade);
            assert!((70..200).contains(&range.goods.len()), "{trade:?}: {}", range.goods.len());
            let distinct = |texts: Vec<&str>| texts.len() == texts.iter().collect::<BTreeSet<_>>().len();
            assert!(distinct(range.goods.iter().map(|good| good.sku.as_str()).collect()));
            assert!(distinct(range.goods.iter().filter_map(|good| good.barcode.as_deref()).collect()));
            assert!(distinct(range.products.iter().map(|product| product.name.as_str()).collect()));
            for (place, good) in range.goods.iter().enumerate() {
                assert!(good.price.0 > good.cost.0 && good.member_price.is_none_or(|price| price < good.price), "{good:?}");
                assert!(range.products[good.product].goods.contains(&place));
            }
        }
        assert!(Range::of(Trade::MotherAndBaby).goods.len() >= 120);
    }

    #[test]
    fn barcodes_carry_their_check_digit() {
        // 4006381333931 is the example that everybody uses.
        assert_eq!(check_digit("400638133393"), 1);
        assert_eq!(barcode(1).len(), 13);
    }
}
