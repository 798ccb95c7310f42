//! Checkout: from a cart to an order that is paid, in one transaction.

use super::model::{Checkout, Order, OrderLine, Payment, Tender, number};
use super::prepaid::PaidBefore;
use super::promise::Promise;
use super::store;
use crate::book::Books;
use crate::exchange::model::{Carried, carry, with_difference};
use crate::kit::line_parts;
use crate::product::ForSale;
use crate::quote::facts::{Ask, Facts, gather};
use crate::stock::{self, Movement, MovementKind};
use crate::tax::TaxedLine;
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Money, Points, Rate, Result};
use shuke_ledger::{Account, AccountKind, Journal};
use shuke_loyalty::coupon::{Coupon, CouponId};
use shuke_loyalty::points::{self, Earned};
use shuke_loyalty::points_kind::KindEarned;
use shuke_loyalty::points_kind::ops::Told;
use shuke_loyalty::redemption::{self, OrderUse};
use shuke_loyalty::wallet::WalletParts;
use shuke_member::group;
use shuke_member::pin::Proven;
use shuke_offer::offer::{Granted, usage};
use shuke_offer::price::{Cart, CartLine, CouponChoice, PaidBy, PointsChoice, Quote, applied, earn_within};
use shuke_org::{StaffId, staff};

/// What was sold, and what is still to be taken from stock for it.
pub(crate) struct Sold {
    pub(crate) order: Order,
    pub(crate) movements: Vec<Movement>,
    pub(crate) carried: Carried,
}

/// Sells a cart.
///
/// Errors: those of the facts (`member_not_found`, `variant_off_sale`, …); `till_not_found` and
/// `till_elsewhere`; `staff_unknown`; `price_changed` where the
/// total is not the one that the customer was shown; `coupon_not_usable` and `points_not_usable` where
/// what was chosen does not apply; `payments_mismatch`, `wallet_insufficient`, `balance_insufficient`,
/// `points_kind_unknown`, `kit_not_whole`, `stock_insufficient`, `coupon_used`, `gift_not_earned`, `offer_budget_exhausted`, `offer_member_limit`;
/// `sales_order_pkey` where the order's id is taken;
/// `user_not_allowed` and `identity_needed` where somebody else spends, or a proof is asked for.
pub async fn checkout(tx: &mut Tx, cx: &Cx, books: &Books, input: &Checkout) -> Result<Order> {
    checkout_proven(tx, cx, books, input, Proven::NO).await
}

/// The same with what a proof of identity has shown.
pub async fn checkout_proven(tx: &mut Tx, cx: &Cx, books: &Books, input: &Checkout, proven: Proven) -> Result<Order> {
    let Sold { order, movements, .. } = sell(tx, cx, books, input, proven, None, None).await?;
    stock::ops::post(tx, cx, order.store, &movements).await?;
    Ok(order)
}

/// Sells a cart, but for its stock: an exchange moves that together with what came back, and what it
/// gave back (`back`) pays first. A promise stands in the place of the price, and of what guards a sale
/// before it is made: it was made.
pub(crate) async fn sell(
    tx: &mut Tx,
    cx: &Cx,
    books: &Books,
    input: &Checkout,
    proven: Proven,
    back: Option<&[Payment]>,
    promise: Option<&Promise>,
) -> Result<Sold> {
    user_may(tx, cx, input).await?;
    let wallet = input.payments.iter().chain(back.unwrap_or_default()).any(|payment| payment.tender.account().is_none());
    let lock = wallet || !input.prepaid.is_empty() || !matches!(input.points, PointsChoice::None);
    let ask = asked_of(input, lock, promise.is_some());
    let mut facts = gather(tx, cx, books, &ask).await?;
    input.till.map_or(Ok(()), |till| facts.book.till_in(till, input.store))?;
    if promise.is_none() {
        facts.book.shift_allows(input.till, input.channel, facts.shift)?;
        sellers(tx, cx, input).await?;
    }
    let mut before = PaidBefore::read(tx, cx, &mut facts, (input.store, &input.lines), &input.prepaid).await?;
    let priced = promise.map_or_else(|| facts.price(cx, &ask), Promise::quote)?;
    let quote = before.whole(&priced).unwrap_or_else(|| priced.clone());
    let taxed = before.taxed(facts.taxed(&quote)?);
    let total = Facts::payable(&quote, &taxed)?;
    promise.map_or_else(|| agreed(input, &quote, total), |_| Ok(()))?;
    let due = Money(total.0 - before.total()?.0);
    let carried = carry(back.unwrap_or_default(), due)?;
    let asked = if back.is_some() { with_difference(&carried, &input.payments, due)? } else { input.payments.clone() };
    let mut payments = payments(cx, &asked, &facts, due)?;
    payments.extend(before.payments()?);
    let paid = paid_by(&payments)?;
    facts.book.identity.check(paid.principal.plus(paid.bonus)?, quote.points.spent, proven.holds() || promise.is_some())?;
    let paid = paid.without_tax(priced.total)?;
    let mut room = points::ops::room(tx, cx, &facts.book.loyalty, input.member, true).await?;
    let mut earned = {
        let settings = facts.price_cx(cx, &ask);
        earn_within(&priced, &facts.cart, facts.view.as_ref(), paid, &facts.book.loyalty.earn, Rate::WHOLE, &settings, &mut room)?
    };
    points::ops::wait(&facts.book.loyalty, facts.zone.date(cx.now), &mut earned);
    before.whole_earned(&mut earned);
    let mut kinds = facts.earn_kinds(cx, &ask, &priced, paid)?;
    kinds.iter_mut().for_each(|kind| before.whole_earned(&mut kind.earned));
    let offers = applied(&priced, &facts.book.offers, &facts.price_cx(cx, &ask));
    let mut order = Order { offers, ..order(cx, input, &facts, Priced { quote, taxed, total }, payments, &earned)? };
    before.mark(&mut order);
    for (line, promised) in order.lines.iter_mut().zip(promise.iter().flat_map(|promise| &promise.lines)) {
        line.unit_price = promised.unit_price;
    }
    let mut journal = journal(cx, &mut facts, &order, &earned)?;
    before.spend(cx, &mut journal, &mut facts.holdings, order.store)?;
    // First, so that an id that is taken is told as that, and not by the first transfer.
    tx.queue_both(store::insert_stmt(cx, &[&order])?, store::insert_lines_stmt(cx.merchant, &[&order])?).await?;
    before.book(tx, cx, &mut facts, &order).await?;
    let holders: Vec<_> = before.holders(&facts.holdings).into_iter().chain(&facts.purse).collect();
    journal.post(tx, cx, &holders).await?;
    let uses = points::ops::uses(&facts.book.loyalty, &room, &earned, order.own_points_spent());
    points::ops::count(tx, cx, &facts.book.loyalty, input.member, order.id.0, &uses).await?;
    use_coupons(tx, cx, &facts, &order).await?;
    usage::take(tx, cx, order.id.0, order.member.map(|member| member.0), &order.offers).await?;
    let movements = movements(&facts.goods, &order, promise.is_some())?;
    event::append(tx, cx, &[completed(&order, &facts, &kinds)]).await?;
    Ok(Sold { order, movements, carried })
}

/// What a sale asks the shop's facts for.
fn asked_of(input: &Checkout, lock: bool, made: bool) -> Ask<'_> {
    Ask {
        store: input.store,
        member: input.member,
        channel: input.channel,
        lines: &input.lines,
        coupons: &input.coupons,
        points: input.points,
        points_kind: input.points_kind,
        order: Some(input.id.0),
        lock,
        till: input.till,
        all_coupons: false,
        made,
    }
}

/// Who is named as a seller works in the store; asked only where somebody is.
async fn sellers(tx: &mut Tx, cx: &Cx, input: &Checkout) -> Result<()> {
    let mut ids: Vec<StaffId> = input.lines.iter().filter_map(|line| line.seller).map(StaffId).collect();
    ids.sort_unstable_by_key(|id| id.0);
    ids.dedup();
    if ids.is_empty() { Ok(()) } else { staff::ops::must_work(tx, cx, &ids, input.store).await }
}

/// Whoever is there for a member belongs to the member's group or shares a card.
async fn user_may(tx: &mut Tx, cx: &Cx, input: &Checkout) -> Result<()> {
    match (input.member, input.identity.used_by) {
        (_, None) => Ok(()),
        (Some(member), Some(person)) if member == person => Ok(()),
        (Some(member), Some(person)) => group::ops::may_use(tx, cx, member, person).await,
        (None, Some(_)) => Err(Error::refused("member_needed", "say whose card is used; identify the member first")),
    }
}

/// Holds what was promised against what was priced.
fn agreed(input: &Checkout, quote: &Quote, total: Money) -> Result<()> {
    if let Some(expected) = input.expected_total.filter(|expected| *expected != total) {
        return Err(Error::conflict(
            "price_changed",
            format!("the total is {total} now, the customer was shown {expected}; show the new price and ask again"),
        ));
    }
    if let CouponChoice::Selected { coupons } = &input.coupons {
        for (index, chosen) in coupons.iter().enumerate() {
            let quoted = quote.coupons.iter().find(|quoted| quoted.coupon == *chosen);
            if quoted.is_none_or(|quoted| quoted.why_not.is_some()) {
                let why = quoted.and_then(|quoted| quoted.why_not).and_then(|why| serde_json::to_string(&why).ok());
                let why = why.unwrap_or_else(|| r#"{"code":"not_found"}"#.to_owned());
                return Err(Error::refused("coupon_not_usable", "a chosen coupon can't be used on this cart; take it off and try again")
                    .field(format!("/coupons/coupons/{index}"), "coupon_not_usable", why));
            }
        }
    }
    gifts_earned(input, quote)?;
    match input.points {
        PointsChoice::Exact { points } if points != quote.points.spent => Err(Error::refused(
            "points_not_usable",
            format!("{points} points can't be spent on this cart, at most {} can", quote.points.points_max),
        )),
        _ => Ok(()),
    }
}

/// A line that is named as a gift must be one.
fn gifts_earned(input: &Checkout, quote: &Quote) -> Result<()> {
    for (index, line) in input.lines.iter().enumerate() {
        let Some(offer) = line.gift else { continue };
        let verdict = quote.offers.iter().find(|verdict| verdict.offer == offer);
        let given = verdict.is_some_and(|verdict| verdict.applied && verdict.gifts.is_some());
        if !given || quote.lines.get(index).is_none_or(|line| line.net.is_positive()) {
            return Err(Error::refused("gift_not_earned", "a line is no gift of its offer on this cart; take it off, or sell it").field(
                format!("/lines/{index}/gift"),
                "gift_not_earned",
                "ask for the price again: it says which gifts can be chosen",
            ));
        }
    }
    Ok(())
}

/// The payments as the order keeps them: the wallet split into its parts, nothing of zero.
fn payments(cx: &Cx, given: &[Payment], facts: &Facts, total: Money) -> Result<Vec<Payment>> {
    let asked = Money::sum(given.iter().map(|payment| payment.amount))?;
    if asked != total || given.iter().any(|payment| !payment.amount.is_positive()) {
        return Err(Error::refused("payments_mismatch", format!("the payments come to {asked}, the total is {total}; they must be equal")));
    }
    let mut out: Vec<Payment> = Vec::with_capacity(given.len() + 1);
    let mut push = |tender, amount: Money| {
        if amount.is_positive() {
            out.push(Payment { tender, amount, refunded: Money::ZERO });
        }
    };
    let wallet = Money::sum(given.iter().filter(|payment| payment.tender == Tender::Wallet).map(|payment| payment.amount))?;
    for payment in given {
        match payment.tender {
            Tender::Wallet => {}
            Tender::Principal | Tender::Bonus | Tender::Pass | Tender::GiftCard => {
                return Err(Error::invalid(
                    "tender_not_asked_for",
                    "pay with wallet, and with passes and gift cards under prepaid; the parts follow from that",
                ));
            }
            tender => push(tender, payment.amount),
        }
    }
    if wallet.is_positive() {
        if facts.view.is_none() {
            return Err(Error::refused("member_needed", "the wallet needs a member; identify the member first"));
        }
        let held = |kind| Money(facts.holdings.available(kind, cx.now));
        let balance = WalletParts { principal: held(AccountKind::Principal), bonus: held(AccountKind::Bonus) };
        let parts = facts.book.loyalty.wallet.split(wallet, balance)?;
        push(Tender::Principal, parts.principal);
        push(Tender::Bonus, parts.bonus);
    }
    Ok(out)
}

pub(crate) fn paid_by(payments: &[Payment]) -> Result<PaidBy> {
    let mut paid = PaidBy::default();
    for payment in payments {
        let part = match payment.tender {
            Tender::Principal => &mut paid.principal,
            // Lines that a pass pays are not among those that earn. A gift card earned nothing when it was sold: here it is money.
            Tender::Pass => continue,
            Tender::Bonus => &mut paid.bonus,
            _ => &mut paid.money,
        };
        *part = part.plus(payment.amount)?;
    }
    Ok(paid)
}

/// A priced cart with its tax.
struct Priced {
    quote: Quote,
    taxed: Vec<TaxedLine>,
    total: Money,
}

fn line(input: &Checkout, index: usize, good: &ForSale, priced: &Priced, earned: &Earned) -> Result<OrderLine> {
    let quoted = priced.quote.lines.get(index).copied();
    let tax = priced.taxed.get(index).copied().unwrap_or_default();
    let asked = input.lines.get(index);
    let (quantity_milli, net) = (asked.map_or(0, |line| line.quantity_milli), quoted.map_or(Money::ZERO, |line| line.net));
    let parts = line_parts(&good.parts, quantity_milli, net)?;
    Ok(OrderLine {
        line: i64::try_from(index).unwrap_or(i64::MAX),
        product: good.product.0,
        variant: good.variant.0,
        name: good.full_name(),
        sku: good.sku.clone(),
        quantity_milli,
        unit_price: good.price,
        gross: quoted.map_or(Money::ZERO, |line| line.gross),
        shares: quoted.map(|line| line.shares).unwrap_or_default(),
        net,
        points_earned: earned.lines.get(index).copied().unwrap_or(Points::ZERO),
        cost: good.cost,
        tracked: good.track_stock && !good.is_kit,
        refunded_milli: 0,
        pass: None,
        tax_rate: tax.rate,
        tax: tax.tax,
        tax_added: tax.added,
        seller: asked.and_then(|line| line.seller),
        parts,
    })
}

fn order(cx: &Cx, input: &Checkout, facts: &Facts, priced: Priced, payments: Vec<Payment>, earned: &Earned) -> Result<Order> {
    let lines = facts.goods.iter().enumerate();
    Ok(Order {
        id: input.id,
        number: number(cx.now, &facts.zone, input.id),
        store: input.store,
        till: input.till,
        member: input.member,
        used_by: input.identity.used_by.filter(|person| Some(*person) != input.member),
        channel: input.channel,
        at: cx.now,
        date: facts.zone.date(cx.now),
        lines: lines.map(|(index, good)| line(input, index, good, &priced, earned)).collect::<Result<_>>()?,
        gross: priced.quote.gross,
        tax: Money::sum(priced.taxed.iter().map(|line| line.tax))?,
        tax_mode: facts.book.tax.mode,
        points_spent: priced.quote.points.spent,
        points_kind: input.points_kind.filter(|_| priced.quote.points.spent.is_positive()),
        savings: priced.quote.savings,
        offers: Vec::new(),
        total: priced.total,
        payments,
        points_earned: earned.points,
        refunded: Money::ZERO,
        refunds: 0,
        points_returned: Points::ZERO,
        points_clawed: Points::ZERO,
    })
}

/// What the order moves: payments into revenue, points spent, points earned.
fn journal(cx: &Cx, facts: &mut Facts, order: &Order, earned: &Earned) -> Result<Journal> {
    let mut journal = Journal::new("sale", order.id.0, Some(order.store)).in_shift(facts.shift);
    let revenue = Account::of(AccountKind::Revenue, order.store);
    let holdings = &mut facts.holdings;
    if order.points_spent.is_positive() {
        let from = facts.purse.as_mut().unwrap_or(holdings);
        let redeemed = from.shop(AccountKind::PointsRedeemed);
        journal.spend(cx, from, AccountKind::Points, order.points_spent.0, redeemed, "points_as_money")?;
    }
    let holdings = &mut facts.holdings;
    for payment in &order.payments {
        match (payment.tender.wallet_part(), payment.tender.account()) {
            (Some(part), _) => journal.spend(cx, holdings, part, payment.amount.0, revenue, "paid")?,
            (None, Some(account)) => journal.transfer(Account::of(account, order.store), revenue, payment.amount.0, "paid")?,
            (None, None) if payment.tender.is_before() => {}
            (None, None) => return Err(Error::internal("a payment without an account")),
        }
    }
    if earned.points.is_positive() {
        let terms = points::ops::lot_terms(&facts.book.loyalty, cx.now, earned, &facts.zone);
        journal.grant(cx, holdings, AccountKind::Points, earned.points.0, Account::merchant(AccountKind::PointsIssued), terms, "earned")?;
    }
    Ok(journal)
}

/// The coupons that an order used, in the order in which their rows are locked.
pub(crate) fn coupons_used(order: &Order) -> Vec<CouponId> {
    let coupon =
        |saving: &shuke_offer::price::Saving| (saving.stage == shuke_offer::price::PriceStage::Coupon).then_some(saving.source).flatten();
    let mut ids: Vec<CouponId> = order.savings.iter().filter_map(coupon).map(CouponId).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

async fn use_coupons(tx: &mut Tx, cx: &Cx, facts: &Facts, order: &Order) -> Result<()> {
    let Some(member) = order.member else { return Ok(()) };
    let ids = coupons_used(order);
    let used: Vec<&Coupon> = ids.iter().filter_map(|id| facts.coupons.iter().find(|coupon| coupon.id == *id)).collect();
    let of = OrderUse { order: order.id.0, member: member.0, store: order.store, today: order.date };
    redemption::use_in_order(tx, cx, of, &used).await
}

/// What the order takes from stock.
fn movements(goods: &[ForSale], order: &Order, made: bool) -> Result<Vec<Movement>> {
    if let Some(index) = goods.iter().position(ForSale::never_stocked).filter(|_| !made) {
        return Err(Error::refused(
            "stock_insufficient",
            format!("{} was never in stock here; receive it first", goods[index].product_name),
        )
        .field(format!("/lines/{index}"), "stock_insufficient", "receive stock, or take the line off"));
    }
    let mut movements = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        movements.extend(line.stock(0, line.quantity_milli)?.into_iter().map(|part| Movement {
            source: order.id.0,
            line: part.line,
            kind: MovementKind::Sale,
            store: order.store,
            variant: part.variant,
            delta_milli: -part.quantity_milli,
            unit_cost: part.cost,
        }));
    }
    Ok(movements)
}

/// The coupons that the order's offers bring: what the reader issues.
fn granted(order: &Order) -> Vec<Granted> {
    let grants = order.offers.iter().filter_map(|applied| applied.coupons.as_ref());
    grants.map(|grant| Granted { template: grant.template, count: grant.count }).collect()
}

/// What the order earned of further kinds of points: what the reader books.
pub(crate) fn told_kinds(order: &Order, kinds: &[KindEarned]) -> serde_json::Value {
    let sold: Vec<(i64, i64)> = order.lines.iter().map(|line| (line.line, line.quantity_milli)).collect();
    kinds.iter().map(|kind| serde_json::json!(Told::of(kind, &sold))).collect()
}

/// The lines of an order as stamp cards look at them. The cart is without those that passes paid: they earn nothing here either.
pub(crate) fn told_lines(order: &Order, cart: &Cart) -> serde_json::Value {
    let line = |(sold, cart): (&OrderLine, &CartLine)| {
        let item = cart.item();
        serde_json::json!({
            "line": sold.line, "product": item.product, "variant": item.variant, "categories": item.categories,
            "special": item.special, "quantity_milli": sold.quantity_milli, "net": sold.net,
        })
    };
    order.lines.iter().filter(|sold| sold.pass.is_none()).zip(&cart.lines).map(line).collect()
}

/// The lines are told only where the merchant's rules need them: stamp cards.
fn completed(order: &Order, facts: &Facts, kinds: &[KindEarned]) -> Event {
    let mut payload = serde_json::json!({
        "order": order.id, "member": order.member, "store": order.store, "date": order.date, "amount": order.total, "channel": order.channel,
        "points_spent": order.own_points_spent(),
        "coupons": granted(order),
    });
    if !kinds.is_empty() {
        payload["kinds"] = told_kinds(order, kinds);
    }
    if facts.book.loyalty.wants_lines {
        payload["lines"] = told_lines(order, &facts.cart);
    }
    Event::new("sale.completed", order.id, &payload)
}
