//! Running the checks.

use super::model::Fold;
use super::walk::Walk;
use super::{Difference, Report, store};
use crate::journal::store::walk_by_index;
use crate::seal::store as seals;
use crate::{AccountKind, LotId};
use shuke_db::{Db, Future, Tx, Wall, wall};
use shuke_kernel::{Error, MerchantId, Result, Uuid};
use std::sync::{PoisonError, RwLock};
use tokio::runtime::Handle;

/// A rule over a merchant's data: the first thing that breaks it, or nothing.
pub type Check = for<'t> fn(&'t mut Tx, MerchantId) -> Future<'t, Option<Difference>>;

/// The checks that other slices add, kept with the server's state: `app.slot::<Checks>().add(check)`.
#[derive(Default)]
pub struct Checks(RwLock<Vec<Check>>);

impl Checks {
    /// With one more, run after those before.
    pub fn add(&self, check: Check) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(check);
    }
    /// All of them.
    pub fn all(&self) -> Vec<Check> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Computes everything of a merchant again, in one snapshot.
pub async fn run(db: &Db, merchant: MerchantId) -> Result<Report> {
    run_with(db, merchant, &[]).await
}

/// The same, and then the checks of other slices.
pub async fn run_with(db: &Db, merchant: MerchantId, more: &[Check]) -> Result<Report> {
    let (db, more, runtime) = (db.clone(), more.to_vec(), Handle::current());
    // On a thread of its own: on SQLite a statement runs in the thread that asks, and this one takes
    // seconds in which no request may wait.
    let work = tokio::task::spawn_blocking(move || {
        let input = (merchant, more);
        let work = db.snapshot(&input, |tx, (merchant, more)| Box::pin(verify(tx, *merchant, more)));
        runtime.block_on(wall::within(Wall::One(merchant), work))
    });
    work.await.map_err(|error| Error::internal(format!("verify ended early: {error}")))?
}

/// What one pass over the tables adds up. Each fold is a rule of the module's head.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) entry_is_wrong: bool,
    lot_is_wrong: bool,
    pub(super) balances: Fold,
    held: Fold,
    lots: Fold,
    account_lots: Fold,
    pub(super) explained: Fold,
}

async fn verify(tx: &mut Tx, merchant: MerchantId, more: &[Check]) -> Result<Report> {
    let (mut report, mut sums) = (Report::default(), Sums::default());
    walk_by_index(tx, true).await?;
    let seal = walk_entries(tx, merchant, &mut report, &mut sums).await?;
    walk_lots(tx, merchant, &mut report, &mut sums).await?;
    walk_accounts(tx, merchant, &mut report, &mut sums).await?;
    report.first_difference = name(tx, merchant, &sums).await?.or(seal);
    for check in more {
        if report.first_difference.is_none() {
            report.first_difference = check(tx, merchant).await?;
        }
    }
    Ok(report)
}

const SEALS_PER_PAGE: i64 = 10_000;

/// Goes through all entries once: adds them up, and hashes them again in the order of sealing.
async fn walk_entries(tx: &mut Tx, merchant: MerchantId, report: &mut Report, sums: &mut Sums) -> Result<Option<Difference>> {
    let mut walk = Walk::new(merchant, sums);
    let mut sequence = 0;
    loop {
        let page = seals::after(tx, merchant, sequence, SEALS_PER_PAGE).await?;
        report.seals += i64::try_from(page.len()).unwrap_or(SEALS_PER_PAGE);
        sequence = page.last().map_or(sequence, |seal| seal.sequence);
        let last = page.is_empty();
        walk.begin(page);
        tx.each(walk.stmt(), &mut |row| walk.see(row)).await?;
        walk.end();
        if last {
            (report.entries, report.unsealed_entries) = (walk.entries, walk.unsealed);
            return Ok(walk.difference);
        }
    }
}

async fn walk_lots(tx: &mut Tx, merchant: MerchantId, report: &mut Report, sums: &mut Sums) -> Result<()> {
    let mut see_lot = |row: &shuke_db::Row| {
        let (owner, kind, id): (Uuid, String, LotId) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (granted, remaining, is_open): (i64, i64, bool) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let (short, expired): (i64, i64) = (row.get(8)?, row.get(9)?);
        sums.lot_is_wrong |= remaining < 0 || remaining > granted || is_open != (remaining > 0);
        sums.lot_is_wrong |= short < 0 || expired < 0 || expired > granted - remaining;
        sums.lots.add(&id, granted);
        sums.lots.subtract(&id, remaining);
        sums.account_lots.add(&(owner, kind.as_str()), remaining);
        sums.explained.subtract(&(row.get::<Uuid>(6)?, row.get::<i64>(7)?), granted);
        report.lots += 1;
        Ok(())
    };
    tx.each(store::lots_stmt(merchant), &mut see_lot).await?;
    let mut see_allocation = |row: &shuke_db::Row| {
        let amount: i64 = row.get(3)?;
        sums.lots.add(&row.get::<LotId>(0)?, amount);
        sums.explained.subtract(&(row.get::<Uuid>(1)?, row.get::<i64>(2)?), amount);
        Ok(())
    };
    tx.each(store::allocations_stmt(merchant), &mut see_allocation).await
}

async fn walk_accounts(tx: &mut Tx, merchant: MerchantId, report: &mut Report, sums: &mut Sums) -> Result<()> {
    let mut see_account = |row: &shuke_db::Row| {
        let (owner, kind): (Uuid, String) = (row.get(0)?, row.get(1)?);
        let (balance, held): (i64, i64) = (row.get(2)?, row.get(3)?);
        sums.balances.subtract(&(owner, kind.as_str()), balance);
        sums.held.subtract(&(owner, kind.as_str()), held);
        if kind != AccountKind::PointsDebt.as_str() {
            sums.account_lots.subtract(&(owner, kind.as_str()), balance);
        }
        report.accounts += 1;
        Ok(())
    };
    tx.each(store::balances_stmt(merchant), &mut see_account).await?;
    let mut see_hold = |row: &shuke_db::Row| {
        sums.held.add(&(row.get::<Uuid>(0)?, row.get::<String>(1)?.as_str()), row.get(2)?);
        Ok(())
    };
    tx.each(store::holds_stmt(merchant), &mut see_hold).await
}

/// Finds the first thing that breaks a rule whose two sides differ.
async fn name(tx: &mut Tx, merchant: MerchantId, sums: &Sums) -> Result<Option<Difference>> {
    let rules: [(bool, Check); 7] = [
        (!sums.entry_is_wrong, |tx, merchant| Box::pin(store::entries(tx, merchant))),
        (sums.balances.agrees(), |tx, merchant| Box::pin(store::balances(tx, merchant))),
        (sums.held.agrees(), |tx, merchant| Box::pin(store::holds(tx, merchant))),
        (!sums.lot_is_wrong, |tx, merchant| Box::pin(store::lots(tx, merchant))),
        (sums.lots.agrees(), |tx, merchant| Box::pin(store::lot_sums(tx, merchant))),
        (sums.account_lots.agrees(), |tx, merchant| Box::pin(store::account_lots(tx, merchant))),
        (sums.explained.agrees(), |tx, merchant| Box::pin(store::explained(tx, merchant))),
    ];
    store::prepare(tx).await?;
    let Some((_, check)) = rules.into_iter().find(|(holds, _)| !holds) else { return Ok(None) };
    let found = check(tx, merchant).await?;
    // Adding up twice in one snapshot gives two answers only where we count wrongly ourselves.
    found.map(Some).ok_or_else(|| Error::internal("verify found a difference that it can't name"))
}
