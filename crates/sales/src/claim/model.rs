//! What a claim asks, and within which days.

use crate::order::OrderId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Result, time};
use shuke_member::MemberId;
use shuke_member::member::EnrolRequest;
use shuke_org::setting::Section;
use utoipa::ToSchema;

/// Within which days an order can be claimed. Settings section `claim`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimPolicy {
    /// Local days after that of the sale, 0 to 366; 0 for the same day only.
    pub days: i64,
}

impl Default for ClaimPolicy {
    fn default() -> Self {
        Self { days: 7 }
    }
}

impl Section for ClaimPolicy {
    const NAME: &'static str = "claim";
    fn check(&self) -> Result<()> {
        if (0..=366).contains(&self.days) {
            return Ok(());
        }
        Err(Error::invalid("claim_policy_invalid", "the claim policy can't be used").field("/days", "out_of_range", "must be 0 to 366"))
    }
}

impl ClaimPolicy {
    /// Ok where an order of a day can be claimed on another.
    ///
    /// Errors: `order_claim_late`.
    pub fn open(&self, sold: Date, today: Date) -> Result<()> {
        if time::days_between(sold, today) <= self.days {
            return Ok(());
        }
        Err(Error::refused("order_claim_late", format!("an order can be claimed for {} days after its own; this one is older", self.days)))
    }
}

/// A claim.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimAsk {
    /// The order that had no buyer.
    pub order: OrderId,
    /// Whose it is.
    pub buyer: Buyer,
}

/// For whom an order is claimed: a member who is known, or one who joins with it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Buyer {
    /// A member.
    Known {
        /// Who.
        member: MemberId,
    },
    /// Somebody who joins now. Where a member has this phone already, the order is theirs.
    Join {
        /// The new member.
        person: Box<EnrolRequest>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_claimed_within_its_days() {
        let sold = Date::constant(2026, 11, 22);
        let open = |days, today| ClaimPolicy { days }.open(sold, today).map_err(|error| error.code());
        assert_eq!(open(7, Date::constant(2026, 11, 29)), Ok(()));
        assert_eq!(open(7, Date::constant(2026, 11, 30)), Err("order_claim_late"));
        assert_eq!(open(0, sold), Ok(()));
        assert_eq!(open(0, Date::constant(2026, 11, 23)), Err("order_claim_late"));
        assert_eq!(ClaimPolicy { days: -1 }.check().unwrap_err().code(), "claim_policy_invalid");
    }
}
