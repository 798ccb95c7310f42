//! What an offer gives: one rule for each kind, as data.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Money, Rate, Result, Uuid};
use shuke_loyalty::coupon::CouponTemplateId;
use shuke_loyalty::rule::Scope;
use utoipa::ToSchema;

/// The most rounds of a rule on one order, where the rule sets no lower one.
pub const ROUNDS_MAX: i64 = 1_000;
/// The most pieces of one round.
const PIECES_MAX: i64 = 100;

/// One step of a ladder of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderStep {
    /// What must be reached, in minor units.
    pub threshold: Money,
    /// What is taken off, in minor units.
    pub off: Money,
}

/// One step of a ladder of shares: reached where both the amount and the pieces are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PercentStep {
    /// What the lines must come to, in minor units; 0 for nothing.
    #[serde(default)]
    pub threshold: Money,
    /// How many whole pieces there must be; 0 for none.
    #[serde(default)]
    pub pieces: i64,
    /// What is taken off, in basis points: 2,000 is 8折.
    pub rate_off: Rate,
}

/// A part of a bundle: so many pieces of some goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BundlePart {
    /// Which goods, of those in the offer's scope.
    pub scope: Scope,
    /// How many whole pieces.
    pub pieces: i64,
}

/// A gift that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// The variant.
    pub variant: Uuid,
    /// How many whole pieces make one gift.
    pub pieces: i64,
}

/// What an offer gives for what is bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OfferRule {
    /// 满减: of the steps that are reached, the one that takes off most applies, once.
    Ladder {
        /// The steps, in any order.
        steps: Vec<LadderStep>,
    },
    /// 每满减: for each full `every`, `off`.
    Repeating {
        /// Minor units of one round.
        every: Money,
        /// Minor units taken off for each round.
        off: Money,
        /// The most rounds; none for no limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times_max: Option<i64>,
    },
    /// 满折、满件折: of the steps that are reached, the one with the largest share applies.
    Percent {
        /// The steps, in any order.
        steps: Vec<PercentStep>,
        /// The most that is taken off, in minor units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_off: Option<Money>,
    },
    /// 限时价: a price for one piece in place of the list price, where it is lower.
    UnitPrice {
        /// Minor units for one piece.
        price: Money,
    },
    /// 限时折扣: a share off the list price of one piece.
    UnitPercent {
        /// What is taken off, in basis points.
        rate_off: Rate,
    },
    /// 第二件半价: for each full `nth` pieces one, the cheapest, at a share off.
    NthPiece {
        /// 2 for the second piece, at least 2.
        nth: i64,
        /// What is taken off it, in basis points.
        rate_off: Rate,
        /// Whether only pieces of one product go together.
        #[serde(default)]
        same_product: bool,
        /// The most rounds; none for 1,000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times_max: Option<i64>,
    },
    /// 买三免一: of each full `pieces`, the cheapest `free` cost nothing.
    CheapestFree {
        /// How many pieces make a round, the free ones among them.
        pieces: i64,
        /// How many of them are free.
        free: i64,
        /// Whether only pieces of one product go together.
        #[serde(default)]
        same_product: bool,
        /// The most rounds; none for 1,000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times_max: Option<i64>,
    },
    /// 组合价、一口价: the parts together at one price, the dearest pieces first; parts are filled in
    /// their order. Where the pieces cost less anyway nothing is taken off.
    Bundle {
        /// What belongs to it.
        parts: Vec<BundlePart>,
        /// Minor units for all of it.
        price: Money,
        /// The most bundles; none for 1,000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times_max: Option<i64>,
    },
    /// 买A得B: for each full `buy` pieces in the offer's scope, up to `pieces` of other goods at a
    /// share off, the cheapest first. A piece counts for one side only.
    BuyGet {
        /// How many pieces must be bought.
        buy: i64,
        /// Which goods are got.
        get: Scope,
        /// How many pieces of them.
        pieces: i64,
        /// What is taken off them, in basis points; 10,000 is free.
        rate_off: Rate,
        /// The most rounds; none for 1,000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times_max: Option<i64>,
    },
    /// 满赠: a gift to choose. The cart names it on a line of its own, which then costs nothing.
    Gift {
        /// What the lines must come to, in minor units; 0 for nothing.
        #[serde(default)]
        threshold: Money,
        /// How many whole pieces there must be; 0 for none.
        #[serde(default)]
        pieces: i64,
        /// What can be chosen.
        gifts: Vec<Gift>,
        /// How many gifts may be chosen for each full threshold.
        #[serde(default = "one")]
        choose: i64,
        /// The most full thresholds that count.
        #[serde(default = "one")]
        times_max: i64,
    },
    /// 下单返券: coupons for the next order, issued after the sale.
    Coupon {
        /// What the lines must come to, in minor units; 0 for nothing.
        #[serde(default)]
        threshold: Money,
        /// The template.
        template: CouponTemplateId,
        /// How many, 1 to 20.
        #[serde(default = "one")]
        count: i64,
    },
    /// 多倍积分: the lines in scope earn so many times their points.
    Points {
        /// What the lines must come to, in minor units; 0 for nothing.
        #[serde(default)]
        threshold: Money,
        /// How many times, in basis points: 20,000 is twice.
        rate: Rate,
    },
}

const fn one() -> i64 {
    1
}

impl OfferRule {
    /// Whether it sets the price of a piece, before member prices (stage *activity*).
    pub const fn is_unit(&self) -> bool {
        matches!(self, Self::UnitPrice { .. } | Self::UnitPercent { .. })
    }

    /// The lowest amount at which anything is given, in minor units; 0 where no amount is asked for.
    pub fn threshold_min(&self) -> Money {
        match self {
            Self::Ladder { steps } => steps.iter().map(|step| step.threshold).min().unwrap_or(Money(i64::MAX)),
            Self::Repeating { every, .. } => *every,
            Self::Percent { steps, .. } => steps.iter().map(|step| step.threshold).min().unwrap_or(Money(i64::MAX)),
            Self::Gift { threshold, .. } | Self::Coupon { threshold, .. } | Self::Points { threshold, .. } => *threshold,
            _ => Money::ZERO,
        }
    }

    /// The fewest whole pieces in the offer's scope for which anything is given; 0 where none are asked for.
    pub fn pieces_min(&self) -> i64 {
        match self {
            Self::Percent { steps, .. } => steps.iter().map(|step| step.pieces).min().unwrap_or(0),
            Self::NthPiece { nth, .. } => *nth,
            Self::CheapestFree { pieces, .. } | Self::Gift { pieces, .. } => *pieces,
            Self::Bundle { parts, .. } => parts.iter().map(|part| part.pieces).sum(),
            Self::BuyGet { buy, .. } => *buy,
            _ => 0,
        }
    }

    /// Checks a rule at the door.
    ///
    /// Errors: `offer_invalid`, with the field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let ladder = |step: &LadderStep| step.threshold.is_positive() && step.off.is_positive() && step.off <= step.threshold;
        let share = |rate: Rate| (1..=Rate::WHOLE.0).contains(&rate.0);
        let rounds = |times: &Option<i64>| times.is_none_or(|times| (1..=ROUNDS_MAX).contains(&times));
        let pieces = |pieces: i64| (1..=PIECES_MAX).contains(&pieces);
        let (sound, field, detail) = match self {
            Self::Ladder { steps } => (
                (1..=50).contains(&steps.len()) && steps.iter().all(ladder),
                "/rule/steps",
                "needs 1 to 50 steps, each taking off more than 0 and at most its threshold",
            ),
            Self::Repeating { every, off, times_max } => (
                ladder(&LadderStep { threshold: *every, off: *off }) && times_max.is_none_or(|max| max >= 1),
                "/rule",
                "must take off more than 0 and at most its threshold, at least once",
            ),
            Self::Percent { steps, max_off } => (
                (1..=50).contains(&steps.len())
                    && steps.iter().all(|s| share(s.rate_off) && !s.threshold.is_negative() && (0..=10_000).contains(&s.pieces))
                    && max_off.is_none_or(Money::is_positive),
                "/rule/steps",
                "needs 1 to 50 steps, each taking off 1 to 10000 basis points from nothing below 0 on; max_off must be above 0",
            ),
            Self::UnitPrice { price } => (!price.is_negative(), "/rule/price", "must not be below 0"),
            Self::UnitPercent { rate_off } => (share(*rate_off), "/rule/rate_off", "must be 1 to 10000 basis points"),
            Self::NthPiece { nth, rate_off, times_max, .. } => (
                (2..=PIECES_MAX).contains(nth) && share(*rate_off) && rounds(times_max),
                "/rule",
                "nth must be 2 to 100, rate_off 1 to 10000 basis points, times_max 1 to 1000",
            ),
            Self::CheapestFree { pieces: all, free, times_max, .. } => (
                (2..=PIECES_MAX).contains(all) && (1..*all).contains(free) && rounds(times_max),
                "/rule",
                "pieces must be 2 to 100, free at least 1 and fewer than pieces, times_max 1 to 1000",
            ),
            Self::Bundle { parts, price, times_max } => (
                (1..=10).contains(&parts.len()) && parts.iter().all(|p| pieces(p.pieces)) && !price.is_negative() && rounds(times_max),
                "/rule",
                "needs 1 to 10 parts of 1 to 100 pieces, a price not below 0, times_max 1 to 1000",
            ),
            Self::BuyGet { buy, pieces: got, rate_off, times_max, .. } => (
                pieces(*buy) && pieces(*got) && share(*rate_off) && rounds(times_max),
                "/rule",
                "buy and pieces must be 1 to 100, rate_off 1 to 10000 basis points, times_max 1 to 1000",
            ),
            Self::Gift { threshold, pieces: from, gifts, choose, times_max } => (
                !threshold.is_negative()
                    && (0..=10_000).contains(from)
                    && (1..=50).contains(&gifts.len())
                    && gifts.iter().all(|gift| pieces(gift.pieces))
                    && pieces(*choose)
                    && (1..=ROUNDS_MAX).contains(times_max),
                "/rule",
                "needs 1 to 50 gifts of 1 to 100 pieces, choose 1 to 100, times_max 1 to 1000, nothing below 0",
            ),
            Self::Coupon { threshold, count, .. } => {
                (!threshold.is_negative() && (1..=20).contains(count), "/rule", "count must be 1 to 20, threshold not below 0")
            }
            Self::Points { threshold, rate } => (
                !threshold.is_negative() && (Rate::WHOLE.0 + 1..=1_000_000).contains(&rate.0),
                "/rule/rate",
                "must be above 10000 and at most 1000000 basis points; threshold not below 0",
            ),
        };
        if sound {
            return Ok(());
        }
        Err(Error::invalid("offer_invalid", "the offer can't be used").field(field, "out_of_range", detail))
    }
}
