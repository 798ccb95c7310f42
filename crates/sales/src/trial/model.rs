//! What is tried, and what it comes to.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Points, Result, Uuid, id, text_enum};
use shuke_loyalty::coupon::CouponTerms;
use shuke_loyalty::points::EarnPolicy;
use shuke_loyalty::tier::{TierId, TierScheme};
use shuke_offer::offer::Offer;
use std::collections::BTreeMap;
use utoipa::ToSchema;

id!(TrialId, "A rule tried on past orders.");

/// Days that one trial looks at, at most: three years.
pub const DAYS_MAX: i64 = 1_097;
/// How many winners and losers are named.
pub(super) const NAMED_MAX: i64 = 20;

text_enum! {
    /// Where a trial is in its life.
    pub enum TrialState {
        /// Not begun yet.
        Waiting = "waiting",
        /// Going over the orders.
        Running = "running",
        /// Its result is there.
        Done = "done",
        /// Stopped before its end.
        Cancelled = "cancelled",
    }
}

/// A rule to be tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TrialRule {
    /// An offer beside those that ran; one with its id is replaced by it. Its first and last day are
    /// left aside.
    Offer {
        /// The offer.
        offer: Box<Offer>,
    },
    /// A coupon that every member would have held. Its days are left aside.
    Coupon {
        /// Its terms.
        terms: Box<CouponTerms>,
        /// On how many orders a member could have used it.
        #[serde(default = "one")]
        per_member: i64,
    },
    /// Another policy by which points are earned.
    Earn {
        /// The policy.
        policy: Box<EarnPolicy>,
    },
    /// Another tier scheme: every member who bought in the period has the tier that it gives them for
    /// what they bought by today.
    Tier {
        /// The scheme.
        scheme: Box<TierScheme>,
    },
}

const fn one() -> i64 {
    1
}

impl TrialRule {
    /// Checks a rule at the door.
    ///
    /// Errors: those of the rule's own check, `trial_invalid`.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Offer { offer } => offer.check(),
            Self::Coupon { terms, per_member } => {
                if !(1..=1_000).contains(per_member) {
                    let error = Error::invalid("trial_invalid", "this can't be tried");
                    return Err(error.field("/rule/per_member", "out_of_range", "must be 1 to 1000"));
                }
                terms.check()
            }
            Self::Earn { policy } => policy.check(),
            Self::Tier { scheme } => scheme.check(),
        }
    }
}

/// A trial to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: TrialId,
    /// What people call it.
    pub name: String,
    /// What is tried.
    pub rule: TrialRule,
    /// The first local day of the orders.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last local day of the orders.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// A member with what the rule would have changed for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialMember {
    /// Who.
    pub member: Uuid,
    /// How many of their orders the rule changes.
    pub orders: i64,
    /// What they would have paid less, in minor units; below zero where more.
    pub saved: Money,
    /// What they would have earned more; below zero where less.
    pub points: Points,
}

/// Members who would have another tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierMove {
    /// The tier that they have.
    pub from: Option<TierId>,
    /// The tier that they would have.
    pub to: Option<TierId>,
    /// How many.
    pub members: i64,
}

/// What a trial came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialResult {
    /// Orders that were priced again.
    pub orders: i64,
    /// Orders that the rule changes.
    pub orders_changed: i64,
    /// What they came to without the rule, in minor units.
    pub money_before: Money,
    /// What they would have come to with it.
    pub money_after: Money,
    /// What the rule would have cost, in minor units; below zero where it brings something.
    pub cost: Money,
    /// Points earned without the rule.
    pub points_before: Points,
    /// Points earned with it.
    pub points_after: Points,
    /// Members who would have paid less, or paid the same and earned more.
    pub winners: i64,
    /// Members who would have paid more, or paid the same and earned less.
    pub losers: i64,
    /// Those who win most.
    pub winners_most: Vec<TrialMember>,
    /// Those who lose most.
    pub losers_most: Vec<TrialMember>,
    /// For a tier scheme: who would have which tier, and who keeps theirs.
    pub tier_moves: Vec<TierMove>,
}

/// A trial as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trial {
    /// Its id.
    pub id: TrialId,
    /// What people call it.
    pub name: String,
    /// What is tried.
    pub rule: TrialRule,
    /// The first local day of the orders.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last local day of the orders.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Where it is in its life.
    pub state: TrialState,
    /// How many orders there are in the period.
    pub orders_total: i64,
    /// How many of them it has gone over.
    pub orders_done: i64,
    /// What it came to, once it is done.
    pub result: Option<TrialResult>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was done or cancelled.
    pub finished_at: Option<Instant>,
}

/// How far a trial has come, and the sums so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    /// The store, by its place in the order of ids.
    pub(super) store: usize,
    /// The last order's moment and id.
    pub(super) after: Option<(Instant, Uuid)>,
    pub(super) orders: i64,
    pub(super) orders_changed: i64,
    pub(super) money_before: Money,
    pub(super) money_after: Money,
    pub(super) points_before: Points,
    pub(super) points_after: Points,
    /// What a tried offer's budget has given.
    pub(super) used_count: i64,
    pub(super) used_money: Money,
}

/// What a trial did to a member so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) orders: i64,
    pub(super) money_before: Money,
    pub(super) money_after: Money,
    pub(super) points_before: Points,
    pub(super) points_after: Points,
    pub(super) tier_from: Option<TierId>,
    pub(super) tier_to: Option<TierId>,
    /// Uses of what is tried, by period.
    pub(super) uses: BTreeMap<String, i64>,
}
