//! Tags, and their rules as a pure function of a member's figures.

use crate::purchase::Totals;
use crate::stage::Stage;
use serde::{Deserialize, Serialize};
use shuke_kernel::time::days_between;
use shuke_kernel::{Date, Error, Instant, Money, Result, id};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

id!(TagId, "A tag.");

/// Conditions in one rule.
const CONDITIONS_MAX: usize = 8;
/// Days that a window may look back.
const WINDOW_DAYS_MAX: i32 = 3660;

/// One condition of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TagCondition {
    /// Net amount bought.
    Amount {
        /// At least so much, in minor units.
        at_least: Money,
        /// Within so many days, today included; ever where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<i32>,
    },
    /// Number of purchases.
    Orders {
        /// At least so many.
        at_least: i64,
        /// Within so many days, today included; ever where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<i32>,
    },
    /// Days since the last purchase; never true of those who haven't bought.
    Idle {
        /// At least so many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<i64>,
        /// At most so many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<i64>,
    },
    /// The stage is one of these.
    Stage {
        /// Which.
        any_of: Vec<Stage>,
    },
}

/// A rule: all conditions must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagRule {
    /// One to eight conditions.
    pub all: Vec<TagCondition>,
}

/// What a rule looks at.
#[derive(Clone, Debug, Default)]
pub struct TagFacts {
    /// Everything bought ever.
    pub ever: Totals,
    /// What was bought within a number of days, for the windows that rules ask for.
    pub within: BTreeMap<i32, Totals>,
    /// The stage.
    pub stage: Option<Stage>,
}

impl TagRule {
    /// Refuses a rule that can't be: `tag_rule_malformed`.
    pub fn checked(self) -> Result<Self> {
        let window = |days: &Option<i32>| days.is_none_or(|days| (1..=WINDOW_DAYS_MAX).contains(&days));
        let possible = |condition: &TagCondition| match condition {
            TagCondition::Amount { at_least, days } => at_least.0 > 0 && window(days),
            TagCondition::Orders { at_least, days } => *at_least > 0 && window(days),
            TagCondition::Idle { at_least: None, at_most: None } => false,
            TagCondition::Idle { at_least, at_most } => {
                at_least.unwrap_or(0) >= 0 && at_most.is_none_or(|most| most >= at_least.unwrap_or(0))
            }
            TagCondition::Stage { any_of } => !any_of.is_empty(),
        };
        if (1..=CONDITIONS_MAX).contains(&self.all.len()) && self.all.iter().all(possible) {
            return Ok(self);
        }
        Err(Error::invalid(
            "tag_rule_malformed",
            format!("a rule has 1 to {CONDITIONS_MAX} conditions; amounts, counts and days are above zero, days at most {WINDOW_DAYS_MAX}"),
        ))
    }

    /// The windows, in days, that the rule asks for.
    pub fn windows(&self) -> BTreeSet<i32> {
        let window = |condition: &TagCondition| match condition {
            TagCondition::Amount { days, .. } | TagCondition::Orders { days, .. } => *days,
            _ => None,
        };
        self.all.iter().filter_map(window).collect()
    }

    /// Whether the rule holds on a day.
    pub fn holds(&self, facts: &TagFacts, today: Date) -> bool {
        let totals = |days: &Option<i32>| match days {
            Some(days) => facts.within.get(days).copied().unwrap_or_default(),
            None => facts.ever,
        };
        self.all.iter().all(|condition| match condition {
            TagCondition::Amount { at_least, days } => totals(days).amount >= *at_least,
            TagCondition::Orders { at_least, days } => totals(days).orders >= *at_least,
            TagCondition::Idle { at_least, at_most } => facts.ever.last_on.is_some_and(|last| {
                let idle = days_between(last, today);
                at_least.is_none_or(|least| idle >= least) && at_most.is_none_or(|most| idle <= most)
            }),
            TagCondition::Stage { any_of } => facts.stage.is_some_and(|stage| any_of.contains(&stage)),
        })
    }
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its name, unique within the merchant.
    #[schema(example = "奶粉客户")]
    pub name: String,
    /// The rule that gives it; none where staff do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<TagRule>,
    /// Whether it is out of use.
    pub archived: bool,
    /// When it was defined.
    pub created_at: Instant,
}

/// What a tag is made of, or changed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagDraft {
    /// Its name.
    pub name: String,
    /// The rule that gives it; none where staff do. Whether there is one can't be changed later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<TagRule>,
    /// Whether it is out of use; archiving takes it from everybody.
    #[serde(default)]
    pub archived: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn facts() -> TagFacts {
        let ever = Totals { orders: 5, amount: Money(50_000), first_on: Some(date(2026, 1, 1)), last_on: Some(date(2026, 6, 1)) };
        let recent = Totals { orders: 1, amount: Money(9_900), first_on: Some(date(2026, 6, 1)), last_on: Some(date(2026, 6, 1)) };
        TagFacts { ever, within: BTreeMap::from([(30, recent)]), stage: Some(Stage::Active) }
    }

    fn holds(condition: TagCondition) -> bool {
        TagRule { all: vec![condition] }.holds(&facts(), date(2026, 6, 11))
    }

    #[test]
    fn each_condition_stands_and_falls_at_its_bound() {
        assert!(holds(TagCondition::Amount { at_least: Money(50_000), days: None }));
        assert!(!holds(TagCondition::Amount { at_least: Money(50_001), days: None }));
        assert!(holds(TagCondition::Amount { at_least: Money(9_900), days: Some(30) }));
        assert!(!holds(TagCondition::Amount { at_least: Money(9_901), days: Some(30) }));
        assert!(holds(TagCondition::Orders { at_least: 5, days: None }) && !holds(TagCondition::Orders { at_least: 2, days: Some(30) }));
        assert!(holds(TagCondition::Idle { at_least: Some(10), at_most: Some(10) }));
        assert!(!holds(TagCondition::Idle { at_least: Some(11), at_most: None }));
        assert!(!holds(TagCondition::Idle { at_least: None, at_most: Some(9) }));
        assert!(holds(TagCondition::Stage { any_of: vec![Stage::Active] }) && !holds(TagCondition::Stage { any_of: vec![Stage::Lost] }));
    }

    #[test]
    fn a_rule_says_something() {
        assert!(TagRule { all: vec![] }.checked().is_err());
        assert!(TagRule { all: vec![TagCondition::Idle { at_least: None, at_most: None }] }.checked().is_err());
        assert!(TagRule { all: vec![TagCondition::Idle { at_least: Some(9), at_most: Some(8) }] }.checked().is_err());
        assert!(TagRule { all: vec![TagCondition::Orders { at_least: 1, days: Some(0) }] }.checked().is_err());
        assert!(TagRule { all: vec![TagCondition::Orders { at_least: 1, days: Some(30) }] }.checked().is_ok());
    }
}
