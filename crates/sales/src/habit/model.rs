//! Habits from orders: pure.

use crate::order::Tender;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Money, Uuid};
use shuke_member::preference::DeclaredPreferences;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Entries of each kind.
const TOP: usize = 5;

/// Something that a member likes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Liked {
    /// What: an id, an hour (`18`), a weekday from 1 for Monday, or a tender.
    pub key: String,
    /// Its name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In how many orders.
    pub orders: i64,
    /// Minor units paid for it and not given back.
    pub amount: Money,
}

/// What a member's orders tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Habits {
    /// Orders that it was derived from.
    pub orders: i64,
    /// Top categories, by amount.
    pub categories: Vec<Liked>,
    /// Top products, by amount.
    pub products: Vec<Liked>,
    /// Stores, by amount.
    pub stores: Vec<Liked>,
    /// Local hours, by number of orders.
    pub hours: Vec<Liked>,
    /// Weekdays, by number of orders.
    pub weekdays: Vec<Liked>,
    /// Ways to pay, by number of orders.
    pub tenders: Vec<Liked>,
}

/// What a member likes: by their own words, and by their orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preferences {
    /// What the member says.
    #[serde(flatten)]
    pub declared: DeclaredPreferences,
    /// What the orders of the last year tell.
    pub derived: Habits,
}

/// An order as habits see it.
#[derive(Clone, Debug)]
pub struct Sold {
    /// Where.
    pub store: Uuid,
    /// The local hour, 0 to 23.
    pub hour: i8,
    /// The local weekday, 1 for Monday.
    pub weekday: i8,
    /// How it was paid.
    pub tenders: Vec<Tender>,
    /// Product, its name, its own category, and what was paid and not given back.
    pub lines: Vec<(Uuid, String, Option<Uuid>, Money)>,
}

#[derive(Default)]
struct Tally(BTreeMap<String, Liked>);

impl Tally {
    /// Counts an order once for each key.
    fn count(&mut self, parts: impl IntoIterator<Item = (String, Option<String>, Money)>) {
        let mut seen: Vec<String> = Vec::new();
        for (key, name, amount) in parts {
            let liked = self.0.entry(key.clone()).or_insert_with(|| Liked { key: key.clone(), name: None, orders: 0, amount: Money::ZERO });
            liked.name = name.or_else(|| liked.name.take());
            liked.amount = Money(liked.amount.0.saturating_add(amount.0));
            if !seen.contains(&key) {
                liked.orders += 1;
                seen.push(key);
            }
        }
    }

    fn top(self, by_amount: bool) -> Vec<Liked> {
        let mut all: Vec<Liked> = self.0.into_values().collect();
        all.sort_by_key(|liked| {
            let (amount, orders) = (-liked.amount.0, -liked.orders);
            if by_amount { (amount, orders, liked.key.clone()) } else { (orders, amount, liked.key.clone()) }
        });
        all.truncate(TOP);
        all
    }
}

/// Derives habits from orders. Orders of which nothing is left tell nothing.
pub fn habits(orders: &[Sold], category_name: impl Fn(Uuid) -> Option<String>) -> Habits {
    let mut count = 0;
    let [mut categories, mut products, mut stores, mut hours, mut weekdays, mut tenders] = [(); 6].map(|()| Tally::default());
    for order in orders {
        let lines: Vec<_> = order.lines.iter().filter(|(_, _, _, amount)| amount.is_positive()).collect();
        if lines.is_empty() {
            continue;
        }
        count += 1;
        let amount = Money(lines.iter().map(|(_, _, _, amount)| amount.0).sum());
        products.count(lines.iter().map(|(id, name, _, amount)| (id.to_string(), Some(name.clone()), *amount)));
        categories
            .count(lines.iter().filter_map(|(_, _, category, amount)| category.map(|id| (id.to_string(), category_name(id), *amount))));
        stores.count([(order.store.to_string(), None, amount)]);
        hours.count([(order.hour.to_string(), None, amount)]);
        weekdays.count([(order.weekday.to_string(), None, amount)]);
        tenders.count(order.tenders.iter().map(|tender| (tender.as_str().to_owned(), None, Money::ZERO)));
    }
    Habits {
        orders: count,
        categories: categories.top(true),
        products: products.top(true),
        stores: stores.top(true),
        hours: hours.top(false),
        weekdays: weekdays.top(false),
        tenders: tenders.top(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sold(hour: i8, lines: &[(u128, u128, i64)]) -> Sold {
        let line = |(product, category, amount): &(u128, u128, i64)| {
            (Uuid::from_u128(*product), format!("商品{product}"), Some(Uuid::from_u128(*category)), Money(*amount))
        };
        let lines = lines.iter().map(line).collect();
        Sold { store: Uuid::from_u128(9), hour, weekday: 7, tenders: vec![Tender::Cash, Tender::Cash], lines }
    }

    #[test]
    fn the_favourite_is_what_most_was_paid_for() {
        let orders = [sold(10, &[(1, 100, 500), (1, 100, 500), (2, 200, 900)]), sold(18, &[(2, 200, 50)]), sold(18, &[(3, 300, 0)])];
        let found = habits(&orders, |id| (id == Uuid::from_u128(100)).then(|| "奶粉".to_owned()));
        assert_eq!(found.orders, 2, "what was given back whole tells nothing");
        let first = &found.products[0];
        assert_eq!((first.name.as_deref(), first.orders, first.amount), (Some("商品1"), 1, Money(1_000)));
        assert_eq!(found.categories[0].name.as_deref(), Some("奶粉"));
        assert_eq!((found.products[1].orders, found.products.len()), (2, 2));
        assert_eq!((found.stores[0].orders, found.stores[0].amount), (2, Money(1_950)));
        let hours: Vec<&str> = found.hours.iter().map(|liked| liked.key.as_str()).collect();
        assert_eq!(hours, ["10", "18"], "as often, so by amount");
        assert_eq!((found.tenders[0].key.as_str(), found.tenders[0].orders), ("cash", 2));
    }

    #[test]
    fn only_the_first_few_are_told() {
        let lines: Vec<(u128, u128, i64)> = (1..=20).map(|n| (n, n, i64::try_from(n).unwrap())).collect();
        let found = habits(&[sold(1, &lines)], |_| None);
        assert_eq!((found.products.len(), found.products[0].amount), (TOP, Money(20)));
    }
}
