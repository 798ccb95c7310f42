//! Running the checks.

use super::{Difference, Report, store};
use crate::journal::store as entries;
use crate::seal::{Chain, Seal, store as seals};
use crate::{account, lot};
use shuke_db::{Db, Future, Tx};
use shuke_kernel::{MerchantId, Result};

/// A rule over a merchant's data: the first thing that breaks it, or nothing.
pub type Check = for<'t> fn(&'t mut Tx, MerchantId) -> Future<'t, Option<Difference>>;

/// The ledger's own rules, in order. The seals come last: what they find is told best by the others.
const CHECKS: &[Check] = &[
    |tx, merchant| Box::pin(store::entries(tx, merchant)),
    |tx, merchant| Box::pin(store::balances(tx, merchant)),
    |tx, merchant| Box::pin(store::holds(tx, merchant)),
    |tx, merchant| Box::pin(store::lots(tx, merchant)),
    |tx, merchant| Box::pin(store::lot_sums(tx, merchant)),
    |tx, merchant| Box::pin(store::account_lots(tx, merchant)),
    |tx, merchant| Box::pin(store::explained(tx, merchant)),
];

/// Computes everything of a merchant again, in one snapshot.
pub async fn run(db: &Db, merchant: MerchantId) -> Result<Report> {
    run_with(db, merchant, &[]).await
}

/// The same, and then the checks of other slices.
pub async fn run_with(db: &Db, merchant: MerchantId, more: &[Check]) -> Result<Report> {
    db.snapshot(&(merchant, more), |tx, (merchant, more)| Box::pin(verify(tx, *merchant, more))).await
}

async fn verify(tx: &mut Tx, merchant: MerchantId, more: &[Check]) -> Result<Report> {
    let counts = [
        entries::count_stmt(merchant),
        account::store::count_stmt(merchant),
        lot::store::count_stmt(merchant),
        seals::count_stmt(merchant),
    ];
    let [entries, accounts, lots, seals] = tx.all(counts).await?;
    let count = |rows: &[shuke_db::Row]| rows.first().map_or(Ok(0), |row| row.get::<i64>(0));
    let mut report = Report {
        entries: count(&entries)?,
        accounts: count(&accounts)?,
        lots: count(&lots)?,
        seals: count(&seals)?,
        unsealed_entries: 0,
        first_difference: None,
    };
    for check in CHECKS {
        report.first_difference = check(tx, merchant).await?;
        if report.first_difference.is_some() {
            return Ok(report);
        }
    }
    let (sealed, difference) = check_seals(tx, merchant).await?;
    report.unsealed_entries = report.entries - sealed;
    report.first_difference = difference;
    for check in more {
        if report.first_difference.is_none() {
            report.first_difference = check(tx, merchant).await?;
        }
    }
    Ok(report)
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
