//! A cart that waits.

use crate::order::CheckoutLine;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Points, Uuid, id, text_enum};
use shuke_member::MemberId;
use shuke_offer::price::{CouponChoice, PointsChoice};
use utoipa::ToSchema;

id!(HeldCartId, "A held cart.");

/// Most characters of a label.
pub const LABEL_CHARS_MAX: usize = 80;

/// The goods and wishes of a cart that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitingCart {
    /// Who buys, if known.
    #[serde(default)]
    pub member: Option<MemberId>,
    /// What; at least one line.
    pub lines: Vec<CheckoutLine>,
    /// Which coupons.
    #[serde(default)]
    pub coupons: CouponChoice,
    /// How many points.
    #[serde(default)]
    pub points: PointsChoice,
}

impl WaitingCart {
    /// Whether points are named that can't be.
    pub const fn points_wrong(&self) -> bool {
        matches!(self.points, PointsChoice::Exact { points: Points(points) } if points < 0)
    }
}

/// A cart to be held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldAsk {
    /// Its id, a UUIDv7 that the till makes.
    pub id: HeldCartId,
    /// The store.
    pub store: Uuid,
    /// What the cashier knows it by: 红衣服的先生. At most 80 characters.
    #[serde(default)]
    pub label: String,
    /// The cart.
    pub cart: WaitingCart,
}

text_enum! {
    /// Where a held cart stands.
    pub enum HeldState {
        /// Waiting.
        Held = "held",
        /// Somebody went on with it.
        Resumed = "resumed",
        /// Nobody will.
        Discarded = "discarded",
    }
}

/// A held cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldCart {
    /// Its id.
    pub id: HeldCartId,
    /// The store.
    pub store: Uuid,
    /// What the cashier knows it by.
    pub label: String,
    /// The cart.
    pub cart: WaitingCart,
    /// Where it stands.
    pub state: HeldState,
    /// By whom it was held.
    pub held_by: String,
    /// When.
    pub held_at: Instant,
    /// When the store's day ends, and the cart with it.
    pub expires_at: Instant,
}
