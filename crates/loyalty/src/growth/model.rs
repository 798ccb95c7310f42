//! The rate of growth.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Money, Uuid, text_enum};
use utoipa::ToSchema;

/// How purchases make members grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GrowthRate {
    /// Growth for each `per` of an order's total.
    pub points: i64,
    /// Minor units.
    pub per: Money,
    /// Growth for an order, whatever its total.
    pub per_order: i64,
}

impl GrowthRate {
    /// Whether the rate says something that can be computed.
    pub const fn is_usable(self) -> bool {
        let range = self.points >= 0 && self.per_order >= 0 && self.points <= 1_000_000 && self.per_order <= 1_000_000_000;
        range && (self.points == 0 || self.per.0 > 0)
    }
    /// The growth of an order of which so much is left: whole multiples of `per`, and nothing where
    /// nothing is left.
    pub fn of(self, left: Money) -> i64 {
        if !left.is_positive() {
            return 0;
        }
        let by_amount = if self.per.is_positive() { i128::from(left.0 / self.per.0) * i128::from(self.points) } else { 0 };
        i64::try_from(by_amount).unwrap_or(i64::MAX / 2).saturating_add(self.per_order)
    }
}

text_enum! {
    /// Where growth comes from.
    pub enum GrowthKind {
        /// An order.
        Purchase = "purchase",
        /// Staff.
        ByHand = "by_hand",
    }
}

/// Growth that was entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrowthEntry {
    /// The order, or the id of the entry by hand.
    pub source: Uuid,
    /// Where it comes from.
    pub kind: GrowthKind,
    /// The local day on which it counts.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// How much.
    pub growth: i64,
    /// The reason that staff gave.
    pub note: String,
    /// When it was entered.
    pub at: Instant,
    /// By whom.
    pub actor: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn growth_is_by_amount_and_order() {
        let rate = GrowthRate { points: 2, per: Money(1_000), per_order: 5 };
        assert_eq!((rate.of(Money(999)), rate.of(Money(2_999)), rate.of(Money::ZERO)), (5, 9, 0));
        assert!(rate.is_usable() && !GrowthRate { per: Money::ZERO, ..rate }.is_usable());
        assert!(GrowthRate { points: 0, per: Money::ZERO, per_order: 1 }.is_usable());
    }

    proptest! {
        #[test]
        fn less_left_is_never_more_growth(a in 0_i64..10_000_000, b in 0_i64..10_000_000, points in 0_i64..100, per in 1_i64..10_000, order in 0_i64..100) {
            let rate = GrowthRate { points, per: Money(per), per_order: order };
            prop_assert!(rate.of(Money(a.min(b))) <= rate.of(Money(a.max(b))));
        }
    }
}
