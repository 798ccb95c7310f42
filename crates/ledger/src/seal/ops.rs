//! Sealing.

use super::{Chain, Seal, store};
use crate::journal::store as entries;
use shuke_db::{Db, Tx, Wall, wall};
use shuke_jobs::{Task, Work, merchants};
use shuke_kernel::{Cx, Result};
use std::sync::Arc;

const BATCH_ENTRIES_MAX: i64 = 10_000;

/// Seals what is not sealed yet, in batches. Reads and hashes outside any write, then writes one row a
/// batch. Returns how many entries it sealed; those that another server sealed meanwhile don't count.
pub async fn run(db: &Db, cx: &Cx) -> Result<u64> {
    let mut sealed = 0;
    while let Some(seal) = db.snapshot(cx, |tx, cx| Box::pin(next(tx, cx))).await? {
        match db.write(&(cx, &seal), |tx, (cx, seal)| Box::pin(store::insert(tx, cx.merchant, seal))).await {
            Ok(()) => sealed += seal.entries.unsigned_abs(),
            Err(error) if error.code() == "seal_pkey" => break,
            Err(error) => return Err(error),
        }
        if seal.entries < BATCH_ENTRIES_MAX {
            break;
        }
    }
    Ok(sealed)
}

async fn next(tx: &mut Tx, cx: &Cx) -> Result<Option<Seal>> {
    entries::walk_by_index(tx, true).await?;
    let last = store::last(tx, cx.merchant).await?;
    let (sequence, from, previous) = match &last {
        Some(seal) => (seal.sequence, seal.last, seal.hash.as_str()),
        None => (0, entries::START, ""),
    };
    let rows = entries::settled_after(tx, cx.merchant, from, BATCH_ENTRIES_MAX).await?;
    let Some(end) = rows.last() else { return Ok(None) };
    let mut chain = Chain::new(cx.merchant, previous);
    let mut bytes = Vec::with_capacity(256);
    for row in &rows {
        bytes.clear();
        entries::canonical(row, &mut bytes)?;
        chain.add(&bytes);
    }
    let entries = i64::try_from(rows.len()).unwrap_or(BATCH_ENTRIES_MAX);
    Ok(Some(Seal { sequence: sequence + 1, last: entries::place(end)?, entries, hash: chain.finish(), at: cx.now }))
}

/// The worker's part of the ledger, for every merchant: holds whose time is over end, new entries are
/// sealed. For [`Runner::task`](shuke_jobs::Runner::task), every [`EVERY_MS`].
pub fn task() -> Task {
    Arc::new(|work: &Work| {
        Box::pin(async move {
            let mut done = 0;
            for merchant in merchants(&work.db).await? {
                let cx = work.system(merchant);
                let part = async { Ok::<_, shuke_kernel::Error>(crate::hold::expire(&work.db, &cx).await? + run(&work.db, &cx).await?) };
                done += wall::within(Wall::One(merchant), part).await?;
            }
            Ok(done)
        })
    })
}

/// How often the worker seals: a batch of ten seconds keeps the chain short.
pub const EVERY_MS: i64 = 10_000;
