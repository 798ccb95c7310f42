//! What stands against publishing an offer: that it can never apply, or that others run beside it on
//! the same goods, at the same time, for the same people.

use super::{Offer, OfferId, OfferRule, on_day_of_month};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Uuid, text_enum, time};
use shuke_loyalty::rule::{Hours, Scope};
use utoipa::ToSchema;

/// Days that are looked at for one on which two offers run: two years and a bit, so that a leap day is
/// among them or the days are never the same.
const DAYS_LOOKED_AT: i32 = 800;

text_enum! {
    /// How much a clash matters.
    pub enum ClashLevel {
        /// The offer can never apply.
        Never = "never",
        /// Which of two offers applies, or at which price, may surprise.
        Conflict = "conflict",
        /// Worth knowing.
        Note = "note",
    }
}

/// What stands against an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Clash {
    /// Its last day is over.
    Over,
    /// No day between its first and its last is one of its days of the week and of the month.
    NoDay,
    /// Everything that it is about is excluded again, or a part of the bundle is not among its goods.
    NothingInScope,
    /// None of its stores exists.
    NoStore,
    /// None of its tiers exists.
    NoTier,
    /// Its coupon template doesn't exist, or doesn't issue.
    NoTemplate,
    /// Its budget is used up, or empty.
    NoBudget,
    /// Another offer of its exclusive group goes first wherever this one would apply.
    Shadowed,
    /// Another offer of its exclusive group has the same priority: the one that takes off more applies.
    SamePriority,
    /// Another offer of its exclusive group can apply at the same time: one of them does, by priority.
    OneOfGroup,
    /// Another offer sets the price of the same goods at the same time: the lower price counts.
    TwoPrices,
    /// Another offer can apply to the same goods at the same time: they add up.
    AddsUp,
}

impl Clash {
    /// How much it matters.
    pub const fn level(self) -> ClashLevel {
        match self {
            Self::SamePriority | Self::TwoPrices | Self::AddsUp => ClashLevel::Conflict,
            Self::OneOfGroup => ClashLevel::Note,
            _ => ClashLevel::Never,
        }
    }
    /// What to do about it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Over => "its last day is over; move it",
            Self::NoDay => "none of its days falls between its first and its last; change one of them",
            Self::NothingInScope => "goods that it needs are excluded, or not among its own; change one of the lists",
            Self::NoStore => "none of its stores exists; choose others, or none for all",
            Self::NoTier => "none of its tiers is in the scheme; choose others, or none for everybody",
            Self::NoTemplate => "its coupons can't be issued; publish the template, or choose another",
            Self::NoBudget => "nothing is left of its budget; raise it",
            Self::Shadowed => "the other offer of its group always goes first; give this one a higher priority or another group",
            Self::SamePriority => "both have the same priority; give them different ones if one of them should go first",
            Self::OneOfGroup => "of the two the one with the higher priority applies",
            Self::TwoPrices => "the lower price counts; if that is not meant, give them different goods or times",
            Self::AddsUp => "both are taken off; if that is not meant, put them into one exclusive group",
        }
    }
}

/// A clash, with the other offer where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClashView {
    /// What it is.
    pub clash: Clash,
    /// How much it matters.
    pub level: ClashLevel,
    /// The other offer.
    pub offer: Option<OfferId>,
    /// Its name.
    pub name: Option<String>,
    /// Whether it is so for certain; categories may or may not hold the same goods.
    pub certain: bool,
    /// What to do about it.
    pub advice: String,
}

/// What exists, for offers to name.
#[derive(Clone, Debug, Default)]
pub struct Existing {
    /// The merchant's local day.
    pub today: Option<Date>,
    /// The stores.
    pub stores: Vec<Uuid>,
    /// The tiers of the scheme.
    pub tiers: Vec<Uuid>,
    /// Whether the offer's coupon template issues; none where it has no template.
    pub template_issues: Option<bool>,
    /// Whether the offer's budget is used up already.
    pub budget_used_up: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Overlap {
    No,
    Possible,
    Certain,
}

/// Everything that stands against an offer beside others that run, what matters most first.
pub fn clashes(offer: &Offer, others: &[Offer], existing: &Existing) -> Vec<ClashView> {
    let today = existing.today.unwrap_or(Date::MIN);
    let view = |clash: Clash, other: Option<&Offer>, certain: bool| ClashView {
        clash,
        level: clash.level(),
        offer: other.map(|other| other.id),
        name: other.map(|other| other.name.clone()),
        certain,
        advice: clash.advice().to_owned(),
    };
    let mut found: Vec<ClashView> = alone(offer, existing, today).into_iter().map(|clash| view(clash, None, true)).collect();
    for other in others.iter().filter(|other| other.id != offer.id) {
        if !same_time(offer, other, today) || !same_people(offer, other) {
            continue;
        }
        let overlap = scopes(&offer.scope, &other.scope);
        let same_group = offer.exclusive_group.is_some() && offer.exclusive_group == other.exclusive_group;
        let clash = if same_group {
            // A group has one winner for the whole order, whatever the goods.
            let shadowed = other.priority > offer.priority && covers(other, offer);
            let clash = if other.priority == offer.priority { Clash::SamePriority } else { Clash::OneOfGroup };
            Some(if shadowed { Clash::Shadowed } else { clash })
        } else {
            beside(offer, other).filter(|_| overlap != Overlap::No)
        };
        found.extend(clash.map(|clash| view(clash, Some(other), same_group || overlap == Overlap::Certain)));
    }
    found.sort_by_key(|view| (view.level, !view.certain, view.offer));
    found
}

/// What is so whatever else runs.
fn alone(offer: &Offer, existing: &Existing, today: Date) -> Vec<Clash> {
    let none_of = |wanted: Vec<Uuid>, there: &[Uuid]| !wanted.is_empty() && !wanted.iter().any(|id| there.contains(id));
    let scope = &offer.scope;
    let gone = |ids: &[Uuid], except: &[Uuid]| ids.iter().all(|id| except.contains(id));
    let named = !scope.products.is_empty() || !scope.categories.is_empty();
    let excluded = named && gone(&scope.products, &scope.except_products) && gone(&scope.categories, &scope.except_categories);
    let part_missing = match &offer.rule {
        OfferRule::Bundle { parts, .. } => parts.iter().any(|part| scopes(&part.scope, scope) == Overlap::No),
        _ => false,
    };
    let over = offer.to.is_some_and(|to| to < today);
    let checks = [
        (over, Clash::Over),
        (!over && first_day(&[offer], today).is_none(), Clash::NoDay),
        (excluded || part_missing, Clash::NothingInScope),
        (none_of(offer.stores.clone(), &existing.stores), Clash::NoStore),
        (none_of(offer.tiers.iter().map(|tier| tier.0).collect(), &existing.tiers), Clash::NoTier),
        (existing.template_issues == Some(false), Clash::NoTemplate),
        (existing.budget_used_up, Clash::NoBudget),
    ];
    checks.into_iter().filter(|(stands, _)| *stands).map(|(_, clash)| clash).collect()
}

/// What two offers of different groups, or none, do to each other on the same goods.
fn beside(offer: &Offer, other: &Offer) -> Option<Clash> {
    let takes_off = |offer: &Offer| !matches!(offer.rule, OfferRule::Gift { .. } | OfferRule::Coupon { .. } | OfferRule::Points { .. });
    if !takes_off(offer) || !takes_off(other) {
        return None;
    }
    match (offer.rule.is_unit(), other.rule.is_unit()) {
        (true, true) => Some(Clash::TwoPrices),
        (false, false) if !offer.combines_with_offers && !other.combines_with_offers => None,
        // A timed price makes the goods special.
        (true, false) if other.scope.except_specials => None,
        (false, true) if offer.scope.except_specials => None,
        _ => Some(Clash::AddsUp),
    }
}

/// The first day from today on that is in the days of all.
fn first_day(offers: &[&Offer], today: Date) -> Option<Date> {
    let from = offers.iter().filter_map(|offer| offer.from).fold(today, Date::max);
    let runs = |offer: &Offer, day: Date| {
        let weekday = i64::from(day.weekday().to_monday_one_offset());
        let in_week = offer.hours.weekdays.is_empty() || offer.hours.weekdays.contains(&weekday);
        offer.to.is_none_or(|to| day <= to) && in_week && on_day_of_month(&offer.days_of_month, day)
    };
    (0..DAYS_LOOKED_AT).map(|days| time::add_days(from, days)).find(|day| offers.iter().all(|offer| runs(offer, *day)))
}

fn same_time(offer: &Offer, other: &Offer, today: Date) -> bool {
    // The minutes of a day at which an offer begins are enough: where two overlap, one begins in the other.
    let inside = |offer: &Offer, minute: i64| Hours { weekdays: Vec::new(), ..offer.hours.clone() }.contains(minute, 1);
    let hours = inside(offer, other.hours.from_minute) || inside(other, offer.hours.from_minute);
    hours && first_day(&[offer, other], today).is_some()
}

fn same_people(offer: &Offer, other: &Offer) -> bool {
    fn meet<T: PartialEq>(a: &[T], b: &[T]) -> bool {
        a.is_empty() || b.is_empty() || a.iter().any(|item| b.contains(item))
    }
    meet(&offer.stores, &other.stores) && meet(&offer.channels, &other.channels) && meet(&offer.tiers, &other.tiers)
}

/// Whether two scopes hold the same goods. Which products are in a category is not known here.
fn scopes(a: &Scope, b: &Scope) -> Overlap {
    let everything = |scope: &Scope| scope.products.is_empty() && scope.categories.is_empty();
    let shuts_out = |a: &Scope, b: &Scope| {
        !everything(b)
            && b.products.iter().all(|id| a.except_products.contains(id))
            && b.categories.iter().all(|id| a.except_categories.contains(id))
    };
    if shuts_out(a, b) || shuts_out(b, a) {
        return Overlap::No;
    }
    let plain = |scope: &Scope| scope.except_products.is_empty() && scope.except_categories.is_empty();
    let named = |scope: &Scope, id: &Uuid| !scope.except_products.contains(id) && !scope.except_categories.contains(id);
    let shared = |mine: &[Uuid], theirs: &[Uuid]| mine.iter().any(|id| theirs.contains(id) && named(a, id) && named(b, id));
    if shared(&a.products, &b.products) || shared(&a.categories, &b.categories) {
        return Overlap::Certain;
    }
    match (everything(a), everything(b)) {
        (true, true) => Overlap::Certain,
        (true, false) | (false, true) if plain(a) && plain(b) => Overlap::Certain,
        (false, false) if a.categories.is_empty() && b.categories.is_empty() => Overlap::No,
        _ => Overlap::Possible,
    }
}

/// Whether `other` applies wherever `offer` would.
fn covers(other: &Offer, offer: &Offer) -> bool {
    fn holds<T: PartialEq>(all: &[T], some: &[T]) -> bool {
        all.is_empty() || (!some.is_empty() && some.iter().all(|item| all.contains(item)))
    }
    let always = (other.hours == Hours::default() || other.hours == offer.hours)
        && (other.days_of_month.is_empty() || other.days_of_month == offer.days_of_month);
    let days = other.from.is_none_or(|from| offer.from.is_some_and(|mine| from <= mine))
        && other.to.is_none_or(|to| offer.to.is_some_and(|mine| mine <= to));
    let anybody = (!other.needs_member() || (other.members_only && offer.needs_member()))
        && !other.first_purchase
        && other.birthday.is_none()
        && other.per_member.is_none()
        && !other.budget.is_limited()
        && other.tags.is_empty();
    let people = holds(&other.stores, &offer.stores) && holds(&other.channels, &offer.channels) && holds(&other.tiers, &offer.tiers);
    let goods = other.scope == Scope::ALL || other.scope == offer.scope;
    let reached = other.rule.threshold_min() <= offer.rule.threshold_min() && other.rule.pieces_min() <= offer.rule.pieces_min();
    let sure = matches!(other.rule, OfferRule::Ladder { .. } | OfferRule::Repeating { .. } | OfferRule::Percent { .. });
    always && days && anybody && people && goods && reached && sure && other.combines_with_member_price && other.combines_with_offers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{Budget, BundlePart, LadderStep};
    use shuke_kernel::{Money, Rate};

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }
    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn ladder(n: u128) -> Offer {
        let steps = vec![LadderStep { threshold: Money(1_000), off: Money(100) }];
        Offer::new(OfferId(id(n)), format!("{n}"), OfferRule::Ladder { steps })
    }
    fn price(n: u128) -> Offer {
        Offer { rule: OfferRule::UnitPercent { rate_off: Rate(1_000) }, ..ladder(n) }
    }
    fn only(n: u128) -> Scope {
        Scope { products: vec![id(n)], ..Scope::ALL }
    }
    fn found(offer: &Offer, others: &[Offer]) -> Vec<Clash> {
        let existing = Existing { today: Some(day("2026-11-22")), stores: vec![id(1)], tiers: vec![id(2)], ..Existing::default() };
        clashes(offer, others, &existing).into_iter().map(|view| view.clash).collect()
    }

    #[test]
    fn what_can_never_apply_is_told() {
        assert!(found(&ladder(9), &[]).is_empty());
        assert_eq!(found(&Offer { to: Some(day("2026-11-21")), ..ladder(9) }, &[]), [Clash::Over]);
        // Monday 23 to Wednesday 25 holds no Sunday; no February holds a 30th but its last day stands for it.
        let days = Offer { from: Some(day("2026-11-23")), to: Some(day("2026-11-25")), ..ladder(9) };
        let on = |weekdays: &[i64], month: &[i64]| {
            let hours = Hours { weekdays: weekdays.to_vec(), ..Hours::default() };
            Offer { hours, days_of_month: month.to_vec(), ..days.clone() }
        };
        assert_eq!(found(&on(&[7], &[]), &[]), [Clash::NoDay]);
        assert_eq!(found(&on(&[], &[26]), &[]), [Clash::NoDay]);
        assert!(found(&on(&[3], &[25]), &[]).is_empty());
        let scope = Scope { products: vec![id(5)], except_products: vec![id(5)], ..Scope::ALL };
        assert_eq!(found(&Offer { scope, ..ladder(9) }, &[]), [Clash::NothingInScope]);
        let part = |n| BundlePart { scope: only(n), pieces: 1 };
        let bundle = |scope| Offer {
            rule: OfferRule::Bundle { parts: vec![part(5), part(6)], price: Money(100), times_max: None },
            scope,
            ..ladder(9)
        };
        assert_eq!(found(&bundle(only(5)), &[]), [Clash::NothingInScope], "the second part is not among its goods");
        assert!(found(&bundle(Scope::ALL), &[]).is_empty());
        assert_eq!(found(&Offer { stores: vec![id(7)], ..ladder(9) }, &[]), [Clash::NoStore]);
        assert!(found(&Offer { stores: vec![id(7), id(1)], ..ladder(9) }, &[]).is_empty());
        assert_eq!(found(&Offer { tiers: vec![id(7).into()], ..ladder(9) }, &[]), [Clash::NoTier]);
    }

    #[test]
    fn what_runs_on_the_same_goods_at_the_same_time_is_told() {
        assert_eq!(found(&ladder(9), &[ladder(8)]), [Clash::AddsUp]);
        assert!(found(&ladder(9), &[ladder(9)]).is_empty(), "an offer is no clash with itself");
        assert_eq!(found(&price(9), &[price(8)]), [Clash::TwoPrices]);
        let (a, b) = (Offer { scope: only(5), ..price(9) }, Offer { scope: only(6), ..price(8) });
        assert!(found(&a, std::slice::from_ref(&b)).is_empty(), "other goods");
        let category = Offer { scope: Scope { categories: vec![id(50)], ..Scope::ALL }, ..price(7) };
        let existing = Existing { today: Some(day("2026-11-22")), ..Existing::default() };
        assert!(!clashes(&a, &[category], &existing)[0].certain, "a category may hold the product");
        let morning = |offer: Offer| Offer { hours: Hours { from_minute: 480, to_minute: 720, ..Hours::default() }, ..offer };
        let noon = |offer: Offer| Offer { hours: Hours { from_minute: 720, to_minute: 840, ..Hours::default() }, ..offer };
        let night = |offer: Offer| Offer { hours: Hours { from_minute: 1_320, to_minute: 500, ..Hours::default() }, ..offer };
        assert!(found(&morning(ladder(9)), &[noon(ladder(8))]).is_empty());
        assert_eq!(found(&morning(ladder(9)), &[night(ladder(8))]), [Clash::AddsUp]);
        let member_day = |days: &[i64]| Offer { days_of_month: days.to_vec(), ..ladder(8) };
        let tuesday = Offer { hours: Hours { weekdays: vec![2], ..Hours::default() }, ..ladder(9) };
        assert_eq!(found(&tuesday, &[member_day(&[8])]), [Clash::AddsUp], "an 8th is a Tuesday some day");
        let eighth = Offer { days_of_month: vec![8], ..ladder(9) };
        assert!(found(&eighth, &[member_day(&[9])]).is_empty());
        assert!(found(&Offer { tiers: vec![id(2).into()], ..ladder(9) }, &[Offer { tiers: vec![id(3).into()], ..ladder(8) }]).is_empty());
    }

    #[test]
    fn an_exclusive_group_says_who_goes_first() {
        let grouped = |offer: Offer, priority| Offer { exclusive_group: Some("g".to_owned()), priority, ..offer };
        assert_eq!(found(&grouped(ladder(9), 1), &[grouped(ladder(8), 1)]), [Clash::SamePriority]);
        assert_eq!(found(&grouped(ladder(9), 2), &[grouped(ladder(8), 1)]), [Clash::OneOfGroup]);
        assert_eq!(found(&grouped(ladder(9), 1), &[grouped(ladder(8), 2)]), [Clash::Shadowed]);
        let limited = Offer { budget: Budget { count: Some(5), money: None }, ..grouped(ladder(8), 2) };
        assert_eq!(found(&grouped(ladder(9), 1), &[limited]), [Clash::OneOfGroup], "when its budget is gone the other has its turn");
        let higher = OfferRule::Ladder { steps: vec![LadderStep { threshold: Money(2_000), off: Money(100) }] };
        let later = Offer { rule: higher, ..grouped(ladder(8), 2) };
        assert_eq!(found(&grouped(ladder(9), 1), &[later]), [Clash::OneOfGroup], "below its threshold the other has its turn");
    }
}
