//! Use cases on holds.

use super::{Hold, HoldRequest, store};
use crate::Holdings;
use crate::account::store::{add_held, lock};
use crate::journal::ops::holdings;
use shuke_db::{Db, Tx};
use shuke_kernel::{Cx, Error, Result, Uuid};

const HOLDS_PER_STEP_MAX: i64 = 200;

/// Keeps back part of a balance until a moment, for something that is under way.
///
/// Errors: `balance_insufficient` where less is left than is to be held; `hold_kind_wrong`;
/// `hold_pkey` (conflict) where the id is taken.
pub async fn hold(tx: &mut Tx, cx: &Cx, request: &HoldRequest) -> Result<()> {
    if !request.kind.is_whole() {
        return Err(Error::invalid("hold_kind_wrong", "a hold keeps back points, principal or bonus"));
    }
    let mut holdings = holdings(tx, cx, request.member, true).await?;
    if holdings.available(request.kind, cx.now) < request.amount {
        expire_of(tx, cx, &mut holdings).await?;
    }
    let there = holdings.available(request.kind, cx.now);
    if there < request.amount {
        return Err(Error::refused("balance_insufficient", format!("there are {there} to hold, {} are asked for", request.amount)));
    }
    store::insert(tx, cx.merchant, request).await?;
    add_held(tx, cx.merchant, request.member, request.kind, request.amount).await
}

/// Ends a hold, once: what it kept back can be spent again.
///
/// Errors: `hold_not_found`, `hold_ended`.
pub async fn release(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Hold> {
    let hold = find(tx, cx, id).await?;
    lock(tx, cx.merchant, hold.owner).await?;
    close(tx, cx, &hold).await?;
    Ok(hold)
}

/// Ends a hold by spending it: from here on the holdings (read with a lock) have it to spend, and the
/// caller's journal takes up to its amount.
///
/// Errors: `hold_not_found`; `hold_ended` where it was settled or released, or its time is over.
pub async fn settle(tx: &mut Tx, cx: &Cx, id: Uuid, holdings: &mut Holdings) -> Result<Hold> {
    let hold = find(tx, cx, id).await?;
    if hold.owner != holdings.owner {
        return Err(not_found());
    }
    if hold.expires_at <= cx.now {
        return Err(Error::refused("hold_ended", "the hold's time is over; start again"));
    }
    close(tx, cx, &hold).await?;
    holdings.unhold(hold.kind, hold.amount);
    Ok(hold)
}

/// Ends a member's holds whose time is over, for who needs the value now.
pub async fn expire_of(tx: &mut Tx, cx: &Cx, holdings: &mut Holdings) -> Result<()> {
    for hold in store::expired_of(tx, cx.merchant, holdings.owner, cx.now).await? {
        if end(tx, cx, &hold).await? {
            holdings.unhold(hold.kind, hold.amount);
        }
    }
    Ok(())
}

/// Ends all holds of a merchant whose time is over, a bounded number in each transaction. Safe to stop
/// and to repeat. Returns how many it ended.
pub async fn expire(db: &Db, cx: &Cx) -> Result<u64> {
    let mut ended = 0;
    loop {
        // Looked for outside a write: mostly there is none, and writers wait for one another.
        let due = db.read(cx, |tx, cx| Box::pin(store::expired(tx, cx.merchant, cx.now, HOLDS_PER_STEP_MAX))).await?;
        if due.is_empty() {
            return Ok(ended);
        }
        ended += db.write(&(cx, due), |tx, (cx, due)| Box::pin(expire_some(tx, cx, due))).await?;
    }
}

async fn expire_some(tx: &mut Tx, cx: &Cx, due: &[Hold]) -> Result<u64> {
    let mut due = due.to_vec();
    due.sort_by_key(|hold| (hold.owner, hold.id));
    let mut ended = 0;
    for hold in &due {
        // The account first, as everybody who spends does: the other way round two could wait for each other.
        lock(tx, cx.merchant, hold.owner).await?;
        ended += u64::from(end(tx, cx, hold).await?);
    }
    Ok(ended)
}

async fn find(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Hold> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::not_found("hold_not_found", "there is no such hold")
}

async fn close(tx: &mut Tx, cx: &Cx, hold: &Hold) -> Result<()> {
    if !hold.is_open {
        return Err(Error::refused("hold_ended", "the hold was used or released already"));
    }
    store::close(tx, cx.merchant, hold.id).await?;
    add_held(tx, cx.merchant, hold.owner, hold.kind, -hold.amount).await
}

async fn end(tx: &mut Tx, cx: &Cx, hold: &Hold) -> Result<bool> {
    let ended = store::close_open(tx, cx.merchant, hold.id).await?;
    if ended {
        add_held(tx, cx.merchant, hold.owner, hold.kind, -hold.amount).await?;
    }
    Ok(ended)
}
