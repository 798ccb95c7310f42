//! Selling anything and then refunding everything, in any order and any split, leaves every
//! balance, lot, coupon, stock and tier as it was.

use crate::world::{World, expected};
use shuke_sales::order::Order;
use shuke_testkit::Kind;

/// Histories on each database; `SHUKE_SOAK` makes them 5,000.
fn histories() -> u64 {
    if std::env::var_os("SHUKE_SOAK").is_some() { 5_000 } else { 25 }
}

async fn history(kind: Kind, seed: u64) {
    let world = World::found(kind, seed).await;
    let before = world.holdings().await;
    let mut orders: Vec<Order> = Vec::new();
    for _ in 0..world.below(6) + 2 {
        world.app.advance_ms(60_000);
        let cart = world.cart().await.unwrap();
        match world.sell(&cart).await {
            Ok(order) => {
                explained(&world, &order).await;
                orders.push(order);
            }
            Err(error) => assert!(expected(&error), "{error}"),
        }
        if world.below(2) == 0 {
            world.app.step().await;
        }
        // Some of it comes back at once, in the middle of the other sales.
        match world.below(6) {
            0 => take_back_some(&world, &mut orders).await,
            1 | 2 => swap_some(&world, &mut orders).await,
            _ => {}
        }
    }
    world.app.step().await;
    let mut guard = 0;
    while !orders.is_empty() {
        world.app.advance_ms(60_000);
        take_back_some(&world, &mut orders).await;
        guard += 1;
        assert!(guard < 1_000, "the refunds never end");
    }
    world.app.step().await;
    world.verify().await;
    let after = world.holdings().await;
    let lost: Vec<_> = before.iter().filter(|(name, value)| after.get(*name) != Some(value)).collect();
    let gained: Vec<_> = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).collect();
    assert!(lost.is_empty() && gained.is_empty(), "before {lost:#?}\nafter {gained:#?}");
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

async fn all(kind: Kind) {
    for number in 0..histories() {
        let seed = std::env::var("SHUKE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(number * 7_919 + 1);
        println!("history with SHUKE_SEED={seed}");
        history(kind, seed).await;
    }
}

#[test]
fn everything_refunded_is_as_before_on_sqlite() {
    shuke_testkit::run(all(Kind::Sqlite));
}

#[test]
fn everything_refunded_is_as_before_on_postgres() {
    shuke_testkit::run(all(Kind::Postgres));
}
