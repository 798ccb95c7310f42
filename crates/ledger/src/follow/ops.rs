//! Giving followers what is new.

use super::store::{self, Place};
use super::{LotMove, Posted};
use crate::journal::store as entries;
use crate::{Account, lot};
use shuke_db::{Db, Future, Row, Tx, Wall, wall};
use shuke_jobs::{Task, Work, merchants};
use shuke_kernel::{Cx, Result, Uuid};
use std::sync::Arc;

/// Entries of one transaction.
const BATCH_ENTRIES_MAX: i64 = 2_000;
/// How often a follower looks: the owner's first page is that much behind at most.
pub const EVERY_MS: i64 = 2_000;

/// Somebody who follows the ledger. `take` writes its effect through the transaction it is given.
pub trait Follower: Send + Sync {
    /// Its name, under which its cursor is kept.
    fn name(&self) -> &'static str;
    /// The effect of entries, in their order.
    fn take<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, entries: &'t [Posted]) -> Future<'t, ()>;
}

/// Lets a follower take what is new of a merchant as this begins; what shops sell meanwhile is for the next time, so
/// that it ends. Returns how many entries it took.
pub async fn drain(db: &Db, cx: &Cx, follower: &dyn Follower) -> Result<u64> {
    let mut taken = 0;
    let name = follower.name();
    while db.read(&(cx, name), |tx, (cx, name)| Box::pin(news(tx, cx, name))).await? {
        let count = db.write(&(cx, follower), |tx, (cx, follower)| Box::pin(take(tx, cx, *follower))).await?;
        taken += count;
        // With less than a batch it has come to the end, or another server took them meanwhile.
        if count < BATCH_ENTRIES_MAX.unsigned_abs() {
            break;
        }
    }
    Ok(taken)
}

async fn news(tx: &mut Tx, cx: &Cx, name: &str) -> Result<bool> {
    let place = store::until(tx, cx.merchant, name).await?;
    Ok(!after(tx, cx, place, 1).await?.is_empty())
}

async fn after(tx: &mut Tx, cx: &Cx, place: Place, limit: i64) -> Result<Vec<Row>> {
    entries::walk_by_index(tx, true).await?;
    let rows = entries::settled_after(tx, cx.merchant, place, limit).await?;
    entries::walk_by_index(tx, false).await?;
    Ok(rows)
}

async fn take(tx: &mut Tx, cx: &Cx, follower: &dyn Follower) -> Result<u64> {
    let place = store::locked(tx, cx.merchant, follower.name()).await?;
    let rows = after(tx, cx, place, BATCH_ENTRIES_MAX).await?;
    let Some(last) = rows.last() else { return Ok(0) };
    let posted = rows.iter().map(posted).collect::<Result<Vec<_>>>()?;
    follower.take(tx, cx, &posted).await?;
    store::advance(tx, cx.merchant, follower.name(), entries::place(last)?).await?;
    Ok(rows.len() as u64)
}

fn posted(row: &Row) -> Result<Posted> {
    Ok(Posted {
        source_kind: row.get(4)?,
        source_id: row.get(1)?,
        source_line: row.get(2)?,
        at: row.get(5)?,
        amount: row.get(6)?,
        debit: Account { kind: row.get(7)?, owner: row.get(8)? },
        credit: Account { kind: row.get(9)?, owner: row.get(10)? },
        store: row.get(12)?,
    })
}

/// A follower as a task of the worker, over every merchant: for [`Runner::task`](shuke_jobs::Runner::task),
/// every [`EVERY_MS`].
pub fn task(follower: impl Follower + 'static) -> Task {
    let follower = Arc::new(follower);
    Arc::new(move |work: &Work| {
        let follower = Arc::clone(&follower);
        Box::pin(async move {
            let mut done = 0;
            let input = (follower.name(), merchants(&work.db).await?);
            let news = work.db.read(&input, |tx, (name, merchants)| Box::pin(store::with_news(tx, name, merchants)));
            for merchant in wall::within(Wall::All, news).await? {
                let cx = work.system(merchant);
                done += wall::within(Wall::One(merchant), drain(&work.db, &cx, &*follower)).await?;
            }
            Ok(done)
        })
    })
}

/// What entries took from lots of money and gave back to them, with who issued the lots.
pub async fn moves(tx: &mut Tx, cx: &Cx, posted: &[&Posted]) -> Result<Vec<LotMove>> {
    let mut sources: Vec<Uuid> = posted.iter().map(|entry| entry.source_id).collect();
    sources.sort_unstable();
    sources.dedup();
    let mut owners: Vec<Uuid> = posted.iter().filter_map(|entry| entry.held()).map(|account| account.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let taken = lot::store::by_sources(tx, cx.merchant, &sources).await?;
    let issued = lot::store::issuers(tx, cx.merchant, &owners, taken.iter().map(|(_, _, _, lot, _)| *lot)).await?;
    let mut moves = Vec::with_capacity(taken.len());
    for (source_id, source_line, origin_id, lot, amount) in taken {
        if let Some((kind, issuer)) = issued.get(&lot) {
            moves.push(LotMove { source_id, source_line, origin_id, lot, kind: *kind, issuer: *issuer, amount });
        }
    }
    Ok(moves)
}
