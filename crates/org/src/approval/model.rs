//! What is approved, and from which amount on.

use crate::setting::Section;
use serde::{Deserialize, Serialize};
use shuke_http::Permission;
use shuke_kernel::{Error, Instant, Result, Uuid, text_enum};
use utoipa::ToSchema;

shuke_kernel::id!(ApprovalId, "An approval.");

/// The longest time for which an approval may hold, in minutes.
pub const VALID_MINUTES_MAX: i64 = 7 * 1_440;

text_enum! {
    /// Which write is approved.
    pub enum ApprovalKind {
        /// Principal or bonus corrected by hand, in minor units; of a member.
        Adjustment = "adjustment",
        /// Points corrected by hand; of a member.
        PointsAdjustment = "points_adjustment",
        /// Points of another kind corrected by hand; of a member.
        PointsKindAdjustment = "points_kind_adjustment",
        /// A refund, in minor units; of an order.
        Refund = "refund",
        /// Prepaid value paid out again, in minor units; of a member.
        TopUpRefund = "top_up_refund",
    }
}

impl ApprovalKind {
    /// What the write needs, and so whoever approves it.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Adjustment | Self::PointsAdjustment | Self::PointsKindAdjustment => Permission::LedgerAdjust,
            Self::Refund => Permission::Refund,
            Self::TopUpRefund => Permission::WalletTopUp,
        }
    }
}

text_enum! {
    /// Where an approval stands.
    pub enum ApprovalState {
        /// Asked for.
        Waiting = "waiting",
        /// Given, and not used yet.
        Given = "given",
        /// Declined.
        Declined = "declined",
        /// Used.
        Used = "used",
    }
}

/// What is to be approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalAsk {
    /// Its id, a UUIDv7 that the client makes.
    pub id: ApprovalId,
    /// Which write.
    pub kind: ApprovalKind,
    /// The order of a refund, else the member.
    pub subject: Uuid,
    /// The amount of the write, above zero: minor units, or points. What an adjustment takes counts as what it gives.
    pub amount: i64,
    /// The store where it happens; needed by who is bound to stores.
    #[serde(default)]
    pub store: Option<Uuid>,
    /// Why. 1 to 200 characters.
    pub reason: String,
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// Which write.
    pub kind: ApprovalKind,
    /// The order of a refund, else the member.
    pub subject: Uuid,
    /// The amount of the write: minor units, or points.
    pub amount: i64,
    /// The store where it happens.
    pub store: Option<Uuid>,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: ApprovalState,
    /// Who asked: `staff:…` or `key:…`.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// From this moment on it can't be decided or used.
    pub expires_at: Instant,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// When it was used.
    pub used_at: Option<Instant>,
}

/// A write that may need an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which write.
    pub kind: ApprovalKind,
    /// The order or the member.
    pub subject: Uuid,
    /// Its amount, which the approval must name.
    pub amount: i64,
    /// What is held against the limit: the amount, and what went the same way before.
    pub weighed: i64,
}

/// From which amounts on a second person has to agree. A limit that is left out never asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ApprovalPolicy {
    /// Adjustments of principal and bonus above this need one, in minor units: all that one person makes of a member on a day, without those that were approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjustment_limit: Option<i64>,
    /// Adjustments of points above this need one, in points, counted likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_adjustment_limit: Option<i64>,
    /// Refunds by which an order has given back more than this need one, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_limit: Option<i64>,
    /// Prepaid value paid out above this needs one, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_up_refund_limit: Option<i64>,
    /// Minutes for which an approval can be decided and used, 1 to 10,080.
    pub valid_minutes: i64,
}

impl Default for ApprovalPolicy {
    fn default() -> Self {
        Self { adjustment_limit: None, points_adjustment_limit: None, refund_limit: None, top_up_refund_limit: None, valid_minutes: 60 }
    }
}

impl ApprovalPolicy {
    /// The limit of a kind of write.
    pub const fn limit(&self, kind: ApprovalKind) -> Option<i64> {
        match kind {
            ApprovalKind::Adjustment => self.adjustment_limit,
            ApprovalKind::PointsAdjustment | ApprovalKind::PointsKindAdjustment => self.points_adjustment_limit,
            ApprovalKind::Refund => self.refund_limit,
            ApprovalKind::TopUpRefund => self.top_up_refund_limit,
        }
    }
    /// Whether a write needs a second person.
    pub fn asks(&self, wanted: &Wanted) -> bool {
        self.limit(wanted.kind).is_some_and(|limit| wanted.weighed > limit)
    }
}

impl Section for ApprovalPolicy {
    const NAME: &'static str = "approval";
    fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("approval_policy_invalid", "the policy can't be used").field(field, "out_of_range", detail))
        };
        for kind in ApprovalKind::ALL {
            if self.limit(*kind).is_some_and(|limit| limit < 0) {
                return invalid(&format!("/{}_limit", kind.as_str()), "must not be below 0");
            }
        }
        if !(1..=VALID_MINUTES_MAX).contains(&self.valid_minutes) {
            return invalid("/valid_minutes", "must be 1 to 10,080");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_the_limit_asks_and_nothing_else() {
        let policy = ApprovalPolicy { refund_limit: Some(100), ..ApprovalPolicy::default() };
        let wanted = |kind, weighed| Wanted { kind, subject: Uuid::nil(), amount: 1, weighed };
        assert!(!policy.asks(&wanted(ApprovalKind::Refund, 100)));
        assert!(policy.asks(&wanted(ApprovalKind::Refund, 101)), "what went before counts, not the amount alone");
        assert!(!policy.asks(&wanted(ApprovalKind::Adjustment, i64::MAX)));
    }

    #[test]
    fn a_policy_names_its_fault() {
        let fault = |policy: ApprovalPolicy| policy.check().unwrap_err().fields()[0].field.clone();
        assert_eq!(fault(ApprovalPolicy { points_adjustment_limit: Some(-1), ..ApprovalPolicy::default() }), "/points_adjustment_limit");
        assert_eq!(fault(ApprovalPolicy { valid_minutes: 0, ..ApprovalPolicy::default() }), "/valid_minutes");
        assert!(ApprovalPolicy::default().check().is_ok());
    }
}
