//! What a trade starts with: stage bands, categories, profile fields, products and services.
//!
//! Pure data, in Chinese and English. A new merchant takes the stages, categories and fields from
//! here and changes them as it likes; products and services are for the demo. Nothing here is read
//! after a merchant was founded, so a change here changes no shop.

mod beauty;
mod fashion;
mod grocery;
mod mother_and_baby;

use crate::Trade;

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// A trade's start.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Which trade.
    pub trade: Trade,
    /// Its name.
    pub name: Text,
    /// Months since the last purchase after which a member is no longer active, loyal, marginal; see
    /// the stages in the member slice.
    pub stage_months: [i64; 3],
    /// Categories, parents before children.
    pub categories: &'static [Category],
    /// Fields of a member's profile.
    pub fields: &'static [Field],
    /// Products of the demo.
    pub products: &'static [Product],
    /// Services of the demo.
    pub services: &'static [Service],
}

/// A category of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Category {
    /// How products and children name it.
    pub key: &'static str,
    /// The parent's key.
    pub parent: Option<&'static str>,
    /// Its name.
    pub name: Text,
}

const fn category(key: &'static str, parent: Option<&'static str>, zh: &'static str, en: &'static str) -> Category {
    Category { key, parent, name: text(zh, en) }
}

shuke_kernel::text_enum! {
    /// What a profile field holds.
    pub enum PresetFieldKind {
        /// Any text.
        Text = "text",
        /// A whole number.
        Number = "number",
        /// A local date.
        Date = "date",
        /// One of the choices.
        Choice = "choice",
    }
}

/// A field of a member's profile.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its key: snake_case.
    pub key: &'static str,
    /// Its name.
    pub name: Text,
    /// What it holds.
    pub kind: PresetFieldKind,
    /// The choices, where it is one of some.
    pub choices: &'static [Text],
}

const fn field(key: &'static str, zh: &'static str, en: &'static str, kind: PresetFieldKind, choices: &'static [Text]) -> Field {
    Field { key, name: text(zh, en), kind, choices }
}

/// A product of the demo.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// Its category's key.
    pub category: &'static str,
    /// Its name.
    pub name: Text,
    /// Its price in minor units of CNY.
    pub price_minor: i64,
    /// Days after which a customer typically buys it again; 0 where there is no rhythm.
    pub repeat_days: i64,
    /// Its variants' names; empty where there is only one.
    pub variants: &'static [&'static str],
}

const fn product(
    category: &'static str,
    zh: &'static str,
    en: &'static str,
    price_minor: i64,
    repeat_days: i64,
    variants: &'static [&'static str],
) -> Product {
    Product { category, name: text(zh, en), price_minor, repeat_days, variants }
}

/// A service of the demo.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Its category's key.
    pub category: &'static str,
    /// Its name.
    pub name: Text,
    /// Its price in minor units of CNY.
    pub price_minor: i64,
    /// How long it takes.
    pub minutes: i64,
}

const fn service(category: &'static str, zh: &'static str, en: &'static str, price_minor: i64, minutes: i64) -> Service {
    Service { category, name: text(zh, en), price_minor, minutes }
}

/// The start of a trade.
pub const fn of(trade: Trade) -> &'static Preset {
    match trade {
        Trade::MotherAndBaby => &mother_and_baby::PRESET,
        Trade::Beauty => &beauty::PRESET,
        Trade::Fashion => &fashion::PRESET,
        Trade::Grocery => &grocery::PRESET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_trade_is_whole() {
        for trade in Trade::ALL {
            let preset = of(*trade);
            assert_eq!(preset.trade, *trade);
            assert!(preset.stage_months.is_sorted() && preset.stage_months[0] > 0, "{trade:?}");
            let mut known = BTreeSet::new();
            for category in preset.categories {
                assert!(category.parent.is_none_or(|parent| known.contains(parent)), "{}: its parent comes later or never", category.key);
                assert!(known.insert(category.key), "{} stands twice", category.key);
            }
            let used = preset.products.iter().map(|p| p.category).chain(preset.services.iter().map(|s| s.category));
            for category in used {
                assert!(known.contains(category), "{category} is no category of {trade:?}");
            }
            assert!(preset.products.len() >= 20 && preset.products.iter().all(|p| p.price_minor > 0));
            let names: BTreeSet<_> = preset.products.iter().map(|p| p.name.zh).chain(preset.services.iter().map(|s| s.name.zh)).collect();
            assert_eq!(names.len(), preset.products.len() + preset.services.len(), "a name stands twice in {trade:?}");
            for field in preset.fields {
                assert_eq!(field.kind == PresetFieldKind::Choice, !field.choices.is_empty(), "{}", field.key);
            }
        }
    }
}
