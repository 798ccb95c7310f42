//! The midnight work on lots: those that ended are emptied.
//!
//! What becomes available needs no work: a lot carries the moment from which it can be used.

use super::store::{self, Due};
use super::{LotId, LotTerms};
use crate::account::store::{holdings_read, holdings_stmts};
use crate::{Account, AccountKind, Holdings, Journal};
use shuke_db::{Db, Tx};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Instant, Result, Uuid};

const OWNERS_PER_STEP_MAX: i64 = 200;

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
    let mut touched = 0;
    for owner in owners {
        let [accounts, lots] = tx.all(holdings_stmts(cx.merchant, owner, true)).await?;
        let mut holdings = holdings_read(owner, &accounts, &lots)?;
        touched += u64::from(expire_member(tx, cx, &mut holdings).await?);
    }
    Ok((touched, due.last().copied()))
}

async fn expire_member(tx: &mut Tx, cx: &Cx, holdings: &mut Holdings) -> Result<bool> {
    let mut journal = Journal::new("expiry", cx.uuid(), None);
    for kind in AccountKind::ALL.iter().copied().filter(|kind| kind.in_lots()) {
        let mut due: Vec<_> = holdings
            .lots(kind)
            .filter(|lot| lot.remaining > 0 && lot.expires_at.is_some_and(|at| at <= cx.now))
            .map(|lot| (lot.id, lot.remaining))
            .collect();
        if due.is_empty() || holdings.balance(kind).held != 0 {
            continue;
        }
        if kind == AccountKind::Points && holdings.owed() > 0 {
            pay_debt(&mut journal, holdings, &mut due)?;
        }
        if !due.is_empty() {
            journal.drop_lots(holdings, kind, &due, Account::merchant(kind.expiry_account()), "expired")?;
        }
    }
    if journal.is_empty() {
        return Ok(false);
    }
    let expired = journal.transfers().iter().filter(|transfer| transfer.credit.kind == transfer.debit.kind.expiry_account());
    let amounts: serde_json::Map<_, _> =
        expired.map(|transfer| (transfer.debit.kind.as_str().to_owned(), transfer.amount.into())).collect();
    let payload = serde_json::json!({ "member": holdings.owner, "amounts": amounts });
    event::append(tx, cx, &[Event::new("ledger.expired", holdings.owner, &payload)]).await?;
    journal.post(tx, cx, &[holdings]).await?;
    Ok(true)
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

/// What members hold, by kind and expiry, for those who take their data with them: the next `owners_max` members after one of them.
pub async fn held(tx: &mut Tx, cx: &Cx, after: Uuid, owners_max: i64) -> Result<Vec<(Uuid, AccountKind, Option<Date>, i64)>> {
    store::held(tx, cx.merchant, after, owners_max).await
}
