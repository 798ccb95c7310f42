//! The wallet's policy: how it pays, and how long what is topped up lasts.

use super::WalletSpending;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Rate, Result, text_enum, time};
use utoipa::ToSchema;

/// How long what is topped up lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WalletExpiry {
    /// Months after the day of the top-up; none for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_months: Option<i32>,
    /// Months after the day of the top-up; none for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bonus_months: Option<i32>,
}

impl WalletExpiry {
    /// The last local day of principal topped up on a day.
    pub fn principal_until(&self, today: Date) -> Option<Date> {
        self.principal_months.map(|months| time::add_months(today, months))
    }
    /// The last local day of bonus given on a day.
    pub fn bonus_until(&self, today: Date) -> Option<Date> {
        self.bonus_months.map(|months| time::add_months(today, months))
    }
}

/// What is kept when prepaid value is paid out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WalletRefund {
    /// The share of the principal that the shop keeps, in basis points.
    pub fee: Rate,
}

impl Default for WalletRefund {
    fn default() -> Self {
        Self { fee: Rate(0) }
    }
}

/// The wallet's policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WalletPolicy {
    /// How a payment is split between principal and bonus.
    pub spending: WalletSpending,
    /// How long what is topped up lasts.
    pub expiry: WalletExpiry,
    /// What is kept when it is paid out again.
    pub refund: WalletRefund,
}

impl WalletPolicy {
    /// Checks a policy at the door.
    ///
    /// Errors: `wallet_policy_invalid`, with the fault of the first field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("wallet_policy_invalid", "the wallet policy can't be used").field(field, "out_of_range", detail))
        };
        if !(0..=Rate::WHOLE.0).contains(&self.spending.bonus_share_max.0) {
            return invalid("/spending/bonus_share_max", "must be 0 to 10000 basis points");
        }
        if !(0..=Rate::WHOLE.0).contains(&self.refund.fee.0) {
            return invalid("/refund/fee", "must be 0 to 10000 basis points");
        }
        if self.expiry.principal_months.is_some_and(|months| !(1..=1_200).contains(&months)) {
            return invalid("/expiry/principal_months", "must be 1 to 1200");
        }
        if self.expiry.bonus_months.is_some_and(|months| !(1..=1_200).contains(&months)) {
            return invalid("/expiry/bonus_months", "must be 1 to 1200");
        }
        Ok(())
    }
}

text_enum! {
    /// Whether a plan can be bought.
    pub enum PlanState {
        /// It can.
        Published = "published",
        /// No longer.
        Stopped = "stopped",
    }
}
