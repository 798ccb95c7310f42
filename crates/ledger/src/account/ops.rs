//! What is asked of accounts.

use super::{AccountKind, Balances, DayBalance, DayView};
use crate::journal::{Turnover, ops::holdings, store as entries};
use shuke_db::Tx;
use shuke_kernel::time::days_between;
use shuke_kernel::{Cx, Date, Error, Instant, Result, Uuid, Zone};
use shuke_org::merchant;

const DAY_ENTRIES_MAX: usize = 200;
const TURNOVER_DAYS_MAX: i64 = 366;

/// What a member has.
pub async fn balances(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Balances> {
    Ok(holdings(tx, cx, member, false).await?.view(cx.now))
}

/// What a member, a purse or a gift card had when a local day of the merchant's zone began and ended, and the entries
/// between.
pub async fn balances_on(tx: &mut Tx, cx: &Cx, owner: Uuid, date: Date) -> Result<DayView> {
    let zone = zone(tx, cx).await?;
    let (start, end) = (zone.start(date), zone.end(date));
    let before = entries::balances_at(tx, cx.merchant, owner, start).await?;
    let after = entries::balances_at(tx, cx.merchant, owner, end).await?;
    let of = |balances: &[(AccountKind, i64)], kind| balances.iter().find(|(of, _)| *of == kind).map_or(0, |(_, sum)| *sum);
    let kinds = AccountKind::ALL.iter().copied().filter(|kind| after.iter().any(|(of, _)| of == kind));
    let balances = kinds.map(|account| DayBalance { account, start: of(&before, account), end: of(&after, account) }).collect();
    let limit = i64::try_from(DAY_ENTRIES_MAX + 1).unwrap_or(i64::MAX);
    let mut day = entries::statement(tx, cx.merchant, owner, None, start, (end, Uuid::nil(), i64::MIN), limit).await?;
    let more = day.len() > DAY_ENTRIES_MAX;
    day.truncate(DAY_ENTRIES_MAX);
    Ok(DayView { date, zone: zone.name().to_owned(), balances, entries: day, more })
}

/// What went in and out of the shop's own accounts on the local days from one to another, both in it.
///
/// Errors: `dates_wrong` where the first is after the last, or they are more than 366 days.
pub async fn turnovers(tx: &mut Tx, cx: &Cx, from: Date, to: Date) -> Result<Vec<Turnover>> {
    if !(0..TURNOVER_DAYS_MAX).contains(&days_between(from, to)) {
        return Err(Error::invalid("dates_wrong", "give a first and a last day, at most 366 days"));
    }
    let zone = zone(tx, cx).await?;
    let (start, end): (Instant, Instant) = (zone.start(from), zone.end(to));
    entries::turnovers(tx, cx.merchant, start, end).await
}

/// The merchant's zone, in which a local date is meant here.
pub(crate) async fn zone(tx: &mut Tx, cx: &Cx) -> Result<Zone> {
    merchant::ops::show(tx, cx.merchant).await?.parsed_zone()
}
