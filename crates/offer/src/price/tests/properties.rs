//! What holds for any cart in any shop. CI tries 20,000 carts; with `SHUKE_SOAK=n`, n million.
//!
//! A failure prints the smallest cart that fails, and its seed goes to `proptest-regressions`.

use super::shop::*;
use crate::offer::{
    BirthdayTerms, BudgetLeft, BundlePart, Gift, LadderStep, MonthDay, Offer, OfferFacts, OfferId, OfferRule, PerMember, PercentStep,
    UsePeriod, Used,
};
use crate::price::{
    ActivityPrice, Cart, CartLine, CouponChoice, MemberView, PaidBy, PointsChoice, PriceCx, PriceStage, Quote, RoundingOff, SavingReason,
    StageShares, earn, price,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use shuke_kernel::{Currency, Error, Money, Points, Rate, money};
use shuke_loyalty::coupon::{Benefit, Coupon, CouponLimits, CouponState, CouponTemplateId, CouponTerms, Stacking};
use shuke_loyalty::points::{EarnKind, EarnPolicy, EarnRule, EarnRuleId, PointsSpending};
use shuke_loyalty::rule::{Item, Scope};
use shuke_loyalty::tier::{Tier, TierId};

fn carts() -> u32 {
    match std::env::var("SHUKE_SOAK") {
        Ok(text) => text.parse::<u32>().unwrap_or(1).max(1).saturating_mul(1_000_000),
        Err(_) => 20_000,
    }
}

/// Everything that a price depends on.
#[derive(Clone, Debug)]
struct Case {
    cart: Cart,
    member: Option<MemberView>,
    offers: Vec<Offer>,
    coupons: Vec<Coupon>,
    tiers: Vec<Tier>,
    points: Option<PointsSpending>,
    rounding: RoundingOff,
    currency: &'static str,
    coupons_max: usize,
    facts: OfferFacts,
}

impl Case {
    fn cx(&self) -> PriceCx<'_> {
        PriceCx {
            tiers: &self.tiers,
            points: self.points.as_ref(),
            rounding: self.rounding,
            currency: Currency::parse(self.currency).unwrap(),
            coupons_max: self.coupons_max,
            facts: &self.facts,
            ..cx()
        }
    }
    fn price(&self) -> Result<Quote, TestCaseError> {
        price(&self.cart, self.member.as_ref(), &self.offers, &self.coupons, &self.cx()).map_err(failed)
    }
}

fn failed(error: Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

fn scopes() -> impl Strategy<Value = Scope> {
    let products = || prop::collection::vec((1_u128..5).prop_map(uuid), 0..3);
    let categories = || prop::collection::vec(prop_oneof![Just(uuid(1_000)), (1_001_u128..1_005).prop_map(uuid)], 0..2);
    let some = (categories(), products(), categories(), products(), any::<bool>()).prop_map(
        |(categories, products, except_categories, except_products, except_specials)| Scope {
            categories,
            products,
            except_categories,
            except_products,
            except_specials,
        },
    );
    prop_oneof![3 => Just(Scope::ALL), 2 => some]
}

/// Prices from a fen to a fortune, many of them small, where rounding shows.
fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0_i64..200, 4 => 0_i64..20_000, 1 => 0_i64..10_000_000]
}

fn lines() -> impl Strategy<Value = CartLine> {
    let quantity = prop_oneof![3 => (1_i64..10).prop_map(|n| n * 1_000), 1 => 1_i64..5_000];
    (1_u128..5, amounts(), quantity, prop::option::of(amounts()), prop::option::weighted(0.2, amounts()), any::<u8>()).prop_map(
        |(product, unit_price, quantity_milli, member_price, activity, odd)| CartLine {
            member_price: member_price.map(Money),
            activity: activity.map(|unit_price| ActivityPrice { source: uuid(60), unit_price: Money(unit_price) }),
            special: odd % 5 == 0,
            variant: (odd % 3 == 0).then(|| uuid(500)),
            gift: (odd % 9 == 0).then(|| OfferId(uuid(20 + u128::from(odd % 6)))),
            ..line(product, unit_price, quantity_milli)
        },
    )
}

/// What an offer is made of: scope, priority, group, whether it combines with member prices and offers.
type OfferParts = (OfferRule, Scope, i64, Option<u8>, (bool, bool), u8);

fn rules() -> impl Strategy<Value = OfferRule> {
    let money = |bound: i64| (0..bound).prop_map(Money);
    let rate = || (1_i64..=10_000).prop_map(Rate);
    let times = || prop::option::of(1_i64..4);
    let step = (1_i64..20_000, 1_i64..3_000).prop_map(|(threshold, off)| (threshold.max(off), off));
    let percent_step =
        (money(20_000), 0_i64..6, rate()).prop_map(|(threshold, pieces, rate_off)| PercentStep { threshold, pieces, rate_off });
    let part = (scopes(), 1_i64..4).prop_map(|(scope, pieces)| BundlePart { scope, pieces });
    let gift = (prop_oneof![Just(uuid(500)), Just(uuid(501))], 1_i64..3).prop_map(|(variant, pieces)| Gift { variant, pieces });
    prop_oneof![
        (step.clone(), 1_i64..4).prop_map(|((threshold, off), n)| OfferRule::Ladder {
            steps: vec![
                LadderStep { threshold: Money(threshold), off: Money(off) },
                LadderStep { threshold: Money(threshold * n), off: Money(off * n) },
            ],
        }),
        (step, times()).prop_map(|((every, off), times_max)| OfferRule::Repeating { every: Money(every), off: Money(off), times_max }),
        (prop::collection::vec(percent_step, 1..4), prop::option::of((1_i64..2_000).prop_map(Money)))
            .prop_map(|(steps, max_off)| OfferRule::Percent { steps, max_off }),
        money(20_000).prop_map(|price| OfferRule::UnitPrice { price }),
        rate().prop_map(|rate_off| OfferRule::UnitPercent { rate_off }),
        (2_i64..5, rate(), any::<bool>(), times()).prop_map(|(nth, rate_off, same_product, times_max)| OfferRule::NthPiece {
            nth,
            rate_off,
            same_product,
            times_max
        }),
        (2_i64..6, 1_i64..5, any::<bool>(), times()).prop_map(|(pieces, free, same_product, times_max)| {
            OfferRule::CheapestFree { pieces, free: free.min(pieces - 1), same_product, times_max }
        }),
        (prop::collection::vec(part, 1..4), money(20_000), times()).prop_map(|(parts, price, times_max)| OfferRule::Bundle {
            parts,
            price,
            times_max
        }),
        (1_i64..4, scopes(), 1_i64..3, rate(), times()).prop_map(|(buy, get, pieces, rate_off, times_max)| OfferRule::BuyGet {
            buy,
            get,
            pieces,
            rate_off,
            times_max
        }),
        (money(5_000), 0_i64..4, prop::collection::vec(gift, 1..3), 1_i64..3, 1_i64..3)
            .prop_map(|(threshold, pieces, gifts, choose, times_max)| OfferRule::Gift { threshold, pieces, gifts, choose, times_max }),
        (money(5_000), 1_i64..3).prop_map(|(threshold, count)| OfferRule::Coupon {
            threshold,
            template: CouponTemplateId(uuid(90)),
            count
        }),
        (money(5_000), 10_001_i64..40_000).prop_map(|(threshold, rate)| OfferRule::Points { threshold, rate: Rate(rate) }),
    ]
}

fn offers() -> impl Strategy<Value = Vec<Offer>> {
    let one = (rules(), scopes(), 0_i64..2, prop::option::of(0_u8..2), (any::<bool>(), any::<bool>()), 0_u8..24);
    prop::collection::vec(one, 0..6).prop_map(|all| {
        let make = |(n, one): (u128, OfferParts)| {
            let (rule, scope, priority, group, (combines_with_member_price, combines_with_offers), odd) = one;
            let mut made = Offer {
                scope,
                priority,
                exclusive_group: group.map(|g| format!("group {g}")),
                combines_with_member_price,
                combines_with_offers,
                ..offer(n, rule)
            };
            match odd {
                0 => made.days_of_month = vec![22],
                1 => made.days_of_month = vec![23],
                2 => made.birthday = Some(BirthdayTerms { days_before: 7, days_after: 0, whole_month: false, once: true }),
                3 => made.first_purchase = true,
                4 => made.tags = vec![uuid(80)],
                5 => made.per_member = Some(PerMember { max: 2, period: UsePeriod::Month }),
                6 => made.budget.count = Some(3),
                7 | 8 => made.budget.money = Some(Money(1_000)),
                9 => made.members_only = true,
                _ => {}
            }
            made
        };
        (20_u128..).zip(all).map(make).collect()
    })
}

/// A member with a tag and a birthday, uses and budgets of some of the offers.
fn facts() -> impl Strategy<Value = OfferFacts> {
    let used = prop::collection::vec((20_u128..26, 0_i64..4), 0..3);
    let budgets = prop::collection::vec((20_u128..26, prop::option::of(0_i64..3), prop::option::of(0_i64..1_000)), 0..4);
    (any::<bool>(), prop::option::of(22_i8..31), any::<bool>(), used, budgets).prop_map(|(tagged, born, bought_before, used, budgets)| {
        OfferFacts {
            tags: if tagged { vec![uuid(80)] } else { Vec::new() },
            birthday: born.map(|day| MonthDay { month: 11, day, lunar: false }),
            bought_before,
            used: used.into_iter().map(|(n, used)| Used { offer: OfferId(uuid(n)), period: "2026-11".to_owned(), used }).collect(),
            budgets: budgets
                .into_iter()
                .map(|(n, count, money)| BudgetLeft { offer: OfferId(uuid(n)), count, money: money.map(Money) })
                .collect(),
        }
    })
}

fn coupons() -> impl Strategy<Value = Vec<Coupon>> {
    let benefit = (0_u8..7, 1_i64..3_000, 1_i64..=10_000, prop::option::of(1_i64..2_000));
    let flags = (any::<bool>(), any::<bool>(), 0_u8..12, 1_i64..3, 0_u8..8);
    let one = (benefit, prop_oneof![Just(0_i64), 1_i64..20_000], scopes(), flags, 0_u128..3);
    prop::collection::vec(one, 0..5).prop_map(|all| {
        let make = |(n, (benefit, threshold, scope, flags, template))| {
            let (kind, off, rate, most): (u8, i64, i64, Option<i64>) = benefit;
            let (combines_with_member_price, combines_with_offers, state, per_order_max, class) = flags;
            let goods = vec![uuid(1), uuid(u128::from(off.unsigned_abs() % 4))];
            let benefit = match kind {
                0 => Benefit::Gift { goods, pieces: 1 + off % 3 },
                1 => Benefit::Service { services: goods },
                2 => Benefit::Exchange { goods, price: Money(off / 4), pieces: 1 + off % 2 },
                3 | 4 => Benefit::Amount { off: Money(off) },
                _ => Benefit::Percent { rate_off: Rate(rate), max_off: most.map(Money) },
            };
            let terms = CouponTerms::new(benefit, Money(threshold), november());
            let stacking = match class {
                0 => Stacking::Alone,
                1 | 2 => Stacking::Class { class: class.to_string() },
                _ => Stacking::Free,
            };
            let limits = CouponLimits { per_order_max, ..CouponLimits::default() };
            let tiers = if state == 5 { vec![TierId(uuid(6))] } else { Vec::new() };
            let mut made =
                coupon(n, CouponTerms { scope, limits, tiers, combines_with_member_price, combines_with_offers, stacking, ..terms });
            made.template = CouponTemplateId(uuid(template));
            match state {
                0 => made.state = CouponState::Used,
                1 => made.state = CouponState::Held,
                2 => made.expires_on = day("2026-11-21"),
                3 => made.expires_on = day("2026-11-22"),
                4 => made.uses_left = 0,
                _ => {}
            }
            made
        };
        (30_u128..).zip(all).map(make).collect()
    })
}

fn spending() -> impl Strategy<Value = PointsSpending> {
    (1_i64..200, 1_i64..200, 0_i64..500, 0_i64..=10_000, prop::option::of(0_i64..5_000), scopes()).prop_map(
        |(step_points, step_money, min, share_max, points_max, scope)| PointsSpending {
            step_points: Points(step_points),
            step_money: Money(step_money),
            min: Points(min),
            share_max: Rate(share_max),
            points_max: points_max.map(Points),
            scope,
        },
    )
}

fn cases() -> impl Strategy<Value = Case> {
    let chosen = prop_oneof![
        1 => Just(CouponChoice::None),
        4 => Just(CouponChoice::Auto),
        3 => prop::collection::vec(30_u128..35, 0..4).prop_map(|ids| CouponChoice::Selected {
            coupons: ids.into_iter().map(|n| uuid(n).into()).collect(),
        }),
    ];
    let points = prop_oneof![
        2 => Just(PointsChoice::None),
        1 => Just(PointsChoice::Max),
        1 => (0_i64..5_000).prop_map(|n| PointsChoice::Exact { points: Points(n) }),
    ];
    let cart = (prop::collection::vec(lines(), 0..7), chosen, points).prop_map(|(lines, coupons, points)| Cart {
        lines,
        coupons,
        points,
        order: None,
    });
    let who = prop::option::weighted(0.8, (prop::option::of(5_u128..7), 0_i64..20_000).prop_map(|(tier, points)| member(tier, points)));
    let tiers = (0_i64..=10_000, scopes(), 8_000_i64..=10_000).prop_map(|(low, scope, high)| {
        let mut scoped = tier(5, low);
        scoped.benefits.scope = scope;
        vec![scoped, tier(6, high)]
    });
    let settings = (prop::sample::select(RoundingOff::ALL), prop::sample::select(vec!["CNY", "JPY", "KWD"]), 0_usize..4, facts());
    (cart, who, offers(), coupons(), tiers, prop::option::of(spending()), settings).prop_map(
        |(cart, member, offers, coupons, tiers, points, (rounding, currency, coupons_max, facts))| Case {
            cart,
            member,
            offers,
            coupons,
            tiers,
            points,
            rounding,
            currency,
            coupons_max,
            facts,
        },
    )
}

/// Shares add up, by saving, by stage, by line and in all; nothing is below zero.
fn adds_up(case: &Case, quote: &Quote) -> TestCaseResult {
    let mut off = 0;
    for saving in &quote.savings {
        prop_assert!(saving.amount.is_positive() && saving.shares.iter().all(|share| !share.is_negative()), "{saving:?}");
        prop_assert_eq!(saving.shares.len(), quote.lines.len());
        prop_assert_eq!(saving.shares.iter().map(|s| s.0).sum::<i64>(), saving.amount.0);
        off += saving.amount.0;
    }
    for stage in PriceStage::ALL {
        let on_lines: i64 = quote.lines.iter().map(|line| line.shares.get(*stage).0).sum();
        prop_assert_eq!(on_lines, quote.saved(*stage).0, "stage {}", stage.as_str());
    }
    prop_assert!(quote.savings.is_sorted_by_key(|saving| saving.stage), "stages out of order");
    for (line, cart) in quote.lines.iter().zip(&case.cart.lines) {
        prop_assert_eq!(line.gross.0, money::mul_div(cart.unit_price.0, cart.quantity_milli, 1_000).map_err(failed)?);
        prop_assert_eq!(line.gross.0 - line.shares.total().0, line.net.0);
        prop_assert!(!line.net.is_negative());
    }
    prop_assert_eq!(quote.gross.0, quote.lines.iter().map(|line| line.gross.0).sum::<i64>());
    prop_assert_eq!(quote.total.0, quote.lines.iter().map(|line| line.net.0).sum::<i64>());
    prop_assert_eq!(quote.total.0, quote.gross.0 - off);
    Ok(())
}

/// Special and already lowered lines and gifts get no member price, the others the better one.
fn member_prices(case: &Case, quote: &Quote) -> TestCaseResult {
    let tier = case.member.and_then(|m| m.tier).and_then(|id| case.tiers.iter().find(|tier| tier.id == id));
    for (line, cart) in quote.lines.iter().zip(&case.cart.lines) {
        if cart.item().special || line.shares.activity.is_positive() || cart.gift.is_some() || case.member.is_none() {
            prop_assert_eq!(line.shares.member, Money::ZERO);
            continue;
        }
        let net = line.gross.0 - line.shares.member.0;
        if let Some(own) = cart.member_price {
            prop_assert!(net <= money::mul_div(own.0, cart.quantity_milli, 1_000).map_err(failed)?);
        }
        if let Some(tier) = tier.filter(|t| t.benefits.scope.contains(cart.item())) {
            prop_assert!(net <= tier.benefits.discount.of(line.gross).map_err(failed)?.0);
        }
    }
    Ok(())
}

/// Every offer applies or says why; of a group one applies; conditions, budgets and limits hold; what
/// it takes off, it takes off its own lines; a gift costs nothing or is no gift.
fn offers_hold(case: &Case, quote: &Quote) -> TestCaseResult {
    let occasion = case.cx().occasion(case.member.as_ref(), None);
    let told: i64 = quote.offers.iter().map(|verdict| verdict.saved.0).sum();
    let own: i64 = quote.savings.iter().filter(|s| s.source == Some(uuid(60))).map(|s| s.amount.0).sum();
    prop_assert_eq!(told + own, quote.saved(PriceStage::Threshold).0 + quote.saved(PriceStage::Activity).0);
    prop_assert_eq!(quote.offers.len(), case.offers.len());
    let mut groups = Vec::new();
    for (offer, verdict) in case.offers.iter().zip(&quote.offers) {
        prop_assert!(verdict.applied || verdict.saved.is_zero());
        let open_gift = verdict.gifts.as_ref().is_some_and(|gifts| gifts.chosen == 0);
        prop_assert_eq!(verdict.applied || open_gift, verdict.why_not.is_none(), "{:?}", verdict);
        if !verdict.applied {
            continue;
        }
        prop_assert_eq!(offer.why_not_now(&occasion, &case.facts), None);
        prop_assert!(!case.facts.exhausted(offer.id, verdict.saved));
        if let Some(group) = &offer.exclusive_group {
            prop_assert!(!groups.contains(group), "two of {group}");
            groups.push(group.clone());
        }
    }
    for saving in quote.savings.iter().filter(|saving| saving.stage <= PriceStage::Threshold) {
        let Some(offer) = case.offers.iter().find(|offer| saving.source == Some(offer.id.0)) else { continue };
        for ((share, cart), line) in saving.shares.iter().zip(&case.cart.lines).zip(&quote.lines) {
            let is_gift = saving.reason == SavingReason::Gift;
            prop_assert!(share.is_zero() || is_gift == (cart.gift == Some(offer.id)) && is_gift == cart.gift.is_some());
            prop_assert!(share.is_zero() || !is_gift || line.net.is_zero());
            let got = matches!(&offer.rule, OfferRule::BuyGet { get, .. } if get.contains(cart.item()));
            let item = Item { special: false, ..cart.item() };
            prop_assert!(share.is_zero() || is_gift || got || offer.scope.contains(item));
        }
    }
    for (line, cart) in quote.lines.iter().zip(&case.cart.lines).filter(|(_, cart)| cart.gift.is_some()) {
        let given = case.offers.iter().zip(&quote.offers).any(|(offer, verdict)| cart.gift == Some(offer.id) && verdict.applied);
        prop_assert!(given || line.shares.threshold.is_zero());
    }
    Ok(())
}

/// What is priced offline is data that comes back as it went.
fn is_plain_data(case: &Case) -> TestCaseResult {
    let text = serde_json::to_string(&(&case.offers, &case.facts, &case.cart)).map_err(|e| TestCaseError::fail(e.to_string()))?;
    let back: (Vec<Offer>, OfferFacts, Cart) = serde_json::from_str(&text).map_err(|e| TestCaseError::fail(e.to_string()))?;
    prop_assert_eq!((&back.0, &back.1, &back.2), (&case.offers, &case.facts, &case.cart));
    Ok(())
}

/// No coupon is used that its rule refuses, that was not wanted, or above a limit; each that is not
/// used says why; alone and automatic, the best one is used.
fn coupons_hold(case: &Case, quote: &Quote) -> TestCaseResult {
    let occasion = case.cx().occasion(case.member.as_ref(), None);
    let before = before_coupons(&case.cart, quote);
    let mut used: Vec<&Coupon> = Vec::new();
    let mut best = 0;
    prop_assert_eq!(quote.coupons.len(), case.coupons.len());
    for (coupon, verdict) in case.coupons.iter().zip(&quote.coupons) {
        let refused = coupon.why_not(&occasion, &before);
        prop_assert_eq!(verdict.saved.is_positive(), verdict.why_not.is_none());
        if refused.is_some() {
            prop_assert_eq!(verdict.why_not, refused);
        } else {
            best = best.max(coupon.terms.saving_alone(&before).0);
        }
        if verdict.saved.is_positive() {
            used.push(coupon);
            // Whoever gives the second piece of a line may get the cent that the first was rounded down by.
            let most = coupon.terms.saving_alone(&before).0 + if coupon.terms.benefit.rank() == 0 { 2 } else { 0 };
            prop_assert!(verdict.saved.0 <= most);
        }
    }
    prop_assert!(used.len() <= case.coupons_max);
    let told: i64 = quote.coupons.iter().map(|verdict| verdict.saved.0).sum();
    prop_assert_eq!(told, quote.saved(PriceStage::Coupon).0);
    prop_assert_eq!(quote.savings.iter().filter(|saving| saving.stage == PriceStage::Coupon).count(), used.len());
    for coupon in &used {
        let same = used.iter().filter(|other| other.template == coupon.template).count();
        let first = used.iter().filter(|other| other.template == coupon.template).map(|c| c.terms.limits.per_order_max).max();
        prop_assert!(i64::try_from(same).unwrap() <= first.unwrap());
    }
    for (place, coupon) in used.iter().enumerate() {
        for other in &used[place + 1..] {
            prop_assert!(coupon.terms.stacking.goes_with(&other.terms.stacking));
        }
    }
    match &case.cart.coupons {
        CouponChoice::None => prop_assert!(used.is_empty()),
        CouponChoice::Selected { coupons } => prop_assert!(used.iter().all(|coupon| coupons.contains(&coupon.id))),
        CouponChoice::Auto if case.coupons_max == 1 => prop_assert_eq!(quote.saved(PriceStage::Coupon).0, best),
        CouponChoice::Auto if case.coupons_max > 1 => prop_assert!(quote.saved(PriceStage::Coupon).0 >= best),
        CouponChoice::Auto => prop_assert!(used.is_empty()),
    }
    Ok(())
}

fn points_and_rounding_hold(case: &Case, quote: &Quote) -> TestCaseResult {
    let points = quote.points;
    prop_assert_eq!(points.money, quote.saved(PriceStage::Points));
    prop_assert!(points.spent <= points.points_max && points.money <= points.money_max);
    if points.spent.is_positive() {
        let (Some(member), Some(policy)) = (case.member, &case.points) else { return Err(TestCaseError::fail("nobody spent points")) };
        prop_assert!(points.spent <= member.points && points.spent >= policy.min);
        prop_assert_eq!(policy.money(points.spent).map_err(failed)?, points.money);
        prop_assert_eq!(policy.points(points.money).map_err(failed)?, points.spent);
        let before = quote.total.0 + quote.saved(PriceStage::Rounding).0 + points.money.0;
        prop_assert!(i128::from(points.money.0) * 10_000 <= i128::from(before) * i128::from(policy.share_max.0));
        for (line, cart) in quote.lines.iter().zip(&case.cart.lines) {
            prop_assert!(line.shares.points.is_zero() || policy.scope.contains(cart.item()));
        }
    }
    let unit = case.rounding.unit(case.cx().currency);
    prop_assert!(quote.total.0 % unit == 0 && quote.saved(PriceStage::Rounding).0 < unit);
    Ok(())
}

/// Holding, or selecting, one coupon fewer never makes the rest cheaper.
fn one_coupon_more_never_costs(case: &Case, quote: &Quote) -> TestCaseResult {
    let due = |quote: &Quote| quote.total.0 + quote.saved(PriceStage::Rounding).0 + quote.points.money.0;
    for index in 0..case.coupons.len() {
        let mut fewer = case.clone();
        fewer.coupons.remove(index);
        let without = fewer.price()?;
        prop_assert!(due(quote) <= due(&without), "coupon {} costs: {quote:?} against {without:?}", case.coupons[index].code);
        if quote.points.spent.is_zero() && without.points.spent.is_zero() {
            prop_assert!(quote.total <= without.total);
        }
    }
    Ok(())
}

/// Any line taken back in two parts gives back the whole, stage by stage.
fn parts_add_up(case: &Case, quote: &Quote, cut: i64) -> TestCaseResult {
    for (line, cart) in quote.lines.iter().zip(&case.cart.lines) {
        let whole = cart.quantity_milli;
        let at = cut % (whole + 1);
        let first = line.part(whole, 0, at).map_err(failed)?;
        let second = line.part(whole, at, whole).map_err(failed)?;
        let plus = |a: StageShares, b: StageShares, stage| a.get(stage).0 + b.get(stage).0;
        for stage in PriceStage::ALL {
            prop_assert_eq!(plus(first.shares, second.shares, *stage), line.shares.get(*stage).0);
        }
        for part in [first, second] {
            prop_assert!(!part.net.is_negative() && part.gross.0 - part.shares.total().0 == part.net.0);
        }
        prop_assert_eq!(first.net.0 + second.net.0, line.net.0);
        prop_assert_eq!(first.gross.0 + second.gross.0, line.gross.0);
    }
    Ok(())
}

fn earns(case: &Case, quote: &Quote, cut: i64) -> TestCaseResult {
    let rule = |n, kind, scope| EarnRule {
        id: EarnRuleId(uuid(n)),
        name: String::new(),
        kind,
        scope,
        stores: Vec::new(),
        channels: Vec::new(),
        tiers: Vec::new(),
        from: None,
        to: None,
    };
    let rules = vec![
        rule(40, EarnKind::Amount { points: Points(3), per: Money(100) }, only(&[1, 2])),
        rule(41, EarnKind::Amount { points: Points(1), per: Money(100) }, Scope::ALL),
        rule(42, EarnKind::Multiplier { rate: Rate(25_000) }, only(&[2])),
    ];
    let policy = EarnPolicy { rules, ..EarnPolicy::default() };
    let bonus = Money(if quote.total.is_zero() { 0 } else { cut % (quote.total.0 + 1) });
    let paid = PaidBy { money: Money(quote.total.0 - bonus.0), bonus, ..PaidBy::default() };
    let earned = earn(quote, &case.cart, case.member.as_ref(), paid, &policy, Rate::WHOLE, &case.cx()).map_err(failed)?;
    prop_assert_eq!(earned.lines.iter().map(|p| p.0).sum::<i64>(), earned.points.0);
    prop_assert!(i128::from(earned.points.0) * 100 <= i128::from(paid.money.0) * 3 * 4);
    prop_assert!(case.member.is_some() || earned.points.is_zero());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: carts(), ..ProptestConfig::default() })]

    #[test]
    fn any_cart_is_priced_exactly(case in cases(), cut in 0_i64..1_000_000) {
        let quote = case.price()?;
        adds_up(&case, &quote)?;
        member_prices(&case, &quote)?;
        offers_hold(&case, &quote)?;
        is_plain_data(&case)?;
        coupons_hold(&case, &quote)?;
        points_and_rounding_hold(&case, &quote)?;
        parts_add_up(&case, &quote, cut)?;
        earns(&case, &quote, cut)?;
        one_coupon_more_never_costs(&case, &quote)?;
        prop_assert_eq!(case.price()?, quote, "the same cart must get the same price");
    }
}
