//! `POST /api/v1/prices/example`: what a rule that is being written would do to a cart, by the price engine.
//!
//! The cart is made up: so many pieces that come to an amount, of goods that the rule is about, for a member
//! of a tier or for nobody. It is priced with everything that is published, and once more with the rule
//! beside it. What can't be told from a form is left aside: days, hours, budgets, and how often one member
//! may use it.

use crate::book::{Books, SaleBook};
use crate::trial::TrialRule;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};
use shuke_kernel::{Cx, Date, Error, Instant, Money, Points, Rate, Result, Uuid, Zone, split};
use shuke_loyalty::coupon::{Benefit, Coupon, CouponId, CouponState, CouponTemplateId, CouponTerms};
use shuke_loyalty::points::EarnPolicy;
use shuke_loyalty::rule::{Channel, Hours, Scope, WhyNot};
use shuke_loyalty::tier::{Tier, TierId};
use shuke_offer::offer::{Budget, Offer, OfferRule};
use shuke_offer::price::{Cart, CartLine, CouponChoice, MemberView, PaidBy, PriceCx, Quote, Saving, earn, price};
use utoipa::ToSchema;

/// Pieces of an example, at most.
const PIECES_MAX: i64 = 100;
/// What an example comes to, at most, in minor units.
const AMOUNT_MAX: i64 = 100_000_000_000;

/// A cart to be made up, and the rule that is tried on it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleAsk {
    /// What the goods come to at list price, in minor units.
    #[schema(example = 20_000)]
    pub amount: Money,
    /// How many pieces they are; as many as the rule asks for where it is left out.
    #[serde(default)]
    pub pieces: Option<i64>,
    /// Whether a member buys.
    #[serde(default = "yes")]
    pub member: bool,
    /// The member's tier.
    #[serde(default)]
    pub tier: Option<TierId>,
    /// The rule, as it stands in the form.
    pub rule: TrialRule,
}

const fn yes() -> bool {
    true
}

/// What the cart costs without the rule and with it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PriceExample {
    /// What the goods come to at list price, in minor units.
    pub amount: Money,
    /// How many pieces they are.
    pub pieces: i64,
    /// What is to be paid without the rule.
    pub before: Money,
    /// What is to be paid with it.
    pub total: Money,
    /// Everything that takes something off with it, in the order in which it does.
    pub savings: Vec<Saving>,
    /// What the purchase earns without it.
    pub points_before: Points,
    /// What it earns with it.
    pub points: Points,
    /// Whether the rule has a part in it.
    pub applies: bool,
    /// Why it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNot>,
}

/// What a rule would do to a cart that is made up. Writes nothing.
#[utoipa::path(
    post, path = "/api/v1/prices/example", operation_id = "try_price", tag = "offers", request_body = ExampleAsk,
    responses((status = 200, body = PriceExample), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:read")))
)]
async fn try_price(State(app): State<App>, caller: Allow<perm::OfferRead>, Json(ask): Json<ExampleAsk>) -> Reply<Json<PriceExample>> {
    ask.rule.check()?;
    let books = app.slot::<Books>();
    let book = app.db.read(&(&*books, caller.cx.merchant), |tx, (books, merchant)| Box::pin(books.current(tx, *merchant))).await?;
    Ok(Json(try_on(&book, &caller.cx, &ask)?))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(try_price))
}

/// So many pieces of goods of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pieces {
    count: i64,
    product: Uuid,
    categories: Vec<Uuid>,
}

/// What stands for goods that no scope names.
const ANYTHING: Uuid = Uuid::max();

fn within(count: i64, scopes: &[&Scope]) -> Pieces {
    let product = scopes.iter().find_map(|scope| scope.products.first()).copied().unwrap_or(ANYTHING);
    Pieces { count, product, categories: scopes.iter().filter_map(|scope| scope.categories.first()).copied().collect() }
}

/// Goods that a rule is about, as many as it asks for or as are given.
fn goods(rule: &TrialRule, given: Option<i64>) -> Vec<Pieces> {
    let fill = |least: i64| given.unwrap_or(least).max(1);
    match rule {
        TrialRule::Offer { offer } => match &offer.rule {
            OfferRule::Bundle { parts, .. } => parts.iter().map(|part| within(part.pieces, &[&part.scope, &offer.scope])).collect(),
            OfferRule::BuyGet { buy, get, pieces, .. } => vec![within(*buy, &[&offer.scope]), within(*pieces, &[get])],
            OfferRule::NthPiece { nth, .. } => vec![within(fill(*nth), &[&offer.scope])],
            OfferRule::CheapestFree { pieces, .. } => vec![within(fill(*pieces), &[&offer.scope])],
            OfferRule::Percent { steps, .. } => {
                vec![within(fill(steps.iter().map(|step| step.pieces).max().unwrap_or(1)), &[&offer.scope])]
            }
            OfferRule::Gift { pieces, .. } => vec![within(fill(*pieces), &[&offer.scope])],
            _ => vec![within(fill(1), &[&offer.scope])],
        },
        TrialRule::Coupon { terms, .. } => match &terms.benefit {
            Benefit::Gift { goods, pieces } | Benefit::Exchange { goods, pieces, .. } => given_away(fill(*pieces), goods, terms),
            Benefit::Service { services } => given_away(fill(1), services, terms),
            _ => vec![within(fill(1), &[&terms.scope])],
        },
        TrialRule::Earn { policy } => vec![within(fill(1), &policy.rules.iter().map(|rule| &rule.scope).collect::<Vec<_>>())],
        TrialRule::Tier { .. } => vec![within(fill(1), &[])],
    }
}

fn given_away(count: i64, goods: &[Uuid], terms: &CouponTerms) -> Vec<Pieces> {
    vec![Pieces { product: goods.first().copied().unwrap_or(ANYTHING), ..within(count, &[&terms.scope]) }]
}

/// Lines of one piece each that come to the amount.
fn lines(amount: Money, goods: &[Pieces]) -> Result<Vec<CartLine>> {
    let kinds: Vec<&Pieces> = goods.iter().flat_map(|one| (0..one.count.max(0)).map(move |_| one)).collect();
    if amount.is_negative() || amount.0 > AMOUNT_MAX || kinds.is_empty() || i64::try_from(kinds.len()).is_ok_and(|count| count > PIECES_MAX)
    {
        let error = Error::invalid("example_invalid", "no example can be made of this");
        return Err(error.field("/amount", "out_of_range", format!("an example has 1 to {PIECES_MAX} pieces and costs nothing below 0")));
    }
    let prices = split::spread(amount, &vec![1; kinds.len()])?;
    let line = |(pieces, unit_price): (&Pieces, Money)| CartLine {
        product: pieces.product,
        variant: None,
        categories: pieces.categories.clone(),
        unit_price,
        quantity_milli: 1_000,
        member_price: None,
        activity: None,
        special: false,
        gift: None,
    };
    Ok(kinds.into_iter().zip(prices).map(line).collect())
}

/// An offer without what a form can't tell: it runs, and there is enough of it.
fn running(offer: &Offer) -> Offer {
    Offer {
        from: None,
        to: None,
        hours: Hours::default(),
        days_of_month: Vec::new(),
        birthday: None,
        budget: Budget::default(),
        per_member: None,
        first_purchase: false,
        tags: Vec::new(),
        ..offer.clone()
    }
}

/// A coupon that the member holds, good today.
fn held(terms: &CouponTerms, today: Date) -> Coupon {
    Coupon {
        id: CouponId(Uuid::max()),
        template: CouponTemplateId(Uuid::max()),
        code: String::new(),
        name: String::new(),
        terms: CouponTerms { hours: Vec::new(), except_dates: Vec::new(), ..terms.clone() },
        valid_from: today,
        expires_on: today,
        state: CouponState::Active,
        held_for: None,
        uses_left: 1,
        period_used: 0,
    }
}

/// Where an example is bought, and by whom.
struct Scene<'a> {
    book: &'a SaleBook,
    now: Instant,
    zone: &'a Zone,
    store: Uuid,
    channel: Channel,
    view: Option<MemberView>,
}

impl Scene<'_> {
    fn price(&self, cart: &Cart, offers: &[Offer], coupons: &[Coupon], tiers: &[Tier], policy: &EarnPolicy) -> Result<(Quote, Points)> {
        let loyalty = &self.book.loyalty;
        let settings = PriceCx {
            rounding: loyalty.rounding,
            tiers,
            points: loyalty.spending_of(None),
            ..PriceCx::new(self.now, self.zone, self.store, self.channel, loyalty.currency)
        };
        let quote = price(cart, self.view.as_ref(), offers, coupons, &settings)?;
        let paid = PaidBy { money: quote.total, ..PaidBy::default() };
        let earned = match self.view {
            Some(_) => earn(&quote, cart, self.view.as_ref(), paid, policy, Rate::WHOLE, &settings)?.points,
            None => Points::ZERO,
        };
        Ok((quote, earned))
    }
}

fn try_on(book: &SaleBook, cx: &Cx, ask: &ExampleAsk) -> Result<PriceExample> {
    let (stores, channels): (&[Uuid], &[Channel]) = match &ask.rule {
        TrialRule::Offer { offer } => (&offer.stores, &offer.channels),
        TrialRule::Coupon { terms, .. } => (&terms.stores, &terms.channels),
        TrialRule::Earn { .. } | TrialRule::Tier { .. } => (&[], &[]),
    };
    let store = stores.first().copied().or_else(|| book.stores.keys().min().copied()).unwrap_or_default();
    let zone = book.zone(store);
    let member = ask.member || ask.tier.is_some();
    let view = member.then_some(MemberView { member: Uuid::nil(), tier: ask.tier, points: Points::ZERO });
    let channel = channels.first().copied().unwrap_or(Channel::Till);
    let scene = Scene { book, now: cx.now, zone: &zone, store, channel, view };
    let goods = goods(&ask.rule, ask.pieces);
    let cart = Cart { lines: lines(ask.amount, &goods)?, coupons: CouponChoice::None, ..Cart::default() };
    let loyalty = &book.loyalty;
    let (tiers, earn) = (&loyalty.scheme.tiers, &loyalty.earn);
    let tried = match &ask.rule {
        TrialRule::Offer { offer } => Some(offer.id),
        _ => None,
    };
    let published: Vec<Offer> = book.offers.iter().filter(|other| Some(other.id) != tried).cloned().collect();
    let (before, points_before) = scene.price(&cart, &published, &[], tiers, earn)?;
    let (with, points, why_not) = match &ask.rule {
        TrialRule::Offer { offer } => {
            let mut offers = published;
            offers.push(running(offer));
            let (quote, points) = scene.price(&cart, &offers, &[], tiers, earn)?;
            let why_not = quote.offers.iter().find(|verdict| verdict.offer == offer.id).and_then(|verdict| verdict.why_not);
            (quote, points, why_not)
        }
        TrialRule::Coupon { terms, .. } => {
            let coupon = held(terms, zone.date(cx.now));
            let cart = Cart { coupons: CouponChoice::Selected { coupons: vec![coupon.id] }, ..cart };
            let (quote, points) = scene.price(&cart, &published, &[coupon], tiers, earn)?;
            let why_not = quote.coupons.first().and_then(|verdict| verdict.why_not);
            (quote, points, why_not)
        }
        TrialRule::Earn { policy } => {
            let (quote, points) = scene.price(&cart, &published, &[], tiers, policy)?;
            (quote, points, None)
        }
        TrialRule::Tier { scheme } => {
            let (quote, points) = scene.price(&cart, &published, &[], &scheme.tiers, earn)?;
            (quote, points, None)
        }
    };
    let gives = with.offers.iter().any(|verdict| Some(verdict.offer) == tried && (verdict.applied || verdict.gifts.is_some()));
    let pieces = i64::try_from(with.lines.len()).unwrap_or(i64::MAX);
    Ok(PriceExample {
        amount: with.gross,
        pieces,
        before: before.total,
        applies: gives || with.total != before.total || points != points_before,
        total: with.total,
        savings: with.savings,
        points_before,
        points,
        why_not,
    })
}
