//! Using limits and giving back.

use super::store::{self, used_read};
use super::{QuotaPeriod, Take, returned};
use shuke_db::Tx;
use shuke_kernel::{Cx, Date, Result, Uuid};
use shuke_ledger::account;
use std::collections::HashMap;

/// What a member has used, by subject and period.
pub(crate) type Used = HashMap<(Uuid, QuotaPeriod), i64>;

/// What a member has used in the periods of a day.
pub(crate) async fn used(tx: &mut Tx, cx: &Cx, member: Uuid, today: Date) -> Result<Used> {
    read(&tx.rows(store::used_stmt(cx.merchant, member, today, false)).await?)
}

/// The same, held for the rest of the transaction: what is reduced to what is left stays within it.
/// The member's accounts are locked first, as everywhere.
pub(crate) async fn used_locked(tx: &mut Tx, cx: &Cx, member: Uuid, today: Date, limits: &[(Uuid, QuotaPeriod, i64)]) -> Result<Used> {
    if limits.is_empty() {
        return Ok(Used::new());
    }
    let [accounts, _] = account::holdings_stmts(cx.merchant, member, true);
    let begin = store::begin_stmt(cx.merchant, member, today, limits);
    let [_, _, rows] = tx.all([accounts, begin, store::used_stmt(cx.merchant, member, today, true)]).await?;
    read(&rows)
}

fn read(rows: &[shuke_db::Row]) -> Result<Used> {
    rows.iter().map(|row| used_read(row).map(|(subject, period, used)| ((subject, period), used))).collect()
}

/// Uses limits for a cause; each once.
///
/// Errors: `quota_exhausted`, when the statement runs.
pub(crate) async fn take(tx: &mut Tx, cx: &Cx, member: Uuid, source: Uuid, today: Date, takes: &[Take]) -> Result<()> {
    if takes.is_empty() {
        return Ok(());
    }
    let mut sorted = takes.to_vec();
    sorted.sort_by_key(|take| (take.subject, take.period));
    tx.queue(store::take_stmt(cx.merchant, member, today, &sorted)).await?;
    tx.queue(store::uses_stmt(cx.merchant, member, source, today, &sorted)).await
}

/// Gives back what a cause has used of the subjects that `of` names, where `done` of `whole` of it is
/// undone by now. Saying it again changes nothing.
pub(crate) async fn give_back(tx: &mut Tx, cx: &Cx, source: Uuid, of: impl Fn(Uuid) -> bool, done: i64, whole: i64) -> Result<()> {
    for used in store::uses(tx, cx.merchant, source).await?.iter().filter(|used| of(used.subject)) {
        let amount = returned(used.amount, done, whole) - used.returned;
        if amount > 0 {
            store::give_back(tx, cx.merchant, source, used, amount).await?;
        }
    }
    Ok(())
}
