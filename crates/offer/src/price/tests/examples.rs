//! Documented behaviour, one example each.

use super::shop::*;
use crate::offer::Offer;
use crate::price::{
    ActivityPrice, Cart, CouponChoice, LineQuote, PaidBy, PointsChoice, PriceStage, Quote, RoundingOff, SavingReason, earn, price,
};
use shuke_kernel::{Currency, Money, Points, Rate};
use shuke_loyalty::coupon::{CouponLimits, CouponTerms};
use shuke_loyalty::points::{EarnKind, EarnPolicy, EarnRule, EarnRuleId, PointsSpending};
use shuke_loyalty::rule::{Hours, Scope, WhyNot};

fn nets(quote: &Quote) -> Vec<i64> {
    quote.lines.iter().map(|line| line.net.0).collect()
}

fn by_points() -> PointsSpending {
    PointsSpending {
        step_points: Points(100),
        step_money: Money(100),
        min: Points::ZERO,
        share_max: Rate(5_000),
        points_max: None,
        scope: Scope::ALL,
    }
}

#[test]
fn all_stages_in_their_order() {
    // 100.00 + 2 × 50.55 = 201.10; tier 95折 → 95.00 + 96.05 (96.045 away from zero) = 191.05;
    // 满150减20 → 171.05; coupon 10.00 → 161.05; half of it by points, whole steps: 80.00 → 81.05;
    // 抹零 to 角 → 81.00.
    let tiers = [tier(5, 9_500)];
    let policy = by_points();
    let cx = crate::price::PriceCx { tiers: &tiers, points: Some(&policy), rounding: RoundingOff::Jiao, ..cx() };
    let cart = Cart { points: PointsChoice::Max, ..cart(vec![line(1, 10_000, 1_000), line(2, 5_055, 2_000)]) };
    let offers = [ladder(20, &[(15_000, 2_000), (30_000, 5_000)])];
    let quote = price(&cart, Some(&member(Some(5), 9_999)), &offers, &[amount_off(30, 1_000, 15_000)], &cx).unwrap();
    let saved: Vec<i64> = PriceStage::ALL.iter().map(|stage| quote.saved(*stage).0).collect();
    assert_eq!(saved, [0, 1_005, 2_000, 1_000, 8_000, 5]);
    assert_eq!((quote.gross, quote.total), (Money(20_110), Money(8_100)));
    let reasons: Vec<SavingReason> = quote.savings.iter().map(|saving| saving.reason).collect();
    assert_eq!(
        reasons,
        [
            SavingReason::TierPrice { rate: Rate(9_500) },
            SavingReason::ThresholdReached { threshold: Money(15_000), times: 1 },
            SavingReason::CouponAmount { off: Money(1_000) },
            SavingReason::PointsSpent { points: Points(8_000) },
            SavingReason::RoundedOff { unit: Money(10) },
        ]
    );
    // 2000 over 9500 : 9605 is 994.5 : 1005.5 → the larger remainder takes the odd cent (a tie goes to the first).
    assert_eq!(quote.savings[1].shares, [Money(995), Money(1_005)]);
    assert_eq!((quote.points.spent, quote.points.money), (Points(8_000), Money(8_000)));
    assert_eq!((quote.coupons[0].saved, quote.offers[0].saved), (Money(1_000), Money(2_000)));
}

#[test]
fn the_better_of_member_price_and_tier_rate_counts() {
    let tiers = [tier(5, 9_000)];
    let cx = crate::price::PriceCx { tiers: &tiers, ..cx() };
    let mut lines = vec![line(1, 1_000, 1_000), line(2, 1_000, 1_000), line(3, 1_000, 1_000), line(4, 1_000, 1_000), line(5, 1_000, 1_000)];
    lines[0].member_price = Some(Money(950));
    lines[1].member_price = Some(Money(850));
    lines[2].special = true;
    lines[2].member_price = Some(Money(1));
    lines[3].activity = Some(ActivityPrice { source: uuid(60), unit_price: Money(980) });
    lines[4].activity = Some(ActivityPrice { source: uuid(60), unit_price: Money(1_000) });
    let cart = cart(lines);
    let priced = |who: Option<crate::price::MemberView>| nets(&price(&cart, who.as_ref(), &[], &[], &cx).unwrap());
    assert_eq!(priced(Some(member(Some(5), 0))), [900, 850, 1_000, 980, 900]);
    assert_eq!(priced(Some(member(None, 0))), [950, 850, 1_000, 980, 1_000]);
    assert_eq!(tied_reason(&cx), SavingReason::MemberPrice, "the member price where both leave the same");
    assert_eq!(priced(None), [1_000, 1_000, 1_000, 980, 1_000], "a stranger gets no member price");
    let quote = price(&cart, Some(&member(Some(5), 0)), &[], &[], &cx).unwrap();
    let sources: Vec<_> = quote.savings.iter().map(|saving| (saving.reason, saving.source)).collect();
    assert_eq!(
        sources,
        [
            (SavingReason::ActivityPrice, Some(uuid(60))),
            (SavingReason::MemberPrice, None),
            (SavingReason::TierPrice { rate: Rate(9_000) }, Some(uuid(5))),
        ]
    );
}

fn tied_reason(cx: &crate::price::PriceCx<'_>) -> SavingReason {
    let mut tied = line(1, 1_000, 1_000);
    tied.member_price = Some(Money(900));
    price(&cart(vec![tied]), Some(&member(Some(5), 0)), &[], &[], cx).unwrap().savings[0].reason
}

#[test]
fn a_tier_rate_has_its_scope() {
    let mut scoped = tier(5, 5_000);
    scoped.benefits.scope = only(&[2]);
    let tiers = [scoped];
    let cx = crate::price::PriceCx { tiers: &tiers, ..cx() };
    let cart = cart(vec![line(1, 1_000, 1_000), line(2, 1_000, 1_000)]);
    assert_eq!(nets(&price(&cart, Some(&member(Some(5), 0)), &[], &[], &cx).unwrap()), [1_000, 500]);
}

#[test]
fn weighed_goods_round_once_per_line() {
    // 0.355 kg at 19.99 = 7.09645 → 7.10; at the member price 15.00 → 5.325 → 5.33.
    let mut weighed = line(1, 1_999, 355);
    weighed.member_price = Some(Money(1_500));
    let quote = quote(&cart(vec![weighed]), &[], &[], &cx());
    assert_eq!((quote.lines[0].gross, quote.lines[0].net), (Money(710), Money(533)));
}

#[test]
fn the_best_step_of_a_ladder_applies_once_and_rounds_repeat() {
    let offers = |offer: Offer, total| quote(&cart(vec![line(1, total, 1_000)]), &[offer], &[], &cx()).total.0;
    let steps = || ladder(20, &[(20_000, 5_000), (10_000, 2_000)]);
    assert_eq!(offers(steps(), 9_999), 9_999);
    assert_eq!(offers(steps(), 10_000), 8_000);
    assert_eq!(offers(steps(), 45_000), 40_000);
    assert_eq!(offers(ladder(20, &[(10_000, 2_000), (20_000, 1_000)]), 20_000), 18_000, "the best step, not the highest");
    assert_eq!(offers(repeating(20, 10_000, 2_000, None), 45_000), 37_000);
    assert_eq!(offers(repeating(20, 10_000, 2_000, Some(3)), 45_000), 39_000);
}

#[test]
fn one_offer_of_a_group_applies_and_the_others_say_so() {
    let grouped = |offer: Offer, priority| Offer { priority, exclusive_group: Some("sale".to_owned()), ..offer };
    let offers = [
        grouped(ladder(20, &[(1_000, 100)]), 0),
        grouped(ladder(21, &[(1_000, 300)]), 0),
        grouped(ladder(22, &[(90_000, 9_000)]), 9),
        ladder(23, &[(1_000, 50)]),
    ];
    let cart = cart(vec![line(1, 1_000, 1_000)]);
    let priced = quote(&cart, &offers, &[], &cx());
    assert_eq!(priced.total, Money(650), "the better of the group, and the one outside of it");
    assert_eq!(priced.offers[0].why_not, Some(WhyNot::GroupTaken { by: uuid(21) }));
    let short = WhyNot::ThresholdShort { threshold: Money(90_000), reached: Money(1_000), short: Money(89_000) };
    assert_eq!(priced.offers[2].why_not, Some(short), "what does not apply takes no group");
    let mut first = offers;
    first[0].priority = 1;
    assert_eq!(quote(&cart, &first, &[], &cx()).total, Money(850), "priority goes before what is saved");
}

#[test]
fn an_offer_that_took_nothing_takes_no_group() {
    let grouped = |offer: Offer| Offer { exclusive_group: Some("sale".to_owned()), ..offer };
    let all_of_one = Offer { priority: 9, scope: only(&[1]), ..ladder(20, &[(1_000, 1_000)]) };
    let nothing_left = Offer { priority: 8, scope: only(&[1]), ..grouped(ladder(21, &[(1_000, 500)])) };
    let offers = [all_of_one, nothing_left, grouped(ladder(22, &[(1_000, 300)]))];
    let quote = quote(&cart(vec![line(1, 1_000, 1_000), line(2, 1_000, 1_000)]), &offers, &[], &cx());
    assert_eq!((quote.offers[1].why_not, quote.offers[2].saved), (Some(WhyNot::NoBenefitLeft), Money(300)));
}

#[test]
fn hours_may_run_over_midnight() {
    let night = Hours { from_minute: 1_320, to_minute: 120, ..Hours::default() };
    let inside: Vec<bool> = [1_319, 1_320, 0, 119, 120].iter().map(|minute| night.contains(*minute, 1)).collect();
    assert_eq!(inside, [false, true, true, true, false]);
}

#[test]
fn offers_stack_on_what_is_left_but_thresholds_on_what_was() {
    let cart = cart(vec![line(1, 10_000, 1_000)]);
    let offers = [ladder(20, &[(10_000, 9_000)]), ladder(21, &[(10_000, 8_000)]), ladder(22, &[(10_000, 100)])];
    let quote = quote(&cart, &offers, &[], &cx());
    assert_eq!((quote.offers[0].saved, quote.offers[1].saved), (Money(9_000), Money(1_000)));
    assert_eq!((quote.total, quote.offers[2].why_not), (Money::ZERO, Some(WhyNot::NoBenefitLeft)));
}

#[test]
fn an_offer_keeps_its_hours_days_and_lines() {
    let ask = |offer: Offer| quote(&cart(vec![line(1, 1_000, 1_000)]), &[offer], &[], &cx()).offers[0].why_not;
    let base = || ladder(20, &[(1_000, 100)]);
    let hours = |from_minute, to_minute, weekdays| Hours { from_minute, to_minute, weekdays };
    assert_eq!(ask(base()), None);
    assert_eq!(ask(Offer { hours: hours(1_200, 1_260, vec![7]), ..base() }), None, "20:00 is inside 20:00 to 21:00");
    assert_eq!(ask(Offer { hours: hours(600, 1_200, vec![]), ..base() }), Some(WhyNot::OutsideHours), "the end is outside");
    assert_eq!(ask(Offer { hours: hours(1_140, 120, vec![]), ..base() }), None, "over midnight");
    assert_eq!(ask(Offer { hours: hours(0, 0, vec![1, 6]), ..base() }), Some(WhyNot::OutsideHours), "Sunday is no Monday");
    let tomorrow = day("2026-11-23");
    assert_eq!(ask(Offer { from: Some(tomorrow), ..base() }), Some(WhyNot::NotYetValid { valid_from: tomorrow }));
    let yesterday = day("2026-11-21");
    assert_eq!(ask(Offer { to: Some(yesterday), ..base() }), Some(WhyNot::Expired { expires_on: yesterday }));
    assert_eq!(ask(Offer { from: Some(cx().today), to: Some(cx().today), ..base() }), None);
    assert_eq!(ask(Offer { scope: only(&[2]), ..base() }), Some(WhyNot::NoLineInScope));
    assert_eq!(ask(Offer { stores: vec![uuid(2)], ..base() }), Some(WhyNot::WrongStore));
    let mut priced = line(1, 2_000, 1_000);
    priced.member_price = Some(Money(1_500));
    let alone = Offer { combines_with_member_price: false, ..base() };
    assert_eq!(quote(&cart(vec![priced]), &[alone], &[], &cx()).offers[0].why_not, Some(WhyNot::MemberPriceExcluded));
}

#[test]
fn offers_are_checked_at_the_door() {
    assert!(ladder(20, &[(1_000, 100)]).check().is_ok() && repeating(20, 1_000, 100, None).check().is_ok());
    assert!(ladder(20, &[]).check().is_err() && ladder(20, &[(100, 101)]).check().is_err());
    assert!(repeating(20, 0, 100, None).check().is_err() && repeating(20, 1_000, 100, Some(0)).check().is_err());
    let hours = Hours { weekdays: vec![8], ..Hours::default() };
    assert!(Offer { hours, ..ladder(20, &[(1_000, 100)]) }.check().is_err());
}

#[test]
fn every_coupon_that_is_not_used_says_why() {
    let coupons = [amount_off(30, 500, 0), amount_off(31, 800, 0), amount_off(32, 900, 20_000), coupon_for(33, only(&[9]))];
    let mut cart = cart(vec![line(1, 10_000, 1_000)]);
    let auto = quote(&cart, &[], &coupons, &cx());
    assert_eq!((auto.total, auto.coupons[1].saved), (Money(9_200), Money(800)));
    let reasons: Vec<_> = auto.coupons.iter().map(|c| c.why_not).collect();
    let short = WhyNot::ThresholdShort { threshold: Money(20_000), reached: Money(10_000), short: Money(10_000) };
    assert_eq!(reasons, [Some(WhyNot::OrderLimit { max: 1, would_save: Money(500) }), None, Some(short), Some(WhyNot::NoLineInScope)]);
    cart.coupons = CouponChoice::Selected { coupons: vec![coupons[0].id, coupons[2].id] };
    let selected = quote(&cart, &[], &coupons, &cx());
    assert_eq!(selected.total, Money(9_500), "what can't be used takes no place");
    assert_eq!(selected.coupons[1].why_not, Some(WhyNot::NotSelected { would_save: Money(800) }));
    cart.coupons = CouponChoice::None;
    assert_eq!(quote(&cart, &[], &coupons, &cx()).total, Money(10_000));
}

fn coupon_for(n: u128, scope: Scope) -> shuke_loyalty::coupon::Coupon {
    coupon(n, CouponTerms { scope, ..CouponTerms::amount(Money(500), Money::ZERO, november()) })
}

#[test]
fn of_equal_coupons_the_one_that_expires_sooner_is_used() {
    let mut later = amount_off(30, 500, 0);
    later.expires_on = day("2026-12-31");
    let sooner = amount_off(31, 500, 0);
    let quote = quote(&cart(vec![line(1, 10_000, 1_000)]), &[], &[later, sooner], &cx());
    assert_eq!((quote.coupons[0].saved, quote.coupons[1].saved), (Money::ZERO, Money(500)));
}

#[test]
fn several_coupons_take_shares_before_amounts() {
    let cx = crate::price::PriceCx { coupons_max: 3, ..cx() };
    let coupons = [amount_off(30, 1_000, 0), percent_off(31, 2_000)];
    let quote = quote(&cart(vec![line(1, 10_000, 1_000)]), &[], &coupons, &cx);
    assert_eq!((quote.coupons[1].saved, quote.coupons[0].saved, quote.total), (Money(2_000), Money(1_000), Money(7_000)));
}

#[test]
fn the_best_set_is_found_where_the_best_single_would_mislead() {
    // 100 off everything saves most alone, but 90 off each line saves 180 of 200 together.
    let coupons = [amount_off(30, 100, 0), coupon_off(31, 90, 1), coupon_off(32, 90, 2)];
    let cx = crate::price::PriceCx { coupons_max: 2, ..cx() };
    let quote = quote(&cart(vec![line(1, 100, 1_000), line(2, 100, 1_000)]), &[], &coupons, &cx);
    assert_eq!(quote.total, Money(20));
    assert_eq!(quote.coupons[0].why_not, Some(WhyNot::OrderLimit { max: 2, would_save: Money(100) }));
}

fn coupon_off(n: u128, off: i64, product: u128) -> shuke_loyalty::coupon::Coupon {
    coupon(n, CouponTerms { scope: only(&[product]), ..CouponTerms::amount(Money(off), Money::ZERO, november()) })
}

#[test]
fn of_equal_sets_the_smaller_is_used_then_the_one_that_expires_sooner() {
    let cx = crate::price::PriceCx { coupons_max: 2, ..cx() };
    let cart = cart(vec![line(1, 100, 1_000)]);
    let used = |coupons: &[shuke_loyalty::coupon::Coupon]| -> Vec<i64> {
        quote(&cart, &[], coupons, &cx).coupons.iter().map(|coupon| coupon.saved.0).collect()
    };
    assert_eq!(used(&[amount_off(30, 60, 0), amount_off(31, 40, 0), amount_off(32, 100, 0)]), [0, 0, 100]);
    let mut later = percent_off(30, 1_000);
    later.expires_on = day("2026-12-31");
    let mut sooner = amount_off(31, 10, 0);
    sooner.template = later.template;
    assert_eq!(used(&[later, sooner]), [0, 10]);
    let twice = [amount_off(30, 10, 0), amount_off(30, 10, 0)];
    assert_eq!(used(&twice), [10, 0], "one coupon that is passed twice is used once");
    let mut generous = twice;
    for coupon in &mut generous {
        coupon.terms.limits.per_order_max = 2;
    }
    assert_eq!(used(&generous), [10, 0]);
}

#[test]
fn a_template_has_its_limit_and_nothing_is_used_for_nothing() {
    let cx = crate::price::PriceCx { coupons_max: 3, ..cx() };
    let mut twins = [amount_off(30, 500, 0), amount_off(31, 500, 0), amount_off(32, 500, 0)];
    twins[1].template = twins[0].template;
    let total = cart(vec![line(1, 10_000, 1_000)]);
    let limited = quote(&total, &[], &twins, &cx);
    assert_eq!((limited.total, limited.coupons[1].why_not), (Money(9_000), Some(WhyNot::TemplateLimit { max: 1 })));
    for twin in &mut twins {
        twin.terms.limits = CouponLimits { per_order_max: 2, ..CouponLimits::default() };
    }
    assert_eq!(quote(&total, &[], &twins, &cx).total, Money(8_500));
    let small = quote(&cart(vec![line(1, 400, 1_000)]), &[], &twins, &cx);
    assert_eq!(small.total, Money::ZERO);
    assert_eq!(small.coupons.iter().filter(|c| c.saved.is_positive()).count(), 1, "the others are not used up");
    assert!(small.coupons.iter().any(|c| c.why_not == Some(WhyNot::NoBenefitLeft)));
}

#[test]
fn coupons_that_do_not_combine_leave_lowered_lines_alone() {
    let alone = CouponTerms {
        combines_with_member_price: false,
        combines_with_offers: false,
        ..CouponTerms::percent(Rate(5_000), None, Money::ZERO, november())
    };
    let mut lines = vec![line(1, 1_000, 1_000), line(2, 1_000, 1_000), line(3, 1_000, 1_000)];
    lines[0].member_price = Some(Money(900));
    let offer = Offer { scope: only(&[2]), ..ladder(20, &[(1_000, 100)]) };
    assert_eq!(nets(&quote(&cart(lines), &[offer], &[coupon(30, alone)], &cx())), [900, 900, 500]);
}

#[test]
fn points_are_spent_as_far_as_possible_and_say_why_not_further() {
    let policy = by_points();
    let cx = crate::price::PriceCx { points: Some(&policy), ..cx() };
    let ask = |points, balance| {
        let cart = Cart { points, ..cart(vec![line(1, 1_050, 1_000)]) };
        let quote = price(&cart, Some(&member(None, balance)), &[], &[], &cx).unwrap();
        (quote.points.spent.0, quote.total.0, quote.points.why_not)
    };
    assert_eq!(ask(PointsChoice::Exact { points: Points(300) }, 9_999), (300, 750, None));
    let limited = |asked| Some(WhyNot::PointsLimited { asked: Points(asked), max: Points(500) });
    assert_eq!(ask(PointsChoice::Exact { points: Points(900) }, 9_999), (500, 550, limited(900)));
    assert_eq!(ask(PointsChoice::Exact { points: Points(450) }, 9_999), (400, 650, limited(450)));
    assert_eq!(ask(PointsChoice::Max, 250), (200, 850, None));
    let few = WhyNot::PointsBelowMinimum { min: Points(100), available: Points::ZERO };
    assert_eq!(ask(PointsChoice::Max, 99), (0, 1_050, Some(few)));
    assert_eq!(ask(PointsChoice::None, 250), (0, 1_050, None));
    let stranger = Cart { points: PointsChoice::Max, ..cart(vec![line(1, 1_050, 1_000)]) };
    assert_eq!(price(&stranger, None, &[], &[], &cx).unwrap().points.why_not, Some(WhyNot::MembersOnly));
    let refused = price(&stranger, Some(&member(None, 250)), &[], &[], &super::shop::cx()).unwrap();
    assert_eq!(refused.points.why_not, Some(WhyNot::PointsNotAccepted));
}

#[test]
fn rounding_off_goes_down_to_the_currencys_unit() {
    let total = |code, rounding| {
        let cx = crate::price::PriceCx { currency: Currency::parse(code).unwrap(), rounding, ..cx() };
        quote(&cart(vec![line(1, 12_399, 1_000)]), &[], &[], &cx).total.0
    };
    assert_eq!(total("CNY", RoundingOff::None), 12_399);
    assert_eq!(total("CNY", RoundingOff::Jiao), 12_390);
    assert_eq!(total("CNY", RoundingOff::Yuan), 12_300);
    assert_eq!(total("JPY", RoundingOff::Jiao), 12_399);
    assert_eq!(total("JPY", RoundingOff::Yuan), 12_399);
    assert_eq!(total("KWD", RoundingOff::Jiao), 12_300);
    assert_eq!(total("KWD", RoundingOff::Yuan), 12_000);
}

#[test]
fn carts_that_cannot_be_priced_are_refused_with_the_field() {
    let fault = |cart: &Cart| {
        let error = price(cart, None, &[], &[], &cx()).unwrap_err();
        (error.code(), error.fields().first().map(|f| f.field.clone()))
    };
    let mut bad = cart(vec![line(1, 100, 1_000), line(2, 100, 0)]);
    assert_eq!(fault(&bad), ("cart_line_invalid", Some("/lines/1/quantity_milli".to_owned())));
    bad.lines[1] = line(2, -1, 1_000);
    assert_eq!(fault(&bad), ("cart_line_invalid", Some("/lines/1/unit_price".to_owned())));
    bad.lines = vec![line(1, 1, 1_000); 2_001];
    assert_eq!(fault(&bad).0, "cart_too_long");
    bad.lines = vec![line(1, i64::MAX, 1_000), line(1, 1, 1_000)];
    assert_eq!(fault(&bad).0, "amount_too_large");
    assert_eq!(quote(&cart(Vec::new()), &[], &[amount_off(30, 500, 0)], &cx()).coupons[0].why_not, Some(WhyNot::NoLineInScope));
}

#[test]
fn a_line_taken_back_piece_by_piece_gives_back_the_whole() {
    let offers = [ladder(20, &[(10, 7)])];
    let quote = quote(&cart(vec![line(1, 5, 3_000)]), &offers, &[percent_off(30, 5_000)], &cx());
    let whole = quote.lines[0];
    assert_eq!((whole.shares.threshold, whole.shares.coupon, whole.net), (Money(7), Money(4), Money(4)));
    let parts: Vec<LineQuote> = (0..3).map(|n| whole.part(3_000, n * 1_000, (n + 1) * 1_000).unwrap()).collect();
    assert_eq!(parts.iter().map(|p| p.gross.0).sum::<i64>(), 15);
    assert_eq!(parts.iter().map(|p| p.net.0).collect::<Vec<_>>(), [1, 2, 1]);
}

#[test]
fn points_are_earned_on_money_really_paid() {
    let rule = EarnRule {
        id: EarnRuleId(uuid(40)),
        name: "1 point a yuan".to_owned(),
        kind: EarnKind::Amount { points: Points(1), per: Money(100) },
        scope: Scope::ALL,
        stores: Vec::new(),
        channels: Vec::new(),
        tiers: Vec::new(),
        from: None,
        to: None,
    };
    let mut policy = EarnPolicy { rules: vec![rule], ..EarnPolicy::default() };
    let mut gold = tier(5, 10_000);
    gold.benefits.points_multiplier = Rate(15_000);
    let tiers = [gold];
    let spending = by_points();
    let cx = crate::price::PriceCx { tiers: &tiers, points: Some(&spending), ..cx() };
    let cart = Cart { points: PointsChoice::Exact { points: Points(2_000) }, ..cart(vec![line(1, 3_000, 1_000), line(2, 9_000, 1_000)]) };
    let who = member(Some(5), 9_999);
    let quote = price(&cart, Some(&who), &[], &[], &cx).unwrap();
    assert_eq!(quote.total, Money(10_000));
    let paid = PaidBy { money: Money(4_000), principal: Money(4_000), bonus: Money(2_000), pass: Money::ZERO };
    let earned = |policy: &EarnPolicy, paid| earn(&quote, &cart, Some(&who), paid, policy, Rate::WHOLE, &cx);
    let points = earned(&policy, paid).unwrap();
    assert_eq!((points.points, points.lines), (Points(60), vec![Points(15), Points(45)]));
    policy.principal_earns = true;
    assert_eq!(earned(&policy, paid).unwrap().points, Points(120));
    let turned = PaidBy { money: Money(12_001), principal: Money(0), bonus: Money(-2_001), ..paid };
    assert_eq!(earned(&policy, turned).unwrap_err().code(), "payments_mismatch");
    let short = PaidBy { bonus: Money(1_999), ..paid };
    assert_eq!(earned(&policy, short).unwrap_err().code(), "payments_mismatch");
}

#[test]
fn a_quote_reads_back_from_its_json() {
    let quote = quote(&cart(vec![line(1, 10_000, 1_000)]), &[ladder(20, &[(10, 7)])], &[amount_off(30, 500, 0)], &cx());
    let text = serde_json::to_string(&quote).unwrap();
    assert_eq!(serde_json::from_str::<Quote>(&text).unwrap(), quote);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["savings"][1]["reason"], serde_json::json!({"code": "coupon_amount", "off": 500}));
    assert_eq!(json["lines"][0]["shares"]["threshold"], 7);
}
