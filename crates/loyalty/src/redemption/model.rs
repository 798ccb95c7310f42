//! A use of a coupon.

use crate::coupon::{CouponId, CouponTemplateId};
use crate::rule::Period;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Uuid};
use utoipa::ToSchema;

/// A use without a sale, to be booked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedemptionDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// The coupon: one for a service.
    pub coupon: CouponId,
    /// The store where the service is given.
    pub store: Uuid,
    /// How many uses, 1 to 100.
    #[serde(default = "one")]
    pub uses: i64,
}

const fn one() -> i64 {
    1
}

/// A use of a coupon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Redemption {
    /// The redemption, or the order.
    pub id: Uuid,
    /// `redemption` or `order`.
    pub kind: String,
    /// The coupon.
    pub coupon: CouponId,
    /// Its template.
    pub template: CouponTemplateId,
    /// Whose it was.
    pub member: Uuid,
    /// The store.
    pub store: Uuid,
    /// How many uses.
    pub uses: i64,
    /// How many of them were undone.
    pub uses_back: i64,
    /// The local day in the store's zone.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// When.
    pub at: Instant,
}

/// A period of the calendar: which, and its first local day.
pub type PeriodFrom = (Period, Date);
