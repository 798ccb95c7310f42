//! Stages as a pure function of what a member bought and of the day.

use serde::{Deserialize, Serialize};
use shuke_kernel::time::{add_days, add_months};
use shuke_kernel::{Date, Error, Result, text_enum};
use utoipa::ToSchema;

text_enum! {
    /// Where a member stands in the life of a customer.
    pub enum Stage {
        /// 潜在: known, hasn't bought yet.
        Prospect = "prospect",
        /// 新: active, with the first purchase only and that not long ago (where the trade says so).
        New = "new",
        /// 活跃: bought within the first band, three months by default.
        Active = "active",
        /// 忠实: active, and often (where the trade says so).
        Loyal = "loyal",
        /// 边缘: three to six months by default.
        Marginal = "marginal",
        /// 沉睡: six to twelve months by default.
        Dormant = "dormant",
        /// 流失: longer than the last band.
        Lost = "lost",
    }
}

/// The bands of a trade. A member is in a band up to and including the day that is so many calendar
/// months after the last purchase; a day that the month lacks becomes its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StageBands {
    /// Months after the last purchase for which a member is active.
    pub active_months: i32,
    /// Months after the last purchase up to which a member is marginal.
    pub marginal_months: i32,
    /// Months after the last purchase up to which a member is dormant; then lost.
    pub dormant_months: i32,
    /// Days after the first purchase for which a member who bought once is new; none: nobody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_days: Option<i32>,
    /// Purchases within `loyal_months` that make an active member loyal; none: nobody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loyal_purchases: Option<i64>,
    /// The window for `loyal_purchases`.
    pub loyal_months: i32,
}

impl Default for StageBands {
    fn default() -> Self {
        Self { active_months: 3, marginal_months: 6, dormant_months: 12, new_days: None, loyal_purchases: None, loyal_months: 12 }
    }
}

impl StageBands {
    /// Refuses bands that don't follow one another: `stage_bands_malformed`.
    pub fn checked(self) -> Result<Self> {
        let ordered = 0 < self.active_months && self.active_months < self.marginal_months && self.marginal_months < self.dormant_months;
        let bounded = self.dormant_months <= 120 && (1..=120).contains(&self.loyal_months);
        let optional =
            self.new_days.is_none_or(|days| (1..=3650).contains(&days)) && self.loyal_purchases.is_none_or(|n| (2..=1000).contains(&n));
        if ordered && bounded && optional {
            return Ok(self);
        }
        Err(Error::invalid(
            "stage_bands_malformed",
            "the bands' months must rise, from 1 to 120; new_days is 1 to 3650, loyal_purchases 2 to 1000, loyal_months 1 to 120",
        ))
    }
}

/// What the stage follows from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageFacts {
    /// Purchases that count: not refunded wholly.
    pub purchases: i64,
    /// Date of the first of them.
    pub first_purchase_on: Option<Date>,
    /// Date of the last of them.
    pub last_purchase_on: Option<Date>,
    /// Date of the `loyal_purchases`-th last of them, where there are so many and the bands ask.
    pub loyal_anchor_on: Option<Date>,
}

impl StageFacts {
    /// The last day on which the member is new, loyal or active, each by its own measure.
    fn ends(&self, bands: &StageBands) -> Option<Ends> {
        let last = self.last_purchase_on?;
        let new = match (bands.new_days, self.first_purchase_on) {
            (Some(days), Some(first)) if self.purchases == 1 => Some(add_days(first, days)),
            _ => None,
        };
        Some(Ends {
            new,
            loyal: self.loyal_anchor_on.filter(|_| bands.loyal_purchases.is_some()).map(|anchor| add_months(anchor, bands.loyal_months)),
            active: add_months(last, bands.active_months),
            marginal: add_months(last, bands.marginal_months),
            dormant: add_months(last, bands.dormant_months),
        })
    }
}

struct Ends {
    new: Option<Date>,
    loyal: Option<Date>,
    active: Date,
    marginal: Date,
    dormant: Date,
}

/// The stage on a day.
pub fn stage_of(facts: &StageFacts, bands: &StageBands, today: Date) -> Stage {
    let Some(ends) = facts.ends(bands) else { return Stage::Prospect };
    if today <= ends.active {
        return match (ends.loyal, ends.new) {
            (Some(loyal), _) if today <= loyal => Stage::Loyal,
            (_, Some(new)) if today <= new => Stage::New,
            _ => Stage::Active,
        };
    }
    if today <= ends.marginal {
        Stage::Marginal
    } else if today <= ends.dormant {
        Stage::Dormant
    } else {
        Stage::Lost
    }
}

/// The next day after `today` on which the stage is another one if nothing is bought; none where it
/// never will be.
pub fn stage_due_on(facts: &StageFacts, bands: &StageBands, today: Date) -> Option<Date> {
    let ends = facts.ends(bands)?;
    let now = stage_of(facts, bands, today);
    let mut boundaries: Vec<Date> = [ends.new, ends.loyal, Some(ends.active), Some(ends.marginal), Some(ends.dormant)]
        .into_iter()
        .flatten()
        .map(|end| add_days(end, 1))
        .filter(|day| *day > today)
        .collect();
    boundaries.sort_unstable();
    boundaries.into_iter().find(|day| stage_of(facts, bands, *day) != now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn bought(on: Date) -> StageFacts {
        StageFacts { purchases: 1, first_purchase_on: Some(on), last_purchase_on: Some(on), loyal_anchor_on: None }
    }

    #[test]
    fn the_default_bands_are_those_of_the_reference() {
        let today = date(2011, 12, 10);
        let bands = StageBands::default();
        for (last, stage) in [
            (date(2011, 12, 10), Stage::Active),
            (date(2011, 9, 10), Stage::Active),
            (date(2011, 9, 9), Stage::Marginal),
            (date(2011, 6, 10), Stage::Marginal),
            (date(2011, 6, 9), Stage::Dormant),
            (date(2010, 12, 10), Stage::Dormant),
            (date(2010, 12, 9), Stage::Lost),
        ] {
            assert_eq!(stage_of(&bought(last), &bands, today), stage, "{last}");
        }
        assert_eq!(stage_of(&StageFacts::default(), &bands, today), Stage::Prospect);
        assert_eq!(stage_due_on(&StageFacts::default(), &bands, today), None);
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        let facts = bought(date(2025, 11, 30));
        let bands = StageBands::default();
        assert_eq!(stage_of(&facts, &bands, date(2026, 2, 28)), Stage::Active);
        assert_eq!(stage_of(&facts, &bands, date(2026, 3, 1)), Stage::Marginal);
        assert_eq!(stage_due_on(&facts, &bands, date(2025, 12, 1)), Some(date(2026, 3, 1)));
    }

    #[test]
    fn new_and_loyal_are_there_where_the_trade_says_so() {
        let bands = StageBands { new_days: Some(30), loyal_purchases: Some(3), ..StageBands::default() };
        let first = bought(date(2026, 1, 1));
        assert_eq!(stage_of(&first, &bands, date(2026, 1, 31)), Stage::New);
        assert_eq!(stage_due_on(&first, &bands, date(2026, 1, 1)), Some(date(2026, 2, 1)));
        assert_eq!(stage_of(&first, &bands, date(2026, 2, 1)), Stage::Active);
        let often = StageFacts {
            purchases: 9,
            first_purchase_on: Some(date(2024, 1, 1)),
            last_purchase_on: Some(date(2026, 6, 1)),
            loyal_anchor_on: Some(date(2025, 7, 10)),
        };
        assert_eq!(stage_of(&often, &bands, date(2026, 7, 10)), Stage::Loyal);
        assert_eq!(stage_due_on(&often, &bands, date(2026, 6, 1)), Some(date(2026, 7, 11)));
        assert_eq!(stage_of(&often, &bands, date(2026, 7, 11)), Stage::Active);
    }

    #[test]
    fn bands_that_cross_are_refused() {
        assert!(StageBands { marginal_months: 3, ..StageBands::default() }.checked().is_err());
        assert!(StageBands::default().checked().is_ok());
    }

    prop_compose! {
        fn any_facts()(first in 0_i32..2000, gap in 0_i32..900, purchases in 1_i64..9, anchor in 0_i32..900) -> StageFacts {
            let start = add_days(date(2020, 1, 1), first);
            let last = if purchases == 1 { start } else { add_days(start, gap) };
            let loyal = (purchases >= 3).then(|| add_days(start, anchor.min(gap)));
            StageFacts { purchases, first_purchase_on: Some(start), last_purchase_on: Some(last), loyal_anchor_on: loyal }
        }
    }

    proptest! {
        /// What midnight relies on: between two due dates the stage never changes, and on each it does.
        #[test]
        fn the_due_date_is_the_next_change(facts in any_facts(), new in prop::option::of(1_i32..60), loyal in prop::option::of(Just(3_i64))) {
            let bands = StageBands { new_days: new, loyal_purchases: loyal, ..StageBands::default() };
            let mut day = facts.last_purchase_on.unwrap();
            let mut stage = stage_of(&facts, &bands, day);
            let mut due = stage_due_on(&facts, &bands, day);
            for _ in 0..420 {
                day = add_days(day, 1);
                let next = stage_of(&facts, &bands, day);
                prop_assert_eq!(next != stage, due == Some(day), "{} on {}", facts.last_purchase_on.unwrap(), day);
                if next != stage {
                    stage = next;
                    due = stage_due_on(&facts, &bands, day);
                }
            }
            prop_assert_eq!(stage, Stage::Lost);
            prop_assert_eq!(due, None);
        }

        /// Without new and loyal the stages follow the calendar: a later day is never an earlier stage.
        #[test]
        fn without_a_purchase_nobody_comes_back(start in 0_i32..4000, a in 0_i32..500, b in 0_i32..500) {
            let last = add_days(date(2020, 1, 1), start);
            let bands = StageBands::default();
            let (early, late) = (add_days(last, a.min(b)), add_days(last, a.max(b)));
            prop_assert!(stage_of(&bought(last), &bands, early) <= stage_of(&bought(last), &bands, late));
        }
    }
}
