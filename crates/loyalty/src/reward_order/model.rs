//! A redemption.

use crate::coupon::CouponId;
use crate::reward::{RewardId, RewardTerms};
use crate::wallet::TopUpTender;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Points, Result, Uuid, id, text_enum};
use shuke_org::StoreId;
use utoipa::ToSchema;

id!(RewardOrderId, "A redemption of a reward.");

text_enum! {
    /// Where a redemption is in its life.
    pub enum RewardOrderState {
        /// Paid, and waiting to be handed over or used.
        Reserved = "reserved",
        /// Handed over, used up, or issued.
        HandedOver = "handed_over",
        /// Undone.
        Cancelled = "cancelled",
    }
}

/// A reward to be redeemed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardOrderDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: RewardOrderId,
    /// The reward.
    pub reward: RewardId,
    /// For whom.
    pub member: Uuid,
    /// In which store.
    pub store: StoreId,
    /// How many pieces, 1 to 100.
    #[serde(default = "one")]
    pub quantity: i64,
    /// With what the money on top is paid; left out where the reward asks for none.
    #[serde(default)]
    pub tender: Option<TopUpTender>,
}

const fn one() -> i64 {
    1
}

/// A redemption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RewardOrder {
    /// Its id.
    pub id: RewardOrderId,
    /// The reward.
    pub reward: RewardId,
    /// Whose.
    pub member: Uuid,
    /// In which store.
    pub store: Uuid,
    /// What the reward was called.
    pub name: String,
    /// The reward's terms when it was redeemed.
    pub terms: RewardTerms,
    /// Pieces.
    pub quantity: i64,
    /// Points that it cost.
    pub points: Points,
    /// Money that was paid on top, in minor units.
    pub money: Money,
    /// With what.
    pub tender: Option<TopUpTender>,
    /// Where it is in its life.
    pub state: RewardOrderState,
    /// How often it can be handed over or used.
    pub uses: i64,
    /// How often it still can.
    pub uses_left: i64,
    /// The last local day on which it can be fetched or used; none for any time.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<Date>,
    /// When it was redeemed.
    pub at: Instant,
    /// By whom, such as `staff:…`.
    pub actor: String,
    /// When it was handed over last, or cancelled.
    pub settled_at: Option<Instant>,
    /// By whom.
    pub settled_by: Option<String>,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// The coupons that it issued; not in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponId>,
}

impl RewardOrder {
    /// Ok where it can be handed over or used on a local day.
    ///
    /// Errors: `reward_order_cancelled`, `reward_order_used`, `reward_order_over`.
    pub fn may_hand_over(&self, today: Date) -> Result<()> {
        if self.state == RewardOrderState::Cancelled {
            return Err(Error::refused("reward_order_cancelled", "it was cancelled; redeem the reward again"));
        }
        if self.uses_left < 1 {
            return Err(Error::refused("reward_order_used", "it was handed over or used up already"));
        }
        match self.valid_until.filter(|until| today > *until) {
            Some(until) => Err(Error::refused(
                "reward_order_over",
                format!("it could be fetched or used until {until}; cancel it to give the points back"),
            )),
            None => Ok(()),
        }
    }

    /// Ok where it can still be undone. A gift that comes back can be, what was used can't.
    ///
    /// Errors: `reward_order_cancelled`, `reward_order_used`, `reward_order_final`.
    pub fn may_cancel(&self) -> Result<()> {
        use crate::reward::RewardKind;
        if self.state == RewardOrderState::Cancelled {
            return Err(Error::refused("reward_order_cancelled", "it was cancelled already"));
        }
        match self.terms.kind {
            RewardKind::Bonus { .. } => Err(Error::refused("reward_order_final", "what went into the wallet can't be taken back")),
            RewardKind::Service { .. } | RewardKind::Priority { .. } | RewardKind::Trial { .. } if self.uses_left < self.uses => {
                Err(Error::refused("reward_order_used", "part of it was used; it can't be cancelled any more"))
            }
            _ => Ok(()),
        }
    }
}
