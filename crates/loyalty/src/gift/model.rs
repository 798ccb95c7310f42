//! What is given.

use crate::coupon::CouponTemplateId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Points, Result, Uuid, text_enum};
use utoipa::ToSchema;

/// Coupons of one gift.
const COUPONS_MAX: usize = 20;

text_enum! {
    /// What a gift is for.
    pub enum Cause {
        /// A full stamp card.
        StampCard = "stamp_card",
        /// A streak of visits.
        Streak = "streak",
        /// A higher tier.
        Tier = "tier",
        /// A paid membership.
        Membership = "membership",
    }
}

/// Points and coupons that a rule gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleGift)]
#[serde(deny_unknown_fields, default)]
pub struct Gift {
    /// Points.
    pub points: Points,
    /// A coupon of each of these templates; the same may be named twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponTemplateId>,
}

impl Gift {
    /// Whether it gives nothing.
    pub const fn is_empty(&self) -> bool {
        self.points.0 == 0 && self.coupons.is_empty()
    }
    /// Checks a gift at the door.
    ///
    /// Errors: `gift_invalid` with the fault under `field`.
    pub fn check(&self, field: &str) -> Result<()> {
        if (0..=1_000_000_000_000).contains(&self.points.0) && self.coupons.len() <= COUPONS_MAX {
            return Ok(());
        }
        let error = Error::invalid("gift_invalid", "the gift can't be given");
        Err(error.field(field, "out_of_range", format!("points must not be below 0, coupons at most {COUPONS_MAX}")))
    }
}

/// A gift that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Given {
    /// What it was for.
    pub cause: Cause,
    /// The rule: a stamp card, a streak, a tier.
    pub rule: Uuid,
    /// Which time: the number of the full card, the day of the streak.
    pub place: String,
    /// The source of its points and coupons.
    pub source: Uuid,
    /// Points.
    pub points: Points,
    /// How many coupons.
    pub coupons: i64,
    /// Coupons that could not be issued, and why, as codes; empty for none.
    pub skipped: String,
    /// Whether it was taken back.
    pub taken_back: bool,
    /// When it was given last.
    pub at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gift_is_checked_at_the_door() {
        assert!(Gift::default().is_empty() && Gift::default().check("/gift").is_ok());
        let wrong = Gift { points: Points(-1), coupons: Vec::new() };
        assert_eq!(wrong.check("/cards/0/gift").unwrap_err().fields()[0].field, "/cards/0/gift");
        let many = Gift { points: Points(1), coupons: vec![CouponTemplateId(Uuid::nil()); COUPONS_MAX + 1] };
        assert!(many.check("/gift").is_err());
    }
}
