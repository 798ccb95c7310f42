//! What a member holds, as the member sees it.

use crate::coupon::Coupon;
use crate::pass::PassView;
use crate::reward::{RewardId, RewardOffer};
use crate::reward_order::{RewardOrder, RewardOrderId};
use crate::rule::WhyNot;
use crate::tier::ops::TierView;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Money, Uuid};
use shuke_ledger::AccountKind;
use shuke_ledger::account::Balances;
use shuke_ledger::journal::Entry;
use shuke_ledger::lot::LotView;
use shuke_member::MemberId;
use shuke_member::group::GroupPart;
use shuke_org::StoreId;
use utoipa::ToSchema;

/// Everything that a member holds, in one call: what the card opens with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Assets {
    /// Points, principal and bonus, each with what ends next.
    pub balances: Balances,
    /// Up to 50 lots of points, principal and bonus that hold something, those that end first at the top.
    pub lots: Vec<LotView>,
    /// The tier, and what is missing to the next.
    pub tier: TierView,
    /// Up to 50 passes that can still be used.
    pub passes: Vec<PassView>,
    /// Up to 50 coupons that can still be used, now or later, those that end first at the top.
    pub coupons: Vec<MyCoupon>,
}

/// A coupon, and why it can't be used now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MyCoupon {
    /// The coupon, with its terms.
    #[serde(flatten)]
    pub coupon: Coupon,
    /// Whether it can be used now, in a store that it is for, with a cart that fits.
    pub usable: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNot>,
}

/// A code to be redeemed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyCodeDraft {
    /// The id of this redemption, made by the phone (a UUIDv7).
    pub id: Uuid,
    /// The code of a coupon or a gift card as it was typed: case, spaces and hyphens don't matter.
    pub code: String,
}

/// What a code was worth.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MyRedemption {
    /// A coupon, which is yours now.
    Coupon {
        /// The coupon.
        coupon: Box<MyCoupon>,
    },
    /// A gift card: what it held is in your wallet now.
    GiftCard {
        /// Minor units that went into the wallet.
        amount: Money,
    },
}

/// A household or a company that the member belongs to, with what it holds and the member may use.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MyGroup {
    /// The group.
    pub group: MemberId,
    /// The number that people see.
    pub number: String,
    /// What it is called.
    pub name: Option<String>,
    /// The member's part in it.
    pub part: GroupPart,
    /// What it holds.
    pub assets: Assets,
}

/// One movement of what a member holds.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Movement {
    /// When.
    pub at: Instant,
    /// Of what: points, principal, bonus, visits of passes.
    pub account: AccountKind,
    /// Above zero came in, below zero went out. Points, minor units or visits.
    pub amount: i64,
    /// Why, as a code: `earned`, `spent`, `expired`, `top_up`.
    pub why: String,
    /// What caused it: `sale`, `refund`, `top_up`, `reward`, `claim`.
    pub source_kind: String,
    /// The cause's id: for a sale the order's.
    pub source: Uuid,
    /// At which store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Uuid>,
}

impl From<Entry> for Movement {
    fn from(entry: Entry) -> Self {
        Self {
            at: entry.at,
            account: entry.account,
            amount: entry.amount,
            why: entry.why,
            source_kind: entry.source_kind,
            source: entry.source_id,
            store: entry.store,
        }
    }
}

/// A reward that a member could have.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MyReward {
    /// The reward, and why it can't be had.
    #[serde(flatten)]
    pub offer: RewardOffer,
    /// Whether it can be redeemed on the phone: where it asks for no money on top.
    pub here: bool,
}

impl MyReward {
    /// The offer without what it costs the shop.
    pub(super) fn of(mut offer: RewardOffer) -> Self {
        offer.reward.terms.cost = None;
        offer.reward.worth = None;
        offer.reward.margin = None;
        let here = !offer.reward.terms.money.is_positive();
        Self { offer, here }
    }
}

/// A redemption without what it cost the shop.
pub(super) fn plain(mut order: RewardOrder) -> RewardOrder {
    order.terms.cost = None;
    order.actor = String::new();
    order.settled_by = None;
    order
}

/// A reward to be redeemed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyRewardDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: RewardOrderId,
    /// The reward.
    pub reward: RewardId,
    /// In which store it will be fetched or used.
    pub store: StoreId,
    /// How many pieces, 1 to 100.
    #[serde(default = "one")]
    pub quantity: i64,
}

const fn one() -> i64 {
    1
}
