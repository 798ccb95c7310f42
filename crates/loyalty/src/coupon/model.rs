//! Coupon terms, the issued coupon, and the rule that says why a coupon can't be used.

use super::benefit::{Benefit, Left, Stacking};
use crate::rule::{Channel, Hours, Occasion, Period, SaleLine, Scope, WhyNot};
use crate::tier::TierId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Rate, Result, Uuid, Zone, id, split, text_enum, time};
use utoipa::ToSchema;

/// Hours, and dates, that terms may name.
const LIST_MAX: usize = 400;

id!(CouponId, "An issued coupon.");
id!(CouponTemplateId, "A coupon template: the terms that its coupons copy when they are issued.");

text_enum! {
    /// Where an issued coupon is in its life.
    pub enum CouponState {
        /// Can be used, within its days.
        Active = "active",
        /// Held for an order that is being paid.
        Held = "held",
        /// All its uses are used up.
        Used = "used",
        /// Its last day is over.
        Expired = "expired",
        /// Taken back.
        Revoked = "revoked",
    }
}

/// On which local days a coupon can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Validity {
    /// The same days for every coupon.
    Fixed {
        /// The first local day.
        #[schema(value_type = String, format = Date)]
        from: Date,
        /// The last local day, usable until it ends.
        #[schema(value_type = String, format = Date)]
        to: Date,
    },
    /// Counted from the local day of issue.
    Relative {
        /// Days after the day of issue until it can be used; 0 is at once.
        #[serde(default)]
        start_after_days: i32,
        /// For how many local days it can be used, the first included.
        days: i32,
    },
}

impl Validity {
    /// The first and the last local day of a coupon issued on a local day.
    pub fn resolve(&self, issued_on: Date) -> (Date, Date) {
        match self {
            Self::Fixed { from, to } => (*from, *to),
            Self::Relative { start_after_days, days } => {
                let from = time::add_days(issued_on, *start_after_days);
                (from, time::add_days(from, days.saturating_sub(1)))
            }
        }
    }
}

/// How many of a template one member may use in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodMax {
    /// The period.
    pub period: Period,
    /// How many uses, at least 1.
    pub max: i64,
}

/// How many coupons there may be, and how often they can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CouponLimits {
    /// How many may be issued in all; none for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_max: Option<i64>,
    /// How many may be issued to one member; none for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_member_max: Option<i64>,
    /// How many of this template one order may use.
    pub per_order_max: i64,
    /// How often one coupon can be used, once per order.
    pub uses: i64,
    /// How often one member may use coupons of this template in a period; none for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_period: Option<PeriodMax>,
}

impl Default for CouponLimits {
    fn default() -> Self {
        Self { issued_max: None, per_member_max: None, per_order_max: 1, uses: 1, per_period: None }
    }
}

/// The terms of a coupon: kept on the template, frozen onto each coupon when it is issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponTerms {
    /// What it takes off.
    pub benefit: Benefit,
    /// What the lines that count must come to before coupons, in minor units; 0 for none. What a coupon
    /// gives (gift, service, exchange) doesn't count for it.
    #[serde(default)]
    pub threshold: Money,
    /// Which goods count.
    #[serde(default)]
    pub scope: Scope,
    /// On which days it can be used.
    pub validity: Validity,
    /// In which stores it can be used; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// In which channels it can be used; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// Which tiers may use it; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierId>,
    /// How many there may be.
    #[serde(default)]
    pub limits: CouponLimits,
    /// Whether lines that a member or tier price lowered count.
    #[serde(default = "yes")]
    pub combines_with_member_price: bool,
    /// Whether lines that a threshold offer lowered count.
    #[serde(default = "yes")]
    pub combines_with_offers: bool,
    /// At which hours and on which weekdays it can be used: any of these; empty for always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Hours>,
    /// Local days on which it can't be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub except_dates: Vec<Date>,
    /// Which coupons it goes together with in one order.
    #[serde(default, skip_serializing_if = "Stacking::is_free")]
    pub stacking: Stacking,
    /// Whether a member may give it to another while it is unused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transferable: bool,
}

const fn yes() -> bool {
    true
}

impl CouponTerms {
    /// Terms for an amount off everything, with nothing else restricted.
    pub fn amount(off: Money, threshold: Money, validity: Validity) -> Self {
        Self::new(Benefit::Amount { off }, threshold, validity)
    }
    /// Terms for a share off everything, with nothing else restricted.
    pub fn percent(rate_off: Rate, max_off: Option<Money>, threshold: Money, validity: Validity) -> Self {
        Self::new(Benefit::Percent { rate_off, max_off }, threshold, validity)
    }
    /// Terms for a benefit, with nothing else restricted.
    pub fn new(benefit: Benefit, threshold: Money, validity: Validity) -> Self {
        Self {
            benefit,
            threshold,
            scope: Scope::ALL,
            validity,
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            limits: CouponLimits::default(),
            combines_with_member_price: true,
            combines_with_offers: true,
            hours: Vec::new(),
            except_dates: Vec::new(),
            stacking: Stacking::Free,
            transferable: false,
        }
    }

    /// Checks terms at the door.
    ///
    /// Errors: `coupon_terms_invalid`, with a fault for each field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let mut faults: Vec<(&str, &str)> = self.benefit.fault().into_iter().collect();
        if self.threshold.is_negative() {
            faults.push(("/threshold", "must not be below 0"));
        }
        match &self.validity {
            Validity::Fixed { from, to } if to < from => faults.push(("/validity/to", "must not be before from")),
            Validity::Relative { start_after_days, .. } if !(0..=3_660).contains(start_after_days) => {
                faults.push(("/validity/start_after_days", "must be 0 to 3660"));
            }
            Validity::Relative { days, .. } if !(1..=3_660).contains(days) => faults.push(("/validity/days", "must be 1 to 3660")),
            _ => {}
        }
        let limits = &self.limits;
        if limits.per_order_max < 1
            || limits.uses < 1
            || limits.issued_max.is_some_and(|n| n < 0)
            || limits.per_member_max.is_some_and(|n| n < 1)
            || limits.per_period.is_some_and(|period| period.max < 1)
        {
            faults.push(("/limits", "counts must be at least 1"));
        }
        faults.extend(self.hours.iter().find_map(Hours::fault).map(|fault| ("/hours", fault)));
        if self.hours.len() > LIST_MAX || self.except_dates.len() > LIST_MAX {
            faults.push(("/hours", "at most 400 hours and excluded dates"));
        }
        if !self.stacking.is_named() {
            faults.push(("/stacking/class", "must have 1 to 40 characters"));
        }
        faults
            .iter()
            .fold(None, |error: Option<Error>, (field, detail)| {
                let error = error.unwrap_or_else(|| Error::invalid("coupon_terms_invalid", "the coupon's terms can't be used"));
                Some(error.field(*field, "out_of_range", *detail))
            })
            .map_or(Ok(()), Err)
    }

    /// Whether a line counts for the threshold, and, where the benefit is money off, takes a share of it.
    /// What a coupon gives doesn't count for its own threshold.
    pub fn counts(&self, line: &SaleLine<'_>) -> bool {
        self.combines(line) && self.scope.contains(line.item) && !self.benefit.gives(line.item)
    }

    /// Whether it goes with the prices that a line has.
    fn combines(&self, line: &SaleLine<'_>) -> bool {
        (self.combines_with_member_price || !line.member_priced) && (self.combines_with_offers || !line.offered)
    }

    /// Takes it off what is left of the lines and says what each gave, never more than is left on it.
    ///
    /// Errors: `amount_too_large`.
    pub fn take(&self, lines: &[SaleLine<'_>], left: &mut Left) -> Result<Vec<Money>> {
        if let Some(given) = self.benefit.given() {
            return given.take(lines, left, |line| self.combines(line));
        }
        let weights: Vec<i64> = lines.iter().zip(&left.nets).map(|(line, net)| if self.counts(line) { *net } else { 0 }).collect();
        let shares = split::spread(self.saving(Money(weights.iter().sum())), &weights)?;
        for (net, share) in left.nets.iter_mut().zip(&shares) {
            *net -= share.0;
        }
        Ok(shares)
    }

    /// What it takes off the lines alone, as they stand.
    pub fn saving_alone(&self, lines: &[SaleLine<'_>]) -> Money {
        let shares = self.take(lines, &mut Left::of(lines)).unwrap_or_default();
        Money(shares.iter().map(|share| share.0).sum())
    }

    /// What money off comes to where `left` is still to be paid on the lines that count: never more
    /// than that, never below zero. A share is rounded half away from zero.
    fn saving(&self, left: Money) -> Money {
        let off = match &self.benefit {
            Benefit::Amount { off } => *off,
            Benefit::Percent { rate_off, max_off } => {
                let share = rate_off.of(left).unwrap_or(left);
                max_off.map_or(share, |max| share.min(max))
            }
            Benefit::Gift { .. } | Benefit::Service { .. } | Benefit::Exchange { .. } => Money::ZERO,
        };
        off.min(left).max(Money::ZERO)
    }
}

/// An issued coupon as the price engine sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Coupon {
    /// The coupon.
    pub id: CouponId,
    /// The template that it was issued from.
    pub template: CouponTemplateId,
    /// The number that people see.
    pub code: String,
    /// The template's name when it was issued.
    pub name: String,
    /// The terms frozen at issue.
    pub terms: CouponTerms,
    /// The first local day on which it can be used.
    #[schema(value_type = String, format = Date)]
    pub valid_from: Date,
    /// The last local day on which it can be used, until that day ends.
    #[schema(value_type = String, format = Date)]
    pub expires_on: Date,
    /// Where it is in its life.
    pub state: CouponState,
    /// The order that holds it, while it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_for: Option<Uuid>,
    /// How often it can still be used.
    pub uses_left: i64,
    /// How often its member has used coupons of its template in the present period, where that is limited.
    #[serde(default)]
    pub period_used: i64,
}

impl Coupon {
    /// The first moment at which it can no longer be used: the end of its last local day.
    pub fn ends_at(&self, zone: &Zone) -> Instant {
        zone.end(self.expires_on)
    }

    /// What the lines that count come to, and how many there are.
    pub fn base(&self, lines: &[SaleLine<'_>]) -> (Money, usize) {
        lines.iter().filter(|line| self.terms.counts(line)).fold((Money::ZERO, 0), |(sum, n), line| (Money(sum.0 + line.net.0), n + 1))
    }

    /// Why the coupon can't be used in this sale, or nothing where it can. `lines` are as they stand
    /// before any coupon, so that one coupon never spoils another's threshold. The reasons are asked
    /// in the order: state, days, hours, period, store, channel, tier, goods, scope, combination,
    /// threshold, benefit.
    pub fn why_not(&self, occasion: &Occasion, lines: &[SaleLine<'_>]) -> Option<WhyNot> {
        self.why_not_now(occasion).or_else(|| self.why_not_lines(lines))
    }

    /// The reasons that no cart changes.
    pub(crate) fn why_not_now(&self, occasion: &Occasion) -> Option<WhyNot> {
        let expired = Some(WhyNot::Expired { expires_on: self.expires_on });
        match self.state {
            CouponState::Revoked => return Some(WhyNot::Revoked),
            CouponState::Used => return Some(WhyNot::Used),
            CouponState::Expired => return expired,
            CouponState::Held if self.held_for.is_none() || self.held_for != occasion.order => return Some(WhyNot::Held),
            CouponState::Active | CouponState::Held => {}
        }
        if self.uses_left < 1 {
            return Some(WhyNot::Used);
        }
        if occasion.today < self.valid_from {
            return Some(WhyNot::NotYetValid { valid_from: self.valid_from });
        }
        if occasion.today > self.expires_on {
            return expired;
        }
        if self.terms.except_dates.contains(&occasion.today) {
            return Some(WhyNot::ExcludedDate { on: occasion.today });
        }
        let hours = &self.terms.hours;
        if !hours.is_empty() && !hours.iter().any(|hours| hours.contains(occasion.minute, occasion.weekday)) {
            return Some(WhyNot::OutsideHours);
        }
        match self.terms.limits.per_period {
            Some(PeriodMax { period, max }) if self.period_used >= max => return Some(WhyNot::PeriodLimit { period, max }),
            _ => {}
        }
        occasion.why_not(&self.terms.stores, &self.terms.channels, &self.terms.tiers)
    }

    /// How many of its template one order may use now.
    pub fn per_order(&self) -> i64 {
        let limits = &self.terms.limits;
        limits.per_period.map_or(limits.per_order_max, |period| limits.per_order_max.min(period.max - self.period_used))
    }

    fn why_not_lines(&self, lines: &[SaleLine<'_>]) -> Option<WhyNot> {
        let terms = &self.terms;
        let gives = terms.benefit.given().is_some();
        let concerns = |line: &&SaleLine<'_>| if gives { terms.benefit.gives(line.item) } else { terms.scope.contains(line.item) };
        let concerned = || lines.iter().filter(concerns);
        if concerned().next().is_none() {
            return Some(if gives { WhyNot::GoodsMissing } else { WhyNot::NoLineInScope });
        }
        if !concerned().any(|line| terms.combines(line)) {
            let by_price = !terms.combines_with_member_price && concerned().all(|line| line.member_priced);
            return Some(if by_price { WhyNot::MemberPriceExcluded } else { WhyNot::OfferExcluded });
        }
        let (reached, _) = self.base(lines);
        if reached < terms.threshold {
            let short = Money(terms.threshold.0 - reached.0);
            return Some(WhyNot::ThresholdShort { threshold: terms.threshold, reached, short });
        }
        (!terms.saving_alone(lines).is_positive()).then_some(WhyNot::NoBenefitLeft)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Item;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn occasion(today: &str) -> Occasion {
        Occasion {
            today: day(today),
            minute: 600,
            weekday: 1,
            store: Uuid::from_u128(1),
            channel: Channel::Till,
            is_member: true,
            tier: Some(TierId(Uuid::from_u128(5))),
            order: Some(Uuid::from_u128(77)),
        }
    }

    fn coupon(terms: CouponTerms) -> Coupon {
        let (valid_from, expires_on) = terms.validity.resolve(day("2026-11-01"));
        Coupon {
            id: CouponId(Uuid::from_u128(9)),
            template: CouponTemplateId(Uuid::from_u128(8)),
            code: "C9".to_owned(),
            name: "20 off".to_owned(),
            terms,
            valid_from,
            expires_on,
            state: CouponState::Active,
            held_for: None,
            uses_left: 1,
            period_used: 0,
        }
    }

    fn november() -> Validity {
        Validity::Fixed { from: day("2026-11-01"), to: day("2026-11-22") }
    }

    fn line(net: i64) -> SaleLine<'static> {
        let item = Item { product: Uuid::from_u128(100), variant: None, categories: &[], special: false };
        SaleLine { item, quantity_milli: 1_000, net: Money(net), member_priced: false, offered: false }
    }

    #[test]
    fn a_coupon_lives_until_its_last_local_day_ends() {
        let coupon = coupon(CouponTerms::amount(Money(2_000), Money::ZERO, november()));
        let lines = [line(10_000)];
        assert_eq!(coupon.why_not(&occasion("2026-11-22"), &lines), None);
        assert_eq!(coupon.why_not(&occasion("2026-11-23"), &lines), Some(WhyNot::Expired { expires_on: day("2026-11-22") }));
        assert_eq!(coupon.why_not(&occasion("2026-10-31"), &lines), Some(WhyNot::NotYetValid { valid_from: day("2026-11-01") }));
        let shanghai = Zone::parse("Asia/Shanghai").unwrap();
        // 23:59:59.999 in Shanghai is still 22 November there, though not yet in UTC's evening.
        let last = coupon.ends_at(&shanghai).plus_ms(-1);
        assert_eq!(shanghai.date(last), day("2026-11-22"));
        assert_eq!(last.to_string(), "2026-11-22T15:59:59.999Z");
    }

    #[test]
    fn relative_days_count_the_first() {
        let week = Validity::Relative { start_after_days: 0, days: 7 };
        assert_eq!(week.resolve(day("2026-02-25")), (day("2026-02-25"), day("2026-03-03")));
        let tomorrow = Validity::Relative { start_after_days: 1, days: 1 };
        assert_eq!(tomorrow.resolve(day("2026-12-31")), (day("2027-01-01"), day("2027-01-01")));
    }

    #[test]
    fn every_state_has_its_reason() {
        let mut coupon = coupon(CouponTerms::amount(Money(2_000), Money::ZERO, november()));
        let ask = |coupon: &Coupon| coupon.why_not(&occasion("2026-11-10"), &[line(10_000)]);
        coupon.state = CouponState::Used;
        assert_eq!(ask(&coupon), Some(WhyNot::Used));
        coupon.state = CouponState::Revoked;
        assert_eq!(ask(&coupon), Some(WhyNot::Revoked));
        coupon.state = CouponState::Expired;
        assert_eq!(ask(&coupon), Some(WhyNot::Expired { expires_on: day("2026-11-22") }));
        coupon.state = CouponState::Held;
        assert_eq!(ask(&coupon), Some(WhyNot::Held));
        coupon.held_for = Some(Uuid::from_u128(77));
        assert_eq!(ask(&coupon), None, "what is held for this order is not held against it");
        coupon.held_for = Some(Uuid::from_u128(78));
        assert_eq!(ask(&coupon), Some(WhyNot::Held));
        coupon.state = CouponState::Active;
        coupon.uses_left = 0;
        assert_eq!(ask(&coupon), Some(WhyNot::Used));
    }

    #[test]
    fn place_and_person_have_their_reasons() {
        let terms = CouponTerms::amount(Money(2_000), Money::ZERO, november());
        let ask = |terms: CouponTerms, at: &Occasion| coupon(terms).why_not(at, &[line(10_000)]);
        let at = occasion("2026-11-10");
        let stores = CouponTerms { stores: vec![Uuid::from_u128(2)], ..terms.clone() };
        assert_eq!(ask(stores, &at), Some(WhyNot::WrongStore));
        let channels = CouponTerms { channels: vec![Channel::Online], ..terms.clone() };
        assert_eq!(ask(channels, &at), Some(WhyNot::WrongChannel { channel: Channel::Till }));
        let tiers = CouponTerms { tiers: vec![TierId(Uuid::from_u128(6))], ..terms };
        assert_eq!(ask(tiers.clone(), &at), Some(WhyNot::WrongTier));
        assert_eq!(ask(tiers.clone(), &Occasion { is_member: false, tier: None, ..at }), Some(WhyNot::MembersOnly));
        assert_eq!(ask(tiers, &Occasion { tier: Some(TierId(Uuid::from_u128(6))), ..at }), None);
    }

    #[test]
    fn lines_have_their_reasons_with_numbers() {
        let terms = CouponTerms::amount(Money(2_000), Money(10_000), november());
        let at = occasion("2026-11-10");
        let ask = |terms: &CouponTerms, lines: &[SaleLine<'_>]| coupon(terms.clone()).why_not(&at, lines);
        assert_eq!(
            ask(&terms, &[line(9_000), line(900)]),
            Some(WhyNot::ThresholdShort { threshold: Money(10_000), reached: Money(9_900), short: Money(100) })
        );
        assert_eq!(ask(&terms, &[line(9_000), line(1_000)]), None);
        assert_eq!(ask(&terms, &[]), Some(WhyNot::NoLineInScope));
        let scoped = CouponTerms { scope: Scope { products: vec![Uuid::from_u128(1)], ..Scope::ALL }, ..terms.clone() };
        assert_eq!(ask(&scoped, &[line(20_000)]), Some(WhyNot::NoLineInScope));
        let alone = CouponTerms { combines_with_member_price: false, combines_with_offers: false, ..terms.clone() };
        let priced = SaleLine { member_priced: true, ..line(20_000) };
        let offered = SaleLine { offered: true, ..line(20_000) };
        assert_eq!(ask(&alone, &[priced]), Some(WhyNot::MemberPriceExcluded));
        assert_eq!(ask(&alone, &[priced, offered]), Some(WhyNot::OfferExcluded));
        assert_eq!(ask(&alone, &[priced, line(10_000)]), None, "the other line counts");
        let free = CouponTerms { threshold: Money::ZERO, ..terms };
        assert_eq!(ask(&free, &[line(0)]), Some(WhyNot::NoBenefitLeft));
    }

    #[test]
    fn savings_never_exceed_what_is_left() {
        let percent = |max| CouponTerms::percent(Rate(1_250), max, Money::ZERO, november());
        assert_eq!(percent(None).saving(Money(1_004)), Money(126), "125.5 rounds away from zero");
        assert_eq!(percent(Some(Money(100))).saving(Money(1_004)), Money(100));
        let amount = CouponTerms::amount(Money(2_000), Money::ZERO, november());
        assert_eq!(amount.saving(Money(1_500)), Money(1_500));
        assert_eq!(amount.saving(Money::ZERO), Money::ZERO);
        assert_eq!(CouponTerms::percent(Rate(20_000), None, Money::ZERO, november()).saving(Money(10)), Money(10));
    }

    #[test]
    fn days_and_hours_have_their_reasons() {
        let lunch = Hours { from_minute: 660, to_minute: 840, weekdays: vec![1, 2, 3, 4, 5] };
        let evening = Hours { from_minute: 1_080, to_minute: 0, weekdays: Vec::new() };
        let terms = CouponTerms {
            hours: vec![lunch, evening],
            except_dates: vec![day("2026-11-11")],
            ..CouponTerms::amount(Money(2_000), Money::ZERO, november())
        };
        let ask =
            |today: &str, minute, weekday| coupon(terms.clone()).why_not(&Occasion { minute, weekday, ..occasion(today) }, &[line(10_000)]);
        assert_eq!(ask("2026-11-10", 660, 2), None);
        assert_eq!(ask("2026-11-10", 840, 2), Some(WhyNot::OutsideHours), "lunch is over");
        assert_eq!(ask("2026-11-14", 700, 6), Some(WhyNot::OutsideHours), "no lunch on a Saturday");
        assert_eq!(ask("2026-11-14", 1_439, 6), None, "evenings are for every day");
        assert_eq!(ask("2026-11-11", 700, 3), Some(WhyNot::ExcludedDate { on: day("2026-11-11") }));
    }

    #[test]
    fn a_period_has_its_limit() {
        let max = PeriodMax { period: Period::Week, max: 2 };
        let mut terms = CouponTerms::amount(Money(2_000), Money::ZERO, november());
        terms.limits = CouponLimits { per_period: Some(max), per_order_max: 5, ..CouponLimits::default() };
        let mut coupon = coupon(terms);
        coupon.period_used = 1;
        assert_eq!((coupon.why_not(&occasion("2026-11-10"), &[line(10_000)]), coupon.per_order()), (None, 1));
        coupon.period_used = 2;
        let why = coupon.why_not(&occasion("2026-11-10"), &[line(10_000)]);
        assert_eq!(why, Some(WhyNot::PeriodLimit { period: Period::Week, max: 2 }));
    }

    #[test]
    fn terms_are_checked_at_the_door() {
        let good = CouponTerms::amount(Money(2_000), Money::ZERO, november());
        assert!(good.check().is_ok());
        let bad = CouponTerms {
            threshold: Money(-1),
            validity: Validity::Fixed { from: day("2026-11-02"), to: day("2026-11-01") },
            ..CouponTerms::percent(Rate(10_001), None, Money::ZERO, november())
        };
        let error = bad.check().unwrap_err();
        let fields: Vec<&str> = error.fields().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["/benefit/rate_off", "/threshold", "/validity/to"]);
        let json = r#"{"benefit":{"kind":"amount","off":2000},"treshold":1,"validity":{"kind":"relative","days":7}}"#;
        assert!(serde_json::from_str::<CouponTerms>(json).is_err(), "a misspelt field must not be dropped");
        let text = serde_json::to_string(&good).unwrap();
        assert_eq!(serde_json::from_str::<CouponTerms>(&text).unwrap(), good);
    }
}
