//! Earn rules, expiry, and points as money.

use crate::rule::{Channel, Scope, WhyNot};
use crate::tier::TierId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Points, Rate, Result, Uuid, id, text_enum, time};
use utoipa::ToSchema;

id!(EarnRuleId, "A rule by which purchases earn points.");

/// What a rule gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EarnKind {
    /// `points` for each `per` of money really paid on lines in scope. A line takes the first such
    /// rule that it is in the scope of.
    Amount {
        /// Points for each `per`.
        points: Points,
        /// Minor units.
        per: Money,
    },
    /// A fixed number for an order with a line in scope, whatever its multipliers.
    Visit {
        /// Points for the order.
        points: Points,
    },
    /// A fixed number for each whole piece of the lines in scope, whatever their multipliers.
    Piece {
        /// Points for one piece.
        points: Points,
    },
    /// Multiplies what lines in scope earn by amount. Where several match a line, the largest counts.
    Multiplier {
        /// 20,000 basis points is twice the points.
        rate: Rate,
    },
}

/// One earn rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarnRule {
    /// The rule.
    pub id: EarnRuleId,
    /// What people call it.
    pub name: String,
    /// What it gives.
    pub kind: EarnKind,
    /// On which goods.
    #[serde(default)]
    pub scope: Scope,
    /// In which stores; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// In which channels; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// For which tiers; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierId>,
    /// The first local day; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last local day; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

text_enum! {
    /// To the end of which period an expiry is put off.
    pub enum RoundTo {
        /// The calendar month.
        Month = "month",
        /// The calendar quarter.
        Quarter = "quarter",
        /// The calendar year.
        Year = "year",
    }
}

impl RoundTo {
    /// The last day of the period that a day is in.
    pub fn end(self, day: Date) -> Date {
        match self {
            Self::Month => day.last_of_month(),
            Self::Quarter => time::add_months(day.first_of_month(), i32::from((12 - day.month()) % 3)).last_of_month(),
            Self::Year => day.last_of_year(),
        }
    }
}

text_enum! {
    /// What keeps points alive where they end by inactivity.
    pub enum Activity {
        /// An order.
        Purchase = "purchase",
        /// Points spent, as money or for a reward.
        Redemption = "redemption",
        /// Money paid into the wallet.
        TopUp = "top_up",
        /// A check-in.
        CheckIn = "check_in",
    }
}

/// Points end when nothing was done for so long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inactivity {
    /// Months after the last activity, the day of which is counted like that of a grant.
    pub months: i32,
    /// What counts as activity; at least one.
    pub activities: Vec<Activity>,
}

/// A day of every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearDay {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31; a day that the month lacks is its last.
    pub day: i8,
}

impl YearDay {
    fn in_year(self, year: i16) -> Date {
        let first = Date::new(year, self.month.clamp(1, 12), 1).unwrap_or(Date::MAX);
        Date::new(year, self.month.clamp(1, 12), self.day.max(1)).unwrap_or_else(|_| first.last_of_month())
    }
}

/// When granted points expire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PointsExpiry {
    /// Never.
    #[default]
    Never,
    /// So many months after the local day of the grant, which is the last day of use.
    Months {
        /// Months.
        months: i32,
    },
    /// So many months after the local day of the grant, and then to the end of that month, quarter or
    /// year.
    Rounded {
        /// Months.
        months: i32,
        /// To the end of what.
        to: RoundTo,
    },
    /// At the end of the calendar year, `years` after that of the grant: 0 is this 31 December.
    YearEnd {
        /// Years.
        years: i32,
    },
    /// On the first of some days of the year that is at least so many months after the grant.
    Dates {
        /// The days; at least one.
        dates: Vec<YearDay>,
        /// Months that every point lasts at least; 0 for until the next of the days.
        #[serde(default)]
        months_min: i32,
    },
    /// When the member did nothing for so long. Points carry no date; see `clock`.
    Inactivity(Inactivity),
}

impl PointsExpiry {
    /// The last local day of points granted on a local day; none for never, and for points that end by
    /// inactivity.
    pub fn expires_on(&self, granted_on: Date) -> Option<Date> {
        match self {
            Self::Never | Self::Inactivity(_) => None,
            Self::Months { months } => Some(time::add_months(granted_on, *months)),
            Self::Rounded { months, to } => Some(to.end(time::add_months(granted_on, *months))),
            Self::YearEnd { years } => Some(time::add_months(granted_on.last_of_year(), years.saturating_mul(12))),
            Self::Dates { dates, months_min } => {
                let least = time::add_months(granted_on, *months_min);
                let years = [least.year(), least.year().saturating_add(1)];
                years.iter().flat_map(|year| dates.iter().map(|day| day.in_year(*year))).filter(|day| *day >= least).min()
            }
        }
    }

    /// What is out of its range: the field below `expiry`, and what it must be.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let fault = |wrong: bool, field, detail| wrong.then_some((field, detail));
        let found = match self {
            Self::Never => vec![],
            Self::Months { months } | Self::Rounded { months, .. } => {
                vec![fault(!(1..=1_200).contains(months), "months", "must be 1 to 1200")]
            }
            Self::YearEnd { years } => vec![fault(!(0..=100).contains(years), "years", "must be 0 to 100")],
            Self::Dates { dates, months_min } => vec![
                fault(dates.is_empty() || dates.len() > 12, "dates", "must be 1 to 12 days"),
                fault(
                    dates.iter().any(|day| !(1..=12).contains(&day.month) || !(1..=31).contains(&day.day)),
                    "dates",
                    "must have a month from 1 to 12 and a day from 1 to 31",
                ),
                fault(!(0..=1_200).contains(months_min), "months_min", "must be 0 to 1200"),
            ],
            Self::Inactivity(Inactivity { months, activities }) => vec![
                fault(!(1..=1_200).contains(months), "months", "must be 1 to 1200"),
                fault(activities.is_empty(), "activities", "must be at least one"),
            ],
        };
        found.into_iter().flatten().collect()
    }
}

/// How a merchant lets members earn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EarnPolicy {
    /// The rules, in the order in which a line looks for its amount rule.
    pub rules: Vec<EarnRule>,
    /// Whether what is paid from the wallet's principal earns (no where the top-up earned already).
    pub principal_earns: bool,
    /// When what is granted expires.
    pub expiry: PointsExpiry,
}

/// How points pay as money. They go in whole steps: `step_points` are worth `step_money`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsSpending {
    /// Points of one step.
    pub step_points: Points,
    /// Minor units that one step is worth.
    pub step_money: Money,
    /// The fewest points that may be spent on an order.
    #[serde(default)]
    pub min: Points,
    /// The largest share of the order that points may pay, in basis points.
    #[serde(default = "whole")]
    pub share_max: Rate,
    /// The most points that may be spent on an order; none for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_max: Option<Points>,
    /// Which goods points may pay.
    #[serde(default)]
    pub scope: Scope,
}

const fn whole() -> Rate {
    Rate::WHOLE
}

/// The most that a member can pay with points on an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spendable {
    /// Points, in whole steps.
    pub points_max: Points,
    /// What they pay, in minor units.
    pub money_max: Money,
    /// Why there are none.
    pub why_not: Option<WhyNot>,
}

impl PointsSpending {
    /// What points pay.
    ///
    /// Errors: `points_not_whole_steps` where they are no whole number of steps, or below zero.
    pub fn money(&self, points: Points) -> Result<Money> {
        self.convert(points.0, self.step_points.0, self.step_money.0).map(Money)
    }
    /// The points that pay an amount, exactly.
    ///
    /// Errors: `points_not_whole_steps` where no whole number of steps is worth it.
    pub fn points(&self, money: Money) -> Result<Points> {
        self.convert(money.0, self.step_money.0, self.step_points.0).map(Points)
    }
    fn convert(&self, amount: i64, step: i64, worth: i64) -> Result<i64> {
        if step <= 0 || amount < 0 || amount % step != 0 {
            return Err(Error::invalid(
                "points_not_whole_steps",
                format!("points are spent in steps of {} worth {}", self.step_points, self.step_money),
            ));
        }
        Money(amount / step).times(worth).map(|m| m.0)
    }

    /// The most that can be spent: whole steps within the balance, the policy's most, its share of
    /// `total` (what is to be paid for the whole order) rounded down, and `payable` (what is to be
    /// paid on lines that points may pay). All in minor units or points.
    pub fn spendable(&self, balance: Points, payable: Money, total: Money) -> Spendable {
        let none = |why_not| Spendable { points_max: Points::ZERO, money_max: Money::ZERO, why_not: Some(why_not) };
        if self.step_points.0 <= 0 || self.step_money.0 <= 0 {
            return none(WhyNot::PointsNotAccepted);
        }
        let share = i128::from(total.0.max(0)) * i128::from(self.share_max.0.clamp(0, Rate::WHOLE.0)) / i128::from(Rate::WHOLE.0);
        let money = i64::try_from(share).unwrap_or(0).min(payable.0.max(0));
        let by_points = self.points_max.map_or(balance, |max| balance.min(max)).0.max(0) / self.step_points.0;
        let by_money = money / self.step_money.0;
        let steps = by_points.min(by_money);
        // A step may be many points for little money: the product is checked, though no real policy
        // comes near 64 bits.
        let (Ok(points_max), Ok(money_max)) = (self.step_points.times(steps), self.step_money.times(steps)) else {
            return none(WhyNot::PointsNotAccepted);
        };
        if steps == 0 || points_max < self.min {
            return none(WhyNot::PointsBelowMinimum {
                min: self.min.max(self.step_points),
                available: balance.min(points_max.max(Points::ZERO)),
            });
        }
        Spendable { points_max, money_max, why_not: None }
    }

    /// The whole steps within a wish: what is spent where `asked` points are wished and `most` is
    /// possible. None where that is below the policy's minimum.
    pub fn within(&self, asked: Points, most: Points) -> Points {
        let step = self.step_points.0.max(1);
        let points = Points(asked.min(most).0.max(0) / step * step);
        if points < self.min { Points::ZERO } else { points }
    }

    /// Checks a policy at the door.
    ///
    /// Errors: `points_spending_invalid`, with the fault of the first field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("points_spending_invalid", "points can't be spent by this policy").field(field, "out_of_range", detail))
        };
        if !self.step_points.is_positive() {
            return invalid("/step_points", "must be above 0");
        }
        if !self.step_money.is_positive() {
            return invalid("/step_money", "must be above 0");
        }
        if self.min.is_negative() {
            return invalid("/min", "must not be below 0");
        }
        if !(0..=Rate::WHOLE.0).contains(&self.share_max.0) {
            return invalid("/share_max", "must be 0 to 10000 basis points");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy() -> PointsSpending {
        PointsSpending {
            step_points: Points(100),
            step_money: Money(100),
            min: Points(200),
            share_max: Rate(5_000),
            points_max: Some(Points(2_000)),
            scope: Scope::ALL,
        }
    }

    #[test]
    fn points_expire_by_month_or_year() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let granted = day("2024-01-31");
        assert_eq!(PointsExpiry::Never.expires_on(granted), None);
        assert_eq!(PointsExpiry::Months { months: 1 }.expires_on(granted), Some(day("2024-02-29")));
        assert_eq!(PointsExpiry::YearEnd { years: 0 }.expires_on(granted), Some(day("2024-12-31")));
        assert_eq!(PointsExpiry::YearEnd { years: 2 }.expires_on(granted), Some(day("2026-12-31")));
        let rounded = |to| PointsExpiry::Rounded { months: 1, to }.expires_on(granted);
        assert_eq!(rounded(RoundTo::Month), Some(day("2024-02-29")));
        assert_eq!(rounded(RoundTo::Quarter), Some(day("2024-03-31")));
        assert_eq!(rounded(RoundTo::Year), Some(day("2024-12-31")));
        let quarters: Vec<Date> = (1..=12).map(|month| RoundTo::Quarter.end(Date::constant(2026, month, 15))).collect();
        let ends = ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"];
        assert_eq!(quarters, ends.iter().flat_map(|end| [day(end); 3]).collect::<Vec<_>>());
    }

    #[test]
    fn points_expire_on_days_of_the_year() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let dates = vec![YearDay { month: 6, day: 30 }, YearDay { month: 2, day: 31 }];
        let expiry = |months_min| PointsExpiry::Dates { dates: dates.clone(), months_min };
        assert_eq!(expiry(0).expires_on(day("2024-02-29")), Some(day("2024-02-29")), "the day itself is one of them");
        assert_eq!(expiry(0).expires_on(day("2026-03-01")), Some(day("2026-06-30")));
        assert_eq!(expiry(0).expires_on(day("2026-07-01")), Some(day("2027-02-28")), "the next year's");
        assert_eq!(expiry(6).expires_on(day("2026-03-01")), Some(day("2027-02-28")), "at least six months");
        assert!(expiry(0).faults().is_empty());
        let wrong = PointsExpiry::Dates { dates: vec![YearDay { month: 13, day: 1 }], months_min: -1 };
        assert_eq!(wrong.faults().iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["dates", "months_min"]);
        let never = PointsExpiry::Inactivity(Inactivity { months: 0, activities: vec![] });
        assert_eq!((never.expires_on(day("2026-03-01")), never.faults().len()), (None, 2));
    }

    #[test]
    fn what_can_be_spent_is_the_least_of_all_limits() {
        let spend = |balance, payable, total| {
            let most = policy().spendable(Points(balance), Money(payable), Money(total));
            (most.points_max.0, most.money_max.0)
        };
        assert_eq!(spend(950, 10_000, 10_000), (900, 900), "whole steps of the balance");
        assert_eq!(spend(9_999, 10_000, 10_000), (2_000, 2_000), "the policy's most");
        assert_eq!(spend(9_999, 10_000, 1_999), (900, 900), "half of the order, rounded down to steps");
        assert_eq!(spend(9_999, 799, 10_000), (700, 700), "the lines that points may pay");
        assert_eq!(spend(200, 10_000, 10_000), (200, 200), "the minimum is enough");
        let few = policy().spendable(Points(199), Money(10_000), Money(10_000));
        assert_eq!(few.why_not, Some(WhyNot::PointsBelowMinimum { min: Points(200), available: Points(100) }));
        assert_eq!(few.points_max, Points::ZERO);
    }

    #[test]
    fn a_wish_is_cut_to_whole_steps_above_the_minimum() {
        assert_eq!(policy().within(Points(555), Points(900)), Points(500));
        assert_eq!(policy().within(Points(5_555), Points(900)), Points(900));
        assert_eq!(policy().within(Points(199), Points(900)), Points::ZERO);
        assert!(policy().check().is_ok());
        assert!(PointsSpending { step_money: Money::ZERO, ..policy() }.check().is_err());
        assert!(PointsSpending { share_max: Rate(10_001), ..policy() }.check().is_err());
    }

    proptest! {
        #[test]
        fn conversion_is_exact_both_ways(step_points in 1_i64..1_000, step_money in 1_i64..1_000, steps in 0_i64..10_000, odd in 1_i64..1_000) {
            let policy = PointsSpending { step_points: Points(step_points), step_money: Money(step_money), ..policy() };
            let points = Points(steps * step_points);
            let money = policy.money(points).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(money.0, steps * step_money);
            prop_assert_eq!(policy.points(money).ok(), Some(points));
            if odd % step_points != 0 {
                prop_assert!(policy.money(Points(points.0 + odd)).is_err());
            }
        }

        #[test]
        fn spendable_keeps_within_everything(
            balance in 0_i64..100_000, payable in 0_i64..1_000_000, more in 0_i64..1_000_000, share in 0_i64..=10_000,
            step_points in 1_i64..500, step_money in 1_i64..500,
        ) {
            let policy = PointsSpending {
                step_points: Points(step_points), step_money: Money(step_money), share_max: Rate(share), ..policy()
            };
            let total = payable + more;
            let most = policy.spendable(Points(balance), Money(payable), Money(total));
            prop_assert!(most.points_max.0 <= balance.min(2_000) && most.money_max.0 <= payable);
            prop_assert!(i128::from(most.money_max.0) * 10_000 <= i128::from(total) * i128::from(share));
            prop_assert_eq!(policy.money(most.points_max).ok(), Some(most.money_max));
            prop_assert_eq!(most.why_not.is_none(), most.points_max.0 > 0);
            prop_assert!(most.points_max.0 == 0 || most.points_max.0 >= policy.min.0);
        }
    }
}
