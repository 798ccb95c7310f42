//! Journals of many owners at once: a statement per table, however many they are.

use super::{Journal, store};
use crate::account::store as accounts;
use crate::account::{AccountKind, Balance, Holdings};
use crate::lot::{self, Lot, LotId};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Result, Uuid};
use std::collections::BTreeMap;

/// Allocations of one statement: SQLite takes 32,766 parameters.
const ALLOCATIONS_MAX: usize = 1_000;

/// Queues journals, each with the holdings of the one owner that it changes. Several may give to the same owner;
/// one that takes has read the holdings with a lock, and is the owner's only one.
pub(crate) async fn post_many(tx: &mut Tx, cx: &Cx, posted: &[(Journal, Holdings)]) -> Result<()> {
    balances(tx, cx, posted).await?;
    let grants: Vec<_> = posted.iter().flat_map(|(journal, _)| journal.lots.iter().map(|lot| (journal.issuer, lot))).collect();
    lot::store::insert_many(tx, cx.merchant, cx.now, &grants).await?;
    lot::store::set_many(tx, cx.merchant, &lots(posted)?).await?;
    let mut transfers = Vec::with_capacity(posted.len());
    for (journal, _) in posted {
        transfers.extend(store::rows(cx, journal.source, (journal.store, journal.shift), &journal.transfers));
    }
    store::insert_many(tx, transfers).await?;
    let allocations: Vec<_> = posted.iter().flat_map(|(journal, _)| journal.new_allocations()).collect();
    for part in allocations.chunks(ALLOCATIONS_MAX) {
        tx.queue(lot::store::allocations_stmt(cx.merchant, part)).await?;
    }
    Ok(())
}

/// What was given is added, what was taken is written as it is now: the database would hold a part of it
/// against its CHECK.
async fn balances(tx: &mut Tx, cx: &Cx, posted: &[(Journal, Holdings)]) -> Result<()> {
    let mut sums: BTreeMap<(Uuid, AccountKind), (i64, &Holdings)> = BTreeMap::new();
    for (journal, holdings) in posted {
        for (owner, kinds) in journal.balance_deltas() {
            if owner != holdings.owner {
                return Err(Error::internal(format!("a journal of {} that touches {owner} is posted with many", holdings.owner)));
            }
            for (kind, delta) in kinds {
                sums.entry((owner, kind)).or_insert((0, holdings)).0 += delta;
            }
        }
    }
    let (mut given, mut taken) = (Vec::new(), Vec::<(Uuid, AccountKind, Balance)>::new());
    for ((owner, kind), (delta, holdings)) in sums {
        match delta {
            1.. if kind != AccountKind::PointsDebt => given.push((owner, kind, holdings.points_kind, delta)),
            _ if holdings.read(kind) => taken.push((owner, kind, holdings.balance(kind))),
            _ => return Err(Error::internal(format!("the {} of {owner} is taken from and was never read", kind.as_str()))),
        }
    }
    accounts::credit_many(tx, cx.merchant, &given).await?;
    accounts::set_many(tx, cx.merchant, &taken).await
}

/// The lots that were taken from, as they are now, and how much of each ran out of time.
fn lots(posted: &[(Journal, Holdings)]) -> Result<Vec<(Uuid, Lot, i64)>> {
    let mut found: BTreeMap<(Uuid, LotId), (&Lot, i64)> = BTreeMap::new();
    for (journal, holdings) in posted {
        for (owner, _, id, _) in &journal.taken {
            let lot = holdings.lot(*id).ok_or_else(|| Error::internal(format!("the lot {} was never read", id.0)))?;
            found.insert((*owner, *id), (lot, 0));
        }
        for (owner, _, id, short, expired) in &journal.marks {
            match found.get_mut(&(*owner, *id)) {
                Some((_, sum)) if *short == 0 => *sum += expired,
                _ => return Err(Error::internal("a lot that owes is not posted with many")),
            }
        }
    }
    Ok(found.into_iter().map(|((owner, _), (lot, expired))| (owner, lot.clone(), expired)).collect())
}
