//! Winding clocks up, setting them back, and emptying what ended.

use super::store::{self, Clock, clock_read, clock_stmt};
use crate::book::ops::today as merchant_today;
use crate::points::{Activity, EarnPolicy, Inactivity, PointsExpiry};
use shuke_db::{Db, Tx};
use shuke_kernel::{Cx, Date, Result, Uuid, Zone, time};
use shuke_ledger::lot;
use shuke_org::{merchant, setting};

const OWNERS_PER_STEP_MAX: i64 = 100;

/// The policy of a merchant whose points end by inactivity.
pub(crate) async fn policy(tx: &mut Tx, cx: &Cx) -> Result<Option<Inactivity>> {
    Ok(match setting::ops::get::<EarnPolicy>(tx, cx.merchant).await?.expiry {
        PointsExpiry::Inactivity(policy) => Some(policy),
        _ => None,
    })
}

/// Takes activities of a cause into account.
pub(crate) async fn record(tx: &mut Tx, cx: &Cx, owner: Uuid, source: Uuid, activities: &[Activity], on: Date) -> Result<()> {
    let Some(policy) = policy(tx, cx).await? else { return Ok(()) };
    let counted: Vec<Activity> = activities.iter().copied().filter(|activity| policy.activities.contains(activity)).collect();
    if counted.is_empty() {
        return Ok(());
    }
    let clock = clock_read(&tx.rows(clock_stmt(cx.merchant, owner, true)).await?)?;
    // What ended before this activity, and no midnight has emptied yet, doesn't come back to life with it.
    if let Some(due) = clock.and_then(|clock| clock.due_on).filter(|due| *due < on) {
        lapse(tx, cx, owner, due).await?;
    }
    for activity in counted {
        tx.queue(store::record_stmt(cx.merchant, owner, source, activity, on)).await?;
    }
    wind(tx, cx, owner, &policy).await
}

/// A cause is undone: its activities no longer count, whoever has them by now.
pub(crate) async fn undo(tx: &mut Tx, cx: &Cx, source: Uuid) -> Result<()> {
    let Some(owner) = store::owner(tx, cx.merchant, source).await? else { return Ok(()) };
    if clock_read(&tx.rows(clock_stmt(cx.merchant, owner, true)).await?)?.is_none() {
        return Ok(());
    }
    tx.queue(store::undo_stmt(cx.merchant, owner, source)).await?;
    let months = policy(tx, cx).await?;
    match months {
        Some(policy) => wind(tx, cx, owner, &policy).await,
        None => stop(tx, cx, owner).await,
    }
}

/// Shows the latest activity, with no end: another policy is in force by now.
async fn stop(tx: &mut Tx, cx: &Cx, owner: Uuid) -> Result<()> {
    let stmt = match store::latest(tx, cx.merchant, owner).await? {
        Some(last_on) => store::put_stmt(cx.merchant, owner, Clock { last_on, due_on: None }),
        None => store::remove_stmt(cx.merchant, owner),
    };
    tx.queue(stmt).await
}

async fn wind(tx: &mut Tx, cx: &Cx, owner: Uuid, policy: &Inactivity) -> Result<()> {
    let stmt = match store::latest(tx, cx.merchant, owner).await? {
        Some(last_on) => {
            let due_on = Some(time::add_months(last_on, policy.months));
            store::put_stmt(cx.merchant, owner, Clock { last_on, due_on })
        }
        None => store::remove_stmt(cx.merchant, owner),
    };
    tx.queue(stmt).await
}

/// Counts the activities of one owner as another's: all, or those of these causes. Answers the causes.
pub(crate) async fn move_over(tx: &mut Tx, cx: &Cx, from: Uuid, to: Uuid, only: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let moved = store::move_all(tx, cx.merchant, from, to, only).await?;
    if moved.is_empty() {
        return Ok(moved);
    }
    let policy = policy(tx, cx).await?;
    for owner in [from.min(to), from.max(to)] {
        match &policy {
            Some(policy) => wind(tx, cx, owner, policy).await?,
            None => stop(tx, cx, owner).await?,
        }
    }
    Ok(moved)
}

/// Empties what an owner holds without an end of its own, and had when their last day ended.
async fn lapse(tx: &mut Tx, cx: &Cx, owner: Uuid, last_day: Date) -> Result<bool> {
    let zone: Zone = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?;
    lot::lapse(tx, cx, owner, zone.end(last_day)).await
}

/// Empties the points of members whose last day is over, in batches, each in a transaction of its own.
/// Safe to stop and to repeat. Returns how many members it touched.
pub async fn midnight(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    let mut touched = 0;
    loop {
        let (seen, some) = db.write(&(cx, today), |tx, (cx, today)| Box::pin(midnight_some(tx, cx, *today))).await?;
        touched += some;
        if seen == 0 {
            return Ok(touched);
        }
    }
}

async fn midnight_some(tx: &mut Tx, cx: &Cx, today: Date) -> Result<(u64, u64)> {
    let mut owners = store::due(tx, cx.merchant, today, OWNERS_PER_STEP_MAX).await?;
    let in_force = if owners.is_empty() { None } else { policy(tx, cx).await? };
    let mut touched = 0;
    owners.sort_unstable();
    for owner in &owners {
        // An activity may have wound it up meanwhile.
        let clock = clock_read(&tx.rows(clock_stmt(cx.merchant, *owner, true)).await?)?;
        let Some(last_day) = clock.and_then(|clock| clock.due_on).filter(|due| *due < today) else { continue };
        touched += u64::from(in_force.is_some() && lapse(tx, cx, *owner, last_day).await?);
        stop(tx, cx, *owner).await?;
    }
    Ok((owners.len() as u64, touched))
}

/// The member's clock, to be shown.
pub(crate) async fn show(tx: &mut Tx, cx: &Cx, owner: Uuid) -> Result<Option<Clock>> {
    clock_read(&tx.rows(clock_stmt(cx.merchant, owner, false)).await?)
}

/// The local day of a moment in the merchant's zone.
pub(super) async fn today(tx: &mut Tx, cx: &Cx) -> Result<Date> {
    merchant_today(tx, cx).await
}
