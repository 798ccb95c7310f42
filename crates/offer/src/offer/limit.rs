//! How often and how much an offer may give: its budget, and what one member may have.

use super::OfferId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Result, Uuid, text_enum};
use utoipa::ToSchema;

text_enum! {
    /// For how long a member's uses are counted together.
    pub enum UsePeriod {
        /// For ever.
        Ever = "ever",
        /// A calendar year in the store's zone.
        Year = "year",
        /// A calendar month.
        Month = "month",
        /// A week from Monday.
        Week = "week",
        /// A day.
        Day = "day",
    }
}

impl UsePeriod {
    /// The period that a local day lies in: `2026`, `2026-11`, the Monday of the week, the day.
    pub fn key(self, today: Date) -> String {
        match self {
            Self::Ever => "ever".to_owned(),
            Self::Year => format!("{:04}", today.year()),
            Self::Month => format!("{:04}-{:02}", today.year(), today.month()),
            Self::Week => {
                let monday = shuke_kernel::time::add_days(today, -i32::from(today.weekday().to_monday_zero_offset()));
                format!("w{monday}")
            }
            Self::Day => today.to_string(),
        }
    }
}

/// How often one member may use an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PerMember {
    /// So many orders.
    pub max: i64,
    /// In each such period.
    pub period: UsePeriod,
}

/// What an offer may give in all. It is counted from when it is set, and taken in the sale's own
/// transaction, so that sales at once can't exceed it; a refund gives it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// So many orders; none for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// So much taken off, in minor units; none for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
}

impl Budget {
    /// Whether there is a limit at all.
    pub const fn is_limited(&self) -> bool {
        self.count.is_some() || self.money.is_some()
    }
    /// Checks a budget at the door.
    ///
    /// Errors: `offer_invalid`.
    pub fn check(&self) -> Result<()> {
        if self.count.is_some_and(|count| count < 0) || self.money.is_some_and(Money::is_negative) {
            return Err(Error::invalid("offer_invalid", "the offer can't be used").field("/budget", "out_of_range", "must not be below 0"));
        }
        Ok(())
    }
}

/// What guards one use by a member: a counter of its own, which may not go above `max`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// The offer; nil for what all first-purchase offers share.
    pub offer: OfferId,
    /// The period: `ever`, `2026-11`, `b2026` for the birthday of 2026.
    pub period: String,
    /// The most uses.
    pub max: i64,
}

impl Guard {
    /// The one first purchase of a member, whichever offer it is for.
    pub fn first_purchase() -> Self {
        Self { offer: OfferId(Uuid::nil()), period: "first".to_owned(), max: 1 }
    }
}
