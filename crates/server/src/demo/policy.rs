//! The rules of the demo shop: tiers, points, wallet, coupons, offers. Pure values, by trade.

use super::dice::uuid;
use super::script::{Reason, Story};
use shuke_kernel::{Date, Instant, Money, Points, Rate, Uuid};
use shuke_loyalty::book::{CheckoutPolicy, RefundPolicy};
use shuke_loyalty::coupon::{CouponTemplateId, CouponTerms, Validity};
use shuke_loyalty::points::{EarnKind, EarnPolicy, EarnRule, EarnRuleId, PointsExpiry, PointsSpending, SpendingPolicy};
use shuke_loyalty::rule::{RoundingOff, Scope};
use shuke_loyalty::template::TemplateState;
use shuke_loyalty::template::ops::TemplateDraft;
use shuke_loyalty::tier::{QualifyBy, Tier, TierBenefits, TierId, TierScheme};
use shuke_loyalty::wallet::{TopUpPlan, TopUpPlanId, WalletExpiry, WalletPolicy};
use shuke_member::StageBands;
use shuke_member::tag::{TagCondition, TagDraft, TagRule};
use shuke_offer::offer::ops::OfferDraft;
use shuke_offer::offer::{BirthdayTerms, Hours, LadderStep, Offer, OfferId, OfferRule, OfferState, PercentStep};
use shuke_org::Trade;
use shuke_org::preset;

/// What the rules are made for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    /// The story.
    pub(super) story: &'a Story,
    /// When the shop was founded: the time in the ids.
    pub(super) at: Instant,
    /// The category that is sold at thin margins: no tier discount, no offers, no coupons.
    pub(super) thin: Option<Uuid>,
    /// The category that earns double points.
    pub(super) double: Option<Uuid>,
}

/// How many plans there are for topping up.
pub(super) const PLANS: usize = 3;

impl Rules<'_> {
    fn id(&self, purpose: &str, index: u64) -> Uuid {
        uuid(self.story.seed, purpose, index, self.at)
    }

    /// An amount in yuan that is usual where a basket of baby goods is, in the trade's own size.
    const fn yuan(&self, yuan: i64) -> Money {
        let percent = match self.story.trade {
            Trade::MotherAndBaby => 100,
            Trade::Beauty => 110,
            Trade::Fashion => 120,
            Trade::Grocery => 25,
        };
        // Whole fives of yuan, one at least.
        let fives = yuan * percent / 500;
        Money(if fives > 0 { fives * 500 } else { 500 })
    }

    fn scope(&self) -> Scope {
        Scope { except_categories: self.thin.into_iter().collect(), except_specials: true, ..Scope::ALL }
    }

    /// 普通、银卡、金卡、钻石.
    pub(super) fn tiers(&self) -> TierScheme {
        let tier = |index, name: &str, amount: Option<Money>, discount, points_multiplier| Tier {
            amount,
            benefits: TierBenefits { discount: Rate(discount), scope: self.scope(), points_multiplier: Rate(points_multiplier) },
            ..Tier::named(TierId(self.id("tier", index)), name)
        };
        TierScheme {
            tiers: vec![
                tier(0, "普通会员", None, 10_000, 10_000),
                tier(1, "银卡", Some(self.yuan(2_000)), 9_800, 11_000),
                tier(2, "金卡", Some(self.yuan(6_000)), 9_500, 13_000),
                tier(3, "钻石", Some(self.yuan(15_000)), 9_200, 15_000),
            ],
            qualify_by: QualifyBy::Any,
            window_months: Some(12),
            validity_months: Some(12),
            grace_days: 30,
            ..TierScheme::default()
        }
    }

    /// A point for a yuan, two where the shop wants to sell; they last a year.
    pub(super) fn earn(&self) -> EarnPolicy {
        let rule = |index, name: &str, kind, scope| EarnRule {
            id: EarnRuleId(self.id("earn", index)),
            name: name.to_owned(),
            kind,
            scope,
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            from: None,
            to: None,
        };
        let mut rules = vec![rule(0, "消费1元积1分", EarnKind::Amount { points: Points(1), per: Money(100) }, Scope::ALL)];
        if let Some(category) = self.double {
            let scope = Scope { categories: vec![category], ..Scope::ALL };
            rules.push(rule(1, "双倍积分", EarnKind::Multiplier { rate: Rate(20_000) }, scope));
        }
        EarnPolicy { rules, principal_earns: true, expiry: PointsExpiry::Months { months: 12 } }
    }

    /// 100分抵1元, up to three tenths of an order.
    pub(super) fn spending(&self) -> SpendingPolicy {
        SpendingPolicy {
            spending: Some(PointsSpending {
                step_points: Points(100),
                step_money: Money(100),
                min: Points(500),
                share_max: Rate(3_000),
                points_max: None,
                scope: Scope::ALL,
            }),
        }
    }

    /// Bonus ends after two years, principal never.
    pub(super) fn wallet(&self) -> WalletPolicy {
        WalletPolicy { expiry: WalletExpiry { principal_months: None, bonus_months: Some(24) }, ..WalletPolicy::default() }
    }

    /// Two coupons an order, rounded off to the jiao.
    pub(super) fn checkout(&self) -> CheckoutPolicy {
        CheckoutPolicy { rounding: RoundingOff::Jiao, coupons_max: 2 }
    }

    /// Value that ended meanwhile comes back for a month.
    pub(super) fn refund(&self) -> RefundPolicy {
        RefundPolicy { forgive_points: false, restore_expired_grace_days: Some(30) }
    }

    /// The bands of the trade's preset; a newcomer for a month, loyal with eight purchases in a year.
    pub(super) fn stages(&self) -> StageBands {
        let [active, marginal, dormant] = preset::of(self.story.trade).stage_months.map(|months| i32::try_from(months).unwrap_or(12));
        StageBands {
            active_months: active,
            marginal_months: marginal,
            dormant_months: dormant,
            new_days: Some(30),
            loyal_purchases: Some(8),
            loyal_months: 12,
        }
    }

    /// Whose coupons a reason issues.
    pub(super) fn template_of(&self, reason: Reason) -> CouponTemplateId {
        let index = match reason {
            Reason::Welcome => 0,
            Reason::Birthday => 1,
            Reason::Monthly => 2,
        };
        CouponTemplateId(self.id("template", index))
    }

    /// The templates: welcome, birthday, monthly, and what comes with a top-up.
    pub(super) fn templates(&self) -> Vec<TemplateDraft> {
        let within = |days| Validity::Relative { start_after_days: 0, days };
        let scoped = |terms: CouponTerms| CouponTerms { scope: self.scope(), ..terms };
        let draft = |id, name: String, terms| TemplateDraft { id, name, terms: scoped(terms), state: TemplateState::Published };
        let (welcome, monthly, gift) = (self.yuan(200), self.yuan(300), self.yuan(500));
        let mut monthly_terms = CouponTerms::amount(self.yuan(30), monthly, within(20));
        monthly_terms.combines_with_offers = false;
        vec![
            draft(
                self.template_of(Reason::Welcome),
                format!("新会员券 满{}减{}", yuan(welcome), yuan(self.yuan(20))),
                CouponTerms::amount(self.yuan(20), welcome, within(30)),
            ),
            draft(
                self.template_of(Reason::Birthday),
                "生日券 88折".to_owned(),
                CouponTerms::percent(Rate(1_200), Some(self.yuan(60)), Money::ZERO, within(31)),
            ),
            draft(self.template_of(Reason::Monthly), format!("会员月券 满{}减{}", yuan(monthly), yuan(self.yuan(30))), monthly_terms),
            draft(
                self.gift(),
                format!("储值礼券 满{}减{}", yuan(gift), yuan(self.yuan(50))),
                CouponTerms::amount(self.yuan(50), gift, within(90)),
            ),
        ]
    }

    fn gift(&self) -> CouponTemplateId {
        CouponTemplateId(self.id("template", 3))
    }

    /// The plan with this place, from the smallest.
    pub(super) fn plan_id(&self, place: usize) -> TopUpPlanId {
        TopUpPlanId(self.id("plan", u64::try_from(place).unwrap_or(0)))
    }

    /// 充500送30、充1000送100、充2000送260加一张券.
    pub(super) fn plans(&self) -> Vec<TopUpPlan> {
        let sizes: [(i64, i64); PLANS] = [(500, 30), (1_000, 100), (2_000, 260)];
        let plan = |(place, (pay, bonus)): (usize, (i64, i64))| {
            let (pay, bonus) = (self.yuan(pay), self.yuan(bonus));
            TopUpPlan {
                id: self.plan_id(place),
                name: format!("充{}送{}", yuan(pay), yuan(bonus)),
                pay,
                bonus,
                coupons: if place + 1 == PLANS { vec![self.gift()] } else { Vec::new() },
                stores: Vec::new(),
                from: None,
                to: None,
            }
        };
        sizes.into_iter().enumerate().map(plan).collect()
    }

    /// 满减 at weekends; 618 and 双11 in every year that the demo may see.
    pub(super) fn offers(&self) -> Vec<OfferDraft> {
        let ladder = |steps: &[(i64, i64)]| OfferRule::Ladder {
            steps: steps.iter().map(|(threshold, off)| LadderStep { threshold: self.yuan(*threshold), off: self.yuan(*off) }).collect(),
        };
        let offer = |index, name: String, rule| Offer {
            scope: self.scope(),
            exclusive_group: Some("满减".to_owned()),
            ..Offer::new(OfferId(self.id("offer", index)), name, rule)
        };
        let weekend = Offer {
            hours: Hours { weekdays: vec![6, 7], ..Hours::default() },
            ..offer(0, "周末满减".to_owned(), ladder(&[(400, 20), (800, 50)]))
        };
        let mut offers = vec![weekend];
        let first = self.story.first.year();
        for (index, year) in (0_u64..).zip(first..first.saturating_add(5)) {
            let season = |number, name: &str, from: Date, to: Date, rule| Offer {
                from: Some(from),
                to: Some(to),
                priority: 10,
                ..offer(number, format!("{year}年{name}"), rule)
            };
            let repeating = OfferRule::Repeating { every: self.yuan(300), off: self.yuan(30), times_max: Some(3) };
            offers.push(season(1 + index * 2, "618", Date::constant(year, 6, 1), Date::constant(year, 6, 18), repeating.clone()));
            offers.push(season(2 + index * 2, "双11", Date::constant(year, 11, 1), Date::constant(year, 11, 11), repeating));
        }
        offers.extend(self.member_offers());
        offers.into_iter().map(|offer| OfferDraft { offer, state: OfferState::Published, version: None }).collect()
    }

    /// 会员日 on the 18th, and something off once in the month of one's birthday.
    fn member_offers(&self) -> [Offer; 2] {
        let offer = |index, name: &str, rule| Offer { scope: self.scope(), ..Offer::new(OfferId(self.id("offer", index)), name, rule) };
        let double = OfferRule::Points { threshold: Money::ZERO, rate: Rate(20_000) };
        let tenth = OfferRule::Percent {
            steps: vec![PercentStep { threshold: Money::ZERO, pieces: 0, rate_off: Rate(1_000) }],
            max_off: Some(self.yuan(50)),
        };
        let birthday = BirthdayTerms { days_before: 0, days_after: 0, whole_month: true, once: true };
        [
            Offer { days_of_month: vec![18], ..offer(20, "会员日双倍积分", double) },
            Offer { birthday: Some(birthday), ..offer(21, "生日月9折", tenth) },
        ]
    }

    /// Tags that staff give.
    pub(super) fn tags() -> Vec<TagDraft> {
        ["转介绍达人", "喜欢新品", "看重价格", "需要送货"]
            .iter()
            .map(|name| TagDraft { name: (*name).to_owned(), rule: None, archived: false })
            .collect()
    }

    /// Tags that rules give; the marketer defines them a month before the first start.
    pub(super) fn tag_rules(&self) -> Vec<TagDraft> {
        let tag = |name: &str, condition| TagDraft { name: name.to_owned(), rule: Some(TagRule { all: vec![condition] }), archived: false };
        vec![
            tag("高价值", TagCondition::Amount { at_least: self.yuan(3_000), days: Some(180) }),
            tag("常来", TagCondition::Orders { at_least: 5, days: Some(90) }),
            tag("两月未到", TagCondition::Idle { at_least: Some(60), at_most: Some(180) }),
        ]
    }
}

/// An amount as a name says it: whole yuan.
const fn yuan(amount: Money) -> i64 {
    amount.0 / 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_of_every_trade_passes_its_own_door() {
        for trade in Trade::ALL {
            let story = Story { seed: 1, trade: *trade, members: 10, months: 2, first: Date::constant(2025, 1, 1) };
            let rules = Rules { story: &story, at: Instant(0), thin: Some(Uuid::nil()), double: Some(Uuid::max()) };
            rules.tiers().check().unwrap();
            rules.earn().check().unwrap();
            rules.spending().check().unwrap();
            rules.wallet().check().unwrap();
            rules.checkout().check().unwrap();
            rules.refund().check().unwrap();
            rules.stages().checked().unwrap();
            assert_eq!(rules.tiers().tiers.len(), 4);
            for template in rules.templates() {
                template.terms.check().unwrap();
            }
            for plan in rules.plans() {
                plan.check().unwrap();
            }
            let offers = rules.offers();
            for draft in &offers {
                draft.offer.check().unwrap();
            }
            let ids: BTreeSet<_> = offers.iter().map(|draft| draft.offer.id).collect();
            assert_eq!(ids.len(), offers.len());
        }
    }
}
