//! When earned points can be used, and how many there may be: pending, caps, limits, transfers.

use super::{EarnCut, EarnRuleId, Earned};
use crate::quota::{self, PeriodLimit, QuotaPeriod, Take, check_limits};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Points, Rate, Result, Uuid, Zone, text_enum, time};
use utoipa::ToSchema;

/// Caps in the terms at most.
const CAPS_MAX: usize = 50;
/// Later than any sale: points that wait for a confirmation can be used from then on.
const FAR: Date = Date::constant(9999, 1, 1);

/// From when on earned points can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Pending {
    /// At once.
    #[default]
    None,
    /// Some days after the local day of the purchase.
    Days {
        /// Days, 1 to 366.
        days: i32,
    },
    /// From a day on; purchases after it give points that can be used at once.
    Until {
        /// The first local day.
        #[schema(value_type = String, format = Date)]
        date: Date,
    },
    /// When somebody confirms them (`release`), or takes them back (`cancel`).
    Confirmed {
        /// Days after which they count as confirmed; none for never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days_max: Option<i32>,
    },
}

impl Pending {
    /// The first local day on which points granted on a day can be used, where it isn't that day.
    pub fn usable_from(self, granted_on: Date) -> Option<Date> {
        match self {
            Self::None => None,
            Self::Days { days } => Some(time::add_days(granted_on, days)),
            Self::Until { date } => Some(date).filter(|date| *date > granted_on),
            Self::Confirmed { days_max } => Some(days_max.map_or(FAR, |days| time::add_days(granted_on, days))),
        }
    }
    /// The moment from which points granted now can be used.
    pub fn available_at(self, now: Instant, zone: &Zone) -> Instant {
        self.usable_from(zone.date(now)).map_or(now, |day| zone.start(day).max(now))
    }
}

text_enum! {
    /// In which period a cap counts.
    pub enum CapPeriod {
        /// One order.
        Order = "order",
        /// A local day of the merchant's zone.
        Day = "day",
        /// A calendar month.
        Month = "month",
        /// A calendar year.
        Year = "year",
    }
}

impl CapPeriod {
    /// The period of its counter; an order needs none.
    pub const fn counted(self) -> Option<QuotaPeriod> {
        match self {
            Self::Order => None,
            Self::Day => Some(QuotaPeriod::Day),
            Self::Month => Some(QuotaPeriod::Month),
            Self::Year => Some(QuotaPeriod::Year),
        }
    }
}

/// The most points that a member earns in a period: what is beyond it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarnCap {
    /// By which rule; none for all rules together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<EarnRuleId>,
    /// In which period.
    pub period: CapPeriod,
    /// The most points.
    pub max: Points,
}

impl EarnCap {
    fn subject(&self) -> Uuid {
        self.rule.map_or(quota::EARNED, |rule| rule.0)
    }
}

/// How points go from one member to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferTerms {
    /// The fewest points of a transfer.
    #[serde(default)]
    pub min: Points,
    /// The most points of a transfer; none for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Points>,
    /// The most points that a member sends in a period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<PeriodLimit>,
    /// What the sender pays on top, in basis points of the points, rounded half up.
    #[serde(default)]
    pub fee: Rate,
}

/// When earned points can be used, and how many there may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PointsTerms {
    /// From when on what purchases earn can be used.
    pub pending: Pending,
    /// The most points that purchases earn: what is beyond is left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<EarnCap>,
    /// The most points that a member spends as money in a period: a sale beyond is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spend_limits: Vec<PeriodLimit>,
    /// How members give points to one another; none where they don't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferTerms>,
}

impl PointsTerms {
    /// The counters of the caps: subject, period, the most.
    pub fn counters(&self) -> Vec<(Uuid, QuotaPeriod, i64)> {
        self.caps.iter().filter_map(|cap| cap.period.counted().map(|period| (cap.subject(), period, cap.max.0))).collect()
    }

    /// Checks terms at the door.
    ///
    /// Errors: `points_terms_invalid` with the fault of the first field that is out of its range,
    /// `limits_invalid`.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: String, detail: &str| {
            Err(Error::invalid("points_terms_invalid", "the points' terms can't be used").field(field, "out_of_range", detail))
        };
        let days = match self.pending {
            Pending::Days { days } => Some(days),
            Pending::Confirmed { days_max } => days_max,
            Pending::None | Pending::Until { .. } => None,
        };
        if days.is_some_and(|days| !(1..=366).contains(&days)) {
            return invalid("/pending".to_owned(), "must be 1 to 366 days");
        }
        if self.caps.len() > CAPS_MAX {
            return invalid("/caps".to_owned(), "must be at most 50");
        }
        for (index, cap) in self.caps.iter().enumerate() {
            let twice = self.caps.iter().take(index).any(|other| (other.rule, other.period) == (cap.rule, cap.period));
            if !cap.max.is_positive() || twice {
                return invalid(format!("/caps/{index}"), "max must be above 0, and no rule and period named twice");
            }
        }
        check_limits("/spend_limits", &self.spend_limits)?;
        let Some(transfer) = &self.transfer else { return Ok(()) };
        check_limits("/transfer/limits", &transfer.limits)?;
        if transfer.min.is_negative() || transfer.max.is_some_and(|max| max < transfer.min.max(Points(1))) {
            return invalid("/transfer/max".to_owned(), "must be above 0 and not below min");
        }
        if !(0..=Rate::WHOLE.0).contains(&transfer.fee.0) {
            return invalid("/transfer/fee".to_owned(), "must be 0 to 10000 basis points");
        }
        Ok(())
    }
}

/// What caps leave to earn. The default leaves everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room(Vec<(EarnCap, i64)>);

impl Room {
    /// What caps leave where so much of each was used already.
    pub fn of(caps: &[EarnCap], used: impl Fn(&EarnCap) -> i64) -> Self {
        Self(caps.iter().map(|cap| (*cap, cap.max.0.saturating_sub(used(cap)).max(0))).collect())
    }

    /// How many of a rule's points there is room for; what is left out is written down under the cap
    /// that leaves the least.
    pub fn grant(&mut self, cuts: &mut Vec<EarnCut>, rule: EarnRuleId, points: Points) -> Points {
        let concerns = |cap: &EarnCap| cap.rule.is_none_or(|of| of == rule);
        let tightest = self.0.iter().filter(|(cap, _)| concerns(cap)).min_by_key(|(_, left)| *left).copied();
        let Some((cap, left)) = tightest.filter(|_| points.is_positive()) else { return points };
        let granted = points.0.min(left);
        if granted < points.0 {
            cuts.push(EarnCut { rule, period: cap.period, max: cap.max, points: Points(points.0 - granted) });
        }
        for (_, left) in self.0.iter_mut().filter(|(cap, _)| concerns(cap)) {
            *left -= granted;
        }
        Points(granted)
    }

    /// What an order uses of the caps' counters.
    pub fn takes(&self, earned: &Earned) -> Vec<Take> {
        let of_rule = |rule: EarnRuleId| earned.steps.iter().filter(|step| step.rule == rule).map(|step| step.points.0).sum::<i64>();
        let take = |(cap, _): &(EarnCap, i64)| {
            let amount = cap.rule.map_or(earned.points.0, of_rule);
            let period = cap.period.counted().filter(|_| amount > 0)?;
            Some(Take { subject: cap.subject(), period, amount, max: cap.max.0.max(amount) })
        };
        self.0.iter().filter_map(take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn points_wait_for_days_a_date_or_a_word() {
        let granted = day("2026-11-22");
        assert_eq!(Pending::None.usable_from(granted), None);
        assert_eq!(Pending::Days { days: 7 }.usable_from(granted), Some(day("2026-11-29")));
        assert_eq!(Pending::Until { date: day("2026-12-01") }.usable_from(granted), Some(day("2026-12-01")));
        assert_eq!(Pending::Until { date: granted }.usable_from(granted), None);
        assert_eq!(Pending::Confirmed { days_max: Some(14) }.usable_from(granted), Some(day("2026-12-06")));
        assert_eq!(Pending::Confirmed { days_max: None }.usable_from(granted), Some(FAR));
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let now = zone.start(granted).plus_ms(36_000_000);
        assert_eq!(Pending::None.available_at(now, &zone), now);
        assert_eq!(Pending::Days { days: 1 }.available_at(now, &zone), zone.end(granted));
    }

    #[test]
    fn terms_are_checked_at_the_door() {
        let cap = |max| EarnCap { rule: None, period: CapPeriod::Day, max: Points(max) };
        let terms = |caps| PointsTerms { caps, ..PointsTerms::default() };
        assert!(terms(vec![cap(1)]).check().is_ok());
        assert_eq!(terms(vec![cap(1), cap(2)]).check().unwrap_err().fields()[0].field, "/caps/1");
        assert!(terms(vec![cap(0)]).check().is_err());
        let wait = PointsTerms { pending: Pending::Days { days: 0 }, ..PointsTerms::default() };
        assert_eq!(wait.check().unwrap_err().fields()[0].field, "/pending");
        let transfer = TransferTerms { min: Points(10), max: Some(Points(9)), limits: Vec::new(), fee: Rate(0) };
        assert!(PointsTerms { transfer: Some(transfer), ..PointsTerms::default() }.check().is_err());
    }
}
