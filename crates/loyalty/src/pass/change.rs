//! Extending, freezing, thawing, giving away.

use super::model::{Pass, PassId, PassView, VALUE, VISITS};
use super::ops::{grant_item, locked, open_store};
use super::store;
use crate::ground;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Instant, Money, Result, Zone, time};
use shuke_ledger::{Account, AccountKind, Holdings, Journal, LotTerms, journal, lot};
use shuke_member::MemberId;
use shuke_org::audit;
use utoipa::ToSchema;

/// What rests is available from here on: the last day that the calendar of the system knows.
const NEVER: Instant = Instant(253_402_214_400_000);

/// A longer life for a pass.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The new last local day.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
    /// Why: 1 to 200 characters.
    pub reason: String,
}

/// Why a pass is changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassReason {
    /// 1 to 200 characters.
    pub reason: String,
}

/// To whom what is left of a pass is given.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassTransfer {
    /// The id of the pass that the other gets, made by the client (a UUIDv7).
    pub id: PassId,
    /// The member who gets it.
    pub to: MemberId,
}

pub(super) fn check_reason(reason: &str) -> Result<()> {
    if reason.trim().is_empty() || reason.chars().count() > 200 {
        let error = Error::invalid("pass_reason_missing", "say why");
        return Err(error.field("/reason", "out_of_range", "must have 1 to 200 characters"));
    }
    Ok(())
}

async fn zone_of(tx: &mut Tx, cx: &Cx, pass: &Pass) -> Result<Zone> {
    shuke_org::store::ops::show(tx, cx, pass.store.into()).await?.parsed_zone()
}

/// Writes a pass's new days, on its row and on its lots, and records it.
async fn change(
    tx: &mut Tx,
    cx: &Cx,
    (old, new): (&Pass, &Pass),
    holdings: &mut Holdings,
    days: LotTerms,
    why: (&'static str, &str),
) -> Result<()> {
    tx.queue(store::days_stmt(cx.merchant, new)).await?;
    lot::reschedule(tx, cx, holdings, &new.lots(), days).await?;
    let told = |pass: &Pass| serde_json::json!({ "expires_on": pass.expires_on, "frozen_on": pass.frozen_on });
    let mut changed = told(new);
    changed["reason"] = why.1.into();
    audit::ops::record(tx, cx, &audit::Entry::new(why.0, new.id).old(&told(old)).new_value(&changed)).await?;
    let payload = serde_json::json!({ "pass": new.id, "member": new.member, "expires_on": new.expires_on, "why": why.1 });
    event::append(tx, cx, &[Event::new(why.0, new.member, &payload)]).await
}

/// Gives a pass a later last day. What had expired and was not swept yet can be used again; what midnight
/// took stays gone.
///
/// Errors: `pass_not_found`, `pass_reason_missing`, `pass_not_extendable` where it never ends, has not begun, rests, or
/// the day is not later.
pub async fn extend(tx: &mut Tx, cx: &Cx, id: PassId, extension: &Extension) -> Result<PassView> {
    check_reason(&extension.reason)?;
    let (old, mut holdings) = locked(tx, cx, id).await?;
    let zone = zone_of(tx, cx, &old).await?;
    let today = zone.date(cx.now);
    let refused = |why: &str| Err(Error::refused("pass_not_extendable", format!("this pass can't be extended: {why}")));
    if old.frozen_on.is_some() {
        return refused("it is frozen; thaw it first");
    }
    match old.expires_on {
        None => return refused("it has no last day yet"),
        Some(last) if extension.until <= last || extension.until < today => return refused("the new last day must be later, and not over"),
        Some(_) => {}
    }
    let new = Pass { expires_on: Some(extension.until), ..old.clone() };
    let days = LotTerms::until(cx.now, new.expires_on, &zone);
    change(tx, cx, (&old, &new), &mut holdings, days, ("pass.extended", &extension.reason)).await?;
    Ok(new.view(&holdings, today))
}

/// Lets a pass rest: it can't be used, and its days stand still.
///
/// Errors: `pass_not_found`, `pass_reason_missing`, `pass_not_freezable` where it rests already or is over.
pub async fn freeze(tx: &mut Tx, cx: &Cx, id: PassId, reason: &PassReason) -> Result<PassView> {
    check_reason(&reason.reason)?;
    let (old, mut holdings) = locked(tx, cx, id).await?;
    let today = zone_of(tx, cx, &old).await?.date(cx.now);
    if old.frozen_on.is_some() || old.expires_on.is_some_and(|last| last < today) {
        return Err(Error::refused("pass_not_freezable", "this pass is frozen already, or over"));
    }
    let new = Pass { frozen_on: Some(today), ..old.clone() };
    let days = LotTerms { available_at: NEVER, expires: None };
    change(tx, cx, (&old, &new), &mut holdings, days, ("pass.frozen", &reason.reason)).await?;
    Ok(new.view(&holdings, today))
}

/// Wakes a pass: its last day is later by the days that it rested.
///
/// Errors: `pass_not_found`, `pass_reason_missing`, `pass_not_frozen`.
pub async fn thaw(tx: &mut Tx, cx: &Cx, id: PassId, reason: &PassReason) -> Result<PassView> {
    check_reason(&reason.reason)?;
    let (old, mut holdings) = locked(tx, cx, id).await?;
    let zone = zone_of(tx, cx, &old).await?;
    let today = zone.date(cx.now);
    let Some(since) = old.frozen_on else {
        return Err(Error::refused("pass_not_frozen", "this pass is not frozen"));
    };
    let rested = i32::try_from(time::days_between(since, today)).unwrap_or(i32::MAX);
    let new = Pass { frozen_on: None, expires_on: old.expires_on.map(|last| time::add_days(last, rested)), ..old.clone() };
    let days = LotTerms::until(cx.now, new.expires_on, &zone);
    change(tx, cx, (&old, &new), &mut holdings, days, ("pass.thawed", &reason.reason)).await?;
    Ok(new.view(&holdings, today))
}

/// Gives what is left of a pass to another member, as a pass of their own with the same days. Visits that
/// were made before stay the giver's: what is undone of them comes back to the giver.
///
/// Errors: `pass_not_found`, `member_not_found`, `member_not_active`, `store_closed`, `pass_not_transferable`, `pass_taken`.
pub async fn transfer(tx: &mut Tx, cx: &Cx, id: PassId, transfer: &PassTransfer) -> Result<PassView> {
    let giver = super::ops::find(tx, cx, id).await?;
    ground::must_be_active(tx, cx, transfer.to).await?;
    let refused = |why: &str| Err(Error::refused("pass_not_transferable", format!("this pass can't be given away: {why}")));
    if giver.member == transfer.to.0 {
        return refused("it is this member's already");
    }
    // Accounts in the order of their owners, or two who give to each other could wait for each other.
    let (mut from, mut to);
    if giver.member < transfer.to.0 {
        from = journal::ops::holdings(tx, cx, giver.member, true).await?;
        to = journal::ops::holdings(tx, cx, transfer.to.0, true).await?;
    } else {
        to = journal::ops::holdings(tx, cx, transfer.to.0, true).await?;
        from = journal::ops::holdings(tx, cx, giver.member, true).await?;
    }
    let old = super::ops::find(tx, cx, id).await?;
    let (zone, today) = open_store(tx, cx, old.store).await?;
    let over = old.expires_on.is_some_and(|last| last < today);
    if !old.transferable || old.frozen_on.is_some() || over || old.ended_on.is_some() {
        return refused("its terms keep it with its member, or it is frozen, over or ended");
    }
    if old.items.iter().all(|item| Pass::visits_left(item, &from) == 0) {
        return refused("nothing is left of it");
    }
    let mut journal = Journal::new("pass_transfer", transfer.id.0, Some(old.store));
    let days = LotTerms::until(cx.now, old.expires_on, &zone);
    let new = moved(cx, &mut journal, (&mut from, &mut to), &old, (transfer.id, days))?;
    let ended = Pass { ended_on: Some(today), ..old };
    tx.queue(store::insert_stmt(cx, &new)?).await?;
    tx.queue(store::days_stmt(cx.merchant, &ended)).await?;
    journal.post(tx, cx, &[&from, &to]).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("pass.transferred", id).new_value(&new.id)).await?;
    let payload = serde_json::json!({ "pass": new.id, "origin": id, "from": from.owner, "member": to.owner });
    event::append(tx, cx, &[Event::new("pass.transferred", new.member, &payload)]).await?;
    Ok(new.view(&to, today))
}

/// Moves every item's lots; the pass that the other gets. It was not paid by its new member, so it is not
/// refunded either.
fn moved(
    cx: &Cx,
    journal: &mut Journal,
    (from, to): (&mut Holdings, &mut Holdings),
    old: &Pass,
    (id, days): (PassId, LotTerms),
) -> Result<Pass> {
    let between = Account::of(AccountKind::PrepaidMoved, old.store);
    let issued = Account::merchant(AccountKind::PassVisitsIssued);
    let mut items = Vec::new();
    for item in &old.items {
        let (visits, value) = (Pass::visits_left(item, from), Pass::value_left(item, from));
        if visits == 0 {
            continue;
        }
        if let Some(lot) = item.value_lot {
            journal.withdraw(from, VALUE, lot, value.0, between, "pass_given")?;
        }
        journal.withdraw(from, VISITS, item.visits_lot, visits, issued, "pass_given")?;
        items.push(grant_item(cx, journal, to, (item.terms.clone(), visits, value), between, days)?);
    }
    let price = Money::sum(items.iter().map(|item| item.paid))?;
    let refund = super::PassRefundTerms { method: super::PassRefundMethod::Never, ..old.refund };
    Ok(Pass {
        id,
        member: to.owner,
        price,
        payments: Vec::new(),
        items,
        refund,
        uses: 0,
        refunded: Money::ZERO,
        origin: Some(old.id),
        at: cx.now,
        ..old.clone()
    })
}
