//! The policies as sections of the merchant's settings.

use super::{CheckoutPolicy, RefundPolicy};
use crate::points::{EarnPolicy, PointsTerms, SpendingPolicy};
use crate::points_kind::PointsKinds;
use crate::stamp::StampScheme;
use crate::streak::StreakScheme;
use crate::tier::TierScheme;
use crate::wallet::WalletPolicy;
use shuke_kernel::Result;
use shuke_org::setting::Section;

macro_rules! sections {
    ($($policy:ident = $name:literal;)*) => {$(
        impl Section for $policy {
            const NAME: &'static str = $name;
            fn check(&self) -> Result<()> {
                Self::check(self)
            }
        }
    )*};
}
sections! {
    TierScheme = "tiers";
    EarnPolicy = "earn";
    SpendingPolicy = "points";
    PointsTerms = "points_terms";
    PointsKinds = "points_kinds";
    StampScheme = "stamps";
    StreakScheme = "streaks";
    WalletPolicy = "wallet";
    CheckoutPolicy = "checkout";
    RefundPolicy = "refund";
}
