//! A page of orders, priced without the rule and with it. Pure: what it needs was read before.

use super::model::{Effect, Progress, TrialRule};
use crate::book::SaleBook;
use crate::order::{Order, Tender, past};
use crate::product::store::Placed;
use shuke_kernel::{Instant, Money, Points, Rate, Result, Uuid};
use shuke_loyalty::coupon::{Coupon, CouponId, CouponState, CouponTemplateId, CouponTerms};
use shuke_loyalty::points::EarnPolicy;
use shuke_loyalty::tier::{CurrentTier, Tier, TierId, TierTotals, evaluate};
use shuke_offer::offer::store::{Era, running_at};
use shuke_offer::offer::{BudgetLeft, Offer, OfferFacts, Used};
use shuke_offer::price::{Cart, CouponChoice, MemberView, PaidBy, PriceCx, Quote, earn, price};
use std::collections::BTreeMap;

/// The period under which uses of a tried coupon are counted.
const COUPON: &str = "coupon";

/// What was read of an order beside itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    pub(super) tier_then: Option<TierId>,
    pub(super) coupons: Vec<Coupon>,
    pub(super) facts: OfferFacts,
}

/// Everything that a page needs.
pub(super) struct Ground<'a> {
    pub(super) book: &'a SaleBook,
    pub(super) eras: &'a [Era],
    pub(super) placed: &'a BTreeMap<Uuid, Placed>,
    pub(super) rule: &'a TrialRule,
    /// For a tier scheme: what members bought in its window by today.
    pub(super) totals: &'a BTreeMap<Uuid, (CurrentTier, TierTotals)>,
    pub(super) now: Instant,
}

/// One pricing of an order.
struct Priced {
    total: Money,
    points: Points,
    quote: Quote,
}

/// Prices an order twice, and adds the difference to the sums and to its member.
pub(super) fn one(ground: &Ground<'_>, order: &Order, beside: &Beside, sums: &mut Progress, effect: &mut Effect) -> Result<()> {
    let loyalty = &ground.book.loyalty;
    let cart = past::cart(order, ground.placed)?;
    let view = past::member(order, &loyalty.scheme, beside.tier_then);
    let offers = running_at(ground.eras, order.at);
    let before =
        Scene { order, cart: &cart, view, offers: &offers, coupons: &beside.coupons, facts: &beside.facts, tiers: &loyalty.scheme.tiers };
    let base = before.price(ground, &loyalty.earn)?;
    let with = match ground.rule {
        TrialRule::Offer { offer } => offered(ground, &before, offer, sums, effect)?,
        TrialRule::Coupon { terms, per_member } => with_coupon(ground, &before, terms, *per_member, effect)?,
        TrialRule::Earn { policy } => before.price(ground, policy)?,
        TrialRule::Tier { scheme } => {
            let Some(member) = view else { return add(sums, None, &base, &base) };
            let (current, totals) = ground.totals.get(&member.member).copied().unwrap_or_default();
            let today = loyalty.zone.date(ground.now);
            let decided = evaluate(scheme, &CurrentTier::default(), &totals, today).to;
            effect.tier_from = loyalty.scheme.effective(&current);
            effect.tier_to = scheme.effective(&CurrentTier { tier: decided, ..CurrentTier::default() });
            let view = Some(MemberView { tier: effect.tier_to, ..member });
            Scene { view, tiers: &scheme.tiers, ..before }.price(ground, &loyalty.earn)?
        }
    };
    add(sums, view.map(|_| effect), &base, &with)
}

fn add(sums: &mut Progress, effect: Option<&mut Effect>, base: &Priced, with: &Priced) -> Result<()> {
    sums.orders += 1;
    sums.money_before = sums.money_before.plus(base.total)?;
    sums.money_after = sums.money_after.plus(with.total)?;
    sums.points_before = sums.points_before.plus(base.points)?;
    sums.points_after = sums.points_after.plus(with.points)?;
    let changed = base.total != with.total || base.points != with.points;
    sums.orders_changed += i64::from(changed);
    if let Some(effect) = effect {
        effect.orders += i64::from(changed);
        effect.money_before = effect.money_before.plus(base.total)?;
        effect.money_after = effect.money_after.plus(with.total)?;
        effect.points_before = effect.points_before.plus(base.points)?;
        effect.points_after = effect.points_after.plus(with.points)?;
    }
    Ok(())
}

/// Everything that one pricing of an order depends on.
#[derive(Clone, Copy)]
struct Scene<'a> {
    order: &'a Order,
    cart: &'a Cart,
    view: Option<MemberView>,
    offers: &'a [Offer],
    coupons: &'a [Coupon],
    facts: &'a OfferFacts,
    tiers: &'a [Tier],
}

impl Scene<'_> {
    fn price(&self, ground: &Ground<'_>, policy: &EarnPolicy) -> Result<Priced> {
        let loyalty = &ground.book.loyalty;
        let order = self.order;
        let settings = PriceCx {
            rounding: loyalty.rounding,
            tiers: self.tiers,
            points: loyalty.spending_of(order.points_kind),
            coupons_max: loyalty.coupons_max.max(self.coupons.len()),
            facts: self.facts,
            ..PriceCx::new(order.at, &ground.book.zone(order.store), order.store, order.channel, loyalty.currency)
        };
        let quote = price(self.cart, self.view.as_ref(), self.offers, self.coupons, &settings)?;
        let earned = earn(&quote, self.cart, self.view.as_ref(), paid(order, quote.total), policy, Rate::WHOLE, &settings)?;
        Ok(Priced { total: quote.total, points: earned.points, quote })
    }
}

/// How another total would have been paid: bonus and principal as far as they were, money the rest.
fn paid(order: &Order, total: Money) -> PaidBy {
    let was =
        |tender: Tender| Money(order.payments.iter().filter(|payment| payment.tender == tender).map(|payment| payment.amount.0).sum());
    let bonus = was(Tender::Bonus).min(total);
    let principal = was(Tender::Principal).min(Money(total.0 - bonus.0));
    PaidBy { money: Money(total.0 - bonus.0 - principal.0), principal, bonus, pass: Money::ZERO }
}

fn offered(ground: &Ground<'_>, before: &Scene<'_>, offer: &Offer, sums: &mut Progress, effect: &mut Effect) -> Result<Priced> {
    let mut offers: Vec<Offer> = before.offers.iter().filter(|other| other.id != offer.id).cloned().collect();
    offers.push(Offer { from: None, to: None, ..offer.clone() });
    let mut facts = before.facts.clone();
    facts.used.extend(effect.uses.iter().map(|(period, used)| Used {
        offer: if period == "first" { shuke_offer::offer::Guard::first_purchase().offer } else { offer.id },
        period: period.clone(),
        used: *used,
    }));
    if offer.budget.is_limited() {
        let count = offer.budget.count.map(|max| max - sums.used_count);
        let money = offer.budget.money.map(|max| Money(max.0 - sums.used_money.0));
        facts.budgets.push(BudgetLeft { offer: offer.id, count, money });
    }
    let with = Scene { offers: &offers, facts: &facts, ..*before }.price(ground, &ground.book.loyalty.earn)?;
    if let Some(verdict) = with.quote.offers.iter().find(|verdict| verdict.offer == offer.id && verdict.applied) {
        sums.used_count += 1;
        sums.used_money = sums.used_money.plus(verdict.saved)?;
        for guard in offer.guards(before.order.date, &facts) {
            *effect.uses.entry(guard.period).or_default() += 1;
        }
    }
    Ok(with)
}

fn with_coupon(ground: &Ground<'_>, before: &Scene<'_>, terms: &CouponTerms, per_member: i64, effect: &mut Effect) -> Result<Priced> {
    let uses = effect.uses.entry(COUPON.to_owned()).or_default();
    if before.view.is_none() || *uses >= per_member {
        return before.price(ground, &ground.book.loyalty.earn);
    }
    let id = CouponId(Uuid::max());
    let tried = Coupon {
        id,
        template: CouponTemplateId(Uuid::max()),
        code: String::new(),
        name: String::new(),
        terms: terms.clone(),
        valid_from: before.order.date,
        expires_on: before.order.date,
        state: CouponState::Active,
        held_for: None,
        uses_left: 1,
        period_used: 0,
    };
    let mut coupons = before.coupons.to_vec();
    coupons.push(tried);
    let chosen = coupons.iter().map(|coupon| coupon.id).collect();
    let cart = Cart { coupons: CouponChoice::Selected { coupons: chosen }, ..before.cart.clone() };
    let with = Scene { cart: &cart, coupons: &coupons, ..*before }.price(ground, &ground.book.loyalty.earn)?;
    if with.quote.coupons.iter().any(|verdict| verdict.coupon == id && verdict.saved.is_positive()) {
        *uses += 1;
    }
    Ok(with)
}
