//! Running the checks.

use super::{Difference, Report, store};
use crate::journal::store as entries;
use crate::seal::{Chain, Seal, store as seals};
use crate::{account, lot};
use shuke_db::{Db, Future, Tx};
use shuke_kernel::{Error, MerchantId, Result};
use std::sync::{PoisonError, RwLock};
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};

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

/// The ledger's own rules by lane, each with its place in the order in which differences are told.
/// The seals come last: what they find is told best by the others.
const SUMS: &[(usize, Check)] = &[
    (0, |tx, merchant| Box::pin(store::entries(tx, merchant))),
    (1, |tx, merchant| Box::pin(store::balances(tx, merchant))),
    (2, |tx, merchant| Box::pin(store::holds(tx, merchant))),
    (5, |tx, merchant| Box::pin(store::account_lots(tx, merchant))),
];
const LOTS: &[(usize, Check)] = &[
    (3, |tx, merchant| Box::pin(store::lots(tx, merchant))),
    (4, |tx, merchant| Box::pin(store::lot_sums(tx, merchant))),
    (6, |tx, merchant| Box::pin(store::explained(tx, merchant))),
];
const SEALS: usize = 7;
const OTHERS: usize = 8;

/// Computes everything of a merchant again.
pub async fn run(db: &Db, merchant: MerchantId) -> Result<Report> {
    run_with(db, merchant, &[]).await
}

/// The same, and then the checks of other slices.
pub async fn run_with(db: &Db, merchant: MerchantId, more: &[Check]) -> Result<Report> {
    let sums: Vec<_> = SUMS.iter().copied().chain(more.iter().enumerate().map(|(at, check)| (OTHERS + at, *check))).collect();
    let sums = in_lane(db, move |db| Box::pin(async move { lane(&db, merchant, &sums).await }));
    let lots = in_lane(db, move |db| Box::pin(async move { lane(&db, merchant, LOTS).await }));
    let seals =
        in_lane(db, move |db| Box::pin(async move { db.snapshot(&merchant, |tx, merchant| Box::pin(seal_lane(tx, *merchant))).await }));
    let (mut report, sealed) = joined(seals.await)?;
    let found = [joined(sums.await)?, joined(lots.await)?, sealed.map(|difference| (SEALS, difference))];
    report.first_difference = found.into_iter().flatten().min_by_key(|(place, _)| *place).map(|(_, difference)| difference);
    Ok(report)
}

/// Starts a lane on a thread of its own: a statement on SQLite runs for a second in the thread that
/// asks, and requests must not wait for it.
fn in_lane<T: Send + 'static>(db: &Db, work: impl FnOnce(Db) -> Future<'static, T> + Send + 'static) -> JoinHandle<Result<T>> {
    let (db, runtime) = (db.clone(), Handle::current());
    tokio::task::spawn_blocking(move || runtime.block_on(work(db)))
}

fn joined<T>(outcome: Result<Result<T>, JoinError>) -> Result<T> {
    outcome.map_err(|error| Error::internal(format!("a part of verify ended early: {error}")))?
}

/// Runs checks until one finds something, in one snapshot.
async fn lane(db: &Db, merchant: MerchantId, checks: &[(usize, Check)]) -> Result<Option<(usize, Difference)>> {
    db.snapshot(&(merchant, checks), |tx, (merchant, checks)| {
        Box::pin(async move {
            store::prepare(tx).await?;
            for (place, check) in *checks {
                let watch = std::time::Instant::now();
                if let Some(difference) = check(tx, *merchant).await? {
                    return Ok(Some((*place, difference)));
                }
                eprintln!("check {place}: {} ms", watch.elapsed().as_millis());
            }
            Ok(None)
        })
    })
    .await
}

async fn seal_lane(tx: &mut Tx, merchant: MerchantId) -> Result<(Report, Option<Difference>)> {
    let watch = std::time::Instant::now();
    let counts = [
        entries::count_stmt(merchant),
        account::store::count_stmt(merchant),
        lot::store::count_stmt(merchant),
        seals::count_stmt(merchant),
    ];
    let [entries, accounts, lots, seals] = tx.all(counts).await?;
    eprintln!("counts: {} ms", watch.elapsed().as_millis());
    let count = |rows: &[shuke_db::Row]| rows.first().map_or(Ok(0), |row| row.get::<i64>(0));
    let (sealed, difference) = check_seals(tx, merchant).await?;
    eprintln!("seals: {} ms", watch.elapsed().as_millis());
    let entries = count(&entries)?;
    let report = Report {
        entries,
        accounts: count(&accounts)?,
        lots: count(&lots)?,
        seals: count(&seals)?,
        unsealed_entries: entries - sealed,
        first_difference: None,
    };
    Ok((report, difference))
}

const PAGE_ROWS_MAX: i64 = 10_000;

/// Walks entries and seals side by side, a page of each in memory. Returns how many entries are sealed.
async fn check_seals(tx: &mut Tx, merchant: MerchantId) -> Result<(i64, Option<Difference>)> {
    let mut pages = Pages { merchant, from: entries::START, rows: Vec::new().into_iter(), next: None, last_page: false };
    let (mut previous, mut sequence, mut sealed) = (String::new(), 0, 0);
    loop {
        let batch = seals::after(tx, merchant, sequence, PAGE_ROWS_MAX).await?;
        if batch.is_empty() {
            return Ok((sealed, None));
        }
        for seal in batch {
            if seal.sequence != sequence + 1 {
                let text = format!("seal {} is followed by seal {}: those between are gone", sequence, seal.sequence);
                return Ok((sealed, Some(Difference::new("seal", text))));
            }
            let (count, hash) = rehash(tx, &mut pages, &seal, &previous).await?;
            if let Some(difference) = compare(&seal, count, &hash) {
                return Ok((sealed, Some(difference)));
            }
            sealed += count;
            sequence = seal.sequence;
            previous = seal.hash;
        }
    }
}

async fn rehash(tx: &mut Tx, pages: &mut Pages, seal: &Seal, previous: &str) -> Result<(i64, String)> {
    let mut chain = Chain::new(pages.merchant, previous);
    let mut count = 0;
    while let Some(bytes) = pages.up_to(tx, seal.last).await? {
        chain.add(&bytes);
        count += 1;
    }
    Ok((count, chain.finish()))
}

fn compare(seal: &Seal, count: i64, hash: &str) -> Option<Difference> {
    let Seal { sequence, entries, last, at, .. } = seal;
    let place = format!("seal {sequence} of {at}, which ends with entry {} line {}", last.1, last.2);
    let difference = |text| Some(Difference::new("seal", text));
    if count != *entries {
        difference(format!("{place}, was put on {entries} entries and there are {count}: entries were removed or slipped in"))
    } else if *hash != *seal.hash {
        difference(format!("{place}, doesn't fit its {entries} entries: one of them, or a seal, was changed after it was sealed"))
    } else {
        None
    }
}

/// The entries in the order of sealing, read page by page.
struct Pages {
    merchant: MerchantId,
    from: entries::Place,
    rows: std::vec::IntoIter<shuke_db::Row>,
    next: Option<(entries::Place, Vec<u8>)>,
    last_page: bool,
}

impl Pages {
    /// The next entry, where it stands at or before a place.
    async fn up_to(&mut self, tx: &mut Tx, place: entries::Place) -> Result<Option<Vec<u8>>> {
        if self.next.is_none() {
            self.next = self.read(tx).await?;
        }
        Ok(self.next.take_if(|(at, _)| *at <= place).map(|(_, bytes)| bytes))
    }

    async fn read(&mut self, tx: &mut Tx) -> Result<Option<(entries::Place, Vec<u8>)>> {
        if self.rows.len() == 0 && !self.last_page {
            let page = entries::after(tx, self.merchant, self.from, false, PAGE_ROWS_MAX).await?;
            self.last_page = i64::try_from(page.len()).is_ok_and(|count| count < PAGE_ROWS_MAX);
            self.rows = page.into_iter();
        }
        let Some(row) = self.rows.next() else { return Ok(None) };
        self.from = entries::place(&row)?;
        let mut bytes = Vec::with_capacity(256);
        entries::canonical(&row, &mut bytes)?;
        Ok(Some((self.from, bytes)))
    }
}
