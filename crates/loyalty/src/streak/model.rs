//! Rules, and what they find in a member's days.

use crate::gift::Gift;
use crate::quota::QuotaPeriod;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Result, id, text_enum, time};
use utoipa::ToSchema;

id!(StreakRuleId, "A rule that rewards a streak of visits.");

/// Rules that a merchant may have.
const RULES_MAX: usize = 20;

text_enum! {
    /// What must follow each other without a gap.
    pub enum StreakPeriod {
        /// Days.
        Day = "day",
        /// Weeks, Monday to Sunday.
        Week = "week",
        /// Calendar months.
        Month = "month",
    }
}

impl StreakPeriod {
    /// The first day of the period that a day is in.
    pub fn starts_on(self, day: Date) -> Date {
        self.period().starts_on(day)
    }
    /// The last day of the period that a day is in.
    pub fn ends_on(self, day: Date) -> Date {
        time::add_days(self.next(self.starts_on(day)), -1)
    }
    /// The first day of the period after that which begins on a day.
    pub fn next(self, start: Date) -> Date {
        match self {
            Self::Day => time::add_days(start, 1),
            Self::Week => time::add_days(start, 7),
            Self::Month => time::add_months(start, 1),
        }
    }
    const fn period(self) -> QuotaPeriod {
        match self {
            Self::Day => QuotaPeriod::Day,
            Self::Week => QuotaPeriod::Week,
            Self::Month => QuotaPeriod::Month,
        }
    }
}

/// Rewards a streak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StreakRule {
    /// The rule.
    pub id: StreakRuleId,
    /// What people call it.
    pub name: String,
    /// What must follow each other.
    pub every: StreakPeriod,
    /// How many of them, 2 to 366.
    pub length: i64,
    /// Whether the run is rewarded each time it has grown by so many again, or once.
    #[serde(default)]
    pub repeats: bool,
    /// What it gives.
    pub gift: Gift,
    /// The first local day that counts: a new rule rewards nothing that was before it.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last local day that counts; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// The merchant's rules about streaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StreakScheme {
    /// The rules, at most 20.
    pub rules: Vec<StreakRule>,
}

impl StreakScheme {
    /// Checks a scheme at the door.
    ///
    /// Errors: `streak_scheme_invalid` with the fault of the first field that is out of its range,
    /// `gift_invalid`.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: String, detail: &str| {
            Err(Error::invalid("streak_scheme_invalid", "the streaks can't be used").field(field, "out_of_range", detail))
        };
        if self.rules.len() > RULES_MAX {
            return invalid("/rules".to_owned(), "must be at most 20");
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let at = |field: &str| format!("/rules/{index}/{field}");
            if !(2..=366).contains(&rule.length) {
                return invalid(at("length"), "must be 2 to 366");
            }
            if rule.to.is_some_and(|to| to < rule.from) {
                return invalid(at("to"), "must not be before from");
            }
            if self.rules.iter().take(index).any(|other| other.id == rule.id) {
                return invalid(at("id"), "must not occur twice");
            }
            rule.gift.check(&at("gift"))?;
        }
        Ok(())
    }
}

impl StreakRule {
    /// The periods of the days that count, as runs: each the first days of periods that follow each
    /// other. Days in any order.
    fn runs(&self, days: &[Date]) -> Vec<Vec<Date>> {
        let counts = |day: &&Date| **day >= self.from && self.to.is_none_or(|to| **day <= to);
        let mut starts: Vec<Date> = days.iter().filter(counts).map(|day| self.every.starts_on(*day)).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut runs: Vec<Vec<Date>> = Vec::new();
        for start in starts {
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|last| self.every.next(*last) == start) => run.push(start),
                _ => runs.push(vec![start]),
            }
        }
        runs
    }

    /// The first days of the periods with which a run reached the length, each to be rewarded once.
    pub fn milestones(&self, days: &[Date]) -> Vec<Date> {
        let length = usize::try_from(self.length.max(1)).unwrap_or(usize::MAX);
        let of_run = |run: Vec<Date>| {
            let reached = run.into_iter().enumerate().filter(|(index, _)| (index + 1) % length == 0).map(|(_, start)| start);
            reached.take(if self.repeats { usize::MAX } else { 1 }).collect::<Vec<_>>()
        };
        self.runs(days).into_iter().flat_map(of_run).collect()
    }

    /// How long the run is that still goes on today, and the last day on which the next visit keeps it
    /// going; 0 where there is none.
    pub fn current(&self, days: &[Date], today: Date) -> (i64, Option<Date>) {
        let now = self.every.starts_on(today);
        let Some(run) = self.runs(days).pop() else { return (0, None) };
        let Some(last) = run.last().copied().filter(|last| *last == now || self.every.next(*last) == now) else { return (0, None) };
        (i64::try_from(run.len()).unwrap_or(i64::MAX), Some(self.every.ends_on(self.every.next(last))))
    }
}

/// A member's streak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreakView {
    /// The rule.
    pub rule: StreakRuleId,
    /// What people call it.
    pub name: String,
    /// How many in a row until now.
    pub run: i64,
    /// How many are rewarded.
    pub length: i64,
    /// The last local day on which the next visit keeps the run going; none where there is no run.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// How often it was rewarded.
    pub rewarded: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shuke_kernel::Uuid;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn rule(every: StreakPeriod, length: i64, repeats: bool) -> StreakRule {
        StreakRule {
            id: StreakRuleId(Uuid::from_u128(1)),
            name: "连续到店".to_owned(),
            every,
            length,
            repeats,
            gift: Gift::default(),
            from: day("2026-01-01"),
            to: None,
        }
    }

    #[test]
    fn a_run_of_weeks_is_rewarded_when_it_is_long_enough() {
        let visits = ["2026-11-02", "2026-11-15", "2026-11-16", "2026-11-18", "2026-11-23", "2026-11-30", "2026-12-14"].map(day);
        let weeks = |length, repeats| rule(StreakPeriod::Week, length, repeats).milestones(&visits);
        assert_eq!(weeks(3, true), [day("2026-11-16")]);
        assert_eq!(weeks(2, true), [day("2026-11-09"), day("2026-11-23")], "2, 9, 16, 23, 30 November, then a gap");
        assert_eq!(weeks(2, false), [day("2026-11-09")], "once in a run");
        assert_eq!(rule(StreakPeriod::Month, 2, true).milestones(&visits), [day("2026-12-01")]);
        let late = StreakRule { from: day("2026-11-16"), ..rule(StreakPeriod::Week, 2, true) };
        assert_eq!(late.milestones(&visits), [day("2026-11-23")], "what was before the rule doesn't count");
    }

    #[test]
    fn a_run_goes_on_until_its_next_period_is_over() {
        let visits = [day("2026-11-16"), day("2026-11-23")];
        let weeks = rule(StreakPeriod::Week, 4, true);
        assert_eq!(weeks.current(&visits, day("2026-11-29")), (2, Some(day("2026-12-06"))));
        assert_eq!(weeks.current(&visits, day("2026-12-06")), (2, Some(day("2026-12-06"))));
        assert_eq!(weeks.current(&visits, day("2026-12-07")), (0, None));
        assert_eq!(weeks.current(&[], day("2026-12-07")), (0, None));
    }

    proptest! {
        #[test]
        fn a_visit_undone_and_made_again_changes_nothing(
            days in prop::collection::btree_set(0_i32..60, 0..40), length in 2_i64..6, repeats in any::<bool>(), gone in 0_i32..60,
        ) {
            let rule = rule(StreakPeriod::Day, length, repeats);
            let dates: Vec<Date> = days.iter().map(|n| time::add_days(day("2026-03-01"), *n)).collect();
            let milestones = rule.milestones(&dates);
            for reached in &milestones {
                for back in 0..length {
                    prop_assert!(dates.contains(&time::add_days(*reached, -i32::try_from(back).unwrap())), "a milestone ends so many days in a row");
                }
            }
            let mut shuffled: Vec<Date> = dates.iter().rev().copied().collect();
            shuffled.extend(&dates);
            prop_assert_eq!(rule.milestones(&shuffled), milestones.clone());
            let without: Vec<Date> = dates.iter().copied().filter(|date| *date != time::add_days(day("2026-03-01"), gone)).collect();
            prop_assert!(rule.milestones(&without).len() <= milestones.len() + 1);
        }
    }
}
