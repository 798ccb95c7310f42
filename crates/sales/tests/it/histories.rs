//! Selling anything and then refunding everything, in any order and any split, leaves every
//! balance, lot, coupon, stock and tier as it was.

use crate::life::Act;
use crate::world::{Holdings, World, expected};
use shuke_sales::order::Order;
use shuke_testkit::Kind;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Stalls on each database, and histories on each stall. `SHUKE_SOAK` makes them 10,000 histories on each.
fn sizes() -> (u64, u64) {
    let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (stalls, histories) = if std::env::var_os("SHUKE_SOAK").is_some() { (400, 25) } else { (40, 6) };
    (given("SHUKE_STALLS").unwrap_or(stalls), given("SHUKE_HISTORIES").unwrap_or(histories))
}

/// A history: sales and what else happens between them, and then all of it undone in any order.
async fn history(world: &mut World) {
    // Points that were given and given back are the same, but sit in other lots, or beside what is owed.
    let exact = world.below(4) > 0;
    let before = kept(world.holdings().await, exact);
    let (mut orders, mut acts): (Vec<Order>, Vec<Act>) = (Vec::new(), Vec::new());
    for _ in 0..world.below(4) + 1 {
        world.app.advance_ms(60_000);
        let cart = world.cart().await.unwrap();
        match world.sell(&cart).await {
            Ok(order) => {
                explained(world, &order).await;
                orders.push(order);
            }
            Err(error) => assert!(expected(&error), "{error}"),
        }
        if world.below(2) == 0 {
            world.app.step().await;
        }
        if world.below(2) == 0 {
            acts.extend(world.act(exact).await);
        }
        // Some of it comes back at once, in the middle of the other sales.
        match world.below(6) {
            0 => take_back_some(world, &mut orders).await,
            1 | 2 => swap_some(world, &mut orders).await,
            // A term that has begun is paid back by the day, so it isn't undone on another.
            3 if !acts.iter().any(|act| matches!(act, Act::Membership(_))) => world.app.advance_days(1),
            4 => undo_some(world, &mut acts).await,
            _ => {}
        }
    }
    world.app.step().await;
    let mut guard = 0;
    while !orders.is_empty() || !acts.is_empty() {
        world.app.advance_ms(60_000);
        take_back_some(world, &mut orders).await;
        undo_some(world, &mut acts).await;
        if world.below(4) == 0 {
            world.app.step().await;
        }
        guard += 1;
        assert!(guard < 1_000, "the refunds never end: {} orders, {acts:?}", orders.len());
    }
    world.app.step().await;
    let after = kept(world.holdings().await, exact);
    let lost: Vec<_> = before.iter().filter(|(name, value)| after.get(*name) != Some(value)).collect();
    let gained: Vec<_> = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).collect();
    assert!(lost.is_empty() && gained.is_empty(), "exact: {exact}, before {lost:#?}\nafter {gained:#?}");
    world.drawer_is_as_it_was().await;
}

/// What must come back: everything, or points by member, less what is owed, and everything else.
fn kept(holdings: Holdings, exact: bool) -> Holdings {
    if exact {
        return holdings;
    }
    let mut kept = Holdings::new();
    for (name, value) in holdings {
        match name.strip_prefix("balance points_debt ").or_else(|| name.strip_prefix("balance points ")) {
            Some(owner) => *kept.entry(format!("points {owner}")).or_default() += value,
            None if ["lot points ", "sum points ", "sum points_debt "].iter().any(|same| name.starts_with(same)) => {}
            None => *kept.entry(name).or_default() += value,
        }
    }
    kept.retain(|_, value| *value != 0);
    kept
}

async fn undo_some(world: &World, acts: &mut Vec<Act>) {
    if acts.is_empty() {
        return;
    }
    let index = usize::try_from(world.below(acts.len() as u64)).unwrap();
    if world.undo(&acts[index]).await {
        acts.swap_remove(index);
    }
}

/// Pricing an order again by what ran and what was held then gives its price. What budgets and limits
/// had left at that moment is not known any more.
async fn explained(world: &World, order: &Order) {
    let (limited, reasons) = world.reasons(order).await;
    let saved: i64 = reasons.stages.iter().map(|stage| stage.saved.0).sum();
    assert_eq!(reasons.gross.0 - saved + reasons.tax_added.0, reasons.total.0);
    assert!(limited || reasons.exact, "{order:#?}\n{reasons:#?}");
}

async fn take_back_some(world: &World, orders: &mut Vec<Order>) {
    if orders.is_empty() {
        return;
    }
    let index = usize::try_from(world.below(orders.len() as u64)).unwrap();
    let ask = world.part(&orders[index]);
    if ask.lines.is_empty() {
        return;
    }
    let refund = world.take_back(&ask).await.unwrap();
    let order = &mut orders[index];
    for back in &refund.lines {
        order.lines.iter_mut().find(|line| line.line == back.line).unwrap().refunded_milli += back.quantity_milli;
    }
    if order.is_undone() {
        orders.swap_remove(index);
    }
}

/// Something of an order is exchanged for other goods, which can come back later as any others.
async fn swap_some(world: &World, orders: &mut Vec<Order>) {
    if orders.is_empty() {
        return;
    }
    let index = usize::try_from(world.below(orders.len() as u64)).unwrap();
    let Some(ask) = world.swap(&orders[index]).await.unwrap() else { return };
    let made = match world.exchange(&ask).await {
        Ok(made) => made,
        // What comes back can earn an offer anew that the quote before it did not see.
        Err(error) => return assert!(expected(&error) || error.code() == "difference_mismatch", "{error}"),
    };
    assert_eq!(made.exchange.carried.0 + made.exchange.paid.0, made.order.total.0);
    let order = &mut orders[index];
    for back in &made.refund.lines {
        order.lines.iter_mut().find(|line| line.line == back.line).unwrap().refunded_milli += back.quantity_milli;
    }
    if order.is_undone() {
        orders.swap_remove(index);
    }
    orders.push(made.order);
}

/// A stall of its own, its histories one after another, and then everything verified.
async fn stall(kind: Kind, seed: u64, histories: u64) {
    println!("histories with SHUKE_SEED={seed}");
    let mut world = World::found(kind, seed).await;
    for _ in 0..histories {
        history(&mut world).await;
    }
    world.verify().await;
}

/// Takes stalls until there are none left, or another thread found that something is lost.
fn take_stalls(kind: Kind, next: &AtomicU64, stalls: u64, histories: u64) {
    let number = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < stalls);
    while let Some(number) = number() {
        let ended = catch_unwind(|| shuke_testkit::run(stall(kind, number * 7_919 + 1, histories)));
        if let Err(fault) = ended {
            next.store(stalls, Ordering::Relaxed);
            resume_unwind(fault);
        }
    }
}

/// Every stall, on as many threads as the machine has cores: a stall has a database of its own.
fn all(kind: Kind) {
    let (stalls, histories) = sizes();
    if let Some(seed) = std::env::var("SHUKE_SEED").ok().and_then(|text| text.parse().ok()) {
        return shuke_testkit::run(stall(kind, seed, histories));
    }
    let (begun, next) = (Instant::now(), AtomicU64::new(0));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(|| take_stalls(kind, &next, stalls, histories))).collect();
        for one in all {
            one.join().unwrap_or_else(|fault| resume_unwind(fault));
        }
    });
    println!("{} histories on {kind:?} ended where they began, in {} s", stalls * histories, begun.elapsed().as_secs());
}

#[test]
fn everything_refunded_is_as_before_on_sqlite() {
    all(Kind::Sqlite);
}

#[test]
fn everything_refunded_is_as_before_on_postgres() {
    all(Kind::Postgres);
}
