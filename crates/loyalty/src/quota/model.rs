//! Periods and what is used of them.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Result, Uuid, text_enum, time};
use utoipa::ToSchema;

/// Points earned by purchases, whatever the rule.
pub const EARNED: Uuid = Uuid::from_u128(1);
/// Points spent as money.
pub const SPENT: Uuid = Uuid::from_u128(2);
/// Points transferred to other members.
pub const TRANSFERRED: Uuid = Uuid::from_u128(3);

text_enum! {
    /// In which period a limit counts. Periods are local, of the merchant's zone.
    pub enum QuotaPeriod {
        /// A day.
        Day = "day",
        /// Monday to Sunday.
        Week = "week",
        /// A calendar month.
        Month = "month",
        /// A calendar year.
        Year = "year",
        /// For ever.
        Ever = "ever",
    }
}

impl QuotaPeriod {
    /// The first day of the period that a day is in.
    pub fn starts_on(self, today: Date) -> Date {
        match self {
            Self::Day => today,
            Self::Week => time::add_days(today, 1 - i32::from(today.weekday().to_monday_one_offset())),
            Self::Month => today.first_of_month(),
            Self::Year => today.first_of_year(),
            Self::Ever => Date::constant(1, 1, 1),
        }
    }
    /// The last day of the period that a day is in; none for ever.
    pub fn ends_on(self, today: Date) -> Option<Date> {
        match self {
            Self::Day => Some(today),
            Self::Week => Some(time::add_days(self.starts_on(today), 6)),
            Self::Month => Some(today.last_of_month()),
            Self::Year => Some(today.last_of_year()),
            Self::Ever => None,
        }
    }
}

/// How much is allowed in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodLimit {
    /// In which period.
    pub period: QuotaPeriod,
    /// The most: points, or pieces.
    pub max: i64,
}

/// Checks a list of limits at the door: above zero, no period twice.
///
/// Errors: `limits_invalid` with the faults, each under `field`.
pub fn check_limits(field: &str, limits: &[PeriodLimit]) -> Result<()> {
    for (index, limit) in limits.iter().enumerate() {
        let twice = limits.iter().take(index).any(|other| other.period == limit.period);
        if limit.max < 1 || twice {
            let error = Error::invalid("limits_invalid", "the limits can't be used");
            return Err(error.field(format!("{field}/{index}"), "out_of_range", "max must be above 0, and no period named twice"));
        }
    }
    Ok(())
}

/// What a cause uses of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// What the limit is about.
    pub subject: Uuid,
    /// In which period.
    pub period: QuotaPeriod,
    /// How much is used, above zero.
    pub amount: i64,
    /// The limit.
    pub max: i64,
}

/// What all limits on one subject are used by.
pub fn takes(subject: Uuid, limits: &[PeriodLimit], amount: i64) -> Vec<Take> {
    limits.iter().filter(|_| amount > 0).map(|limit| Take { subject, period: limit.period, amount, max: limit.max }).collect()
}

/// What of a use is given back when `done` of `whole` of its cause is undone: rounded down, and all of
/// it at the end.
pub fn returned(amount: i64, done: i64, whole: i64) -> i64 {
    if whole <= 0 || done >= whole {
        return amount;
    }
    i64::try_from(i128::from(amount) * i128::from(done.max(0)) / i128::from(whole)).unwrap_or(amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn periods_begin_and_end_on_local_days() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let sunday = day("2026-11-22");
        let days = |period: QuotaPeriod| (period.starts_on(sunday), period.ends_on(sunday));
        assert_eq!(days(QuotaPeriod::Day), (sunday, Some(sunday)));
        assert_eq!(days(QuotaPeriod::Week), (day("2026-11-16"), Some(sunday)));
        assert_eq!(days(QuotaPeriod::Month), (day("2026-11-01"), Some(day("2026-11-30"))));
        assert_eq!(days(QuotaPeriod::Year), (day("2026-01-01"), Some(day("2026-12-31"))));
        assert_eq!(days(QuotaPeriod::Ever).1, None);
        assert_eq!(QuotaPeriod::Week.starts_on(day("2026-11-23")), day("2026-11-23"), "a Monday begins its week");
    }

    #[test]
    fn limits_are_checked_with_their_place() {
        let limit = |period, max| PeriodLimit { period, max };
        assert!(check_limits("/limits", &[limit(QuotaPeriod::Day, 1), limit(QuotaPeriod::Month, 5)]).is_ok());
        let twice = check_limits("/limits", &[limit(QuotaPeriod::Day, 1), limit(QuotaPeriod::Day, 5)]).unwrap_err();
        assert_eq!(twice.fields()[0].field, "/limits/1");
        assert!(check_limits("/limits", &[limit(QuotaPeriod::Day, 0)]).is_err());
    }

    proptest! {
        #[test]
        fn parts_give_back_the_whole(amount in 0_i64..1_000_000, whole in 1_i64..1_000_000, cuts in prop::collection::vec(0_i64..1_000_000, 0..6)) {
            let mut cuts: Vec<i64> = cuts.into_iter().filter(|cut| *cut <= whole).collect();
            cuts.sort_unstable();
            let mut before = 0;
            for cut in cuts {
                let now = returned(amount, cut, whole);
                prop_assert!(now >= before && now <= amount);
                before = now;
            }
            prop_assert_eq!(returned(amount, whole, whole), amount);
        }
    }
}
