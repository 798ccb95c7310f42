//! The terms of an offer, and the rule that says why it doesn't apply.

use super::{BirthdayTerms, Budget, Guard, MonthDay, OfferRule, PerMember, on_day_of_month};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Result, Uuid, id};
use shuke_loyalty::rule::{Channel, Hours, Item, Occasion, SaleLine, Scope, WhyNot};
use shuke_loyalty::tier::TierId;
use utoipa::ToSchema;

id!(OfferId, "An automatic promotion.");

/// Lists in an offer hold at most so many ids.
const LISTED_MAX: usize = 500;

/// An offer: what it gives, on which goods, where, when, to whom, how often, and beside what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The offer.
    pub id: OfferId,
    /// What people call it.
    pub name: String,
    /// Which version of its terms this is; set by the server, whatever a draft says.
    #[serde(default)]
    pub version: i64,
    /// What it gives.
    pub rule: OfferRule,
    /// Which goods count.
    #[serde(default)]
    pub scope: Scope,
    /// In which stores; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// In which channels; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// For which tiers; empty for everybody, members or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierId>,
    /// For members who have any of these tags; empty for everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Uuid>,
    /// Whether it is for members only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub members_only: bool,
    /// Whether it is for a member's first paid order only. When everything of it is taken back, the
    /// next one is the first again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first_purchase: bool,
    /// Around the member's birthday only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<BirthdayTerms>,
    /// The first local day; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last local day; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// At which hours and on which days of the week.
    #[serde(default)]
    pub hours: Hours,
    /// On which days of the month (会员日), 1 to 31; empty for all. In a month that lacks a day its last
    /// one counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days_of_month: Vec<i64>,
    /// The higher goes first.
    #[serde(default)]
    pub priority: i64,
    /// Of the offers with the same group one applies: the first by priority, among equals the one
    /// that takes off most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive_group: Option<String>,
    /// Whether lines that a member or tier price lowered count.
    #[serde(default = "yes")]
    pub combines_with_member_price: bool,
    /// Whether lines that another offer of the same stage lowered before count.
    #[serde(default = "yes")]
    pub combines_with_offers: bool,
    /// What it may give in all.
    #[serde(default, skip_serializing_if = "is_unlimited")]
    pub budget: Budget,
    /// How often one member may use it; it is for members only then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_member: Option<PerMember>,
}

const fn yes() -> bool {
    true
}

const fn is_unlimited(budget: &Budget) -> bool {
    !budget.is_limited()
}

/// A line as an offer sees it.
#[derive(Clone, Copy, Debug)]
pub struct OfferLine<'a> {
    /// The line as rules see it when the stage begins.
    pub line: SaleLine<'a>,
    /// What is left to pay on it now.
    pub left: Money,
    /// The offer whose gift it is.
    pub gift: Option<OfferId>,
}

impl OfferLine<'_> {
    /// Whole pieces.
    pub const fn pieces(&self) -> i64 {
        self.line.quantity_milli / 1_000
    }
}

/// What is known of the member and of the offers' budgets beside what every sale knows. Plain data,
/// so that a till prices by it while it is offline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OfferFacts {
    /// The member's tags.
    pub tags: Vec<Uuid>,
    /// The member's birthday.
    pub birthday: Option<MonthDay>,
    /// Whether the member has a paid order that was not wholly taken back.
    pub bought_before: bool,
    /// How often the member has used offers, by period.
    pub used: Vec<Used>,
    /// What budgets have left.
    pub budgets: Vec<BudgetLeft>,
}

/// How often a member has used an offer in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// The offer; nil for what all first-purchase offers share.
    pub offer: OfferId,
    /// The period.
    pub period: String,
    /// How often.
    pub used: i64,
}

/// What an offer's budget has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetLeft {
    /// The offer.
    pub offer: OfferId,
    /// Orders; none for no limit.
    pub count: Option<i64>,
    /// Minor units; none for no limit.
    pub money: Option<Money>,
}

/// Nothing known: no tags, no birthday, never bought, nothing used.
pub static NO_FACTS: OfferFacts =
    OfferFacts { tags: Vec::new(), birthday: None, bought_before: false, used: Vec::new(), budgets: Vec::new() };

impl OfferFacts {
    fn used(&self, guard: &Guard) -> i64 {
        self.used.iter().find(|used| used.offer == guard.offer && used.period == guard.period).map_or(0, |used| used.used)
    }
    /// Whether a budget refuses another use that takes off so much.
    pub fn exhausted(&self, offer: OfferId, off: Money) -> bool {
        self.budgets
            .iter()
            .find(|left| left.offer == offer)
            .is_some_and(|left| left.count.is_some_and(|count| count < 1) || left.money.is_some_and(|money| money < off.max(Money(1))))
    }
}

impl Offer {
    /// An offer on everything, everywhere, always, to everybody.
    pub fn new(id: OfferId, name: impl Into<String>, rule: OfferRule) -> Self {
        Self {
            id,
            name: name.into(),
            version: 0,
            rule,
            scope: Scope::ALL,
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            tags: Vec::new(),
            members_only: false,
            first_purchase: false,
            birthday: None,
            from: None,
            to: None,
            hours: Hours::default(),
            days_of_month: Vec::new(),
            priority: 0,
            exclusive_group: None,
            combines_with_member_price: true,
            combines_with_offers: true,
            budget: Budget::default(),
            per_member: None,
        }
    }

    /// Whether only a member can have it.
    pub fn needs_member(&self) -> bool {
        self.members_only
            || self.first_purchase
            || self.birthday.is_some()
            || self.per_member.is_some()
            || !self.tags.is_empty()
            || matches!(self.rule, OfferRule::Coupon { .. } | OfferRule::Points { .. })
    }

    /// Whether a line counts for the threshold and takes a share of the saving. A gift never does.
    pub fn counts(&self, line: &OfferLine<'_>) -> bool {
        line.gift.is_none()
            && (self.combines_with_member_price || !line.line.member_priced)
            && (self.combines_with_offers || !line.line.offered)
            && self.scope.contains(line.line.item)
    }

    /// Whether a line's price can be set by it, before anything lowered it.
    pub fn is_about(&self, item: Item<'_>) -> bool {
        self.scope.contains(item)
    }

    /// The member's counters that a use on a local day takes from.
    pub fn guards(&self, today: Date, facts: &OfferFacts) -> Vec<Guard> {
        let mut guards = Vec::new();
        if let Some(per) = self.per_member {
            guards.push(Guard { offer: self.id, period: per.period.key(today), max: per.max });
        }
        let year = |terms: &BirthdayTerms| facts.birthday.and_then(|born| terms.birthday(born, today)).map(|(year, _)| year);
        if let Some(year) = self.birthday.filter(|terms| terms.once).as_ref().and_then(year) {
            guards.push(Guard { offer: self.id, period: format!("b{year}"), max: 1 });
        }
        if self.first_purchase {
            guards.push(Guard::first_purchase());
        }
        guards
    }

    /// Why the offer doesn't apply at this time, in this place, to this customer.
    pub fn why_not_now(&self, occasion: &Occasion, facts: &OfferFacts) -> Option<WhyNot> {
        if let Some(valid_from) = self.from.filter(|from| occasion.today < *from) {
            return Some(WhyNot::NotYetValid { valid_from });
        }
        if let Some(expires_on) = self.to.filter(|to| occasion.today > *to) {
            return Some(WhyNot::Expired { expires_on });
        }
        if !on_day_of_month(&self.days_of_month, occasion.today) {
            return Some(WhyNot::OtherDay);
        }
        if !self.hours.contains(occasion.minute, occasion.weekday) {
            return Some(WhyNot::OutsideHours);
        }
        if self.needs_member() && !occasion.is_member {
            return Some(WhyNot::MembersOnly);
        }
        occasion.why_not(&self.stores, &self.channels, &self.tiers).or_else(|| self.why_not_member(occasion, facts))
    }

    fn why_not_member(&self, occasion: &Occasion, facts: &OfferFacts) -> Option<WhyNot> {
        if !self.tags.is_empty() && !self.tags.iter().any(|tag| facts.tags.contains(tag)) {
            return Some(WhyNot::WrongTag);
        }
        if let Some(terms) = &self.birthday {
            let Some(born) = facts.birthday else { return Some(WhyNot::BirthdayUnknown) };
            if terms.birthday(born, occasion.today).is_none() {
                return Some(WhyNot::NotAroundBirthday);
            }
        }
        if self.first_purchase && facts.bought_before {
            return Some(WhyNot::NotFirstPurchase);
        }
        for guard in self.guards(occasion.today, facts) {
            if facts.used(&guard) >= guard.max {
                return Some(if guard == Guard::first_purchase() {
                    WhyNot::NotFirstPurchase
                } else {
                    WhyNot::MemberLimit { max: guard.max }
                });
            }
        }
        facts.exhausted(self.id, Money::ZERO).then_some(WhyNot::BudgetExhausted)
    }

    /// Why nothing in the cart makes the offer apply. `lines` are as they stand when the stage begins.
    /// Exclusive groups are the price engine's.
    pub fn why_not_lines(&self, lines: &[OfferLine<'_>]) -> Option<WhyNot> {
        let counted = || lines.iter().filter(|line| self.counts(line));
        if counted().next().is_none() {
            let mut in_scope = lines.iter().filter(|line| line.gift.is_none() && self.scope.contains(line.line.item)).peekable();
            return Some(if in_scope.peek().is_none() {
                WhyNot::NoLineInScope
            } else if !self.combines_with_member_price && in_scope.all(|line| line.line.member_priced) {
                WhyNot::MemberPriceExcluded
            } else {
                WhyNot::OfferExcluded
            });
        }
        let reached = Money(counted().map(|line| line.line.net.0).sum());
        let threshold = self.rule.threshold_min();
        if reached < threshold {
            return Some(WhyNot::ThresholdShort { threshold, reached, short: Money(threshold.0 - reached.0) });
        }
        let (needed, have) = (self.rule.pieces_min(), counted().map(OfferLine::pieces).sum::<i64>());
        (have < needed).then_some(WhyNot::PiecesShort { needed, have })
    }

    /// Checks an offer at the door.
    ///
    /// Errors: `offer_invalid`, with the fault of the first field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("offer_invalid", "the offer can't be used").field(field, "out_of_range", detail))
        };
        self.rule.check()?;
        self.budget.check()?;
        if matches!((self.from, self.to), (Some(from), Some(to)) if to < from) {
            return invalid("/to", "must not be before from");
        }
        if let Some(fault) = self.hours.fault() {
            return invalid("/hours", fault);
        }
        if !self.days_of_month.iter().all(|day| (1..=31).contains(day)) {
            return invalid("/days_of_month", "days must be 1 to 31");
        }
        let days = 0..=60;
        if self.birthday.is_some_and(|terms| !days.contains(&terms.days_before) || !days.contains(&terms.days_after)) {
            return invalid("/birthday", "days must be 0 to 60");
        }
        if self.per_member.is_some_and(|per| !(1..=10_000).contains(&per.max)) {
            return invalid("/per_member/max", "must be 1 to 10000");
        }
        let lists = [self.stores.len(), self.tiers.len(), self.tags.len(), self.scope.products.len(), self.scope.except_products.len()];
        if lists.into_iter().any(|listed| listed > LISTED_MAX) {
            return invalid("", "a list holds at most 500 ids; use categories or tags");
        }
        Ok(())
    }
}
