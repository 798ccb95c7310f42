//! A reward and who may redeem it.

use crate::coupon::CouponTemplateId;
use crate::points::PointsSpending;
use crate::points_kind::PointsKindId;
use crate::quota::{PeriodLimit, check_limits};
use crate::rule::{Occasion, WhyNot};
use crate::tier::TierId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Points, Result, Uuid, id, text_enum, time};
use utoipa::ToSchema;

id!(RewardId, "Something that points buy.");

/// The most that a reward costs, in points or minor units.
const PRICE_MAX: i64 = 1_000_000_000_000;
/// Pieces that one redemption takes.
pub const QUANTITY_MAX: i64 = 100;

text_enum! {
    /// Where a reward is in its life.
    pub enum RewardState {
        /// Being written; nobody sees it.
        Draft = "draft",
        /// Can be redeemed.
        Published = "published",
        /// Can't be redeemed any more.
        Stopped = "stopped",
    }
}

/// What the member gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RewardKind {
    /// A thing 实物礼品, handed over at the store.
    Gift {
        /// The variant of the catalogue that it is, for those who pack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<Uuid>,
    },
    /// Coupons, issued at once.
    Coupon {
        /// Of which template.
        template: CouponTemplateId,
        /// How many for each piece, 1 to 20.
        count: i64,
    },
    /// A service 服务, such as an hour with a personal guide 专人导购.
    Service {
        /// How often each piece can be used.
        uses: i64,
    },
    /// Priority VIP通道, such as not waiting in line.
    Priority {
        /// How often each piece can be used.
        uses: i64,
    },
    /// A free trial 免费体验.
    Trial {
        /// How often each piece can be used.
        uses: i64,
    },
    /// Money into the wallet 兑换现金, as bonus.
    Bonus {
        /// Minor units for each piece.
        amount: Money,
        /// Months that it lasts; none for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        months: Option<i32>,
    },
}

impl RewardKind {
    /// How often each piece is handed over or used; none where the member has it at once.
    pub const fn uses(&self) -> Option<i64> {
        match self {
            Self::Gift { .. } => Some(1),
            Self::Service { uses } | Self::Priority { uses } | Self::Trial { uses } => Some(*uses),
            Self::Coupon { .. } | Self::Bonus { .. } => None,
        }
    }
    /// The kind's text.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Gift { .. } => "gift",
            Self::Coupon { .. } => "coupon",
            Self::Service { .. } => "service",
            Self::Priority { .. } => "priority",
            Self::Trial { .. } => "trial",
            Self::Bonus { .. } => "bonus",
        }
    }
}

/// What a reward is, costs, and who may have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardTerms {
    /// What the member gets.
    #[serde(rename = "gives")]
    pub kind: RewardKind,
    /// Points for a piece.
    #[serde(default)]
    pub points: Points,
    /// Of which kind the points are; none for the shop's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_kind: Option<PointsKindId>,
    /// Money on top, in minor units.
    #[serde(default)]
    pub money: Money,
    /// What a piece costs the shop, in minor units; for the margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// How many pieces a member may redeem in a period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<PeriodLimit>,
    /// In which stores; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// For which tiers; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierId>,
    /// The first local day; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last local day; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// Days, that of the redemption included, in which it must be fetched or used; none for any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<i32>,
}

impl RewardTerms {
    /// The last local day on which what is redeemed today can be fetched or used.
    pub fn valid_until(&self, today: Date) -> Option<Date> {
        self.valid_days.map(|days| time::add_days(today, days.saturating_sub(1)))
    }
    /// Why it can't be redeemed here and now by this member, whatever they hold.
    pub fn why_not(&self, occasion: &Occasion) -> Option<WhyNot> {
        if let Some(valid_from) = self.from.filter(|from| occasion.today < *from) {
            return Some(WhyNot::NotYetValid { valid_from });
        }
        if let Some(expires_on) = self.to.filter(|to| occasion.today > *to) {
            return Some(WhyNot::Expired { expires_on });
        }
        occasion.why_not(&self.stores, &[], &self.tiers)
    }
    /// What the points of a piece pay as money, rounded down to whole steps; none where points don't pay.
    pub fn worth(&self, spending: Option<&PointsSpending>) -> Option<Money> {
        let spending = spending.filter(|spending| spending.step_points.is_positive())?;
        spending.step_money.times(self.points.0 / spending.step_points.0).ok()
    }

    /// Checks terms at the door.
    ///
    /// Errors: `reward_terms_invalid` with the fault of the first field that is out of its range,
    /// `limits_invalid`.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("reward_terms_invalid", "the reward's terms can't be used").field(field, "out_of_range", detail))
        };
        let range = 0..=PRICE_MAX;
        if !range.contains(&self.points.0) || !range.contains(&self.money.0) || self.points.0 + self.money.0 == 0 {
            return invalid("/points", "points and money must not be below 0, and one of them above");
        }
        if self.cost.is_some_and(|cost| !range.contains(&cost.0)) {
            return invalid("/cost", "must not be below 0");
        }
        match &self.kind {
            RewardKind::Coupon { count, .. } if !(1..=20).contains(count) => return invalid("/gives/count", "must be 1 to 20"),
            RewardKind::Service { uses } | RewardKind::Priority { uses } | RewardKind::Trial { uses } if !(1..=1_000).contains(uses) => {
                return invalid("/gives/uses", "must be 1 to 1000");
            }
            RewardKind::Bonus { amount, .. } if !(1..=PRICE_MAX).contains(&amount.0) => return invalid("/gives/amount", "must be above 0"),
            RewardKind::Bonus { months: Some(months), .. } if !(1..=1_200).contains(months) => {
                return invalid("/gives/months", "must be 1 to 1200");
            }
            _ => {}
        }
        if matches!((self.from, self.to), (Some(from), Some(to)) if to < from) {
            return invalid("/to", "must not be before from");
        }
        if self.valid_days.is_some_and(|days| !(1..=3_660).contains(&days)) {
            return invalid("/valid_days", "must be 1 to 3660");
        }
        check_limits("/limits", &self.limits)
    }
}

/// A reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reward {
    /// The reward.
    pub id: RewardId,
    /// What people call it.
    pub name: String,
    /// What it is, costs, and who may have it.
    pub terms: RewardTerms,
    /// Where it is in its life.
    pub state: RewardState,
    /// How many pieces are left; none for without limit.
    pub stock: Option<i64>,
    /// How many pieces were redeemed and not cancelled.
    pub redeemed: i64,
    /// What its points pay as money, in minor units: what the shop gives up; none where points don't pay.
    pub worth: Option<Money>,
    /// What is left of that and the money on top after the cost; none where one of them isn't known.
    pub margin: Option<Money>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed last.
    pub changed_at: Instant,
}

impl Reward {
    /// With its figures by the merchant's rate of points.
    #[must_use]
    pub fn valued(mut self, spending: Option<&PointsSpending>) -> Self {
        self.worth = self.terms.worth(spending);
        let cost = self.terms.cost;
        self.margin = self.worth.zip(cost).map(|(worth, cost)| Money(worth.0 + self.terms.money.0 - cost.0));
        self
    }
}

/// A reward as a member sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RewardOffer {
    /// The reward.
    pub reward: Reward,
    /// How many pieces the member can redeem now.
    pub can: i64,
    /// Why not a single one: a stable code. `out_of_stock`, `limit_reached`, `points_short`, or one of
    /// those of coupons and offers.
    pub why_not: Option<String>,
    /// How many points are missing for a piece.
    pub points_short: Points,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::QuotaPeriod;
    use crate::rule::{Channel, Scope};
    use shuke_kernel::Rate;

    fn terms(kind: RewardKind) -> RewardTerms {
        RewardTerms {
            kind,
            points: Points(550),
            points_kind: None,
            money: Money(1_000),
            cost: Some(Money(1_200)),
            limits: Vec::new(),
            stores: Vec::new(),
            tiers: Vec::new(),
            from: None,
            to: None,
            valid_days: Some(7),
        }
    }

    #[test]
    fn terms_are_checked_with_their_place() {
        let gift = RewardKind::Gift { variant: None };
        assert!(terms(gift.clone()).check().is_ok());
        let field = |terms: RewardTerms| terms.check().unwrap_err().fields()[0].field.clone();
        assert_eq!(field(RewardTerms { points: Points::ZERO, money: Money::ZERO, ..terms(gift.clone()) }), "/points");
        assert_eq!(field(RewardTerms { valid_days: Some(0), ..terms(gift.clone()) }), "/valid_days");
        assert_eq!(field(terms(RewardKind::Trial { uses: 0 })), "/gives/uses");
        assert_eq!(field(terms(RewardKind::Bonus { amount: Money::ZERO, months: None })), "/gives/amount");
        let twice = vec![PeriodLimit { period: QuotaPeriod::Day, max: 1 }; 2];
        assert_eq!(field(RewardTerms { limits: twice, ..terms(gift) }), "/limits/1");
    }

    #[test]
    fn a_reward_has_its_days_its_stores_and_a_margin() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let occasion = Occasion {
            today: day("2026-11-22"),
            minute: 0,
            weekday: 7,
            store: Uuid::from_u128(1),
            channel: Channel::Till,
            is_member: true,
            tier: None,
            order: None,
        };
        let gift = terms(RewardKind::Gift { variant: None });
        assert_eq!(gift.why_not(&occasion), None);
        assert_eq!(gift.valid_until(occasion.today), Some(day("2026-11-28")));
        let late = RewardTerms { to: Some(day("2026-11-21")), ..gift.clone() };
        assert_eq!(late.why_not(&occasion), Some(WhyNot::Expired { expires_on: day("2026-11-21") }));
        let elsewhere = RewardTerms { stores: vec![Uuid::from_u128(2)], ..gift.clone() };
        assert_eq!(elsewhere.why_not(&occasion), Some(WhyNot::WrongStore));
        let rate = PointsSpending {
            step_points: Points(100),
            step_money: Money(100),
            min: Points::ZERO,
            share_max: Rate::WHOLE,
            points_max: None,
            scope: Scope::ALL,
        };
        assert_eq!(gift.worth(Some(&rate)), Some(Money(500)));
        assert_eq!(gift.worth(None), None);
    }
}
