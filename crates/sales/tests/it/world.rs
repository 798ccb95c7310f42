//! A stall that generated histories run on, driven through the ops.

use crate::life::Life;
use serde_json::json;
use shuke_http::Role;
use shuke_jobs::Runner;
use shuke_kernel::value::ToValue as _;
use shuke_kernel::{Cx, Error, Money, Random, Rate, Result, Uuid};
use shuke_ledger::AccountKind;
use shuke_loyalty::book::{CheckoutPolicy, RefundPolicy};
use shuke_loyalty::coupon::{self, CouponLimits, CouponTerms, Validity};
use shuke_loyalty::gift_card::{CardPayment, GiftCardId};
use shuke_loyalty::growth::GrowthRate;
use shuke_loyalty::pass::PassId;
use shuke_loyalty::points_kind::PointsKindId;
use shuke_loyalty::rule::{Channel, RoundingOff, Scope};
use shuke_loyalty::template;
use shuke_loyalty::tier::{QualifyBy, Tier, TierBenefits, TierId, TierScheme};
use shuke_loyalty::wallet::{WalletOrder, WalletParts, WalletPolicy, WalletSpending};
use shuke_member::MemberId;
use shuke_offer::offer::ops::OfferDraft;
use shuke_offer::offer::{Budget, BundlePart, Gift, LadderStep, Offer, OfferRule, OfferState, PerMember, PercentStep, UsePeriod};
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::{OrgAuthenticator, setting};
use shuke_sales::book::Books;
use shuke_sales::exchange::{ExchangeAsk, ExchangeId, Exchanged, exchange};
use shuke_sales::fixture::{self, Size, Stall};
use shuke_sales::kit::{self, Kit, KitPart};
use shuke_sales::order::reasons::{OrderReasons, reasons};
use shuke_sales::order::{Checkout, CheckoutLine, Order, OrderId, PassUse, Payment, Tender, checkout};
use shuke_sales::quote::facts::{Ask, Facts, gather};
use shuke_sales::refund::model::worth;
use shuke_sales::refund::{Refund, RefundAsk, RefundId, RefundLine, refund};
use shuke_sales::tax::{TaxMode, TaxPolicy};
use shuke_testkit::{Kind, TestApp};
use std::collections::BTreeMap;

pub struct World {
    pub app: TestApp,
    pub stall: Stall,
    pub random: Random,
    /// Those of the stall's variants that are kits.
    pub kits: Vec<Uuid>,
    /// A pass of each member.
    pub passes: Vec<PassId>,
    /// Gift cards that anybody may spend.
    pub cards: Vec<GiftCardId>,
    /// What happens beside sales.
    pub life: Life,
}

/// What must come back: everything that has value, by name.
pub type Holdings = BTreeMap<String, i64>;

impl World {
    /// A stall with random rules and little of everything, so that limits are met.
    pub async fn found(kind: Kind, seed: u64) -> Self {
        let random = Random::seeded(seed);
        let app = TestApp::start(kind, shuke_loyalty::routes().merge(shuke_sales::routes()), Box::new(OrgAuthenticator)).await;
        let runner = shuke_loyalty::runner(shuke_member::runner(Runner::default()));
        let app = app.with_runner(shuke_offer::runner(runner));
        let size = Size { members: 3, variants: 6, pieces: 200, points: 1_500, principal: 60_000, bonus: 9_000, uses: 3 };
        let stall = fixture::stall(&app.app, &size).await.unwrap();
        let (kits, passes, cards) = (Vec::new(), Vec::new(), Vec::new());
        let mut world = Self { app, stall, random, kits, passes, cards, life: Life::default() };
        world.rules().await.unwrap();
        let price = i64::try_from(world.below(20_000)).unwrap();
        world.kit(price).await.unwrap();
        world.offers().await.unwrap();
        world.prepaid().await;
        world.live().await;
        world
    }

    pub fn cx(&self) -> Cx {
        Cx::system(self.stall.merchant, self.app.clock.now(), self.app.app.random.clone())
    }
    pub fn below(&self, bound: u64) -> u64 {
        self.random.below(bound)
    }
    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    /// A kit of one piece of the first variant and two and a half of the second, sold beside them.
    pub async fn kit(&mut self, price: i64) -> Result<()> {
        let input = (self.cx(), self.stall.variants[0], self.stall.variants[1], price);
        let made = self.app.db().write(&input, |tx, (cx, first, second, price)| {
            Box::pin(async move {
                let variant = serde_json::json!({ "sku": "KIT", "price": price, "track_stock": false });
                let product = serde_json::json!({ "name": "套装", "kind": "goods", "tax_rate": 600, "variants": [variant] });
                let product = shuke_sales::product::ops::create(tx, cx, &serde_json::from_value(product).unwrap()).await?;
                let id = product.variants[0].id;
                let part = |variant: Uuid, quantity_milli| KitPart { variant, quantity_milli };
                kit::ops::set(tx, cx, id, &Kit { parts: vec![part(*first, 1_000), part(*second, 2_500)] }).await?;
                Ok(id.0)
            })
        });
        let kit = made.await?;
        self.stall.variants.push(kit);
        self.kits.push(kit);
        Ok(())
    }

    /// Random tiers, wallet, rounding, refund policy, prices and coupons.
    async fn rules(&self) -> Result<()> {
        let cx = self.cx();
        let tier = |name: &str, amount: Option<i64>, discount: i64| Tier {
            amount: amount.map(Money),
            benefits: TierBenefits { discount: Rate(discount), scope: Scope::ALL, points_multiplier: Rate(10_000 + discount % 1_000) },
            ..Tier::named(cx.id::<TierId>(), name)
        };
        let scheme = TierScheme {
            tiers: vec![
                tier("普通", None, 9_900),
                tier("银卡", Some(15_000), 9_500),
                Tier { growth: Some(500), ..tier("金卡", Some(60_000), 8_880) },
            ],
            growth: Some(GrowthRate { points: 1, per: Money(100), per_order: 3 }),
            qualify_by: QualifyBy::Any,
            window_months: Some(12),
            validity_months: Some(12),
            grace_days: 30,
            ..TierScheme::default()
        };
        let order = *self.pick(WalletOrder::ALL);
        let share = *self.pick(&[10_000, 3_000, 5_555]);
        let wallet = WalletPolicy { spending: WalletSpending { order, bonus_share_max: Rate(share) }, ..WalletPolicy::default() };
        let checkout = CheckoutPolicy { rounding: *self.pick(&[RoundingOff::None, RoundingOff::Jiao, RoundingOff::Yuan]), coupons_max: 2 };
        let refund = RefundPolicy { forgive_points: false, restore_expired_grace_days: None };
        let tax = TaxPolicy { mode: *self.pick(TaxMode::ALL), rate: Rate(*self.pick(&[0, 300, 900, 1_300])) };
        let percent = i64::try_from(100 + self.below(4_000)).unwrap();
        let input = (&cx, scheme, wallet, checkout, refund, tax, percent, &self.stall);
        self.app
            .db()
            .write(&input, |tx, (cx, scheme, wallet, checkout, refund, tax, percent, stall)| {
                Box::pin(async move {
                    setting::ops::put(tx, cx, scheme).await?;
                    setting::ops::put(tx, cx, wallet).await?;
                    setting::ops::put(tx, cx, checkout).await?;
                    setting::ops::put(tx, cx, refund).await?;
                    setting::ops::put(tx, cx, tax).await?;
                    let validity = Validity::Relative { start_after_days: 0, days: 3_000 };
                    let mut terms = CouponTerms::percent(Rate(*percent), Some(Money(1_234)), Money(3_000), validity);
                    terms.limits = CouponLimits { uses: 2, ..CouponLimits::default() };
                    let draft = template::ops::TemplateDraft {
                        id: cx.id(),
                        name: "折扣券".to_owned(),
                        terms,
                        state: template::TemplateState::Published,
                    };
                    let made = template::ops::create(tx, cx, &draft).await?;
                    let members: Vec<Uuid> = stall.members.iter().map(|customer| customer.member.0).collect();
                    let today = shuke_kernel::Zone::utc().date(cx.now);
                    let issue = coupon::ops::Issue {
                        template: made.id,
                        members: &members,
                        count: 2,
                        source_kind: "staff",
                        source: cx.uuid(),
                        today,
                    };
                    coupon::ops::issue(tx, cx, &issue).await.map(|_| ())
                })
            })
            .await?;
        let prices: Vec<(Uuid, i64)> =
            self.stall.variants.iter().map(|variant| (*variant, i64::try_from(self.below(9_999)).unwrap() + 1)).collect();
        self.app
            .db()
            .write(&(self.stall.merchant, prices), |tx, (merchant, prices)| {
                Box::pin(async move {
                    for (variant, price) in prices {
                        tx.queue(shuke_db::sql!(
                            "UPDATE variant SET price = $3 WHERE merchant_id = $1 AND id = $2",
                            merchant,
                            variant,
                            price
                        ))
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Offers of every kind, some of them limited, some of them in a group.
    async fn offers(&self) -> Result<()> {
        let cx = self.cx();
        let rate = |bound| Rate(i64::try_from(self.below(bound)).unwrap() + 1);
        let money = |bound| Money(i64::try_from(self.below(bound)).unwrap() + 1);
        let gift = Gift { variant: *self.pick(&self.stall.variants), pieces: 1 };
        let part = |n: usize| BundlePart { scope: Scope { products: vec![self.stall.variants[n]], ..Scope::ALL }, pieces: 1 };
        let off = money(900);
        let rules = [
            OfferRule::Ladder { steps: vec![LadderStep { threshold: Money(9_000), off }] },
            OfferRule::Percent { steps: vec![PercentStep { threshold: Money::ZERO, pieces: 2, rate_off: rate(2_000) }], max_off: None },
            OfferRule::NthPiece { nth: 2, rate_off: rate(10_000), same_product: false, times_max: Some(2) },
            OfferRule::CheapestFree { pieces: 3, free: 1, same_product: true, times_max: None },
            OfferRule::Bundle { parts: vec![part(0), part(1)], price: money(9_999), times_max: None },
            OfferRule::BuyGet { buy: 2, get: Scope::ALL, pieces: 1, rate_off: rate(10_000), times_max: Some(1) },
            OfferRule::UnitPercent { rate_off: rate(3_000) },
            OfferRule::Gift { threshold: Money(5_000), pieces: 0, gifts: vec![gift], choose: 1, times_max: 1 },
            OfferRule::Coupon { threshold: money(20_000), template: self.stall.template, count: 1 },
            OfferRule::Points { threshold: Money::ZERO, rate: Rate(20_000) },
        ];
        let offers: Vec<Offer> = rules
            .into_iter()
            .filter(|_| self.below(2) == 0)
            .map(|rule| {
                let mut offer = Offer { combines_with_offers: self.below(2) == 0, ..Offer::new(cx.id(), "活动", rule) };
                match self.below(5) {
                    0 => offer.budget = Budget { count: Some(3), money: Some(Money(2_000)) },
                    1 => offer.per_member = Some(PerMember { max: 2, period: UsePeriod::Month }),
                    2 => offer.first_purchase = true,
                    3 => offer.exclusive_group = Some("一".to_owned()),
                    _ => {}
                }
                offer
            })
            .collect();
        self.app
            .db()
            .write(&(&cx, offers), |tx, (cx, offers)| {
                Box::pin(async move {
                    for offer in offers {
                        let draft = OfferDraft { offer: offer.clone(), state: OfferState::Published, version: None };
                        shuke_offer::offer::ops::create(tx, cx, &draft).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Names the gift that an offer gives on a cart, where there is one.
    async fn with_gift(&self, mut cart: Checkout) -> Result<Checkout> {
        let books = self.app.app.slot::<Books>();
        let merchant = self.stall.merchant;
        let book = self.app.db().read(&(merchant, &*books), |tx, (merchant, books)| Box::pin(books.current(tx, *merchant))).await?;
        let gift = book.offers.iter().find_map(|offer| match &offer.rule {
            OfferRule::Gift { gifts, .. } => Some((offer.id, gifts[0])),
            _ => None,
        });
        if let Some((offer, gift)) = gift.filter(|_| self.below(3) == 0) {
            cart.lines.push(CheckoutLine { variant: gift.variant, quantity_milli: 1_000, gift: Some(offer), seller: None });
        }
        Ok(cart)
    }

    /// A pass of a few visits for every member, and two gift cards.
    async fn prepaid(&mut self) {
        let owner = self.app.as_token(self.stall.shop.token(Role::Owner));
        let price = i64::try_from(1_000 + self.below(20_000)).unwrap();
        let start = if self.below(2) == 0 { "purchase" } else { "first_visit" };
        let item = |visits: Option<u64>| {
            let mut item =
                json!({ "name": "服务", "services": { "products": [self.stall.variants[0], self.stall.variants[1]] }, "worth": 3_000 });
            item["visits"] = json!(visits);
            item["value_visits"] = json!(3);
            item
        };
        let items = json!([item(Some(2 + self.below(4))), item(None)]);
        let plan = json!({ "id": self.cx().uuid(), "name": "套餐", "price": price, "items": items, "validity": { "kind": "days", "days": 30, "start": start } });
        owner.post("/api/v1/pass-plans", &plan).await.ok();
        for customer in self.stall.members.clone() {
            let payments = json!([{ "tender": "cash", "amount": price }]);
            let pass = json!({ "id": self.cx().uuid(), "member": customer.member, "store": self.stall.store, "plan": plan["id"], "payments": payments });
            self.passes.push(owner.post("/api/v1/passes", &pass).await.ok()["id"].as_str().unwrap().parse::<Uuid>().unwrap().into());
        }
        let batch = json!({ "id": self.cx().uuid(), "name": "礼品卡", "face": 10_000, "cards": 2 });
        owner.post("/api/v1/gift-card-batches", &batch).await.ok();
        let codes = owner.get(&format!("/api/v1/gift-card-batches/{}/codes", batch["id"].as_str().unwrap())).await.ok();
        for card in codes["items"].as_array().unwrap() {
            let id = card["card"].as_str().unwrap();
            let sale = json!({ "store": self.stall.store, "payments": [{ "tender": "cash", "amount": 10_000 }] });
            owner.post(&format!("/api/v1/gift-cards/{id}/sale"), &sale).await.ok();
            self.cards.push(id.parse::<Uuid>().unwrap().into());
        }
    }

    /// Lets the member's pass pay a line now and then; what it pays is left to the sale, so the cart is
    /// priced by the quote.
    async fn with_pass(&self, cart: &mut Checkout) -> Option<(Money, Money)> {
        let place = self.stall.members.iter().position(|customer| Some(customer.member) == cart.member)?;
        let line = cart
            .lines
            .iter()
            .position(|line| line.quantity_milli % 1_000 == 0 && line.gift.is_none() && self.stall.variants[..2].contains(&line.variant))?;
        if self.below(2) == 0 {
            return None;
        }
        let uses = vec![PassUse { line: i64::try_from(line).unwrap(), pass: self.passes[place] }];
        let ask = json!({
            "store": cart.store, "member": cart.member, "lines": cart.lines, "coupons": cart.coupons, "points": cart.points,
            "points_kind": cart.points_kind, "passes": uses,
        });
        let quote = self.app.as_token(self.stall.shop.token(Role::Owner)).post("/api/v1/quotes", &ask).await;
        if quote.code() == "pass_not_usable" {
            return None;
        }
        cart.prepaid.passes = uses;
        let quote = quote.ok();
        let number = |value: &serde_json::Value| Money(value.as_i64().unwrap());
        let total = number(&quote["payable"]);
        cart.expected_total = Some(total);
        Some((Money(total.0 - number(&quote["paid_by_passes"]).0), number(&quote["wallet"]["payable"])))
    }

    /// Lets a gift card pay a part of what is due now and then; what is left to pay.
    fn with_card(&self, cart: &mut Checkout, due: Money) -> Money {
        let most = due.0.min(1_500);
        if most < 1 || self.below(3) > 0 {
            return due;
        }
        let amount = Money(i64::try_from(self.below(most.unsigned_abs())).unwrap() + 1);
        cart.prepaid.gift_cards = vec![CardPayment { card: *self.pick(&self.cards), amount }];
        Money(due.0 - amount.0)
    }

    /// A random cart with a random mix of discounts, and payments that come to its total.
    pub async fn cart(&self) -> Result<Checkout> {
        let member = (self.below(10) > 0).then(|| self.pick(&self.stall.members).member);
        let coupons = match self.below(3) {
            0 => CouponChoice::None,
            _ if member.is_none() => CouponChoice::None,
            _ => CouponChoice::Auto,
        };
        let points = match self.below(3) {
            0 if member.is_some() => PointsChoice::Max,
            _ => PointsChoice::None,
        };
        let mut cart = self.basket(member, coupons, points);
        if !matches!(points, PointsChoice::None) && self.below(2) == 0 {
            cart.points_kind = self.life.kinds.first().copied().map(PointsKindId);
        }
        let mut cart = self.with_gift(cart).await?;
        let (due, wallet) = match self.with_pass(&mut cart).await {
            Some(priced) => priced,
            None => {
                let (total, wallet) = self.priced(&cart).await?;
                cart.expected_total = Some(total);
                (total, wallet)
            }
        };
        let due = self.with_card(&mut cart, due);
        cart.payments = self.payments(due, wallet.min(due));
        Ok(cart)
    }

    /// Random goods without payments.
    fn basket(&self, member: Option<MemberId>, coupons: CouponChoice, points: PointsChoice) -> Checkout {
        let mut lines: Vec<CheckoutLine> = Vec::new();
        for _ in 0..=self.below(4) {
            let variant = *self.pick(&self.stall.variants);
            let quantities: &[i64] = if self.kits.contains(&variant) { &[1_000, 2_000] } else { &[1_000, 1_000, 2_000, 3_000, 355, 1_250] };
            let seller = (self.below(3) == 0).then(|| self.stall.shop.person(shuke_http::Role::Cashier).unwrap().id.0);
            lines.push(CheckoutLine { variant, quantity_milli: *self.pick(quantities), seller, gift: None });
        }
        Checkout {
            id: self.cx().id::<OrderId>(),
            store: self.stall.store,
            till: self.till(),
            member,
            channel: Channel::Till,
            lines,
            coupons,
            points,
            points_kind: None,
            payments: Vec::new(),
            prepaid: shuke_sales::order::Prepaid::default(),
            expected_total: None,
            identity: Default::default(),
        }
    }

    /// An exchange of part of an order for random goods, with the difference in cash.
    pub async fn swap(&self, order: &Order) -> Result<Option<ExchangeAsk>> {
        let refund = self.part(order);
        // What passes and gift cards paid goes back to them, and is no part of the difference.
        if refund.lines.is_empty() || order.payments.iter().any(|payment| payment.tender.is_before()) {
            return Ok(None);
        }
        let worth = |line: &RefundLine| worth(&order.lines[usize::try_from(line.line).unwrap()], line.quantity_milli).unwrap().amount.0;
        let back: i64 = refund.lines.iter().map(worth).sum();
        let mut sale = self.basket(order.member, CouponChoice::None, PointsChoice::None);
        let (total, _) = self.priced(&sale).await?;
        if total.0 > back {
            sale.payments = vec![Payment { tender: Tender::Cash, amount: Money(total.0 - back), refunded: Money::ZERO }];
        }
        Ok(Some(ExchangeAsk { id: self.cx().id::<ExchangeId>(), refund, sale }))
    }

    pub async fn exchange(&self, ask: &ExchangeAsk) -> Result<Exchanged> {
        let books = self.app.app.slot::<Books>();
        let input = (self.cx(), &*books, ask);
        self.app.db().write(&input, |tx, (cx, books, ask)| Box::pin(exchange(tx, cx, books, ask))).await
    }

    /// What a cart costs, and how much of it the wallet can pay.
    pub async fn priced(&self, cart: &Checkout) -> Result<(Money, Money)> {
        let books = self.app.app.slot::<Books>();
        let input = (self.cx(), &*books, cart);
        self.app
            .db()
            .read(&input, |tx, (cx, books, cart)| {
                Box::pin(async move {
                    let ask = Ask {
                        store: cart.store,
                        member: cart.member,
                        channel: cart.channel,
                        lines: &cart.lines,
                        coupons: &cart.coupons,
                        points: cart.points,
                        points_kind: cart.points_kind,
                        order: None,
                        lock: false,
                        till: None,
                        all_coupons: false,
                        made: false,
                    };
                    let facts = gather(tx, cx, books, &ask).await?;
                    let quote = facts.price(cx, &ask)?;
                    let total = Facts::payable(&quote, &facts.taxed(&quote)?)?;
                    let held = |kind| Money(facts.holdings.available(kind, cx.now));
                    let balance = WalletParts { principal: held(AccountKind::Principal), bonus: held(AccountKind::Bonus) };
                    let wallet = if cart.member.is_some() { facts.book.loyalty.wallet.payable(balance).min(total) } else { Money::ZERO };
                    Ok((total, wallet))
                })
            })
            .await
    }

    fn payments(&self, total: Money, wallet: Money) -> Vec<Payment> {
        let mut left = total.0;
        let mut out = Vec::new();
        let mut pay = |tender, amount: i64| {
            if amount > 0 {
                out.push(Payment { tender, amount: Money(amount), refunded: Money::ZERO });
            }
        };
        if self.below(2) == 0 {
            let part = i64::try_from(self.below(wallet.0.unsigned_abs() + 1)).unwrap();
            pay(Tender::Wallet, part);
            left -= part;
        }
        if self.below(2) == 0 {
            let part = i64::try_from(self.below(left.unsigned_abs() + 1)).unwrap();
            pay(Tender::WechatPay, part);
            left -= part;
        }
        pay(Tender::Cash, left);
        out
    }

    pub async fn sell(&self, cart: &Checkout) -> Result<Order> {
        let books = self.app.app.slot::<Books>();
        let input = (self.cx(), &*books, cart);
        self.app.db().write(&input, |tx, (cx, books, cart)| Box::pin(checkout(tx, cx, books, cart))).await
    }

    /// Whether any offer has a budget or a limit, and the reasons of an order.
    pub async fn reasons(&self, order: &Order) -> (bool, OrderReasons) {
        let books = self.app.app.slot::<Books>();
        let input = (self.cx(), &*books, order);
        self.app
            .db()
            .read(&input, |tx, (cx, books, order)| {
                Box::pin(async move {
                    let book = books.current(tx, cx.merchant).await?;
                    let limited = book.offers.iter().any(|offer| offer.budget.is_limited() || offer.per_member.is_some());
                    Ok((limited, reasons(tx, cx, &book, order).await?))
                })
            })
            .await
            .unwrap()
    }

    pub async fn take_back(&self, ask: &RefundAsk) -> Result<Refund> {
        let books = self.app.app.slot::<Books>();
        let input = (self.cx(), &*books, ask);
        self.app.db().write(&input, |tx, (cx, books, ask)| Box::pin(refund(tx, cx, books, ask))).await
    }

    /// A random part of what is left of an order.
    pub fn part(&self, order: &Order) -> RefundAsk {
        let mut lines = Vec::new();
        for line in &order.lines {
            let left = line.quantity_milli - line.refunded_milli;
            let quantity_milli = match self.below(3) {
                0 => 0,
                1 => left,
                _ => i64::try_from(self.below(left.unsigned_abs() + 1)).unwrap(),
            };
            let quantity_milli = if line.pass.is_some() { quantity_milli / 1_000 * 1_000 } else { quantity_milli };
            if quantity_milli > 0 {
                lines.push(RefundLine { line: line.line, quantity_milli, damaged: false });
            }
        }
        RefundAsk { id: self.cx().id::<RefundId>(), order: order.id, lines, reason: "试".to_owned(), till: self.till(), approval: None }
    }

    /// Everything of value, by name. What is zero is left out, so that an account or lot that came
    /// and went is as if it had never been.
    pub async fn holdings(&self) -> Holdings {
        let statements = [
            "SELECT 'balance ' || kind, owner, CAST(SUM(balance) AS BIGINT) FROM account WHERE merchant_id = $1 AND balance <> 0 GROUP BY kind, owner",
            "SELECT 'lot ' || kind, id, remaining FROM lot WHERE merchant_id = $1 AND remaining <> 0",
            "SELECT 'stamps', member_id, CAST(SUM(stamps + 1000 * rounds) AS BIGINT) FROM stamp_card WHERE merchant_id = $1 GROUP BY member_id",
            "SELECT 'gifts ' || cause, member_id, COUNT(*) FROM gift WHERE merchant_id = $1 AND NOT taken_back GROUP BY cause, member_id",
            "SELECT 'growth', member_id, CAST(SUM(growth) AS BIGINT) FROM growth WHERE merchant_id = $1 GROUP BY member_id",
            "SELECT 'accrued', kind_id, CAST(SUM(points - clawed) AS BIGINT) FROM points_accrual WHERE merchant_id = $1 GROUP BY kind_id",
            "SELECT 'paid tier', member_id, 1 FROM member_tier WHERE merchant_id = $1 AND overlay_until IS NOT NULL",
            "SELECT 'reward', id, stock FROM reward WHERE merchant_id = $1",
            "SELECT 'pass', id, uses FROM pass WHERE merchant_id = $1",
            "SELECT 'quota ' || period, member_id, CAST(SUM(used) AS BIGINT) FROM quota WHERE merchant_id = $1 GROUP BY period, member_id",
            "SELECT 'coupon', id, uses_left FROM coupon WHERE merchant_id = $1 AND uses_left <> 0",
            "SELECT 'offer', offer_id, count_used + money_used FROM offer_budget WHERE merchant_id = $1",
            "SELECT 'offer use ' || period, offer_id, used FROM offer_member WHERE merchant_id = $1 AND used <> 0",
            "SELECT 'stock', variant_id, on_hand_milli FROM stock WHERE merchant_id = $1 AND on_hand_milli <> 0",
            "SELECT 'debits ' || debit_kind, debit_owner, CAST(SUM(amount) AS BIGINT) FROM transfer WHERE merchant_id = $1 GROUP BY debit_kind, debit_owner",
            "SELECT 'credits ' || credit_kind, credit_owner, CAST(SUM(amount) AS BIGINT) FROM transfer WHERE merchant_id = $1 GROUP BY credit_kind, credit_owner",
            "SELECT 'spent', member_id, amount FROM member_stat WHERE merchant_id = $1 AND amount <> 0",
        ];
        let (mut out, stmts) = (Holdings::new(), statements.map(|text| shuke_db::Stmt::built(text, vec![self.stall.merchant.to_value()])));
        let read = self.app.db().snapshot(&stmts, |tx, stmts| Box::pin(tx.all(stmts.clone())));
        for row in read.await.unwrap().iter().flatten() {
            let (name, id, value): (String, Uuid, i64) = (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
            // The shop's accounts: credits less debits is what they hold.
            let (name, value) = match name.split_once(' ') {
                Some(("debits", kind)) => (format!("sum {kind}"), -value),
                Some(("credits", kind)) => (format!("sum {kind}"), value),
                _ => (name, value),
            };
            *out.entry(format!("{name} {id}")).or_default() += value;
        }
        for customer in &self.stall.members {
            let input = (self.cx(), customer.member.0);
            let tier =
                self.app.db().read(&input, |tx, (cx, member)| Box::pin(shuke_loyalty::tier::ops::show(tx, cx, *member))).await.unwrap();
            out.insert(format!("tier {} {:?}", customer.member, tier.current.tier), 1);
        }
        out.retain(|_, value| *value != 0);
        out
    }

    /// Fails unless the ledger and the stock agree with their histories.
    pub async fn verify(&self) {
        let checks: Vec<_> = shuke_loyalty::CHECKS.iter().chain(shuke_sales::verify::CHECKS).copied().collect();
        let report = shuke_ledger::verify::run_with(self.app.db(), self.stall.merchant, &checks).await.unwrap();
        assert!(report.first_difference.is_none(), "{:?}", report.first_difference);
        let offers = self.app.db().read(&self.stall.merchant, |tx, merchant| shuke_offer::offer::check(tx, *merchant)).await.unwrap();
        assert!(offers.is_none(), "{offers:?}");
    }
}

/// What a sale may be refused for in a generated history.
pub fn expected(error: &Error) -> bool {
    matches!(error.code(), "stock_insufficient" | "balance_insufficient" | "wallet_insufficient" | "coupon_used" | "gift_not_earned")
}
