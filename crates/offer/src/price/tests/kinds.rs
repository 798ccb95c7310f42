//! Every kind of offer, by example: what a shopkeeper would reckon on paper.

use super::shop::*;
use crate::offer::{
    BirthdayTerms, Budget, BundlePart, Gift, Guard, MonthDay, Offer, OfferFacts, OfferId, OfferRule, PerMember, PercentStep, UsePeriod,
    Used,
};
use crate::price::{Cart, CartLine, PriceCx, PriceStage, Quote, SavingReason, applied, price};
use shuke_kernel::{Money, Rate};
use shuke_loyalty::coupon::CouponTemplateId;
use shuke_loyalty::rule::{Scope, WhyNot};

/// Product 1 at 100.00, 2 at 60.00, 3 at 40.00: so many pieces of each.
fn basket(pieces: [i64; 3]) -> Cart {
    let prices = [10_000, 6_000, 4_000];
    let line = |(n, (pieces, price)): (u128, (i64, i64))| (pieces > 0).then(|| line(n, price, pieces * 1_000));
    cart((1..).zip(pieces.into_iter().zip(prices)).filter_map(line).collect())
}

fn total(cart: &Cart, rule: OfferRule) -> i64 {
    quote(cart, &[offer(20, rule)], &[], &cx()).total.0
}

fn why(cart: &Cart, offer: Offer) -> Option<WhyNot> {
    quote(cart, &[offer], &[], &cx()).offers[0].why_not
}

fn nth(same_product: bool, times_max: Option<i64>) -> OfferRule {
    OfferRule::NthPiece { nth: 2, rate_off: Rate(5_000), same_product, times_max }
}

#[test]
fn the_second_piece_at_half_price_is_the_cheapest_of_each_pair() {
    assert_eq!(total(&basket([2, 0, 0]), nth(false, None)), 15_000);
    assert_eq!(total(&basket([1, 1, 0]), nth(false, None)), 13_000);
    // Four pieces, two of them lowered: 40.00 and 60.00.
    assert_eq!(total(&basket([2, 1, 1]), nth(false, None)), 30_000 - 2_000 - 3_000);
    assert_eq!(total(&basket([2, 1, 1]), nth(false, Some(1))), 30_000 - 2_000);
    assert_eq!(total(&basket([2, 1, 1]), nth(true, None)), 30_000 - 5_000, "only the two of one product are a pair");
    assert_eq!(why(&basket([1, 0, 0]), offer(20, nth(false, None))), Some(WhyNot::PiecesShort { needed: 2, have: 1 }));
    let weighed = cart(vec![line(1, 10_000, 1_900)]);
    assert_eq!(why(&weighed, offer(20, nth(false, None))), Some(WhyNot::PiecesShort { needed: 2, have: 1 }), "1.9 kg are one whole piece");
}

#[test]
fn taking_back_the_dear_piece_doesnt_leave_the_cheap_one_for_nothing() {
    let quote = quote(&basket([1, 1, 0]), &[offer(20, nth(false, None))], &[], &cx());
    // 30.00 off 160.00, by what the pieces are worth: 18.75 and 11.25.
    assert_eq!(quote.lines.iter().map(|line| line.shares.threshold.0).collect::<Vec<_>>(), [1_875, 1_125]);
}

#[test]
fn of_three_the_cheapest_is_free() {
    let rule = |pieces, free, times_max| OfferRule::CheapestFree { pieces, free, same_product: false, times_max };
    assert_eq!(total(&basket([1, 1, 1]), rule(3, 1, None)), 16_000);
    assert_eq!(total(&basket([2, 2, 2]), rule(3, 1, None)), 40_000 - 8_000, "two rounds: both at 40.00");
    assert_eq!(total(&basket([2, 2, 2]), rule(3, 1, Some(1))), 40_000 - 4_000);
    assert_eq!(total(&basket([0, 1, 4]), rule(5, 2, None)), 22_000 - 8_000);
    let quote = quote(&basket([1, 1, 1]), &[offer(20, rule(3, 1, None))], &[], &cx());
    assert_eq!(quote.savings[0].reason, SavingReason::CheapestFree { pieces: 1 });
}

#[test]
fn a_bundle_costs_its_price_as_often_as_it_is_complete() {
    let part = |product, pieces| BundlePart { scope: only(&[product]), pieces };
    let rule = |price, times_max| OfferRule::Bundle { parts: vec![part(1, 1), part(2, 2)], price: Money(price), times_max };
    assert_eq!(total(&basket([1, 2, 0]), rule(19_900, None)), 19_900);
    assert_eq!(total(&basket([2, 4, 1]), rule(19_900, None)), 2 * 19_900 + 4_000);
    assert_eq!(total(&basket([2, 4, 0]), rule(19_900, Some(1))), 19_900 + 22_000);
    assert_eq!(total(&basket([1, 3, 0]), rule(19_900, None)), 19_900 + 6_000);
    let incomplete = Some(WhyNot::BundleIncomplete { needed: 2, have: 1 });
    assert_eq!(why(&basket([2, 1, 0]), offer(20, rule(19_900, None))), incomplete);
    assert_eq!(why(&basket([1, 2, 0]), offer(20, rule(22_000, None))), Some(WhyNot::NoBenefitLeft), "it costs as much without");
    // 任选三件 99.00: any three, the dearest first.
    let any = OfferRule::Bundle { parts: vec![BundlePart { scope: Scope::ALL, pieces: 3 }], price: Money(9_900), times_max: None };
    assert_eq!(total(&basket([1, 1, 2]), any), 9_900 + 4_000);
}

#[test]
fn what_is_got_is_the_cheapest_that_was_not_bought() {
    let rule = |buy, get: Scope, pieces, rate| OfferRule::BuyGet { buy, get, pieces, rate_off: Rate(rate), times_max: None };
    let of = |cart: &Cart, scope: Scope, rule| quote(cart, &[Offer { scope, ..offer(20, rule) }], &[], &cx());
    assert_eq!(of(&basket([1, 0, 1]), only(&[1]), rule(1, only(&[3]), 1, 10_000)).total.0, 10_000);
    assert_eq!(of(&basket([1, 0, 1]), only(&[1]), rule(1, only(&[3]), 1, 5_000)).total.0, 12_000);
    assert_eq!(of(&basket([2, 0, 3]), only(&[1]), rule(1, only(&[3]), 1, 10_000)).total.0, 20_000 + 4_000);
    // 买二送一 among the same goods: a piece is on one side only.
    assert_eq!(of(&basket([2, 1, 0]), Scope::ALL, rule(2, Scope::ALL, 1, 10_000)).total.0, 20_000);
    assert_eq!(
        of(&basket([2, 0, 0]), Scope::ALL, rule(2, Scope::ALL, 1, 10_000)).offers[0].why_not,
        Some(WhyNot::NothingToGet { pieces: 1 })
    );
    // The dear piece is kept for the side that can't be got.
    assert_eq!(of(&basket([1, 1, 0]), Scope::ALL, rule(1, only(&[1]), 1, 10_000)).total.0, 6_000);
}

#[test]
fn a_share_from_an_amount_or_pieces_on() {
    let step = |threshold, pieces, rate| PercentStep { threshold: Money(threshold), pieces, rate_off: Rate(rate) };
    let rule = |max_off: Option<i64>| OfferRule::Percent { steps: vec![step(0, 2, 1_000), step(0, 3, 2_000)], max_off: max_off.map(Money) };
    assert_eq!(why(&basket([1, 0, 0]), offer(20, rule(None))), Some(WhyNot::PiecesShort { needed: 2, have: 1 }));
    assert_eq!(total(&basket([2, 0, 0]), rule(None)), 18_000);
    assert_eq!(total(&basket([3, 0, 0]), rule(None)), 24_000);
    assert_eq!(total(&basket([3, 0, 0]), rule(Some(500))), 29_500);
    let both = OfferRule::Percent { steps: vec![step(20_000, 5, 5_000), step(30_000, 1, 1_000)], max_off: None };
    assert_eq!(why(&basket([2, 0, 0]), offer(20, both.clone())), Some(WhyNot::PiecesShort { needed: 5, have: 2 }));
    assert_eq!(total(&basket([3, 0, 0]), both), 27_000);
}

#[test]
fn the_lowest_of_all_prices_of_a_piece_counts_and_makes_it_special() {
    let tiers = [tier(5, 9_000)];
    let cx = PriceCx { tiers: &tiers, ..cx() };
    let fixed = |n, price| offer(n, OfferRule::UnitPrice { price: Money(price) });
    let share = |n, rate| offer(n, OfferRule::UnitPercent { rate_off: Rate(rate) });
    let of = |offers: &[Offer]| price(&basket([1, 0, 0]), Some(&member(Some(5), 0)), offers, &[], &cx).unwrap();
    assert_eq!(of(&[fixed(20, 8_000), share(21, 3_000), fixed(22, 9_999)]).total.0, 7_000);
    let verdicts: Vec<bool> = of(&[fixed(20, 8_000), share(21, 3_000)]).offers.iter().map(|verdict| verdict.applied).collect();
    assert_eq!(verdicts, [false, true]);
    assert_eq!(of(&[fixed(20, 9_500)]).total.0, 9_500, "no member price on top of a timed price");
    assert_eq!(of(&[fixed(20, 10_000)]).total.0, 9_000, "no lower than the list price: the member price counts");
    let grouped = |offer: Offer, priority| Offer { exclusive_group: Some("g".to_owned()), priority, ..offer };
    let two = of(&[grouped(fixed(20, 8_000), 2), grouped(share(21, 3_000), 1)]);
    assert_eq!((two.total.0, two.offers[1].why_not), (8_000, Some(WhyNot::GroupTaken { by: uuid(20) })));
    let useless = of(&[grouped(fixed(20, 10_000), 2), grouped(share(21, 3_000), 1)]);
    assert_eq!((useless.total.0, useless.offers[0].why_not), (7_000, Some(WhyNot::NoBenefitLeft)), "it takes no place in the group");
    let third = Offer { exclusive_group: Some("g".to_owned()), ..ladder(22, &[(1_000, 100)]) };
    assert_eq!(of(&[grouped(fixed(20, 8_000), 2), third]).total.0, 8_000, "the group is taken at the next stage too");
}

#[test]
fn a_gift_line_is_free_as_far_as_it_was_earned() {
    let gifts = vec![Gift { variant: uuid(500), pieces: 1 }, Gift { variant: uuid(501), pieces: 2 }];
    let rule = OfferRule::Gift { threshold: Money(10_000), pieces: 0, gifts, choose: 1, times_max: 2 };
    let gift =
        |variant, pieces: i64| CartLine { variant: Some(uuid(variant)), gift: Some(OfferId(uuid(20))), ..line(9, 3_000, pieces * 1_000) };
    let with = |lines: Vec<CartLine>| {
        let mut cart = basket([2, 0, 0]);
        cart.lines.extend(lines);
        quote(&cart, &[offer(20, rule.clone())], &[], &cx())
    };
    let open = with(Vec::new());
    assert_eq!((open.offers[0].applied, open.offers[0].gifts.as_ref().unwrap().choose), (false, 2));
    assert_eq!(with(vec![gift(500, 1)]).total.0, 20_000);
    assert_eq!(with(vec![gift(500, 1), gift(501, 2)]).total.0, 20_000);
    assert_eq!(with(vec![gift(500, 3)]).total.0, 29_000, "three are more than two");
    assert_eq!(with(vec![gift(501, 1)]).total.0, 23_000, "half a gift is none");
    assert_eq!(with(vec![gift(502, 1)]).total.0, 23_000, "this is no gift of it");
    let quote = with(vec![gift(500, 1)]);
    assert_eq!((quote.saved(PriceStage::Threshold), quote.savings[0].reason), (Money(3_000), SavingReason::Gift));
}

#[test]
fn a_gift_counts_for_no_threshold() {
    let gifts = vec![Gift { variant: uuid(500), pieces: 1 }];
    let rule = OfferRule::Gift { threshold: Money(10_000), pieces: 0, gifts, choose: 1, times_max: 1 };
    let mut cart = basket([1, 0, 0]);
    cart.lines.push(CartLine { variant: Some(uuid(500)), gift: Some(OfferId(uuid(20))), ..line(9, 3_000, 1_000) });
    let quote = quote(&cart, &[offer(20, rule), ladder(21, &[(13_000, 1_000)])], &[], &cx());
    let short = WhyNot::ThresholdShort { threshold: Money(13_000), reached: Money(10_000), short: Money(3_000) };
    assert_eq!((quote.total.0, quote.offers[1].why_not), (10_000, Some(short)));
}

#[test]
fn coupons_and_points_take_nothing_off_now() {
    let coupon = OfferRule::Coupon { threshold: Money(5_000), template: CouponTemplateId(uuid(90)), count: 2 };
    let points = OfferRule::Points { threshold: Money::ZERO, rate: Rate(20_000) };
    let quote = quote(&basket([1, 0, 0]), &[offer(20, coupon), offer(21, points)], &[], &cx());
    assert_eq!((quote.total.0, quote.savings.len()), (10_000, 0));
    assert_eq!((quote.offers[0].coupons.as_ref().unwrap().count, quote.offers[1].points.as_ref().unwrap().rate), (2, Rate(20_000)));
    let stranger =
        price(&basket([1, 0, 0]), None, &[offer(20, OfferRule::Points { threshold: Money::ZERO, rate: Rate(20_000) })], &[], &cx());
    assert_eq!(stranger.unwrap().offers[0].why_not, Some(WhyNot::MembersOnly));
}

#[test]
fn an_offer_that_does_not_combine_leaves_lowered_lines_alone() {
    let first = Offer { scope: only(&[1]), priority: 1, ..ladder(20, &[(10_000, 1_000)]) };
    let alone = |offer: Offer| Offer { combines_with_offers: false, ..offer };
    let half = alone(offer(
        21,
        OfferRule::Percent { steps: vec![PercentStep { threshold: Money::ZERO, pieces: 0, rate_off: Rate(5_000) }], max_off: None },
    ));
    let quote = quote(&basket([1, 1, 0]), &[first.clone(), half.clone()], &[], &cx());
    assert_eq!(quote.lines.iter().map(|line| line.net.0).collect::<Vec<_>>(), [9_000, 3_000]);
    let both = quote_of(&basket([1, 0, 0]), &[first, half]);
    assert_eq!(both.offers[1].why_not, Some(WhyNot::OfferExcluded));
}

fn quote_of(cart: &Cart, offers: &[Offer]) -> Quote {
    quote(cart, offers, &[], &cx())
}

#[test]
fn limits_and_budgets_say_why_not() {
    let rule =
        || OfferRule::Percent { steps: vec![PercentStep { threshold: Money::ZERO, pieces: 0, rate_off: Rate(1_000) }], max_off: None };
    let of = |offer: Offer, facts: OfferFacts| {
        let cx = PriceCx { facts: &facts, ..cx() };
        quote(&basket([1, 0, 0]), &[offer], &[], &cx).offers[0].why_not
    };
    let limited = Offer { per_member: Some(PerMember { max: 2, period: UsePeriod::Week }), ..offer(20, rule()) };
    let used = |used| OfferFacts {
        used: vec![Used { offer: OfferId(uuid(20)), period: "w2026-11-16".to_owned(), used }],
        ..OfferFacts::default()
    };
    assert_eq!((of(limited.clone(), used(1)), of(limited, used(2))), (None, Some(WhyNot::MemberLimit { max: 2 })));
    let budget = Offer { budget: Budget { count: None, money: Some(Money(9_999)) }, ..offer(20, rule()) };
    let left = |money| OfferFacts {
        budgets: vec![crate::offer::BudgetLeft { offer: OfferId(uuid(20)), count: None, money: Some(Money(money)) }],
        ..OfferFacts::default()
    };
    assert_eq!((of(budget.clone(), left(1_000)), of(budget, left(999))), (None, Some(WhyNot::BudgetExhausted)));
    let first = Offer { first_purchase: true, ..offer(20, rule()) };
    let bought = OfferFacts { bought_before: true, ..OfferFacts::default() };
    assert_eq!((of(first.clone(), OfferFacts::default()), of(first, bought)), (None, Some(WhyNot::NotFirstPurchase)));
}

#[test]
fn an_order_keeps_what_applied_and_what_to_count() {
    let terms = BirthdayTerms { days_before: 7, days_after: 7, whole_month: false, once: true };
    let per = PerMember { max: 3, period: UsePeriod::Month };
    let made = Offer { version: 4, birthday: Some(terms), per_member: Some(per), first_purchase: true, ..ladder(20, &[(10_000, 1_000)]) };
    let facts = OfferFacts { birthday: Some(MonthDay { month: 11, day: 25, lunar: false }), ..OfferFacts::default() };
    let cx = PriceCx { facts: &facts, ..cx() };
    let offers = [made, ladder(21, &[(99_999, 1)])];
    let kept = applied(&quote(&basket([1, 0, 0]), &offers, &[], &cx), &offers, &cx);
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].version, kept[0].saved, kept[0].budget), (4, Money(1_000), false));
    let guard = |period: &str, max| Guard { offer: OfferId(uuid(20)), period: period.to_owned(), max };
    assert_eq!(kept[0].guards, [guard("2026-11", 3), guard("b2026", 1), Guard::first_purchase()]);
}
