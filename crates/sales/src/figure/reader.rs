//! The reader that follows sales and refunds.

use super::model::OrderSums;
use super::{ops, store};
use crate::order::{Order, OrderId, OrderLine, store as orders};
use crate::refund::model::worth;
use crate::refund::store as refunds;
use serde::Deserialize;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::{Cx, Date, Money, Result, Uuid, Zone};
use shuke_member::MemberId;
use shuke_org::{StoreId, store as stores};
use std::collections::BTreeMap;

/// The name of the reader.
pub(super) const NAME: &str = "figure";

/// Counts sales and refunds, each once.
#[derive(Clone, Copy, Debug)]
pub struct FigureReader;

/// What of `member.merged` and `member.unmerged` is read here.
#[derive(Debug, Deserialize)]
struct MemberMerged {
    survivor: MemberId,
    absorbed: MemberId,
}

/// What of `sale.completed` is read here.
#[derive(Debug, Deserialize)]
struct Completed {
    order: OrderId,
    store: Uuid,
    date: Date,
    amount: Money,
    /// Told again, because a member claimed it.
    #[serde(default)]
    claimed: bool,
}

/// What of `sale.refunded` is read here.
#[derive(Debug, Deserialize)]
struct Refunded {
    order: OrderId,
    refund: Uuid,
    store: Uuid,
    date: Date,
    amount: Money,
    whole: bool,
    lines: Vec<RefundedLine>,
}

/// Until where a line was taken back with it.
#[derive(Debug, Deserialize)]
struct RefundedLine {
    line: i64,
    to_milli: i64,
}

impl Reader for FigureReader {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sale.completed" | "sale.refunded" | "member.merged" | "member.unmerged")
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            match event.kind.as_str() {
                "sale.completed" => completed(tx, cx, event).await,
                "sale.refunded" => refunded(tx, cx, event).await,
                // The merge counted both anew; a sale that was counted at that very moment may have missed it.
                _ => {
                    let merge: MemberMerged = event.read()?;
                    ops::recount(tx, cx.merchant, &[merge.survivor, merge.absorbed]).await
                }
            }
        })
    }
}

async fn zone(tx: &mut Tx, cx: &Cx, store: Uuid) -> Result<Zone> {
    stores::ops::show(tx, cx, StoreId(store)).await?.parsed_zone()
}

async fn order(tx: &mut Tx, cx: &Cx, id: OrderId) -> Result<Order> {
    orders::find(tx, cx.merchant, id, false, |_| Zone::utc()).await
}

async fn completed(tx: &mut Tx, cx: &Cx, event: &StoredEvent) -> Result<()> {
    let sale: Completed = event.read()?;
    let order = order(tx, cx, sale.order).await?;
    if !sale.claimed {
        let hour = ops::hour(&zone(tx, cx, sale.store).await?, event.at);
        let sums = OrderSums { orders: 1, amount: sale.amount, ..OrderSums::default() };
        store::add_hours(tx, cx.merchant, &BTreeMap::from([((sale.date, sale.store, hour), sums)])).await?;
        let mut goods = BTreeMap::new();
        for line in &order.lines {
            let sum: &mut (i64, i64) = goods.entry((sale.date, sale.store, line.product)).or_default();
            *sum = (sum.0 + line.quantity_milli, sum.1 + line.paid()?.0);
        }
        store::add_goods(tx, cx.merchant, &goods).await?;
    }
    buyer(tx, cx, &order).await
}

async fn refunded(tx: &mut Tx, cx: &Cx, event: &StoredEvent) -> Result<()> {
    let back: Refunded = event.read()?;
    let order = order(tx, cx, back.order).await?;
    let refund = refunds::find(tx, cx.merchant, back.refund).await?.ok_or_else(|| ops::gone("the refund"))?;
    let zone = zone(tx, cx, back.store).await?;
    let mut hours = BTreeMap::new();
    let sums = OrderSums { refunds: 1, refunded: back.amount, ..OrderSums::default() };
    hours.insert((back.date, back.store, ops::hour(&zone, event.at)), sums);
    if back.whole {
        hours.entry((order.date, order.store, ops::hour(&zone, order.at))).or_default().undone += 1;
    }
    store::add_hours(tx, cx.merchant, &hours).await?;
    let mut goods = BTreeMap::new();
    for line in &back.lines {
        let taken = refund.lines.iter().find(|taken| taken.line == line.line).ok_or_else(|| ops::gone("a refund's line"))?;
        let sold = order.lines.iter().find(|sold| sold.line == line.line).ok_or_else(|| ops::gone("an order's line"))?;
        // As the line was before this refund: its share of the money is the one that was given back.
        let before = OrderLine { refunded_milli: line.to_milli - taken.quantity_milli, ..sold.clone() };
        let amount = worth(&before, taken.quantity_milli)?.amount;
        let sum: &mut (i64, i64) = goods.entry((back.date, back.store, sold.product)).or_default();
        *sum = (sum.0 - taken.quantity_milli, sum.1 - amount.0);
    }
    store::add_goods(tx, cx.merchant, &goods).await?;
    buyer(tx, cx, &order).await
}

/// Counts the order's member anew on its day.
async fn buyer(tx: &mut Tx, cx: &Cx, order: &Order) -> Result<()> {
    match order.member {
        Some(member) => store::recount(tx, cx.merchant, (member.0, order.date, order.store)).await,
        None => Ok(()),
    }
}
