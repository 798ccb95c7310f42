//! Reading what reports are made of.

use super::model::{
    AGES, Aged, ConsumedRow, Liability, PREPAID, Period, PrepaidMovement, PrepaidMovementRow, ReceivedRow, Report, ReportBy, SoldRow,
    consumed_rows, liability, movement, received_rows, sold_rows,
};
use shuke_db::Tx;
use shuke_http::Caller;
use shuke_kernel::{Cx, Date, Money, Result, Uuid, time};
use shuke_ledger::day::{self, DayRow};
use shuke_ledger::lot;
use shuke_org::{StoreId, merchant, store as stores};
use std::collections::BTreeMap;

/// The stores that a report is about: none for all, and what happened at no store.
///
/// Errors: `store_not_found`, `store_not_yours`.
pub async fn scope(tx: &mut Tx, caller: &Caller, store: Option<Uuid>) -> Result<Option<Vec<Uuid>>> {
    let Some(store) = store else { return Ok(caller.stores.clone()) };
    stores::ops::show(tx, &caller.cx, StoreId(store)).await?;
    caller.may_in(store)?;
    Ok(Some(vec![store]))
}

/// The merchant's local day.
pub async fn today(tx: &mut Tx, cx: &Cx) -> Result<Date> {
    Ok(merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?.date(cx.now))
}

async fn days(tx: &mut Tx, caller: &Caller, period: Period, store: Option<Uuid>) -> Result<Vec<DayRow>> {
    let stores = scope(tx, caller, store).await?;
    day::between(tx, caller.cx.merchant, (period.from, period.to), stores.as_deref()).await
}

/// What was sold.
///
/// Errors: those of [`scope`].
pub async fn sold(tx: &mut Tx, caller: &Caller, period: Period, store: Option<Uuid>, by: ReportBy) -> Result<Report<SoldRow>> {
    let days = days(tx, caller, period, store).await?;
    Ok(Report { from: period.from, to: period.to, items: sold_rows(&days, period, by) })
}

/// What money came in.
///
/// Errors: those of [`scope`].
pub async fn received(tx: &mut Tx, caller: &Caller, period: Period, store: Option<Uuid>, by: ReportBy) -> Result<Report<ReceivedRow>> {
    let days = days(tx, caller, period, store).await?;
    Ok(Report { from: period.from, to: period.to, items: received_rows(&days, period, by) })
}

/// What prepaid value was used up.
///
/// Errors: those of [`scope`].
pub async fn consumed(tx: &mut Tx, caller: &Caller, period: Period, store: Option<Uuid>, by: ReportBy) -> Result<Report<ConsumedRow>> {
    let days = days(tx, caller, period, store).await?;
    Ok(Report { from: period.from, to: period.to, items: consumed_rows(&days, period, by) })
}

/// How the prepaid value of the whole merchant moved; the caller is bound to no stores.
pub async fn moved(tx: &mut Tx, cx: &Cx, period: Period) -> Result<Report<PrepaidMovementRow>> {
    let days = day::between(tx, cx.merchant, (period.from, period.to), None).await?;
    let mut items = Vec::with_capacity(PREPAID.len());
    for kind in PREPAID {
        let opening = Money(day::before(tx, cx.merchant, kind, period.from).await?);
        let movement: PrepaidMovement = movement(&days, kind, opening)?;
        items.push(PrepaidMovementRow { kind, movement });
    }
    Ok(Report { from: period.from, to: period.to, items })
}

/// What the shop owed for prepaid value when a local day of the merchant ended, by age.
///
/// Errors: those of [`scope`].
pub async fn owed(tx: &mut Tx, caller: &Caller, on: Date, store: Option<Uuid>) -> Result<Liability> {
    let cx = &caller.cx;
    let stores = scope(tx, caller, store).await?;
    let zone = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?;
    let until = zone.end(on);
    let since: Vec<_> = AGES.iter().map(|days| zone.start(time::add_days(on, -days))).collect();
    let mut aged: Vec<Aged> = lot::aged(tx, cx.merchant, (until, until > cx.now), &since).await?;
    if let Some(stores) = stores {
        aged.retain(|(issuer, ..)| issuer.is_some_and(|issuer| stores.contains(&issuer)));
    }
    Ok(liability(on, &aged))
}

/// The names of the stores.
pub async fn names(tx: &mut Tx, cx: &Cx) -> Result<BTreeMap<Uuid, String>> {
    let mut names = BTreeMap::new();
    let mut after = None;
    loop {
        let page = stores::ops::list(tx, cx, after, shuke_kernel::Limit::new(Some(200))?).await?;
        names.extend(page.items.iter().map(|store| (store.id.0, store.name.clone())));
        after = page.items.last().map(|store| store.id);
        if page.next.is_none() {
            return Ok(names);
        }
    }
}
