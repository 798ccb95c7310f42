//! Moving members between tiers.

use super::store::{self, Standing, TierEntry};
use super::{
    CurrentTier, Overlay, TierBenefits, TierChange, TierDecision, TierGap, TierId, TierReason, TierScheme, TierTotals, after_refund,
    evaluate, gifts,
};
use crate::book::ops::today as merchant_today;
use crate::growth;
use serde::{Deserialize, Serialize};
use shuke_db::{Db, Tx};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Limit, MerchantId, Money, Page, Result, Uuid, time};
use shuke_member::{MemberId, purchase};
use shuke_org::setting;
use utoipa::ToSchema;

/// Members that midnight takes in one transaction.
const BATCH_MEMBERS: i64 = 100;
/// Upgrades that are remembered so that refunds can take them back.
const RISES_MAX: usize = 20;
/// Before every purchase.
const FIRST_DAY: Date = Date::constant(1, 1, 1);

/// What a member bought and grew by on a day or later, and the first day on which they bought.
pub(super) async fn totals(
    tx: &mut Tx,
    merchant: MerchantId,
    scheme: &TierScheme,
    member: Uuid,
    since: Option<Date>,
) -> Result<(TierTotals, Option<Date>)> {
    let since = since.unwrap_or(FIRST_DAY);
    let bought = purchase::totals_since_stmt(merchant, &[MemberId(member)], since);
    let (rows, grown) = if scheme.growth.is_some() || scheme.tiers.iter().any(|tier| tier.growth.is_some()) {
        let [rows, grown] = tx.all([bought, growth::store::since_stmt(merchant, member, since)]).await?;
        (rows, growth::store::since_read(&grown)?)
    } else {
        (tx.rows(bought).await?, 0)
    };
    let found = purchase::totals_since(&rows)?.remove(&MemberId(member)).unwrap_or_default();
    Ok((TierTotals { amount: found.amount, count: found.orders, growth: grown }, found.first_on))
}

/// What was bought since the first day of the window in which an upgrade was earned. Only a refund
/// can make that fall short of the upgrade's tier: time can't.
async fn totals_of(tx: &mut Tx, merchant: MerchantId, scheme: &TierScheme, member: Uuid, rise: &TierDecision) -> Result<TierTotals> {
    Ok(totals(tx, merchant, scheme, member, rise.snapshot.window_from).await?.0)
}

/// Brings a member's tier up to a day: after a purchase, after a refund, or because a day has come.
/// Returns what was decided last, where that changed anything.
pub async fn refresh(tx: &mut Tx, cx: &Cx, scheme: &TierScheme, member: Uuid, today: Date) -> Result<Option<TierDecision>> {
    let mut standing = store::standing(tx, cx.merchant, member).await?;
    // Who has never moved may have a row all the same, for a paid membership.
    if standing.changes == 0 {
        standing.current.tier = scheme.effective(&standing.current);
    }
    let due_before = standing.due_on;
    let mut last = None;
    let (from, _) = scheme.window(today);
    let (reached, _) = totals(tx, cx.merchant, scheme, member, from).await?;
    let decision = evaluate(scheme, &standing.current, &reached, today);
    if decision.kind != TierChange::Upgrade {
        while let Some(back) = take_back(tx, cx, scheme, member, &mut standing, today).await? {
            step(tx, cx, member, &mut standing, &back, today).await?;
            last = Some(back);
        }
    }
    if last.is_none() && decision.changes(&standing.current) {
        match decision.kind {
            TierChange::Upgrade => standing.rises.push(decision.clone()),
            // Whoever was lowered or renewed by time has no upgrade left that a refund could undo.
            TierChange::Downgrade | TierChange::Keep => standing.rises.clear(),
        }
        let surplus = standing.rises.len().saturating_sub(RISES_MAX);
        standing.rises.drain(..surplus);
        step(tx, cx, member, &mut standing, &decision, today).await?;
        if decision.kind == TierChange::Upgrade {
            gifts::give(tx, cx, scheme, member, decision.to, standing.changes, today).await?;
        }
        last = Some(decision.clone());
    }
    let warned = last.is_none() && warn(tx, cx, scheme, member, &mut standing, &decision, &reached, today).await?;
    standing.due_on = due_on(scheme, &standing, today);
    if last.is_some() || warned || (standing.stored && standing.due_on != due_before) {
        tx.queue(store::put_stmt(cx.merchant, member, &standing, today)?).await?;
    }
    Ok(last)
}

/// Tells once that a member is about to lose their tier. Returns whether it did.
#[expect(clippy::too_many_arguments, reason = "the decision and what it was made from; a struct would only repeat the names")]
async fn warn(
    tx: &mut Tx,
    cx: &Cx,
    scheme: &TierScheme,
    member: Uuid,
    standing: &mut Standing,
    decision: &TierDecision,
    totals: &TierTotals,
    today: Date,
) -> Result<bool> {
    let short = matches!(decision.snapshot.reason, TierReason::StillValid | TierReason::InGrace);
    let (from, until) = (scheme.warned_from(&standing.current), standing.current.valid_until);
    if !short || from.is_none_or(|from| today < from) || standing.warned_for == until {
        return Ok(false);
    }
    standing.warned_for = until;
    let held = standing.current.tier.and_then(|id| scheme.tier(id));
    let payload = serde_json::json!({
        "member": member, "tier": standing.current.tier, "to": scheme.earned(totals).map(|tier| tier.id),
        "kept_until": scheme.kept_until(&standing.current), "missing": held.map(|tier| tier.missing(totals)),
    });
    event::append(tx, cx, &[Event::new("tier.downgrade_near", member, &payload)]).await?;
    Ok(true)
}

/// What a refund takes back of the last upgrade, which is then forgotten, or remembered as the
/// smaller one that is left of it.
async fn take_back(
    tx: &mut Tx,
    cx: &Cx,
    scheme: &TierScheme,
    member: Uuid,
    standing: &mut Standing,
    today: Date,
) -> Result<Option<TierDecision>> {
    let Some(rise) = standing.rises.last() else { return Ok(None) };
    let totals = totals_of(tx, cx.merchant, scheme, member, rise).await?;
    let Some(back) = after_refund(scheme, &standing.current, rise, &totals, today) else { return Ok(None) };
    if let Some(rise) = standing.rises.pop() {
        gifts::take_back(tx, cx, member, rise.to).await?;
        if back.to != rise.from {
            // The rise was smaller than it seemed: its tier gives what it gives.
            gifts::give(tx, cx, scheme, member, back.to, standing.changes + 1, today).await?;
            standing.rises.push(TierDecision { to: back.to, ..rise });
        }
    }
    Ok(Some(back))
}

/// Applies a decision to the row in memory; writes the history and the event.
async fn step(tx: &mut Tx, cx: &Cx, member: Uuid, standing: &mut Standing, decision: &TierDecision, today: Date) -> Result<()> {
    let entry = TierEntry {
        sequence: standing.changes + 1,
        kind: decision.kind.as_str().to_owned(),
        from: decision.from,
        to: decision.to,
        changed_on: today,
        valid_until: decision.valid_until.filter(|_| decision.to.is_some()),
        snapshot: Some(decision.snapshot.clone()),
        note: None,
        at: cx.now,
        actor: cx.actor.text(),
    };
    write(tx, cx, member, standing, &entry, decision.snapshot.reason.as_str()).await
}

async fn write(tx: &mut Tx, cx: &Cx, member: Uuid, standing: &mut Standing, entry: &TierEntry, reason: &str) -> Result<()> {
    standing.changes = entry.sequence;
    if entry.to != entry.from {
        standing.since = Some(entry.changed_on);
    }
    standing.current.tier = entry.to;
    standing.current.valid_until = entry.valid_until;
    tx.queue(store::change_stmt(cx, member, entry)?).await?;
    let payload = serde_json::json!({
        "member": member, "from": entry.from, "to": entry.to, "kind": entry.kind, "reason": reason,
        "on": entry.changed_on, "valid_until": entry.valid_until,
    });
    let kind = if entry.to == entry.from { "tier.renewed" } else { "tier.changed" };
    event::append(tx, cx, &[Event::new(kind, member, &payload)]).await
}

/// The next day on which time alone may change the tier, or a warning is due.
fn due_on(scheme: &TierScheme, standing: &Standing, today: Date) -> Option<Date> {
    let current = &standing.current;
    if let Some(locked) = current.locked_until.filter(|until| today <= *until) {
        return Some(time::add_days(locked, 1));
    }
    let until = current.valid_until.filter(|_| current.tier.is_some())?;
    let day = if today <= until { until } else { time::add_days(until, scheme.grace_days) };
    let next = time::add_days(day, 1);
    let warned = standing.warned_for == Some(until);
    // Who falls short only later in the days of warning is found by looking every day.
    let warning = scheme.warned_from(current).filter(|_| !warned).map(|from| from.max(time::add_days(today, 1)));
    Some(warning.map_or(next, |day| day.min(next)))
}

/// Looks at the members whose day has come, in batches, each in a transaction of its own. Safe to
/// stop and to repeat. Returns how many tiers changed.
pub async fn midnight(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    let mut changed = 0;
    loop {
        let (seen, some) = db.write(&(cx, today), |tx, (cx, today)| Box::pin(midnight_some(tx, cx, *today))).await?;
        changed += some;
        if seen == 0 {
            return Ok(changed);
        }
    }
}

async fn midnight_some(tx: &mut Tx, cx: &Cx, today: Date) -> Result<(u64, u64)> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let due = store::due(tx, cx.merchant, today, BATCH_MEMBERS).await?;
    let mut changed = 0;
    for member in &due {
        changed += u64::from(refresh(tx, cx, &scheme, *member, today).await?.is_some());
    }
    Ok((due.len() as u64, changed))
}

/// A tier that a member had before there was a history of it.
#[derive(Clone, Debug)]
pub struct Brought {
    /// Who.
    pub member: Uuid,
    /// Which tier.
    pub tier: TierId,
    /// Since which local day.
    pub since: Date,
    /// The last local day for which it is earned; none for ever.
    pub valid_until: Option<Date>,
}

/// Puts members who have no row yet into tiers, in few statements: their history begins with it.
pub async fn bring_in(tx: &mut Tx, cx: &Cx, brought: &[Brought]) -> Result<()> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let today = merchant_today(tx, cx).await?;
    for batch in brought.chunks(500) {
        let standing = |one: &Brought| Standing {
            current: CurrentTier { tier: Some(one.tier), valid_until: one.valid_until, locked_until: None },
            since: Some(one.since),
            changes: 1,
            ..Standing::default()
        };
        let rows = batch.iter().map(|one| {
            let standing = standing(one);
            let due_on = due_on(&scheme, &standing, today);
            (one.member, Standing { due_on, ..standing })
        });
        store::insert_many(tx, cx, &rows.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// A tier that staff sets by hand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierByHand {
    /// The tier; none for no tier.
    #[serde(default)]
    pub tier: Option<TierId>,
    /// The last local day on which nothing is computed; afterwards the days of grace begin.
    #[schema(value_type = String, format = Date)]
    pub locked_until: Date,
    /// Why, for the member's history.
    pub reason: String,
}

/// Sets a member's tier by hand, locked until a day ends. Saying the same again changes nothing.
///
/// Errors: `tier_unknown`, `tier_lock_over`, `text_malformed`.
pub async fn set_by_hand(tx: &mut Tx, cx: &Cx, member: Uuid, wanted: &TierByHand) -> Result<()> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let today = merchant_today(tx, cx).await?;
    if wanted.tier.is_some_and(|id| scheme.tier(id).is_none()) {
        return Err(Error::refused("tier_unknown", "the scheme has no such tier"));
    }
    if wanted.locked_until < today {
        return Err(Error::invalid("tier_lock_over", "locked_until must be today or later").field(
            "/locked_until",
            "out_of_range",
            "must be today or later",
        ));
    }
    let reason = shuke_org::text::line("reason", &wanted.reason, 200)?;
    let mut standing = store::standing(tx, cx.merchant, member).await?;
    if standing.stored && standing.current.tier == wanted.tier && standing.current.locked_until == Some(wanted.locked_until) {
        return Ok(());
    }
    let entry = TierEntry {
        sequence: standing.changes + 1,
        kind: "manual".to_owned(),
        from: scheme.effective(&standing.current),
        to: wanted.tier,
        changed_on: today,
        // When the lock ends the tier must be earned like any other, after the days of grace.
        valid_until: wanted.tier.map(|_| wanted.locked_until),
        snapshot: None,
        note: Some(reason),
        at: cx.now,
        actor: cx.actor.text(),
    };
    standing.rises.clear();
    standing.current.locked_until = Some(wanted.locked_until);
    write(tx, cx, member, &mut standing, &entry, "by_hand").await?;
    standing.due_on = due_on(&scheme, &standing, today);
    tx.queue(store::put_stmt(cx.merchant, member, &standing, today)?).await
}

/// What a merge did to tiers: how the survivor stood, where the absorbed one's tier was taken over, and
/// when the absorbed one's was due.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MovedTier {
    before: Option<(CurrentTier, Option<Date>, Vec<TierDecision>)>,
    absorbed_due: Option<Date>,
}

/// The higher of two tiers is the survivor's, with its days and its lock. What purchases make of it
/// follows when they are counted.
pub(crate) async fn merge(tx: &mut Tx, cx: &Cx, from: Uuid, into: Uuid) -> Result<MovedTier> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let today = merchant_today(tx, cx).await?;
    let mut absorbed = store::standing(tx, cx.merchant, from).await?;
    let mut survivor = store::standing(tx, cx.merchant, into).await?;
    let rank = |standing: &Standing| scheme.effective(&standing.current).and_then(|tier| scheme.rank(tier));
    let mut moved = MovedTier { before: None, absorbed_due: absorbed.due_on };
    if rank(&absorbed) > rank(&survivor) {
        moved.before = Some((survivor.current, survivor.since, survivor.rises.clone()));
        let locked_until = absorbed.current.locked_until;
        let entry = by_merge(cx, &survivor, scheme.effective(&survivor.current), &absorbed.current, today, "merge");
        survivor.rises = absorbed.rises.clone();
        survivor.current.locked_until = locked_until;
        write(tx, cx, into, &mut survivor, &entry, "merge").await?;
        survivor.due_on = due_on(&scheme, &survivor, today);
        tx.queue(store::put_stmt(cx.merchant, into, &survivor, today)?).await?;
    }
    if absorbed.stored && absorbed.due_on.is_some() {
        absorbed.due_on = None;
        tx.queue(store::put_stmt(cx.merchant, from, &absorbed, today)?).await?;
    }
    Ok(moved)
}

/// Puts tiers back as they stood before a merge; what purchases since make of them follows.
pub(crate) async fn unmerge(tx: &mut Tx, cx: &Cx, from: Uuid, into: Uuid, moved: &MovedTier) -> Result<()> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let today = merchant_today(tx, cx).await?;
    if let Some((current, since, rises)) = &moved.before {
        let mut survivor = store::standing(tx, cx.merchant, into).await?;
        let entry = by_merge(cx, &survivor, scheme.effective(&survivor.current), current, today, "unmerge");
        write(tx, cx, into, &mut survivor, &entry, "unmerge").await?;
        survivor.current = *current;
        survivor.since = *since;
        survivor.rises = rises.clone();
        survivor.due_on = due_on(&scheme, &survivor, today);
        tx.queue(store::put_stmt(cx.merchant, into, &survivor, today)?).await?;
    }
    let mut absorbed = store::standing(tx, cx.merchant, from).await?;
    if absorbed.stored && absorbed.due_on.is_none() && moved.absorbed_due.is_some() {
        absorbed.due_on = moved.absorbed_due;
        tx.queue(store::put_stmt(cx.merchant, from, &absorbed, today)?).await?;
    }
    Ok(())
}

fn by_merge(cx: &Cx, standing: &Standing, before: Option<TierId>, to: &CurrentTier, today: Date, kind: &str) -> TierEntry {
    TierEntry {
        sequence: standing.changes + 1,
        kind: kind.to_owned(),
        from: before,
        to: to.tier,
        changed_on: today,
        valid_until: to.valid_until,
        snapshot: None,
        note: None,
        at: cx.now,
        actor: cx.actor.text(),
    }
}

/// The next tier and what is missing to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextTier {
    /// The tier.
    pub tier: TierId,
    /// Its name.
    pub name: String,
    /// What must still be bought, in minor units; none where the tier doesn't ask for an amount.
    pub amount_missing: Option<Money>,
    /// How many orders are still missing; none where the tier doesn't ask for a count.
    pub count_missing: Option<i64>,
    /// How much growth is still missing; none where the tier doesn't ask for growth.
    pub growth_missing: Option<i64>,
    /// The last local day on which all still counts that counts today; none where nothing ever drops out.
    #[schema(value_type = Option<String>, format = Date)]
    pub by: Option<Date>,
}

/// What keeps the earned tier beyond its validity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeepTier {
    /// What is missing on today's totals; all zero where they keep it.
    pub missing: TierGap,
    /// The last local day on which the member has it, grace included.
    #[schema(value_type = String, format = Date)]
    pub by: Date,
}

/// A member's tier, and how far it is to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierView {
    /// The tier, its validity and its lock.
    pub current: CurrentTier,
    /// Its name.
    pub name: Option<String>,
    /// What it gives.
    pub benefits: Option<TierBenefits>,
    /// The local day since which the member has it; none for a tier that everybody has.
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
    /// The first local day of the window; none for the lifetime.
    #[schema(value_type = Option<String>, format = Date)]
    pub window_from: Option<Date>,
    /// What was bought in the window, net of returns.
    pub totals: TierTotals,
    /// The next tier; none at the top.
    pub next: Option<NextTier>,
    /// The tier that holds: the earned one, or that of a paid membership where it is higher. The name, the
    /// benefits and the privileges are its.
    pub effective: Option<TierId>,
    /// The paid membership's tier, as long as it runs.
    pub paid: Option<Overlay>,
    /// What else its members have a right to.
    pub privileges: Vec<String>,
    /// What keeps the earned tier; none where it is for ever.
    pub keep: Option<KeepTier>,
}

/// A member's tier with progress.
pub async fn show(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<TierView> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let today = merchant_today(tx, cx).await?;
    let (window_from, _) = scheme.window(today);
    let standing = store::seen(tx, cx.merchant, member).await?;
    let (totals, first_on) = totals(tx, cx.merchant, &scheme, member, window_from).await?;
    let tier = scheme.effective(&standing.current);
    let current = CurrentTier { tier, ..standing.current };
    let effective = scheme.effective_with(&standing.current, standing.overlay, today);
    let held = effective.and_then(|id| scheme.tier(id));
    let own = tier.and_then(|id| scheme.tier(id));
    let keep = scheme.kept_until(&current).zip(own).map(|(by, own)| KeepTier { missing: own.missing(&totals), by });
    Ok(TierView {
        current,
        name: held.map(|tier| tier.name.clone()),
        benefits: held.map(|tier| tier.benefits.clone()),
        since: standing.since.filter(|_| standing.changes > 0),
        window_from,
        totals,
        next: next_tier(&scheme, tier, &totals, scheme.counts_until(first_on)),
        effective,
        paid: standing.overlay.filter(|overlay| today <= overlay.until),
        privileges: held.map(|tier| tier.privileges.clone()).unwrap_or_default(),
        keep,
    })
}

fn next_tier(scheme: &TierScheme, tier: Option<TierId>, totals: &TierTotals, by: Option<Date>) -> Option<NextTier> {
    let place = tier.and_then(|id| scheme.rank(id)).map_or(0, |rank| rank + 1);
    scheme.tiers.iter().skip(place).find(|tier| !tier.paid_only).map(|next| {
        let missing = next.missing(totals);
        NextTier {
            tier: next.id,
            name: next.name.clone(),
            amount_missing: missing.amount,
            count_missing: missing.count,
            growth_missing: missing.growth,
            by,
        }
    })
}

/// A member's changes, the latest first.
pub async fn history(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<i64>, limit: Limit) -> Result<Page<TierEntry>> {
    let entries = store::changes(tx, cx.merchant, member, before, limit.fetch()).await?;
    Ok(Page::of(entries, limit, |entry| entry.sequence))
}
