//! A small shop that the tests share.

use crate::offer::{LadderStep, Offer, OfferId, OfferRule};
use crate::price::{Cart, CartLine, CouponChoice, MemberView, PriceCx, Quote, price};
use shuke_kernel::{Currency, Date, Money, Points, Rate, Uuid, Zone};
use shuke_loyalty::coupon::{Coupon, CouponId, CouponState, CouponTemplateId, CouponTerms, Validity};
use shuke_loyalty::rule::{Channel, Item, SaleLine, Scope};
use shuke_loyalty::tier::{Tier, TierBenefits, TierId};

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Product `n` at a unit price, so many thousandths; category path 1000 + n, 1000.
pub fn line(product: u128, unit_price: i64, quantity_milli: i64) -> CartLine {
    CartLine {
        product: uuid(product),
        variant: None,
        categories: vec![uuid(1_000 + product), uuid(1_000)],
        unit_price: Money(unit_price),
        quantity_milli,
        member_price: None,
        activity: None,
        special: false,
        gift: None,
    }
}

pub fn cart(lines: Vec<CartLine>) -> Cart {
    Cart { lines, coupons: CouponChoice::Auto, ..Cart::default() }
}

pub fn only(products: &[u128]) -> Scope {
    Scope { products: products.iter().map(|n| uuid(*n)).collect(), ..Scope::ALL }
}

pub fn tier(n: u128, discount: i64) -> Tier {
    let benefits = TierBenefits { discount: Rate(discount), ..TierBenefits::default() };
    Tier { benefits, ..Tier::named(TierId(uuid(n)), format!("tier {n}")) }
}

pub fn member(tier: Option<u128>, points: i64) -> MemberView {
    MemberView { member: uuid(7), tier: tier.map(|n| TierId(uuid(n))), points: Points(points) }
}

pub fn november() -> Validity {
    Validity::Fixed { from: day("2026-11-01"), to: day("2026-11-30") }
}

pub fn coupon(n: u128, terms: CouponTerms) -> Coupon {
    let (valid_from, expires_on) = terms.validity.resolve(day("2026-11-01"));
    Coupon {
        id: CouponId(uuid(n)),
        template: CouponTemplateId(uuid(n)),
        code: format!("C{n}"),
        name: format!("coupon {n}"),
        terms,
        valid_from,
        expires_on,
        state: CouponState::Active,
        held_for: None,
        uses_left: 1,
        period_used: 0,
    }
}

pub fn amount_off(n: u128, off: i64, threshold: i64) -> Coupon {
    coupon(n, CouponTerms::amount(Money(off), Money(threshold), november()))
}

pub fn percent_off(n: u128, rate_off: i64) -> Coupon {
    coupon(n, CouponTerms::percent(Rate(rate_off), None, Money::ZERO, november()))
}

pub fn ladder(n: u128, steps: &[(i64, i64)]) -> Offer {
    let steps = steps.iter().map(|(threshold, off)| LadderStep { threshold: Money(*threshold), off: Money(*off) }).collect();
    Offer::new(OfferId(uuid(n)), format!("offer {n}"), OfferRule::Ladder { steps })
}

pub fn repeating(n: u128, every: i64, off: i64, times_max: Option<i64>) -> Offer {
    Offer::new(OfferId(uuid(n)), format!("offer {n}"), OfferRule::Repeating { every: Money(every), off: Money(off), times_max })
}

pub fn offer(n: u128, rule: OfferRule) -> Offer {
    Offer::new(OfferId(uuid(n)), format!("offer {n}"), rule)
}

/// Sunday 22 November 2026, 20:00 in Shanghai.
pub fn cx() -> PriceCx<'static> {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let now = zone.start(day("2026-11-22")).plus_ms(20 * 3_600_000);
    PriceCx::new(now, &zone, uuid(1), Channel::Till, Currency::CNY)
}

/// Prices with a member of no tier.
pub fn quote(cart: &Cart, offers: &[Offer], coupons: &[Coupon], cx: &PriceCx<'_>) -> Quote {
    price(cart, Some(&member(None, 0)), offers, coupons, cx).unwrap()
}

/// The lines as the coupon stage saw them, from the quote alone.
pub fn before_coupons<'a>(cart: &'a Cart, quote: &Quote) -> Vec<SaleLine<'a>> {
    let nets = quote.lines.iter().map(|line| line.gross.0 - line.shares.activity.0 - line.shares.member.0 - line.shares.threshold.0);
    cart.lines
        .iter()
        .zip(&quote.lines)
        .zip(nets)
        .map(|((line, quoted), net)| SaleLine {
            item: Item { special: line.item().special || quoted.shares.activity.is_positive(), ..line.item() },
            quantity_milli: line.quantity_milli,
            net: Money(net),
            member_priced: quoted.shares.member.is_positive(),
            offered: quoted.shares.threshold.is_positive(),
        })
        .collect()
}
