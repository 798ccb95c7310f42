//! Counting, and reading the first page.

use super::card;
use super::model::{Alerts, DayFigures, Ending, Figures, GoodsFigures, LowStock, OpenShift, OrderSums, Overall, Reach, StoreFigures};
use super::store::{self, BuyerKey, GoodsKey, HourKey, Scope};
use crate::order::import::{PastKind, PastOrder};
use crate::report::{Period, consumed, ops::scope, received, sold};
use crate::{product, shift, stock};
use shuke_db::Tx;
use shuke_http::Caller;
use shuke_kernel::{Cx, Date, Error, MerchantId, Money, Result, Uuid, Zone};
use shuke_ledger::day::{self, DayRow};
use shuke_ledger::lot;
use shuke_member::MemberId;
use shuke_member::consent;
use shuke_member::member::store as members;
use shuke_org::{merchant, store as stores};
use std::collections::{BTreeMap, HashMap};

/// Products of the first page.
const GOODS_MAX: i64 = 10;
/// Variants that run low, of the first page.
const LOW_MAX: i64 = 20;
/// What ends within so long is told.
const ENDING_MS: i64 = 30 * 86_400_000;

/// Counts all orders of members again, after orders were given from one to another.
pub(crate) async fn recount(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<()> {
    let mut sorted = members.to_vec();
    sorted.sort_unstable();
    for member in sorted {
        store::recount_all(tx, merchant, member.0).await?;
    }
    Ok(())
}

/// What past orders and returns add to the figures of stores and goods.
#[derive(Debug)]
pub struct PastSums {
    zones: HashMap<Uuid, Zone>,
    hours: BTreeMap<HourKey, OrderSums>,
    goods: BTreeMap<GoodsKey, (i64, i64)>,
}

impl PastSums {
    /// Nothing yet.
    pub async fn begin(tx: &mut Tx, cx: &Cx) -> Result<Self> {
        let zones = stores::ops::zones(tx, cx.merchant).await?.into_iter().map(|(id, zone)| (id.0, zone)).collect();
        Ok(Self { zones, hours: BTreeMap::new(), goods: BTreeMap::new() })
    }

    /// Adds an order or a return.
    pub fn add(&mut self, order: &PastOrder) -> Result<()> {
        let (day, store) = (order.date, order.store.0);
        let new = i64::from(order.before.is_none());
        let amount = order.added()?;
        let hour = self.zones.get(&store).map_or(0, |zone| i64::from(zone.local(order.at).hour()));
        let sums = self.hours.entry((day, store, hour)).or_default();
        let sign = match order.kind {
            PastKind::Sale => {
                sums.orders += new;
                sums.amount = sums.amount.plus(amount)?;
                1
            }
            PastKind::Return => {
                sums.refunds += new;
                sums.refunded = sums.refunded.plus(amount)?;
                -1
            }
        };
        for line in &order.lines {
            let sum = self.goods.entry((day, store, line.product)).or_default();
            *sum = (sum.0 + sign * line.quantity_milli, sum.1 + sign * line.amount.0);
        }
        Ok(())
    }

    /// Writes them.
    pub async fn write(&self, tx: &mut Tx, cx: &Cx) -> Result<()> {
        store::add_hours(tx, cx.merchant, &self.hours).await?;
        store::add_goods(tx, cx.merchant, &self.goods).await
    }
}

/// Adds orders and returns of an import, in the transaction that writes them.
pub(crate) async fn add_past(tx: &mut Tx, cx: &Cx, orders: &[PastOrder]) -> Result<()> {
    let mut sums = PastSums::begin(tx, cx).await?;
    for order in orders {
        sums.add(order)?;
    }
    sums.write(tx, cx).await?;
    add_past_buyers(tx, cx, orders).await
}

/// Of these, what buyers bought.
pub(crate) async fn add_past_buyers(tx: &mut Tx, cx: &Cx, orders: &[PastOrder]) -> Result<()> {
    let mut buyers: BTreeMap<BuyerKey, (i64, i64)> = BTreeMap::new();
    for order in orders.iter().filter(|order| order.kind == PastKind::Sale) {
        let Some(member) = order.member else { continue };
        let sum = buyers.entry((member.0, order.date, order.store.0)).or_default();
        *sum = (sum.0 + i64::from(order.before.is_none()), sum.1 + order.added()?.0);
    }
    store::add_buyers(tx, cx.merchant, &buyers).await
}

/// The first page of a period.
///
/// Errors: `store_not_found`, `store_not_yours`.
pub async fn overall(tx: &mut Tx, caller: &Caller, period: Period, of: Option<Uuid>, low_milli: i64) -> Result<Overall> {
    let (cx, before) = (&caller.cx, period.before());
    let scope = scope(tx, caller, of).await?;
    let stores = scope.as_deref();
    let money = day::between(tx, cx.merchant, (before.from, period.to), stores).await?;
    let split = money.partition_point(|row| row.day < period.from);
    let (old, new) = money.split_at(split);
    let now = ((period.from, period.to), stores);
    let by_day = store::by_day(tx, cx.merchant, now).await?;
    let mut goods = store::best(tx, cx.merchant, now, GOODS_MAX).await?;
    name(tx, cx, &mut goods).await?;
    Ok(Overall {
        from: period.from,
        to: period.to,
        figures: figures(tx, cx, new, now).await?,
        before_from: before.from,
        before: figures(tx, cx, old, ((before.from, before.to), stores)).await?,
        days: days(tx, cx, period, stores, (new, &by_day)).await?,
        hours: store::by_hour(tx, cx.merchant, now).await?,
        stores: per_store(new, &by_day)?,
        goods,
        alerts: alerts(tx, cx, stores, low_milli).await?,
    })
}

/// Sold, prepaid value sold, received, consumed.
fn three(rows: &[DayRow]) -> Result<(Money, Money, Money, Money)> {
    let (mut goods, mut prepaid, mut money, mut used) = (Money::ZERO, Money::ZERO, Money::ZERO, Money::ZERO);
    for row in rows {
        if let Some((kind, amount)) = sold(row) {
            let place = if kind.is_prepaid() { &mut prepaid } else { &mut goods };
            *place = place.plus(Money(amount))?;
        }
        if let Some((_, _, amount)) = received(row) {
            money = money.plus(Money(amount))?;
        }
        if let Some((_, amount, false)) = consumed(row) {
            used = used.plus(Money(amount))?;
        }
    }
    Ok((goods, prepaid, money, used))
}

fn added(rows: impl Iterator<Item = OrderSums>) -> Result<OrderSums> {
    let mut all = OrderSums::default();
    for sums in rows {
        all.orders += sums.orders;
        all.undone += sums.undone;
        all.refunds += sums.refunds;
        all.amount = all.amount.plus(sums.amount)?;
        all.refunded = all.refunded.plus(sums.refunded)?;
    }
    Ok(all)
}

async fn figures(tx: &mut Tx, cx: &Cx, money: &[DayRow], scope: Scope<'_>) -> Result<Figures> {
    let (sold, prepaid_sold, received, consumed) = three(money)?;
    let orders = added(store::by_day(tx, cx.merchant, scope).await?.into_iter().map(|(_, _, sums)| sums))?;
    let buyers = store::buyers(tx, cx.merchant, scope).await?;
    let members = members::joined(tx, cx.merchant, scope.0, scope.1).await?;
    Figures { sold, prepaid_sold, received, consumed, ..Figures::default() }.with(orders, buyers, members)
}

type ByDay = [(Date, Uuid, OrderSums)];

async fn days(
    tx: &mut Tx,
    cx: &Cx,
    period: Period,
    stores: Option<&[Uuid]>,
    (money, orders): (&[DayRow], &ByDay),
) -> Result<Vec<DayFigures>> {
    let joined = members::joined_by_day(tx, cx.merchant, (period.from, period.to), stores).await?;
    let mut days = Vec::new();
    for date in period.each() {
        let from = money.partition_point(|row| row.day < date);
        let to = money.partition_point(|row| row.day <= date);
        let (sold, _, received, consumed) = three(money.get(from..to).unwrap_or_default())?;
        let orders = orders.iter().filter(|(day, ..)| *day == date).map(|(_, _, sums)| sums.orders).sum();
        let new_members = joined.iter().find(|(day, _)| *day == date).map_or(0, |(_, count)| *count);
        days.push(DayFigures { date, sold, received, consumed, orders, new_members });
    }
    Ok(days)
}

fn per_store(money: &[DayRow], orders: &ByDay) -> Result<Vec<StoreFigures>> {
    let mut rows: BTreeMap<Uuid, Vec<DayRow>> = BTreeMap::new();
    for row in money {
        if let Some(store) = row.store {
            rows.entry(store).or_default().push(row.clone());
        }
    }
    for (_, store, _) in orders {
        rows.entry(*store).or_default();
    }
    let one = |(store, rows): (Uuid, Vec<DayRow>)| {
        let (sold, _, received, consumed) = three(&rows)?;
        let own = orders.iter().filter(|(_, of, _)| *of == store).map(|(_, _, sums)| *sums);
        Ok(StoreFigures { store, sold, received, consumed, orders: added(own)? })
    };
    rows.into_iter().map(one).collect()
}

async fn name(tx: &mut Tx, cx: &Cx, goods: &mut [GoodsFigures]) -> Result<()> {
    if goods.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = goods.iter().map(|row| row.product).collect();
    let names = product::store::names(tx, cx.merchant, &ids).await?;
    for row in goods {
        row.name = names.get(&row.product).cloned().unwrap_or_default();
    }
    Ok(())
}

async fn alerts(tx: &mut Tx, cx: &Cx, stores: Option<&[Uuid]>, low_milli: i64) -> Result<Alerts> {
    let zone = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?;
    let (found, low_stock_count) = stock::store::low(tx, cx.merchant, stores, low_milli, LOW_MAX).await?;
    let variants: Vec<Uuid> = found.iter().map(|(_, variant, _)| *variant).collect();
    let known = product::store::stocked(tx, cx.merchant, &variants).await?;
    let low = |(store, variant, on_hand_milli): (Uuid, Uuid, i64)| {
        let (sku, name) = known.get(&variant).map_or_else(Default::default, |known| (known.sku.clone(), known.product_name.clone()));
        LowStock { store, variant, sku, name, on_hand_milli }
    };
    let left = shift::store::left_open(tx, cx.merchant, zone.start(zone.date(cx.now)), stores).await?;
    let open = |shift: shift::Shift| OpenShift {
        shift: shift.id.0,
        store: shift.store,
        till: shift.till,
        opened_at: shift.opened_at,
        opened_by: shift.opened_by,
    };
    let cards = card::alerts(tx, cx, zone.date(cx.now), stores).await?;
    let ending = lot::ending(tx, cx.merchant, (cx.now, cx.now.plus_ms(ENDING_MS)), stores).await?;
    Ok(Alerts {
        low_stock: found.into_iter().map(low).collect(),
        low_stock_count,
        open_shifts: left.into_iter().map(open).collect(),
        ending: ending.into_iter().map(|(kind, holders, amount)| Ending { kind, holders, amount }).collect(),
        cards,
    })
}

/// How many members can be reached, by channel.
///
/// Errors: `store_not_found`, `store_not_yours`.
pub async fn reach(tx: &mut Tx, caller: &Caller, of: Option<Uuid>) -> Result<Reach> {
    let cx = &caller.cx;
    let scope = scope(tx, caller, of).await?;
    let zone = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?;
    let today = zone.date(cx.now);
    let (members, _) = members::joined(tx, cx.merchant, (today, today), scope.as_deref()).await?;
    Reach::of(members, consent::ops::reachable(tx, cx, scope.as_deref()).await?)
}

/// An hour, as the figures count it.
pub(super) fn hour(zone: &Zone, at: shuke_kernel::Instant) -> i64 {
    i64::from(zone.local(at).hour())
}

/// An event that names something that is gone.
pub(super) fn gone(what: &str) -> Error {
    Error::internal(format!("{what} of an event is gone"))
}
