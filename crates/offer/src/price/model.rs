//! What the price engine takes and what it answers.

use crate::offer::{CouponGrant, GiftQuote, NO_FACTS, OfferFacts, OfferId};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Currency, Date, Instant, Money, Points, Rate, Uuid, Zone, text_enum};
use shuke_loyalty::coupon::CouponId;
use shuke_loyalty::points::PointsSpending;
use shuke_loyalty::rule::{Channel, Item, Occasion, Scope, WhyNot};
use shuke_loyalty::tier::{Tier, TierId};
use utoipa::ToSchema;

pub use shuke_loyalty::rule::RoundingOff;

/// A price that an activity or a timed offer gives a line, found by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityPrice {
    /// The activity.
    pub source: Uuid,
    /// Minor units for one piece.
    pub unit_price: Money,
}

/// A line of a cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CartLine {
    /// The product.
    pub product: Uuid,
    /// The variant, where the product has any.
    #[serde(default)]
    pub variant: Option<Uuid>,
    /// The product's category and all above it.
    #[serde(default)]
    pub categories: Vec<Uuid>,
    /// Minor units for one piece (for one unit of weight, where it is weighed).
    pub unit_price: Money,
    /// Thousandths of a piece, above 0: 1,000 is one piece, 355 is 0.355 kg.
    pub quantity_milli: i64,
    /// The product's own member price, minor units for one piece.
    #[serde(default)]
    pub member_price: Option<Money>,
    /// A price by an activity.
    #[serde(default)]
    pub activity: Option<ActivityPrice>,
    /// Whether the line is marked special (特价): no member or tier price.
    #[serde(default)]
    pub special: bool,
    /// The offer whose gift this line is: it costs nothing where the offer gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<OfferId>,
}

impl CartLine {
    /// What scopes look at.
    pub fn item(&self) -> Item<'_> {
        Item {
            product: self.product,
            variant: self.variant,
            categories: &self.categories,
            special: self.special || self.activity.is_some_and(|activity| activity.unit_price < self.unit_price),
        }
    }
}

/// Which of the member's coupons to use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CouponChoice {
    /// None.
    #[default]
    None,
    /// Those that together save most.
    Auto,
    /// Only these; of them, those that together save most within the limit.
    Selected {
        /// The coupons.
        coupons: Vec<CouponId>,
    },
}

/// How many points to spend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PointsChoice {
    /// None.
    #[default]
    None,
    /// As many as possible.
    Max,
    /// So many, or as many of them as possible, in whole steps.
    Exact {
        /// Points.
        points: Points,
    },
}

/// What is to be priced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cart {
    /// The lines, in the till's order.
    pub lines: Vec<CartLine>,
    /// Which coupons.
    #[serde(default)]
    pub coupons: CouponChoice,
    /// How many points.
    #[serde(default)]
    pub points: PointsChoice,
    /// The order's id, where it has one yet.
    #[serde(default)]
    pub order: Option<Uuid>,
}

/// The member, as far as prices go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// The member.
    pub member: Uuid,
    /// Their tier.
    pub tier: Option<TierId>,
    /// Points that can be spent.
    pub points: Points,
}

/// Where and when a cart is priced, and by which of the merchant's settings.
#[derive(Clone, Copy, Debug)]
pub struct PriceCx<'a> {
    /// The local date in the store's zone.
    pub today: Date,
    /// Minutes after local midnight.
    pub minute: i64,
    /// The local day of the week, 1 = Monday to 7 = Sunday.
    pub weekday: i64,
    /// The store.
    pub store: Uuid,
    /// The channel.
    pub channel: Channel,
    /// The currency.
    pub currency: Currency,
    /// How the total is rounded off.
    pub rounding: RoundingOff,
    /// The tiers of the merchant's scheme, for the benefits of the member's.
    pub tiers: &'a [Tier],
    /// How points pay; none where they don't.
    pub points: Option<&'a PointsSpending>,
    /// How many coupons one order may use.
    pub coupons_max: usize,
    /// What offers ask about the member and their budgets.
    pub facts: &'a OfferFacts,
}

impl<'a> PriceCx<'a> {
    /// At a moment in a store's zone, with nothing set: no tiers, no points as money, no
    /// rounding-off, one coupon an order.
    pub fn new(now: Instant, zone: &Zone, store: Uuid, channel: Channel, currency: Currency) -> Self {
        let local = zone.local(now);
        Self {
            today: local.date(),
            minute: i64::from(local.hour()) * 60 + i64::from(local.minute()),
            weekday: i64::from(local.weekday().to_monday_one_offset()),
            store,
            channel,
            currency,
            rounding: RoundingOff::None,
            tiers: &[],
            points: None,
            coupons_max: 1,
            facts: &NO_FACTS,
        }
    }
    /// The occasion that rules are asked for.
    pub fn occasion(&self, member: Option<&MemberView>, order: Option<Uuid>) -> Occasion {
        Occasion {
            today: self.today,
            minute: self.minute,
            weekday: self.weekday,
            store: self.store,
            channel: self.channel,
            is_member: member.is_some(),
            tier: member.and_then(|m| m.tier),
            order,
        }
    }
    /// The member's tier with its benefits.
    pub fn tier_of(&self, member: Option<&MemberView>) -> Option<&'a Tier> {
        let id = member?.tier?;
        self.tiers.iter().find(|tier| tier.id == id)
    }
}

text_enum! {
    /// The stages of a price, in their order.
    pub enum PriceStage {
        /// Activity or timed price.
        Activity = "activity",
        /// Member or tier price.
        Member = "member",
        /// Threshold offers.
        Threshold = "threshold",
        /// Coupons.
        Coupon = "coupon",
        /// Points as money.
        Points = "points",
        /// Rounding-off.
        Rounding = "rounding",
    }
}

/// What took something off, with its numbers; the code is the translation key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SavingReason {
    /// An activity's price.
    ActivityPrice,
    /// The product's own member price.
    MemberPrice,
    /// The tier's discount.
    TierPrice {
        /// What the member pays, in basis points.
        rate: Rate,
    },
    /// A threshold was reached.
    ThresholdReached {
        /// Minor units.
        threshold: Money,
        /// How many times over.
        times: i64,
    },
    /// A share off, from an amount or a number of pieces on.
    PercentOff {
        /// What it takes off, in basis points.
        rate_off: Rate,
    },
    /// Every so many pieces one costs less.
    NthPiece {
        /// Which piece of a round.
        nth: i64,
        /// How many pieces were lowered.
        pieces: i64,
        /// What is taken off each of them, in basis points.
        rate_off: Rate,
    },
    /// The cheapest pieces of full rounds cost nothing.
    CheapestFree {
        /// How many pieces.
        pieces: i64,
    },
    /// Pieces that cost less together.
    Bundle {
        /// The price of one bundle, in minor units.
        price: Money,
        /// How many bundles.
        times: i64,
    },
    /// Pieces that were got for buying others.
    BuyGet {
        /// How many pieces.
        pieces: i64,
        /// What is taken off each of them, in basis points.
        rate_off: Rate,
    },
    /// A gift.
    Gift,
    /// What a till promised while it had no network.
    Promised,
    /// A coupon of a fixed amount.
    CouponAmount {
        /// Its face value, in minor units.
        off: Money,
    },
    /// A coupon of a share.
    CouponPercent {
        /// What it takes off, in basis points.
        rate_off: Rate,
    },
    /// A coupon that gives goods.
    CouponGift,
    /// A coupon that gives a service.
    CouponService,
    /// A coupon that leaves a fixed price.
    CouponExchange {
        /// Minor units to be paid for a piece.
        price: Money,
    },
    /// Points pay.
    PointsSpent {
        /// How many.
        points: Points,
    },
    /// Rounded off.
    RoundedOff {
        /// To this unit, in minor units.
        unit: Money,
    },
}

/// One thing that took something off, and from which lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Saving {
    /// The stage.
    pub stage: PriceStage,
    /// What it was.
    pub reason: SavingReason,
    /// The activity, tier, offer or coupon; none for member prices, points and rounding-off.
    pub source: Option<Uuid>,
    /// The source's name.
    pub name: String,
    /// Minor units taken off.
    pub amount: Money,
    /// The share of each line, in the cart's order; they add up to the amount.
    pub shares: Vec<Money>,
}

/// What each stage took off a line, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageShares {
    /// Activity or timed price.
    pub activity: Money,
    /// Member or tier price.
    pub member: Money,
    /// Threshold offers.
    pub threshold: Money,
    /// Coupons.
    pub coupon: Money,
    /// Points as money.
    pub points: Money,
    /// Rounding-off.
    pub rounding: Money,
}

impl StageShares {
    /// The share of a stage.
    pub const fn get(&self, stage: PriceStage) -> Money {
        match stage {
            PriceStage::Activity => self.activity,
            PriceStage::Member => self.member,
            PriceStage::Threshold => self.threshold,
            PriceStage::Coupon => self.coupon,
            PriceStage::Points => self.points,
            PriceStage::Rounding => self.rounding,
        }
    }
    pub(super) const fn get_mut(&mut self, stage: PriceStage) -> &mut Money {
        match stage {
            PriceStage::Activity => &mut self.activity,
            PriceStage::Member => &mut self.member,
            PriceStage::Threshold => &mut self.threshold,
            PriceStage::Coupon => &mut self.coupon,
            PriceStage::Points => &mut self.points,
            PriceStage::Rounding => &mut self.rounding,
        }
    }
    /// What all stages took off.
    pub fn total(&self) -> Money {
        Money(PriceStage::ALL.iter().map(|stage| self.get(*stage).0).sum())
    }
}

/// A priced line: `gross` − Σ `shares` = `net`, and `net` is never below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineQuote {
    /// Unit price times quantity, half away from zero, in minor units.
    pub gross: Money,
    /// What each stage took off.
    pub shares: StageShares,
    /// What is to be paid.
    pub net: Money,
}

/// What became of a coupon that the member holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CouponQuote {
    /// The coupon.
    pub coupon: CouponId,
    /// The number that people see.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it took off, in minor units; 0 where it was not used.
    pub saved: Money,
    /// Why it was not used.
    pub why_not: Option<WhyNot>,
}

/// More points on some lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsBonus {
    /// How many times the points, in basis points.
    pub rate: Rate,
    /// On which lines.
    pub scope: Scope,
}

/// What became of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferQuote {
    /// The offer.
    pub offer: OfferId,
    /// The version of its terms.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Whether it applies; gifts that nobody has chosen yet don't.
    pub applied: bool,
    /// What it took off, in minor units.
    pub saved: Money,
    /// Why it didn't apply.
    pub why_not: Option<WhyNot>,
    /// Gifts that can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gifts: Option<GiftQuote>,
    /// Coupons that the sale brings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupons: Option<CouponGrant>,
    /// More points that the sale earns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsBonus>,
}

/// What became of the points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsQuote {
    /// Points to be spent.
    pub spent: Points,
    /// What they pay, in minor units.
    pub money: Money,
    /// The most that could be spent.
    pub points_max: Points,
    /// What the most would pay, in minor units.
    pub money_max: Money,
    /// Why there are none, or fewer than asked for.
    pub why_not: Option<WhyNot>,
}

/// A priced cart, with an explanation of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The lines, in the cart's order.
    pub lines: Vec<LineQuote>,
    /// Everything that took something off, in the order in which it did.
    pub savings: Vec<Saving>,
    /// Every offer that was asked.
    pub offers: Vec<OfferQuote>,
    /// Every coupon that the member holds.
    pub coupons: Vec<CouponQuote>,
    /// The points.
    pub points: PointsQuote,
    /// Before everything, in minor units.
    pub gross: Money,
    /// What is to be paid, in minor units.
    pub total: Money,
}

impl Quote {
    /// What a stage took off, in minor units.
    pub fn saved(&self, stage: PriceStage) -> Money {
        Money(self.savings.iter().filter(|saving| saving.stage == stage).map(|saving| saving.amount.0).sum())
    }
}
