//! The midnight work on lots: those that ended are emptied.
//!
//! What becomes available needs no work: a lot carries the moment from which it can be used.

use super::store::{self, Due};
use super::{Lot, LotId, LotTerms, LotView};
use crate::account::store::{of_owners_read, of_owners_stmt};
use crate::journal::bulk::post_many;
use crate::journal::ops::holdings;
use crate::{AccountKind, Holdings, Journal};
use shuke_db::{Db, Tx};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Instant, Result, Uuid};

/// Members of one transaction: sales wait so long at most, and each of its statements names them all.
const OWNERS_PER_STEP_MAX: i64 = 300;

/// Moves what has expired out of members' accounts, a bounded number of members in each transaction.
/// Safe to stop and to repeat: what was expired is gone from the list. Who has something of the kind on
/// hold is left for the next time, or the hold would have nothing to stand on. Returns how many members
/// it touched.
pub async fn expire(db: &Db, cx: &Cx) -> Result<u64> {
    let mut touched = 0;
    let mut after = Some((Instant(i64::MIN), Uuid::nil()));
    while let Some(from) = after {
        let (count, last) = db.write(&(cx, from), |tx, (cx, from)| Box::pin(expire_some(tx, cx, *from))).await?;
        touched += count;
        after = last;
    }
    Ok(touched)
}

async fn expire_some(tx: &mut Tx, cx: &Cx, after: Due) -> Result<(u64, Option<Due>)> {
    let due = store::expired(tx, cx.merchant, cx.now, after, OWNERS_PER_STEP_MAX).await?;
    let mut owners: Vec<Uuid> = due.iter().map(|(_, owner)| *owner).collect();
    owners.sort_unstable();
    owners.dedup();
    if owners.is_empty() {
        return Ok((0, None));
    }
    let kinds: Vec<AccountKind> = AccountKind::ALL.iter().copied().filter(|kind| kind.in_lots()).collect();
    let [accounts, lots] = tx.all([of_owners_stmt(cx.merchant, &owners), store::open_of_owners_stmt(cx.merchant, &owners)]).await?;
    let (mut posted, mut told) = (Vec::with_capacity(owners.len()), Vec::with_capacity(owners.len()));
    for mut holdings in of_owners_read(&owners, &accounts, &lots)? {
        let journal = emptied(cx, &mut holdings, &kinds, |lot| lot.expires_at.is_some_and(|at| at <= cx.now))?;
        if !journal.is_empty() {
            told.push(expired(&journal, &holdings));
            posted.push((journal, holdings));
        }
    }
    event::append(tx, cx, &told).await?;
    post_many(tx, cx, &posted).await?;
    Ok((posted.len() as u64, due.last().copied()))
}

/// Empties a member's points that have no end of their own and were granted before a moment, debts paid
/// first. Returns whether there were any; where something is on hold, nothing is emptied.
pub async fn lapse(tx: &mut Tx, cx: &Cx, owner: Uuid, before: Instant) -> Result<bool> {
    let mut holdings = holdings(tx, cx, owner, true).await?;
    empty(tx, cx, &mut holdings, &[AccountKind::Points], |lot| lot.expires_at.is_none() && lot.created_at < before).await
}

async fn empty(tx: &mut Tx, cx: &Cx, holdings: &mut Holdings, kinds: &[AccountKind], ended: impl Fn(&Lot) -> bool) -> Result<bool> {
    let journal = emptied(cx, holdings, kinds, ended)?;
    if journal.is_empty() {
        return Ok(false);
    }
    event::append(tx, cx, &[expired(&journal, holdings)]).await?;
    journal.post(tx, cx, &[holdings]).await?;
    Ok(true)
}

/// The journal that empties what ended, and the holdings afterwards.
fn emptied(cx: &Cx, holdings: &mut Holdings, kinds: &[AccountKind], ended: impl Fn(&Lot) -> bool) -> Result<Journal> {
    let mut journal = Journal::new("expiry", cx.uuid(), None);
    for kind in kinds.iter().copied() {
        let mut due: Vec<_> =
            holdings.lots(kind).filter(|lot| lot.remaining > 0 && ended(lot)).map(|lot| (lot.id, lot.remaining)).collect();
        if due.is_empty() || holdings.balance(kind).held != 0 {
            continue;
        }
        if kind == AccountKind::Points && holdings.owed() > 0 {
            pay_debt(&mut journal, holdings, &mut due)?;
        }
        if !due.is_empty() {
            let gone = holdings.shop(kind.expiry_account());
            journal.drop_lots(holdings, kind, &due, gone, "expired")?;
        }
    }
    Ok(journal)
}

/// What is told of a journal that emptied something.
fn expired(journal: &Journal, holdings: &Holdings) -> Event {
    let expired = journal.transfers().iter().filter(|transfer| transfer.credit.kind == transfer.debit.kind.expiry_account());
    let amounts: serde_json::Map<_, _> =
        expired.map(|transfer| (transfer.debit.kind.as_str().to_owned(), transfer.amount.into())).collect();
    // Who has the purse is for the slice that keeps it to tell.
    if holdings.points_kind.is_nil() {
        let payload = serde_json::json!({ "member": holdings.owner, "amounts": amounts });
        Event::new("ledger.expired", holdings.owner, &payload)
    } else {
        let payload = serde_json::json!({ "purse": holdings.owner, "points_kind": holdings.points_kind, "amounts": amounts });
        Event::new("purse.expired", holdings.owner, &payload)
    }
}

/// Points that a member was granted and can't use yet, the soonest first.
pub async fn pending(tx: &mut Tx, cx: &Cx, owner: Uuid) -> Result<Vec<LotView>> {
    let holdings = holdings(tx, cx, owner, false).await?;
    let mut lots: Vec<LotView> =
        holdings.lots(AccountKind::Points).filter(|lot| lot.available_at > cx.now).cloned().map(LotView::from).collect();
    lots.sort_by_key(|lot| (lot.available_at, lot.id));
    Ok(lots)
}

fn pending_of(holdings: &Holdings, now: Instant, source: Uuid) -> Vec<(LotId, i64)> {
    let of_source = |lot: &&Lot| lot.source_id == source && lot.available_at > now && lot.remaining > 0;
    holdings.lots(AccountKind::Points).filter(of_source).map(|lot| (lot.id, lot.remaining)).collect()
}

/// Lets points of a source be used from now on. Returns how many; those that can be used already count
/// for nothing, so that saying it again changes nothing.
pub async fn release(tx: &mut Tx, cx: &Cx, owner: Uuid, source: Uuid) -> Result<i64> {
    let holdings = holdings(tx, cx, owner, true).await?;
    let due = pending_of(&holdings, cx.now, source);
    for (lot, _) in &due {
        store::release(tx, cx.merchant, owner, *lot, cx.now).await?;
    }
    Ok(due.iter().map(|(_, amount)| amount).sum())
}

/// Takes back points of a source that can't be used yet. Returns how many. What is undone later of the
/// source takes nothing back a second time.
pub async fn cancel_pending(tx: &mut Tx, cx: &Cx, owner: Uuid, source: Uuid) -> Result<i64> {
    let mut holdings = holdings(tx, cx, owner, true).await?;
    let due = pending_of(&holdings, cx.now, source);
    let mut journal = Journal::new("points_cancelled", cx.uuid(), None);
    let issued = holdings.shop(AccountKind::PointsIssued);
    journal.drop_lots(&mut holdings, AccountKind::Points, &due, issued, "pending_cancelled")?;
    journal.post(tx, cx, &[&holdings]).await?;
    Ok(due.iter().map(|(_, amount)| amount).sum())
}

/// What would be lost anyway pays what is owed first; leaves in `due` what expires.
fn pay_debt(journal: &mut Journal, holdings: &mut Holdings, due: &mut Vec<(LotId, i64)>) -> Result<()> {
    let mut owed = holdings.owed();
    let mut paid = Vec::new();
    for (lot, remaining) in due.iter_mut() {
        let part = owed.min(*remaining);
        paid.push((*lot, part));
        *remaining -= part;
        owed -= part;
    }
    due.retain(|(_, remaining)| *remaining > 0);
    journal.pay_debt(holdings, AccountKind::Points, &paid)
}

/// Gives lots of an owner new days: for passes that are extended, frozen, or begin with their first visit.
/// To be called with the owner's accounts locked; the holdings in memory follow.
pub async fn reschedule(tx: &mut Tx, cx: &Cx, holdings: &mut Holdings, lots: &[LotId], terms: LotTerms) -> Result<()> {
    holdings.reschedule(lots, terms);
    store::set_terms(tx, cx.merchant, holdings.owner, lots, &terms).await
}

/// A member's lots that hold something.
pub async fn open(tx: &mut Tx, cx: &Cx, owner: Uuid) -> Result<Vec<LotView>> {
    tx.rows(store::open_stmt(cx.merchant, owner)).await?.iter().map(|row| store::read(row).map(LotView::from)).collect()
}

/// What members hold, by kind and expiry, for those who take their data with them: the next `owners_max` members after one of them.
pub async fn held(tx: &mut Tx, cx: &Cx, after: Uuid, owners_max: i64) -> Result<Vec<(Uuid, AccountKind, Option<Date>, i64)>> {
    store::held(tx, cx.merchant, after, owners_max).await
}
