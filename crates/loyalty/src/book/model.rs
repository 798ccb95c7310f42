//! The policies of the book.

use crate::points::{EarnPolicy, PointsSpending, PointsTerms};
use crate::points_kind::{PointsKindId, PointsKinds};
use crate::rule::RoundingOff;
use crate::tier::TierScheme;
use crate::wallet::{TopUpPlan, WalletExpiry, WalletSpending};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Currency, Error, Result, Zone};
use utoipa::ToSchema;

/// What holds for every checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckoutPolicy {
    /// Down to which unit the total is rounded off.
    pub rounding: RoundingOff,
    /// How many coupons one order may use, 0 to 20.
    pub coupons_max: u8,
}

impl Default for CheckoutPolicy {
    fn default() -> Self {
        Self { rounding: RoundingOff::None, coupons_max: 1 }
    }
}

impl CheckoutPolicy {
    /// Checks a policy at the door.
    ///
    /// Errors: `checkout_policy_invalid`.
    pub fn check(&self) -> Result<()> {
        if self.coupons_max > 20 {
            let error = Error::invalid("checkout_policy_invalid", "the checkout policy can't be used");
            return Err(error.field("/coupons_max", "out_of_range", "must be 0 to 20"));
        }
        Ok(())
    }
}

/// What a refund does to points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RefundPolicy {
    /// Where earned points were spent already: true forgives what is missing, false makes it a debt.
    pub forgive_points: bool,
    /// Days for which value that expired meanwhile can be used again when a refund gives it back;
    /// none leaves it expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore_expired_grace_days: Option<i32>,
}

impl RefundPolicy {
    /// Checks a policy at the door.
    ///
    /// Errors: `refund_policy_invalid`.
    pub fn check(&self) -> Result<()> {
        if self.restore_expired_grace_days.is_some_and(|days| !(1..=366).contains(&days)) {
            let error = Error::invalid("refund_policy_invalid", "the refund policy can't be used");
            return Err(error.field("/restore_expired_grace_days", "out_of_range", "must be 1 to 366"));
        }
        Ok(())
    }
}

/// All that a merchant set about loyalty.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// Rises with every change.
    pub version: i64,
    /// The merchant's currency.
    pub currency: Currency,
    /// The merchant's zone, for dates at which no store is meant.
    pub zone: Zone,
    /// The tiers.
    pub scheme: TierScheme,
    /// How purchases earn points.
    pub earn: EarnPolicy,
    /// How points pay; none where they don't.
    pub spending: Option<PointsSpending>,
    /// When earned points can be used, and how many there may be.
    pub terms: PointsTerms,
    /// Kinds of points beside the merchant's own.
    pub kinds: PointsKinds,
    /// How the wallet pays.
    pub wallet: WalletSpending,
    /// How long what is topped up lasts.
    pub wallet_expiry: WalletExpiry,
    /// Down to which unit a total is rounded off.
    pub rounding: RoundingOff,
    /// How many coupons one order may use.
    pub coupons_max: usize,
    /// What a refund does to points.
    pub refund: RefundPolicy,
    /// Whether what follows from a sale needs its lines: `sale.completed` tells them then.
    pub wants_lines: bool,
    /// The plans that can be bought.
    pub plans: Vec<TopUpPlan>,
}

impl Book {
    /// How points of a kind pay, none for the merchant's own; nothing where they don't.
    pub fn spending_of(&self, kind: Option<PointsKindId>) -> Option<&PointsSpending> {
        match kind {
            None => self.spending.as_ref(),
            Some(kind) => self.kinds.get(kind).ok().and_then(|kind| kind.spending.as_ref()),
        }
    }
}
