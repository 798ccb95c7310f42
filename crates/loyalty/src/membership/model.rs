//! Plans and terms.

use crate::gift::Gift;
use crate::tier::TierId;
use crate::wallet::TopUpTender;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Result, Uuid, id, money, text_enum, time};
use shuke_org::{StoreId, TillId};
use utoipa::ToSchema;

id!(MembershipPlanId, "A paid membership that can be bought.");
id!(MembershipId, "A term of a paid membership.");

const PRICE_MAX: i64 = 1_000_000_000_000;

text_enum! {
    /// Whether a plan can be bought.
    pub enum MembershipPlanState {
        /// It can.
        Published = "published",
        /// No longer; terms that run go on.
        Stopped = "stopped",
    }
}

/// How long a term lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Term {
    /// Days, the first included.
    Days {
        /// 1 to 3660.
        days: i32,
    },
    /// Months: until the day before the same day so many months later.
    Months {
        /// 1 to 120.
        months: i32,
    },
}

impl Term {
    /// The last local day of a term that begins on a day.
    pub fn ends_on(self, starts_on: Date) -> Date {
        match self {
            Self::Days { days } => time::add_days(starts_on, days.saturating_sub(1)),
            Self::Months { months } => time::add_days(time::add_months(starts_on, months), -1),
        }
    }
    fn is_usable(self) -> bool {
        match self {
            Self::Days { days } => (1..=3_660).contains(&days),
            Self::Months { months } => (1..=120).contains(&months),
        }
    }
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipPlan {
    /// The plan.
    pub id: MembershipPlanId,
    /// What people call it.
    pub name: String,
    /// The tier of the scheme whose benefits it gives.
    pub tier: TierId,
    /// What a term costs, in minor units.
    pub price: Money,
    /// How long a term lasts.
    pub term: Term,
    /// Days that a member may try it for free, once; none where nobody may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_days: Option<i32>,
    /// What a term that is paid for gives at once.
    #[serde(default, skip_serializing_if = "Gift::is_empty")]
    pub gift: Gift,
    /// Days before the end on which the member is reminded; none for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_days: Option<i32>,
}

impl MembershipPlan {
    /// Checks a plan at the door.
    ///
    /// Errors: `membership_plan_invalid` with the fault of the first field that is out of its range,
    /// `gift_invalid`.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("membership_plan_invalid", "the plan can't be used").field(field, "out_of_range", detail))
        };
        if !(1..=PRICE_MAX).contains(&self.price.0) {
            return invalid("/price", "must be above 0");
        }
        if !self.term.is_usable() {
            return invalid("/term", "must be 1 to 3660 days or 1 to 120 months");
        }
        if self.trial_days.is_some_and(|days| !(1..=366).contains(&days)) {
            return invalid("/trial_days", "must be 1 to 366");
        }
        if self.remind_days.is_some_and(|days| !(1..=366).contains(&days)) {
            return invalid("/remind_days", "must be 1 to 366");
        }
        self.gift.check("/gift")
    }
}

text_enum! {
    /// Where a term is in its life; that its days are over shows by its end.
    pub enum MembershipState {
        /// Bought or tried.
        Active = "active",
        /// Taken back.
        Refunded = "refunded",
    }
}

/// A term to be sold, or tried.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: MembershipId,
    /// The plan.
    pub plan: MembershipPlanId,
    /// For whom.
    pub member: Uuid,
    /// In which store.
    pub store: StoreId,
    /// With what it is paid; left out for a trial.
    #[serde(default)]
    pub tender: Option<TopUpTender>,
    /// Whether it is the free trial.
    #[serde(default)]
    pub trial: bool,
    /// The till where it is paid: it belongs to the till's shift.
    #[serde(default)]
    pub till: Option<TillId>,
}

/// A term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Whose.
    pub member: Uuid,
    /// The plan as it was when the term was sold.
    pub plan: MembershipPlan,
    /// In which store.
    pub store: Uuid,
    /// Whether it is the free trial.
    pub trial: bool,
    /// The first local day.
    #[schema(value_type = String, format = Date)]
    pub starts_on: Date,
    /// The last local day; moved when it is refunded.
    #[schema(value_type = String, format = Date)]
    pub ends_on: Date,
    /// What was paid, in minor units.
    pub price: Money,
    /// With what.
    pub tender: Option<TopUpTender>,
    /// Where it is in its life.
    pub state: MembershipState,
    /// What was given back, in minor units.
    pub refunded: Money,
    /// When it was sold.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// Why it was refunded.
    pub reason: Option<String>,
}

impl Membership {
    /// What is given back on a local day, in minor units.
    ///
    /// Errors: `amount_too_large`.
    pub fn worth_on(&self, today: Date) -> Result<Money> {
        let whole = time::days_between(self.starts_on, self.ends_on) + 1;
        let left = if today <= self.starts_on { whole } else { time::days_between(today, self.ends_on).max(0) };
        money::mul_div(self.price.0, left, whole.max(1)).map(Money)
    }
    /// The last local day once it is refunded: today, or the day before it would have begun.
    pub fn cut_on(&self, today: Date) -> Date {
        if today <= self.starts_on { time::add_days(self.starts_on, -1) } else { today.min(self.ends_on) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn plan() -> MembershipPlan {
        MembershipPlan {
            id: MembershipPlanId(Uuid::from_u128(1)),
            name: "PLUS会员".to_owned(),
            tier: TierId(Uuid::from_u128(2)),
            price: Money(36_500),
            term: Term::Months { months: 12 },
            trial_days: Some(7),
            gift: Gift::default(),
            remind_days: Some(7),
        }
    }
    fn term(starts_on: Date) -> Membership {
        Membership {
            id: MembershipId(Uuid::from_u128(3)),
            member: Uuid::from_u128(4),
            store: Uuid::from_u128(5),
            trial: false,
            starts_on,
            ends_on: plan().term.ends_on(starts_on),
            price: plan().price,
            plan: plan(),
            tender: Some(TopUpTender::Cash),
            state: MembershipState::Active,
            refunded: Money::ZERO,
            at: Instant(0),
            actor: String::new(),
            reason: None,
        }
    }

    #[test]
    fn a_term_ends_the_day_before_it_would_begin_again() {
        assert_eq!(Term::Months { months: 12 }.ends_on(day("2026-11-22")), day("2027-11-21"));
        assert_eq!(Term::Months { months: 1 }.ends_on(day("2026-01-31")), day("2026-02-27"));
        assert_eq!(Term::Days { days: 1 }.ends_on(day("2026-11-22")), day("2026-11-22"));
        assert!(plan().check().is_ok());
        assert_eq!(MembershipPlan { trial_days: Some(0), ..plan() }.check().unwrap_err().fields()[0].field, "/trial_days");
    }

    #[test]
    fn what_is_left_is_given_back_by_the_day() {
        let year = term(day("2026-11-22"));
        assert_eq!(year.worth_on(day("2026-11-01")).unwrap(), Money(36_500), "not begun");
        assert_eq!(year.worth_on(day("2026-11-22")).unwrap(), Money(36_500), "on its first day");
        assert_eq!(year.worth_on(day("2026-11-23")).unwrap(), Money(36_300), "363 of 365 days are left");
        assert_eq!(year.worth_on(day("2027-11-21")).unwrap(), Money::ZERO, "its last day is used");
        assert_eq!((year.cut_on(day("2026-11-22")), year.cut_on(day("2027-01-01"))), (day("2026-11-21"), day("2027-01-01")));
    }

    proptest! {
        #[test]
        fn later_is_never_worth_more(a in -10_i32..400, b in -10_i32..400) {
            let year = term(day("2026-11-22"));
            let worth = |n: i32| year.worth_on(time::add_days(day("2026-11-22"), n)).unwrap();
            prop_assert!(worth(a.max(b)) <= worth(a.min(b)));
            prop_assert!(worth(a) <= year.price && worth(a) >= Money::ZERO);
        }
    }
}
