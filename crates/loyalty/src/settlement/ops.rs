//! Making settlements, confirming them, marking them paid.

use super::model::{Settlement, SettlementDraft, SettlementDue, SettlementEntry, SettlementId, SettlementSide, SettlementState, set_off};
use super::store::{self, Seen};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Caller;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Limit, Page, Result, Uuid, time};
use shuke_ledger::{Account, AccountKind, Journal};
use shuke_org::{StoreId, audit, store as stores, text};
use utoipa::ToSchema;

/// How a payment is named, in characters.
const REFERENCE_CHARS_MAX: usize = 200;
/// Before every day that is settled.
const NEVER: Date = Date::constant(1, 1, 1);

/// Who confirms a settlement.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementConfirmation {
    /// For which of the two stores.
    pub store: Uuid,
}

/// How a settlement was paid.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementPayment {
    /// What names the payment: a bank's number, a receipt. At most 200 characters.
    #[serde(default)]
    pub reference: String,
}

fn missing() -> Error {
    Error::not_found("settlement_not_found", "there is no such settlement")
}

/// Whether the caller may look at what is between two stores.
fn may_see(caller: &Caller, stores: impl IntoIterator<Item = Uuid>) -> bool {
    stores.into_iter().any(|store| caller.may_in(store).is_ok())
}

/// Makes a settlement of two stores over everything that is not settled up to a day.
///
/// Errors: `stores_equal`, `store_not_found`, `store_not_yours` where neither is the caller's, `settlement_ahead`
/// where the day has not begun, `settlement_period_taken` where they have settled that far; `settlement_taken`.
pub async fn make(tx: &mut Tx, caller: &Caller, draft: &SettlementDraft) -> Result<Settlement> {
    let cx = &caller.cx;
    let pair = if draft.store < draft.other_store { (draft.store, draft.other_store) } else { (draft.other_store, draft.store) };
    if pair.0 == pair.1 {
        let detail = "choose two different stores";
        return Err(Error::invalid("stores_equal", detail).field("/other_store", "stores_equal", detail));
    }
    let mut today = NEVER;
    for store in [pair.0, pair.1] {
        let zone = stores::ops::show(tx, cx, StoreId(store)).await?.parsed_zone()?;
        today = today.max(zone.date(cx.now));
    }
    if !may_see(caller, [pair.0, pair.1]) {
        caller.may_in(draft.store)?;
    }
    if draft.to > today {
        return Err(Error::refused("settlement_ahead", "settle up to today, or up to a day before"));
    }
    let before = store::pair(tx, cx.merchant, pair, NEVER).await?;
    if !store::advance(tx, cx.merchant, pair, draft.to).await? {
        let text = format!("these stores have settled until {before}; choose a later day");
        return Err(Error::conflict("settlement_period_taken", text));
    }
    store::collect(tx, cx.merchant, draft.id, pair, draft.to).await?;
    let (lines, oldest) = store::summed(tx, cx.merchant, draft.id).await?;
    let (pays, amount) = set_off(pair, &lines)?;
    let side = |store| SettlementSide { store, confirmed_at: None, confirmed_by: None };
    let settlement = Settlement {
        id: draft.id,
        sides: vec![side(pair.0), side(pair.1)],
        from: if before == NEVER { oldest.unwrap_or(draft.to) } else { time::add_days(before, 1) },
        to: draft.to,
        state: SettlementState::Made,
        lines,
        payer: pays.map(|(payer, _)| payer),
        payee: pays.map(|(_, payee)| payee),
        amount,
        made_at: cx.now,
        made_by: cx.actor.text(),
        paid_at: None,
        paid_by: None,
        reference: String::new(),
    };
    store::insert_settlement(tx, cx, &settlement, pair).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("settlement.made", settlement.id).new_value(&settlement)).await?;
    event::append(tx, cx, &[Event::new("settlement.made", settlement.id, &settlement)]).await?;
    Ok(settlement)
}

/// A settlement of one of the caller's stores, or `settlement_not_found`.
pub async fn show(tx: &mut Tx, caller: &Caller, id: SettlementId) -> Result<Settlement> {
    seen(tx, caller, id, false).await
}

async fn seen(tx: &mut Tx, caller: &Caller, id: SettlementId, lock: bool) -> Result<Settlement> {
    let found = store::find(tx, caller.cx.merchant, id, lock).await?.ok_or_else(missing)?;
    if may_see(caller, found.sides.iter().map(|side| side.store)) { Ok(found) } else { Err(missing()) }
}

/// Settlements of the caller's stores, or of one of them, newest first; without their lines.
///
/// Errors: `store_not_found`, `store_not_yours`.
pub async fn list(
    tx: &mut Tx,
    caller: &Caller,
    state: Option<SettlementState>,
    of: Option<Uuid>,
    after: Option<SettlementId>,
    limit: Limit,
) -> Result<Page<Settlement>> {
    if let Some(store) = of {
        stores::ops::show(tx, &caller.cx, StoreId(store)).await?;
        caller.may_in(store)?;
    }
    let one = of.map(|store| vec![store]);
    let stores = one.as_deref().or(caller.stores.as_deref());
    let found = store::page(tx, caller.cx.merchant, state, stores, after, limit.fetch()).await?;
    Ok(Page::of(found, limit, |settlement| settlement.id))
}

/// Confirms a settlement for one of its stores. Whoever is bound to stores confirms for one side only: two
/// people agree. With the second confirmation the amount stands on the stores' clearing accounts.
///
/// Errors: `settlement_not_found`, `store_not_yours`, `settlement_not_of_store`, `settlement_confirmed` (conflict)
/// where this side has, `settlement_same_person`.
pub async fn confirm(tx: &mut Tx, caller: &Caller, id: SettlementId, confirmation: SettlementConfirmation) -> Result<Settlement> {
    let cx = &caller.cx;
    let found = seen(tx, caller, id, true).await?;
    if !found.is_of(confirmation.store) {
        return Err(Error::refused("settlement_not_of_store", "this settlement is between other stores"));
    }
    caller.may_in(confirmation.store)?;
    let actor = cx.actor.text();
    let other = found.sides.iter().find(|side| side.store != confirmation.store);
    if caller.stores.is_some() && other.and_then(|side| side.confirmed_by.as_deref()) == Some(&actor) {
        return Err(Error::refused("settlement_same_person", "you confirmed for the other store; somebody of this one has to agree"));
    }
    let first = found.sides.first().is_some_and(|side| side.store == confirmation.store);
    if !store::confirm(tx, cx, id, first).await? {
        return Err(Error::conflict("settlement_confirmed", "this store has confirmed already"));
    }
    if store::confirmed(tx, cx.merchant, id).await? {
        clear(tx, cx, &found, false).await?;
    }
    let now = store::find(tx, cx.merchant, id, false).await?.ok_or_else(missing)?;
    audit::ops::record(tx, cx, &audit::Entry::new("settlement.confirmed", id).new_value(&confirmation.store)).await?;
    event::append(tx, cx, &[Event::new("settlement.confirmed", id, &now)]).await?;
    Ok(now)
}

/// Marks a confirmed settlement paid, by somebody of the store that is paid.
///
/// Errors: `settlement_not_found`, `store_not_yours`, `settlement_not_confirmed`, `text_malformed`.
pub async fn pay(tx: &mut Tx, caller: &Caller, id: SettlementId, payment: &SettlementPayment) -> Result<Settlement> {
    let cx = &caller.cx;
    let found = seen(tx, caller, id, true).await?;
    found.payee.map_or(Ok(()), |payee| caller.may_in(payee))?;
    let reference = text::optional_line("reference", &payment.reference, REFERENCE_CHARS_MAX)?;
    if !store::paid(tx, cx, id, &reference).await? {
        return Err(Error::refused("settlement_not_confirmed", "only a settlement that both stores have confirmed is paid, and once"));
    }
    clear(tx, cx, &found, true).await?;
    let now = store::find(tx, cx.merchant, id, false).await?.ok_or_else(missing)?;
    audit::ops::record(tx, cx, &audit::Entry::new("settlement.paid", id).new_value(&reference)).await?;
    event::append(tx, cx, &[Event::new("settlement.paid", id, &now)]).await?;
    Ok(now)
}

/// Books what one store owes the other on their clearing accounts, or takes it off when it is paid.
async fn clear(tx: &mut Tx, cx: &Cx, settlement: &Settlement, paid: bool) -> Result<()> {
    let (Some(payer), Some(payee)) = (settlement.payer, settlement.payee) else { return Ok(()) };
    let (owes, has) = (Account::of(AccountKind::StoreClearing, payer), Account::of(AccountKind::StoreClearing, payee));
    let mut journal = Journal::new("settlement", settlement.id.0, None).from_line(i64::from(paid));
    match paid {
        false => journal.transfer(has, owes, settlement.amount.0, "settled")?,
        true => journal.transfer(owes, has, settlement.amount.0, "paid")?,
    }
    journal.post(tx, cx, &[]).await
}

/// What is owed between the caller's stores and others, and stands in no settlement yet.
pub async fn due(tx: &mut Tx, caller: &Caller) -> Result<Vec<SettlementDue>> {
    let mut found = store::due(tx, caller.cx.merchant).await?;
    found.retain(|due| may_see(caller, [due.debtor, due.creditor]));
    Ok(found)
}

/// The entries of a settlement, oldest first.
///
/// Errors: `settlement_not_found`.
pub async fn entries(tx: &mut Tx, caller: &Caller, id: SettlementId, after: Option<Seen>, limit: Limit) -> Result<Page<SettlementEntry>> {
    seen(tx, caller, id, false).await?;
    let found = store::entries(tx, caller.cx.merchant, id, after, limit.fetch()).await?;
    Ok(Page::of(found, limit, |entry| (entry.at, entry.source, entry.line, entry.lot)))
}
