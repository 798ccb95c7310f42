//! Points as sales and people use them: room in caps, limits, what is pending, the overview.

use super::{EarnCap, Earned, PointsTerms, Room};
use crate::book::Book;
use crate::book::ops::today as merchant_today;
use crate::clock::{self, Clock};
use crate::quota::{self, QuotaPeriod, Take, ops::Used, takes};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Instant, Points, Result, Uuid};
use shuke_ledger::account::BalanceView;
use shuke_ledger::lot::{self, LotView};
use shuke_ledger::{LotTerms, account};
use shuke_member::MemberId;
use shuke_org::{audit, setting};
use utoipa::ToSchema;

/// What the caps leave a member to earn today. Costs nothing where there are none. With `lock` it holds
/// for the rest of the transaction.
pub async fn room(tx: &mut Tx, cx: &Cx, book: &Book, member: Option<MemberId>, lock: bool) -> Result<Room> {
    let Some(member) = member.filter(|_| !book.terms.caps.is_empty()) else { return Ok(Room::default()) };
    let today = book.zone.date(cx.now);
    let counters = book.terms.counters();
    let used = match (counters.is_empty(), lock) {
        (true, _) => Used::new(),
        (false, true) => quota::ops::used_locked(tx, cx, member.0, today, &counters).await?,
        (false, false) => quota::ops::used(tx, cx, member.0, today).await?,
    };
    Ok(Room::of(&book.terms.caps, |cap| used_of(&used, cap)))
}

fn used_of(used: &Used, cap: &EarnCap) -> i64 {
    let subject = cap.rule.map_or(quota::EARNED, |rule| rule.0);
    cap.period.counted().and_then(|period| used.get(&(subject, period))).copied().unwrap_or(0)
}

/// Says of earned points when they can be used.
pub fn wait(book: &Book, granted_on: Date, earned: &mut Earned) {
    wait_for(book.terms.pending, granted_on, earned);
}

/// The same by the terms of a kind of points.
pub fn wait_for(pending: super::Pending, granted_on: Date, earned: &mut Earned) {
    earned.waits = matches!(pending, super::Pending::Confirmed { .. });
    earned.usable_from = if earned.points.is_positive() { pending.usable_from(granted_on) } else { None };
}

/// The lot of what an order earns.
pub fn lot_terms(book: &Book, now: Instant, earned: &Earned, zone: &shuke_kernel::Zone) -> LotTerms {
    LotTerms { available_at: book.terms.pending.available_at(now, zone), ..LotTerms::until(now, earned.expires_on, zone) }
}

/// What an order uses of caps and limits.
pub fn uses(book: &Book, room: &Room, earned: &Earned, spent: Points) -> Vec<Take> {
    let mut all = room.takes(earned);
    all.extend(takes(quota::SPENT, &book.terms.spend_limits, spent.0));
    all
}

/// Counts what an order uses of caps and limits; queued, nothing where there are none.
///
/// Errors: `quota_exhausted`, when the statement runs.
pub async fn count(tx: &mut Tx, cx: &Cx, book: &Book, member: Option<MemberId>, order: Uuid, uses: &[Take]) -> Result<()> {
    let Some(member) = member else { return Ok(()) };
    quota::ops::take(tx, cx, member.0, order, book.zone.date(cx.now), uses).await
}

/// How much of a cap or limit is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsedLimit {
    /// The earn rule of a cap; none for all points earned, or points spent.
    pub rule: Option<super::EarnRuleId>,
    /// In which period.
    pub period: QuotaPeriod,
    /// What was used of it.
    pub used: Points,
    /// The most.
    pub max: Points,
    /// The last local day of the period; none for ever.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

/// A member's points, and what holds for them today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsView {
    /// The balance.
    pub points: BalanceView,
    /// The clock, where points end by inactivity.
    pub clock: Option<Clock>,
    /// The caps on earning, as far as they count over more than an order.
    pub caps: Vec<UsedLimit>,
    /// The limits on spending as money.
    pub spend_limits: Vec<UsedLimit>,
}

/// A member's points with what holds for them.
pub async fn overview(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<PointsView> {
    let terms: PointsTerms = setting::ops::get(tx, cx.merchant).await?;
    let today = merchant_today(tx, cx).await?;
    let points = account::ops::balances(tx, cx, member).await?.points;
    let clock = clock::ops::show(tx, cx, member).await?;
    let used = quota::ops::used(tx, cx, member, today).await?;
    let of = |rule, subject, period: QuotaPeriod, max| UsedLimit {
        rule,
        period,
        used: Points(used.get(&(subject, period)).copied().unwrap_or(0)),
        max: Points(max),
        until: period.ends_on(today),
    };
    let cap = |cap: &EarnCap| {
        let subject = cap.rule.map_or(quota::EARNED, |rule| rule.0);
        cap.period.counted().map(|period| of(cap.rule, subject, period, cap.max.0))
    };
    Ok(PointsView {
        points,
        clock,
        caps: terms.caps.iter().filter_map(cap).collect(),
        spend_limits: terms.spend_limits.iter().map(|limit| of(None, quota::SPENT, limit.period, limit.max)).collect(),
    })
}

/// What a word about pending points did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingChanged {
    /// How many points; none where nothing of the cause was pending any more.
    pub points: Points,
}

/// The points that a member can't use yet, the soonest first.
pub async fn pending(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<LotView>> {
    lot::pending(tx, cx, member).await
}

/// Confirms or takes back what is pending of a cause (an order). Saying it again changes nothing.
pub async fn settle_pending(tx: &mut Tx, cx: &Cx, member: Uuid, source: Uuid, confirm: bool) -> Result<PendingChanged> {
    let points = match confirm {
        true => lot::release(tx, cx, member, source).await?,
        false => lot::cancel_pending(tx, cx, member, source).await?,
    };
    if points > 0 {
        let kind = if confirm { "points.released" } else { "points.cancelled" };
        let payload = serde_json::json!({ "member": member, "source": source, "points": points });
        event::append(tx, cx, &[Event::new(kind, member, &payload)]).await?;
        audit::ops::record(tx, cx, &audit::Entry::new(kind, member).new_value(&payload)).await?;
    }
    Ok(PendingChanged { points: Points(points) })
}
