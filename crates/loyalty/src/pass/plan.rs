//! The terms of a pass.

use crate::rule::Scope;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Rate, Result, Uuid, id, split, text_enum, time};
use utoipa::ToSchema;

id!(PassPlanId, "A plan by which passes are sold.");

/// Items of a plan.
const ITEMS_MAX: usize = 20;
const VISITS_MAX: i64 = 100_000;
const DAYS_MAX: i32 = 36_600;
/// The dearest pass, in minor units.
const PRICE_MAX: Money = Money(1_000_000_000_000);

/// What a pass gives: visits of certain services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassItem {
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// Which services it pays for; every one where nothing is named (an all-pass).
    #[serde(default)]
    pub services: Scope,
    /// How many visits; none for any number within the pass's days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits: Option<i64>,
    /// What one visit costs without a pass, in minor units: by it the price is spread over the items, and a
    /// refund by list price reckons what was used.
    pub worth: Money,
    /// Over how many visits the value of an unlimited item is recognised; further ones are worth nothing.
    #[serde(default = "thirty")]
    pub value_visits: i64,
    /// How many visits on one local day; none for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day_max: Option<i64>,
}

const fn thirty() -> i64 {
    30
}

impl PassItem {
    /// The visits over which its value is recognised.
    pub fn counted(&self) -> i64 {
        self.visits.unwrap_or(self.value_visits)
    }
    fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            return Some(("name", "must have 1 to 100 characters"));
        }
        if !(1..=VISITS_MAX).contains(&self.counted()) {
            return Some(("visits", "must be 1 to 100000"));
        }
        if !self.worth.is_positive() || self.worth > PRICE_MAX {
            return Some(("worth", "must be above 0"));
        }
        self.per_day_max.is_some_and(|max| max < 1).then_some(("per_day_max", "must be at least 1"))
    }
}

text_enum! {
    /// When a pass's days begin.
    pub enum PassStart {
        /// On the day it is bought.
        Purchase = "purchase",
        /// On the day of its first visit.
        FirstVisit = "first_visit",
    }
}

/// On which local days a pass can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PassValidity {
    /// For ever.
    Always,
    /// Until the end of a day, the same for every pass.
    Until {
        /// The last local day.
        #[schema(value_type = String, format = Date)]
        on: Date,
    },
    /// For so many days.
    Days {
        /// Local days, the first included.
        days: i32,
        /// When they begin.
        start: PassStart,
    },
    /// For so many months, up to and with the day of the month on which they begin.
    Months {
        /// Months.
        months: i32,
        /// When they begin.
        start: PassStart,
    },
}

impl PassValidity {
    /// Whether its days begin with the first visit.
    pub fn begins_with_a_visit(&self) -> bool {
        matches!(self, Self::Days { start: PassStart::FirstVisit, .. } | Self::Months { start: PassStart::FirstVisit, .. })
    }
    /// The last local day where the first is this; none for ever.
    pub fn last_day(&self, first: Date) -> Option<Date> {
        match self {
            Self::Always => None,
            Self::Until { on } => Some(*on),
            Self::Days { days, .. } => Some(time::add_days(first, days.saturating_sub(1))),
            Self::Months { months, .. } => Some(time::add_months(first, *months)),
        }
    }
}

text_enum! {
    /// What a refund gives back of a pass.
    pub enum PassRefundMethod {
        /// What was paid for the visits that are left; of an unlimited item, for the days that are left.
        ProRata = "pro_rata",
        /// The price less what the visits made would have cost without the pass.
        ListPrice = "list_price",
        /// Nothing.
        Never = "never",
    }
}

/// How a pass is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PassRefundTerms {
    /// What is given back.
    pub method: PassRefundMethod,
    /// What the shop keeps of it, in basis points.
    pub fee: Rate,
}

impl Default for PassRefundTerms {
    fn default() -> Self {
        Self { method: PassRefundMethod::ProRata, fee: Rate(0) }
    }
}

/// A plan by which passes are sold. A pass that was sold keeps the terms it was sold by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassPlan {
    /// The plan.
    pub id: PassPlanId,
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// What it costs, in minor units; 0 for a gift.
    pub price: Money,
    /// What it gives: 1 to 20 items.
    pub items: Vec<PassItem>,
    /// On which days it can be used.
    pub validity: PassValidity,
    /// In which stores it can be used; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// Whether a member may give what is left to another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transferable: bool,
    /// How it is refunded.
    #[serde(default)]
    pub refund: PassRefundTerms,
}

impl PassPlan {
    /// Checks a plan at the door.
    ///
    /// Errors: `pass_plan_invalid`, with the fault of the first field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: String, detail: &str| {
            Err(Error::invalid("pass_plan_invalid", "the pass plan can't be used").field(field, "out_of_range", detail))
        };
        if self.price.is_negative() || self.price > PRICE_MAX {
            return invalid("/price".to_owned(), "must not be below 0");
        }
        if !(1..=ITEMS_MAX).contains(&self.items.len()) {
            return invalid("/items".to_owned(), "must be 1 to 20");
        }
        for (index, item) in self.items.iter().enumerate() {
            if let Some((field, detail)) = item.fault() {
                return invalid(format!("/items/{index}/{field}"), detail);
            }
        }
        let length = match self.validity {
            PassValidity::Days { days, .. } => days,
            PassValidity::Months { months, .. } => months.saturating_mul(31),
            PassValidity::Always | PassValidity::Until { .. } => 1,
        };
        if !(1..=DAYS_MAX).contains(&length) {
            return invalid("/validity".to_owned(), "must be 1 day to 100 years");
        }
        if self.validity == PassValidity::Always && self.items.iter().any(|item| item.visits.is_none()) {
            return invalid("/validity".to_owned(), "an item with any number of visits needs days in which they are made");
        }
        if !(0..=Rate::WHOLE.0).contains(&self.refund.fee.0) {
            return invalid("/refund/fee".to_owned(), "must be 0 to 10000 basis points");
        }
        Ok(())
    }

    /// The price spread over the items, by what their visits are worth.
    pub fn shares(&self) -> Result<Vec<Money>> {
        let weights: Vec<i64> = self.items.iter().map(|item| item.worth.0.saturating_mul(item.counted())).collect();
        split::spread(self.price, &weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(visits: Option<i64>, worth: i64) -> PassItem {
        PassItem { name: "洗澡".to_owned(), services: Scope::ALL, visits, worth: Money(worth), value_visits: 30, per_day_max: None }
    }
    fn plan(items: Vec<PassItem>, validity: PassValidity) -> PassPlan {
        PassPlan {
            id: PassPlanId(Uuid::nil()),
            name: "套餐".to_owned(),
            price: Money(100_000),
            items,
            validity,
            stores: Vec::new(),
            transferable: false,
            refund: PassRefundTerms::default(),
        }
    }

    #[test]
    fn the_price_is_spread_by_what_visits_are_worth() {
        let plan =
            plan(vec![item(Some(10), 6_000), item(Some(5), 12_000), item(None, 1)], PassValidity::Until { on: Date::constant(2027, 1, 1) });
        let shares: Vec<i64> = plan.shares().unwrap().iter().map(|share| share.0).collect();
        assert_eq!(shares, [49_988, 49_987, 25], "60,000 : 60,000 : 30");
        assert_eq!(shares.iter().sum::<i64>(), 100_000);
        assert!(plan.check().is_ok());
    }

    #[test]
    fn days_are_local_and_months_clamp() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let days = PassValidity::Days { days: 1, start: PassStart::Purchase };
        assert_eq!(days.last_day(day("2026-11-22")), Some(day("2026-11-22")));
        let months = PassValidity::Months { months: 1, start: PassStart::FirstVisit };
        assert_eq!(months.last_day(day("2027-01-31")), Some(day("2027-02-28")));
        assert!(months.begins_with_a_visit() && !days.begins_with_a_visit());
        assert_eq!(PassValidity::Always.last_day(day("2026-11-22")), None);
    }

    #[test]
    fn a_plan_names_its_fault() {
        let fault = |plan: PassPlan| plan.check().unwrap_err().fields()[0].field.clone();
        let days = PassValidity::Days { days: 30, start: PassStart::Purchase };
        assert_eq!(fault(plan(Vec::new(), days)), "/items");
        assert_eq!(fault(plan(vec![item(Some(1), 1), item(Some(0), 1)], days)), "/items/1/visits");
        assert_eq!(fault(plan(vec![item(Some(1), 0)], days)), "/items/0/worth");
        assert_eq!(fault(plan(vec![item(None, 1)], PassValidity::Always)), "/validity");
        assert_eq!(fault(PassPlan { price: Money(-1), ..plan(vec![item(Some(1), 1)], days) }), "/price");
        assert_eq!(fault(plan(vec![item(Some(1), 1)], PassValidity::Days { days: 0, start: PassStart::Purchase })), "/validity");
    }
}
