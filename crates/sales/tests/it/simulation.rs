//! Ten thousand random operations on each database, held step by step against a plain model that
//! knows nothing of lots, journals or SQL: only what a shopkeeper would reckon on paper.

use crate::life::Life;
use crate::world::World;
use shuke_kernel::{Instant, Money, Points, Rate, Result, Uuid};
use shuke_ledger::journal::ops::{Adjustment, adjust, holdings};
use shuke_ledger::{AccountKind, LotTerms};
use shuke_loyalty::rule::Channel;
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::setting;
use shuke_sales::exchange::{ExchangeAsk, ExchangeId};
use shuke_sales::fixture::{self, Size};
use shuke_sales::order::{Checkout, CheckoutLine, Order, Payment, Tender};
use shuke_sales::refund::{RefundAsk, RefundId, RefundLine};
use shuke_sales::tax::{TaxMode, TaxPolicy};
use shuke_testkit::{Kind, TestApp};
use std::collections::BTreeMap;

const OPERATIONS: u64 = 10_000;
const MEMBERS: usize = 20;
const VARIANTS: usize = 12;
/// The variant after the others: a kit of a piece of the first and two and a half of the second.
const KIT: usize = VARIANTS;
const KIT_PRICE: i64 = 13_337;
const KIT_PARTS: [(usize, i64); 2] = [(0, 1_000), (1, 2_500)];
/// The kit's own rate of tax, in basis points.
const KIT_TAX: i64 = 600;
/// After so many operations the shop is taxed in another way.
const TAX_EVERY: u64 = 500;

/// What the paper says of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Purse {
    /// Points less what is owed.
    points: i64,
    principal: i64,
    bonus: i64,
    coupon: i64,
}

/// What the paper says of an order.
#[derive(Clone, Debug)]
struct Slip {
    member: Option<usize>,
    /// Thousandths sold and taken back, net, points paid, points earned, coupon share: of each line.
    lines: Vec<PaperLine>,
    payments: Vec<(Tender, i64, i64)>,
    points_spent: i64,
    points_returned: i64,
    coupon_used: bool,
}

#[derive(Clone, Debug)]
struct PaperLine {
    variant: usize,
    sold: i64,
    back: i64,
    net: i64,
    points_money: i64,
    coupon: i64,
    earned: i64,
    tax: i64,
    /// Of the tax, what was paid on top.
    added: i64,
}

impl PaperLine {
    /// What so many thousandths of it, after those that came back, are of a figure of the whole line.
    fn cut(&self, value: i64, quantity: i64) -> i64 {
        part(value, self.back + quantity, self.sold) - part(value, self.back, self.sold)
    }
    /// What the whole line takes from stock.
    fn takes(&self) -> Vec<(usize, i64)> {
        match self.variant {
            KIT => KIT_PARTS.iter().map(|(variant, each)| (*variant, part(*each, self.sold, 1_000))).collect(),
            variant => vec![(variant, self.sold)],
        }
    }
}

/// How the shop is taxed.
#[derive(Clone, Copy, Debug)]
struct Tax {
    mode: TaxMode,
    rate: i64,
}

impl Tax {
    /// The tax of a line, and what of it comes on top.
    fn of(self, variant: usize, net: i64) -> (i64, i64) {
        let rate = if variant == KIT { KIT_TAX } else { self.rate };
        match self.mode {
            TaxMode::None => (0, 0),
            TaxMode::Inclusive => (part(net, rate, 10_000 + rate), 0),
            TaxMode::Exclusive => (part(net, rate, 10_000), part(net, rate, 10_000)),
        }
    }
}

#[derive(Clone, Debug)]
struct Paper {
    tax: Tax,
    purses: Vec<Purse>,
    stock: Vec<i64>,
    tills: BTreeMap<Tender, i64>,
    orders: BTreeMap<Uuid, Slip>,
}

/// `a × b ÷ c`, half away from zero, for what is not below zero.
fn part(a: i64, b: i64, c: i64) -> i64 {
    (a * b * 2 + c) / (c * 2)
}

/// Largest remainder, ties to the earlier.
fn spread(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i64 = weights.iter().sum();
    if sum == 0 {
        return weights.iter().enumerate().map(|(index, _)| if index == 0 { total } else { 0 }).collect();
    }
    let mut shares: Vec<i64> = weights.iter().map(|weight| total * weight / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(total * weights[*index] % sum));
    let left = total - shares.iter().sum::<i64>();
    for index in order.into_iter().take(usize::try_from(left).unwrap()) {
        shares[index] += 1;
    }
    shares
}

/// A sale as it is wished.
#[derive(Clone, Debug)]
struct Wish {
    member: Option<usize>,
    lines: Vec<(usize, i64)>,
    coupon: bool,
    points: i64,
    wallet: i64,
}

impl Paper {
    /// Reckons a sale: 95折 for members, the coupon of 5.00 from 20.00 on, points as money, tax. Answers the lines
    /// and what is to be paid.
    fn price(&self, wish: &Wish) -> (Vec<PaperLine>, i64) {
        let mut lines: Vec<PaperLine> = Vec::new();
        for (variant, sold) in &wish.lines {
            let gross = part(if *variant == KIT { KIT_PRICE } else { 5_000 }, *sold, 1_000);
            let net = if wish.member.is_some() { part(gross, 9_500, 10_000) } else { gross };
            lines.push(PaperLine { variant: *variant, sold: *sold, back: 0, net, points_money: 0, coupon: 0, earned: 0, tax: 0, added: 0 });
        }
        let nets = |lines: &[PaperLine]| lines.iter().map(|line| line.net).collect::<Vec<_>>();
        if wish.coupon {
            let shares = spread(500, &nets(&lines));
            for (line, share) in lines.iter_mut().zip(shares) {
                line.net -= share;
                line.coupon = share;
            }
        }
        let shares = spread(wish.points, &nets(&lines));
        for (line, share) in lines.iter_mut().zip(shares) {
            line.net -= share;
            line.points_money = share;
        }
        for line in &mut lines {
            (line.tax, line.added) = self.tax.of(line.variant, line.net);
        }
        let total = lines.iter().map(|line| line.net + line.added).sum();
        (lines, total)
    }

    /// What is to be paid before tax that comes on top.
    fn untaxed(&self, wish: &Wish) -> i64 {
        self.price(wish).0.iter().map(|line| line.net).sum()
    }

    /// Whether there is enough of everything.
    fn holds(&self, wish: &Wish) -> bool {
        let mut needed = [0; VARIANTS];
        for line in self.price(wish).0 {
            for (variant, quantity) in line.takes() {
                needed[variant] += quantity;
            }
        }
        needed.iter().zip(&self.stock).all(|(needed, there)| needed <= there)
    }

    /// Books a sale that must succeed.
    fn sell(&mut self, id: Uuid, wish: &Wish) -> i64 {
        let (mut lines, total) = self.price(wish);
        let mut payments = Vec::new();
        if let Some(member) = wish.member {
            let purse = &mut self.purses[member];
            let parts = spread(wish.wallet, &[purse.principal, purse.bonus]);
            let bonus = parts[1].clamp((wish.wallet - purse.principal).max(0), purse.bonus.min(wish.wallet));
            let principal = wish.wallet - bonus;
            purse.principal -= principal;
            purse.bonus -= bonus;
            purse.points -= wish.points;
            purse.coupon -= i64::from(wish.coupon);
            payments.push((Tender::Cash, total - wish.wallet, 0));
            payments.push((Tender::Principal, principal, 0));
            payments.push((Tender::Bonus, bonus, 0));
            // One rule, so one rounding: points for the whole order, spread by money paid on each line.
            // Tax that came on top earns nothing: each tender earns in its proportion.
            let nets: Vec<i64> = lines.iter().map(|line| line.net).collect();
            let untaxed = spread(nets.iter().sum(), &[total - wish.wallet, principal, bonus]);
            let earning = untaxed[0] + untaxed[1];
            let paid = spread(earning, &nets);
            for (line, points) in lines.iter_mut().zip(spread(earning / 100, &paid)) {
                line.earned = points;
            }
            purse.points += earning / 100;
        } else {
            payments.push((Tender::Cash, total, 0));
        }
        payments.retain(|(_, amount, _)| *amount > 0);
        for (variant, quantity) in lines.iter().flat_map(PaperLine::takes) {
            self.stock[variant] -= quantity;
        }
        *self.tills.entry(Tender::Cash).or_default() += total - if wish.member.is_some() { wish.wallet } else { 0 };
        self.orders.insert(
            id,
            Slip { member: wish.member, lines, payments, points_spent: wish.points, points_returned: 0, coupon_used: wish.coupon },
        );
        total
    }

    /// Books a refund of these thousandths of these lines. Answers what goes back in cash, principal and bonus.
    fn take_back(&mut self, id: Uuid, back: &[(usize, i64)]) -> [i64; 3] {
        let slip = self.orders.get_mut(&id).unwrap();
        let (mut amount, mut share, mut earned) = (0, 0, 0);
        let left_share: i64 = slip.lines.iter().map(|line| line.points_money - part(line.points_money, line.back, line.sold)).sum();
        let mut touched_coupon = false;
        for (index, quantity) in back {
            let line = &mut slip.lines[*index];
            amount += line.cut(line.net, *quantity) + line.cut(line.added, *quantity);
            share += line.cut(line.points_money, *quantity);
            earned += line.cut(line.earned, *quantity);
            touched_coupon |= line.coupon > 0;
            for (variant, whole) in line.takes() {
                self.stock[variant] += line.cut(whole, *quantity);
            }
            line.back += quantity;
        }
        let lefts: Vec<i64> = slip.payments.iter().map(|(_, paid, back)| paid - back).collect();
        let parts = spread(amount, &lefts);
        let mut given = [0; 3];
        for ((tender, _, returned), part) in slip.payments.iter_mut().zip(&parts) {
            *returned += part;
            let place = [Tender::Cash, Tender::Principal, Tender::Bonus].iter().position(|of| of == tender).unwrap();
            given[place] += part;
            match (slip.member, *tender) {
                (Some(member), Tender::Principal) => self.purses[member].principal += part,
                (Some(member), Tender::Bonus) => self.purses[member].bonus += part,
                (_, tender) => *self.tills.entry(tender).or_default() -= part,
            }
        }
        if let Some(member) = slip.member {
            let purse = &mut self.purses[member];
            let points = if left_share == 0 { 0 } else { part(slip.points_spent - slip.points_returned, share, left_share) };
            slip.points_returned += points;
            purse.points += points - earned;
            let undone = slip.lines.iter().filter(|line| line.coupon > 0).all(|line| line.back == line.sold);
            if slip.coupon_used && touched_coupon && undone {
                purse.coupon += 1;
                slip.coupon_used = false;
            }
        }
        if slip.lines.iter().all(|line| line.back == line.sold) {
            self.orders.remove(&id);
        }
        given
    }

    /// Books goods of an order that are exchanged for others: what goes back pays first, each tender in its proportion.
    /// Answers what the new goods cost, and what is paid on top.
    fn exchange(&mut self, returned: Uuid, back: &[(usize, i64)], new: Uuid, wish: &Wish) -> (i64, i64) {
        let parts = self.take_back(returned, back);
        let total = self.price(wish).1;
        let carried = total.min(parts.iter().sum());
        // The parts of the wallet are carried by themselves and spent together.
        let wallet = carried - spread(carried, &parts)[0];
        (self.sell(new, &Wish { wallet, ..wish.clone() }), total - carried)
    }
}

/// The shop and the paper side by side.
struct Simulation {
    world: World,
    paper: Paper,
}

/// The order, its lines with what comes back of each, and what is asked of the server.
type Back = (Uuid, Vec<(usize, i64)>, RefundAsk);

impl Simulation {
    async fn found(kind: Kind, seed: u64) -> Self {
        let app = TestApp::start(kind, shuke_sales::routes(), Box::new(shuke_org::OrgAuthenticator)).await;
        let size =
            Size { members: MEMBERS, variants: VARIANTS, pieces: 3_000, points: 4_000, principal: 300_000, bonus: 40_000, uses: 150 };
        let stall = fixture::stall(&app.app, &size).await.unwrap();
        let purse = Purse { points: 4_000, principal: 300_000, bonus: 40_000, coupon: 150 };
        let tax = Tax { mode: TaxMode::None, rate: 0 };
        let (stock, tills, orders) = (vec![3_000_000; VARIANTS], BTreeMap::new(), BTreeMap::new());
        let paper = Paper { tax, purses: vec![purse; MEMBERS], stock, tills, orders };
        let random = shuke_kernel::Random::seeded(seed);
        let (kits, passes, cards) = (Vec::new(), Vec::new(), Vec::new());
        let mut world = World { app, stall, random, kits, passes, cards, life: Life::default() };
        world.kit(KIT_PRICE).await.unwrap();
        Self { world, paper }
    }

    fn wish(&self) -> Wish {
        let world = &self.world;
        let member = (world.below(8) > 0).then(|| usize::try_from(world.below(MEMBERS as u64)).unwrap());
        let lines: Vec<(usize, i64)> = (0..=world.below(3))
            .map(|_| match usize::try_from(world.below(VARIANTS as u64 + 1)).unwrap() {
                KIT => (KIT, *world.pick(&[1_000, 2_000])),
                variant => (variant, *world.pick(&[1_000, 2_000, 3_000, 355])),
            })
            .collect();
        let mut wish = Wish { member, lines, coupon: false, points: 0, wallet: 0 };
        let Some(member) = member else { return wish };
        let purse = &self.paper.purses[member];
        let before_coupon = self.paper.untaxed(&wish);
        wish.coupon = world.below(2) == 0 && before_coupon >= 2_000 && purse.coupon > 0;
        let most = (self.paper.untaxed(&wish).min(purse.points.max(0))) / 100;
        if world.below(2) == 0 && most > 0 {
            wish.points = 100 * i64::try_from(world.below(most.unsigned_abs()) + 1).unwrap();
        }
        let total = self.paper.price(&wish).1;
        let able = total.min(purse.principal + purse.bonus);
        wish.wallet = match world.below(3) {
            0 => 0,
            1 => able,
            // More than there is: the shop must refuse it, and nothing may move.
            _ if world.below(20) == 0 && able < total => total,
            _ => i64::try_from(world.below(able.unsigned_abs() + 1)).unwrap(),
        };
        wish
    }

    async fn sell(&mut self) -> Result<()> {
        let wish = self.wish();
        let world = &self.world;
        let (_, total) = self.paper.price(&wish);
        let customer = wish.member.map(|index| world.stall.members[index]);
        let payment = |tender, amount| Payment { tender, amount: Money(amount), refunded: Money::ZERO };
        let mut payments = vec![payment(Tender::Cash, total - wish.wallet), payment(Tender::Wallet, wish.wallet)];
        payments.retain(|payment| payment.amount.is_positive());
        let coupons = match customer.filter(|_| wish.coupon) {
            Some(customer) => CouponChoice::Selected { coupons: vec![customer.coupon] },
            None => CouponChoice::None,
        };
        let points = if wish.points > 0 { PointsChoice::Exact { points: Points(wish.points) } } else { PointsChoice::None };
        let cart = Checkout { coupons, points, ..self.cart(&wish, payments, total) };
        let in_stock = self.paper.holds(&wish);
        let payable = wish.member.is_none_or(|member| self.paper.purses[member].principal + self.paper.purses[member].bonus >= wish.wallet);
        match world.sell(&cart).await {
            Ok(order) => {
                assert!(in_stock && payable, "the paper says no: {cart:?}");
                assert_eq!(order.total.0, self.paper.sell(order.id.0, &wish));
                self.same_slip(&order);
            }
            Err(error) if !payable => assert_eq!(error.code(), "wallet_insufficient"),
            Err(error) => {
                assert!(!in_stock, "the paper says yes, the shop {error}: {cart:?}");
                assert_eq!(error.code(), "stock_insufficient");
            }
        }
        Ok(())
    }

    /// The goods of a wish, as the till sends them.
    fn cart(&self, wish: &Wish, payments: Vec<Payment>, total: i64) -> Checkout {
        let world = &self.world;
        let line = |(variant, quantity_milli): &(usize, i64)| CheckoutLine {
            variant: world.stall.variants[*variant],
            quantity_milli: *quantity_milli,
            gift: None,
            seller: None,
        };
        Checkout {
            id: world.cx().id(),
            store: world.stall.store,
            till: None,
            member: wish.member.map(|index| world.stall.members[index].member),
            channel: Channel::Till,
            lines: wish.lines.iter().map(line).collect(),
            coupons: CouponChoice::None,
            points: PointsChoice::None,
            points_kind: None,
            payments,
            prepaid: shuke_sales::order::Prepaid::default(),
            expected_total: Some(Money(total)),
            identity: Default::default(),
        }
    }

    fn same_slip(&self, order: &Order) {
        let slip = &self.paper.orders[&order.id.0];
        let shop: Vec<_> =
            order.lines.iter().map(|line| (line.net.0, line.shares.coupon.0, line.shares.points.0, line.points_earned.0)).collect();
        let paper: Vec<_> = slip.lines.iter().map(|line| (line.net, line.coupon, line.points_money, line.earned)).collect();
        assert_eq!(shop, paper);
        let taxed: Vec<_> = order.lines.iter().map(|line| (line.tax.0, line.tax_added.0)).collect();
        assert_eq!(taxed, slip.lines.iter().map(|line| (line.tax, line.added)).collect::<Vec<_>>());
        let payments: Vec<_> = order.payments.iter().map(|payment| (payment.tender, payment.amount.0, 0)).collect();
        assert_eq!(payments, slip.payments);
    }

    /// A random part of what is left of a random order, and what the till asks for it.
    fn back(&self) -> Option<Back> {
        let world = &self.world;
        let ids: Vec<Uuid> = self.paper.orders.keys().copied().collect();
        let id = *ids.get(usize::try_from(world.below(ids.len().max(1) as u64)).unwrap())?;
        let mut back = Vec::new();
        for (index, line) in self.paper.orders[&id].lines.iter().enumerate() {
            let left = line.sold - line.back;
            let quantity = *world.pick(&[0, left, left / 3]);
            if quantity > 0 {
                back.push((index, quantity));
            }
        }
        let line = |(index, quantity): &(usize, i64)| RefundLine {
            line: i64::try_from(*index).unwrap(),
            quantity_milli: *quantity,
            damaged: false,
        };
        let lines = back.iter().map(line).collect();
        let ask =
            RefundAsk { id: world.cx().id::<RefundId>(), order: id.into(), lines, reason: "试".to_owned(), till: None, approval: None };
        (!back.is_empty()).then_some((id, back, ask))
    }

    async fn take_back(&mut self) -> Result<()> {
        let Some((id, back, ask)) = self.back() else { return Ok(()) };
        let refund = self.world.take_back(&ask).await?;
        assert_eq!(refund.amount.0, self.paper.take_back(id, &back).iter().sum::<i64>());
        Ok(())
    }

    /// Exchanges part of an order for other goods, the difference in cash.
    async fn exchange(&mut self) -> Result<()> {
        let Some((id, back, refund)) = self.back() else { return Ok(()) };
        let goods = Wish { coupon: false, points: 0, wallet: 0, ..self.wish() };
        let wish = Wish { member: self.paper.orders[&id].member, ..goods };
        // On paper first: where there is not enough in stock, the paper before it holds.
        let before = self.paper.clone();
        let mut returned = before.clone();
        returned.take_back(id, &back);
        let in_stock = returned.holds(&wish);
        let new = self.world.cx().uuid();
        let (total, paid) = self.paper.exchange(id, &back, new, &wish);
        let mut payments = vec![Payment { tender: Tender::Cash, amount: Money(paid), refunded: Money::ZERO }];
        payments.retain(|payment| payment.amount.is_positive());
        let sale = Checkout { id: new.into(), ..self.cart(&wish, payments, total) };
        let ask = ExchangeAsk { id: self.world.cx().id::<ExchangeId>(), refund, sale };
        match self.world.exchange(&ask).await {
            Ok(made) => {
                assert!(in_stock, "the paper says no: {ask:?}");
                assert_eq!((made.order.total.0, made.exchange.paid.0), (total, paid));
                self.same_slip(&made.order);
            }
            Err(error) => {
                assert!(!in_stock, "the paper says yes, the shop {error}: {ask:?}");
                assert_eq!(error.code(), "stock_insufficient");
                self.paper = before;
            }
        }
        Ok(())
    }

    /// From now on the shop is taxed like this.
    async fn tax(&mut self, number: u64) {
        let mode = TaxMode::ALL[usize::try_from(number).unwrap() % TaxMode::ALL.len()];
        let rate = *self.world.pick(&[0, 300, 900, 1_300]);
        self.paper.tax = Tax { mode, rate };
        let input = (self.world.cx(), TaxPolicy { mode, rate: Rate(rate) });
        self.world.app.db().write(&input, |tx, (cx, tax)| Box::pin(setting::ops::put(tx, cx, tax))).await.unwrap();
    }

    async fn adjust(&mut self) -> Result<()> {
        let member = usize::try_from(self.world.below(MEMBERS as u64)).unwrap();
        let kind = *self.world.pick(&[AccountKind::Points, AccountKind::Principal, AccountKind::Bonus]);
        let amount = i64::try_from(self.world.below(2_000)).unwrap() - 700;
        if amount == 0 {
            return Ok(());
        }
        let cx = self.world.cx();
        let terms = LotTerms { available_at: Instant(0), expires: None };
        let id = self.world.stall.members[member].member.0;
        let adjustment = Adjustment { id: cx.uuid(), member: id, kind, amount, terms, store: None, reason: "盘点".to_owned() };
        let outcome = self.world.app.db().write(&(&cx, adjustment), |tx, (cx, adjustment)| Box::pin(adjust(tx, cx, adjustment))).await;
        let purse = &mut self.paper.purses[member];
        let held = match kind {
            AccountKind::Points => &mut purse.points,
            AccountKind::Principal => &mut purse.principal,
            _ => &mut purse.bonus,
        };
        match outcome {
            Ok(_) => {
                assert!(*held + amount >= 0 || amount > 0);
                *held += amount;
            }
            Err(error) => {
                assert_eq!(error.code(), "balance_insufficient");
                assert!(*held + amount < 0, "the paper has {held}, {amount} were refused");
            }
        }
        Ok(())
    }

    /// Compares everything with the paper.
    async fn compare(&self) {
        let cx = self.world.cx();
        for (customer, purse) in self.world.stall.members.iter().zip(&self.paper.purses) {
            let member = customer.member.0;
            let held =
                self.world.app.db().read(&(&cx, member), |tx, (cx, member)| Box::pin(holdings(tx, cx, *member, false))).await.unwrap();
            let balance = |kind| held.balance(kind).balance;
            let has = (
                balance(AccountKind::Points) + balance(AccountKind::PointsDebt),
                balance(AccountKind::Principal),
                balance(AccountKind::Bonus),
            );
            assert_eq!(has, (purse.points, purse.principal, purse.bonus), "{member}");
            assert_eq!(held.available(AccountKind::Points, cx.now), purse.points.max(0));
        }
        let named = self.world.holdings().await;
        for (variant, left) in self.world.stall.variants.iter().zip(&self.paper.stock) {
            assert_eq!(named.get(&format!("stock {variant}")).copied().unwrap_or(0), *left);
        }
        for (customer, purse) in self.world.stall.members.iter().zip(&self.paper.purses) {
            assert_eq!(named.get(&format!("coupon {}", customer.coupon)).copied().unwrap_or(0), purse.coupon);
        }
        let cash = named.get(&format!("sum cash {}", self.world.stall.store)).copied().unwrap_or(0);
        assert_eq!(-cash, self.paper.tills.get(&Tender::Cash).copied().unwrap_or(0));
    }

    async fn run(&mut self, operations: u64) {
        for number in 0..operations {
            self.world.app.advance_ms(1_000);
            if number % TAX_EVERY == 0 {
                self.tax(number / TAX_EVERY).await;
            }
            match self.world.below(100) {
                0..=64 => self.sell().await.unwrap(),
                65..=86 => self.take_back().await.unwrap(),
                87..=94 => self.exchange().await.unwrap(),
                _ => self.adjust().await.unwrap(),
            }
            if number % 250 == 0 {
                self.compare().await;
            }
        }
        self.compare().await;
        self.world.verify().await;
    }
}

async fn simulate(kind: Kind) {
    let seed = std::env::var("SHUKE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_122);
    println!("simulation with SHUKE_SEED={seed}");
    let operations = if std::env::var_os("SHUKE_SOAK").is_some() { 100 * OPERATIONS } else { OPERATIONS };
    Simulation::found(kind, seed).await.run(operations).await;
}

#[test]
fn the_shop_and_the_paper_agree_on_sqlite() {
    shuke_testkit::run(simulate(Kind::Sqlite));
}

#[test]
fn the_shop_and_the_paper_agree_on_postgres() {
    shuke_testkit::run(simulate(Kind::Postgres));
}
