//! Plans, selling passes, using them.

use super::model::{HeldItem, Pass, PassId, PassView, VALUE, VISITS};
use super::plan::{PassPlan, PassPlanId};
use super::store::{self, VisitRow};
use super::visit::{At, Chosen, Wanted, choose};
use crate::prepaid::{self, PrepaidPayment};
use crate::wallet::{PlanState, WalletPolicy};
use crate::{ground, template};
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Tx};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Instant, Limit, Money, Page, Result, Uuid, Zone};
use shuke_ledger::journal::{self, Outstanding};
use shuke_ledger::{Account, AccountKind, Holdings, Journal, LotTerms, lot};
use shuke_member::MemberId;
use shuke_org::{StoreId, TillId, audit, setting};
use utoipa::ToSchema;

/// A plan and whether it can be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassPlanView {
    /// The plan.
    pub plan: PassPlan,
    /// Whether it can be bought.
    pub state: PlanState,
}

/// Makes a plan, which can be bought at once.
///
/// Errors: `name_malformed`, `pass_plan_invalid`, `pass_plan_taken`.
pub async fn create_plan(tx: &mut Tx, cx: &Cx, plan: &PassPlan) -> Result<PassPlanView> {
    template::check_name(&plan.name)?;
    plan.check()?;
    tx.queue(store::insert_plan_stmt(cx, plan)?).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("pass_plan.created", plan.id).new_value(plan)).await?;
    Ok(PassPlanView { plan: plan.clone(), state: PlanState::Published })
}

/// Changes or stops a plan. Passes that were sold keep their terms.
///
/// Errors: `pass_plan_not_found`, and those of [`create_plan`].
pub async fn change_plan(tx: &mut Tx, cx: &Cx, id: PassPlanId, change: &PassPlanView) -> Result<PassPlanView> {
    let old = show_plan(tx, cx, id).await?;
    let new = PassPlanView { plan: PassPlan { id, ..change.plan.clone() }, state: change.state };
    template::check_name(&new.plan.name)?;
    new.plan.check()?;
    tx.queue(store::change_plan_stmt(cx, &new.plan, new.state)?).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("pass_plan.changed", id).old(&old).new_value(&new)).await?;
    Ok(new)
}

fn plan_view(row: &Row) -> Result<PassPlanView> {
    store::plan_read(row).map(|(plan, state)| PassPlanView { plan, state })
}

/// A plan, or `pass_plan_not_found`.
pub async fn show_plan(tx: &mut Tx, cx: &Cx, id: PassPlanId) -> Result<PassPlanView> {
    let missing = || Error::not_found("pass_plan_not_found", "there is no such pass plan");
    plan_view(&tx.need(store::plan_stmt(cx.merchant, id), missing).await?)
}

/// All plans, oldest first; at most 500.
pub async fn plans(tx: &mut Tx, cx: &Cx) -> Result<Vec<PassPlanView>> {
    tx.rows(store::plans_stmt(cx.merchant)).await?.iter().map(plan_view).collect()
}

/// A pass to be sold.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: PassId,
    /// Who buys.
    pub member: MemberId,
    /// The store that sells.
    pub store: StoreId,
    /// The plan.
    pub plan: PassPlanId,
    /// How it is paid; comes to the plan's price.
    #[serde(default)]
    pub payments: Vec<PrepaidPayment>,
    /// The till where it is paid: it belongs to the till's shift.
    #[serde(default)]
    pub till: Option<TillId>,
}

/// An open store with its zone, or `store_not_found`, `store_closed`.
pub(super) async fn open_store(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<(Zone, Date)> {
    let at = shuke_org::store::ops::show(tx, cx, StoreId(id)).await?;
    if !at.active {
        return Err(Error::refused("store_closed", "this store is closed; choose another"));
    }
    let zone = at.parsed_zone()?;
    let today = zone.date(cx.now);
    Ok((zone, today))
}

/// Sells a pass: what is paid becomes its value, visit by visit recognised later.
///
/// Errors: `store_not_found`, `store_closed`, `member_not_found`, `member_not_active`,
/// `pass_plan_not_found`, `pass_plan_not_open`, `payments_mismatch`, `wallet_insufficient`, `till_not_found`, `till_elsewhere`,
/// `pass_taken`.
pub async fn sell(tx: &mut Tx, cx: &Cx, draft: &PassDraft) -> Result<PassView> {
    let store_id = draft.store.0;
    let (zone, today) = open_store(tx, cx, store_id).await?;
    ground::must_be_active(tx, cx, draft.member).await?;
    let PassPlanView { plan, state } = show_plan(tx, cx, draft.plan).await?;
    let last_day = plan.validity.last_day(today).filter(|_| !plan.validity.begins_with_a_visit());
    if state != PlanState::Published || last_day.is_some_and(|last| last < today) {
        return Err(Error::refused("pass_plan_not_open", "this plan can't be bought any more"));
    }
    let spending = setting::ops::get::<WalletPolicy>(tx, cx.merchant).await?.spending;
    let shift = ground::shift(tx, cx, draft.till, store_id).await?;
    let mut holdings = journal::ops::holdings(tx, cx, draft.member.0, true).await?;
    let mut journal = Journal::new("pass_sale", draft.id.0, Some(store_id)).in_shift(shift);
    let payments = prepaid::take(cx, &mut journal, Some(&mut holdings), &spending, store_id, (&draft.payments, plan.price))?;
    let terms = LotTerms::until(cx.now, last_day, &zone);
    let mut items = Vec::with_capacity(plan.items.len());
    for (item, paid) in plan.items.iter().zip(plan.shares()?) {
        items.push(grant_item(cx, &mut journal, &mut holdings, (item.clone(), item.counted(), paid), prepaid::sold(store_id), terms)?);
    }
    let pass = Pass {
        id: draft.id,
        plan: plan.id,
        name: plan.name,
        member: draft.member.0,
        store: store_id,
        price: plan.price,
        payments,
        items,
        validity: plan.validity,
        stores: plan.stores,
        transferable: plan.transferable,
        refund: plan.refund,
        starts_on: (!plan.validity.begins_with_a_visit()).then_some(today),
        expires_on: last_day,
        frozen_on: None,
        ended_on: None,
        uses: 0,
        refunded: Money::ZERO,
        origin: None,
        at: cx.now,
    };
    // First, so that a second sale is refused as what it is.
    tx.queue(store::insert_stmt(cx, &pass)?).await?;
    journal.post(tx, cx, &[&holdings]).await?;
    let payload = serde_json::json!({
        "pass": pass.id, "plan": pass.plan, "name": pass.name, "member": pass.member, "store": pass.store, "price": pass.price,
        "payments": pass.payments, "date": today,
    });
    event::append(tx, cx, &[Event::new("pass.sold", pass.member, &payload)]).await?;
    Ok(pass.view(&holdings, today))
}

/// Puts an item's visits and value into lots of their own.
pub(super) fn grant_item(
    cx: &Cx,
    journal: &mut Journal,
    holdings: &mut Holdings,
    (terms, counted, paid): (super::PassItem, i64, Money),
    from: Account,
    days: LotTerms,
) -> Result<HeldItem> {
    let issued = Account::merchant(AccountKind::PassVisitsIssued);
    let visits_lot = journal.grant_lot(cx, holdings, VISITS, counted, issued, days, "pass_bought")?;
    let value_lot = match paid.is_positive() {
        true => Some(journal.grant_lot(cx, holdings, VALUE, paid.0, from, days, "pass_bought")?),
        false => None,
    };
    Ok(HeldItem { terms, paid, counted, visits_lot, value_lot })
}

pub(super) fn missing() -> Error {
    Error::not_found("pass_not_found", "there is no such pass")
}

/// A pass, or `pass_not_found`.
pub(crate) async fn find(tx: &mut Tx, cx: &Cx, id: PassId) -> Result<Pass> {
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id), missing).await?)
}

/// A pass and what its member holds, both as they are once nobody else changes them.
///
/// Errors: `pass_not_found`.
pub(super) async fn locked(tx: &mut Tx, cx: &Cx, id: PassId) -> Result<(Pass, Holdings)> {
    let owner = find(tx, cx, id).await?.member;
    let holdings = journal::ops::holdings(tx, cx, owner, true).await?;
    // Once more: whoever had the lock before may have changed it.
    Ok((find(tx, cx, id).await?, holdings))
}

/// A pass as it is shown, or `pass_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: PassId) -> Result<PassView> {
    let pass = find(tx, cx, id).await?;
    let holdings = journal::ops::holdings(tx, cx, pass.member, false).await?;
    Ok(pass.view(&holdings, crate::book::ops::today(tx, cx).await?))
}

/// A member's passes, newest first.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid, after: Option<PassId>, limit: Limit) -> Result<Page<PassView>> {
    let holdings = journal::ops::holdings(tx, cx, member, false).await?;
    let today = crate::book::ops::today(tx, cx).await?;
    let rows = tx.rows(store::of_member_stmt(cx.merchant, member, after, limit.fetch())).await?;
    let passes = rows.iter().map(|row| store::read(row).map(|pass| pass.view(&holdings, today))).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(passes, limit, |pass| pass.id))
}

/// A visit without a sale (划次).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// The pass.
    pub pass: PassId,
    /// The store where the service is given.
    pub store: StoreId,
    /// Which item of the pass, from 0; needed where it has several.
    #[serde(default)]
    pub item: Option<i64>,
    /// How many visits, 1 by default.
    #[serde(default = "one")]
    pub visits: i64,
}

const fn one() -> i64 {
    1
}

/// A visit of a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassVisit {
    /// The visit, or the order that the pass paid for.
    pub id: Uuid,
    /// The order's line; 0 for a visit without a sale.
    pub line: i64,
    /// `visit` or `order`.
    pub kind: String,
    /// The pass.
    pub pass: PassId,
    /// Whose it was.
    pub member: Uuid,
    /// Which item of it, from 0.
    pub item: i64,
    /// How many visits.
    pub visits: i64,
    /// How many of them were undone.
    pub visits_back: i64,
    /// What was recognised, in minor units.
    pub value: Money,
    /// What of it was undone.
    pub value_back: Money,
    /// The store.
    pub store: Uuid,
    /// The local day in the store's zone.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// When.
    pub at: Instant,
}

impl From<&VisitRow> for PassVisit {
    fn from(row: &VisitRow) -> Self {
        Self {
            id: row.source,
            line: row.line,
            kind: row.kind.clone(),
            pass: row.pass,
            member: row.member,
            item: row.item,
            visits: row.visits,
            visits_back: row.visits_back,
            value: row.value,
            value_back: row.value_back,
            store: row.store,
            on: row.on,
            at: row.at,
        }
    }
}

/// Uses a pass without a sale.
///
/// Errors: `store_not_found`, `store_closed`, `pass_not_found`, `member_not_active`, `pass_not_usable` with the reason,
/// `pass_day_limit`, `pass_visit_taken`.
pub async fn visit(tx: &mut Tx, cx: &Cx, draft: &VisitDraft) -> Result<PassVisit> {
    let store_id = draft.store.0;
    let (zone, today) = open_store(tx, cx, store_id).await?;
    let (pass, mut holdings) = locked(tx, cx, draft.pass).await?;
    ground::must_be_active(tx, cx, MemberId(pass.member)).await?;
    let index = draft.item.map(|item| usize::try_from(item).unwrap_or(usize::MAX));
    let wanted = Wanted { line: 0, pass: draft.pass, item: None, index, visits: draft.visits };
    let passes = [pass];
    let at = At { store: store_id, today, now: cx.now };
    let chosen = choose(&passes, &holdings, &[wanted], at)?;
    let mut journal = Journal::new("pass_visit", draft.id, Some(store_id));
    spend(cx, &mut journal, &mut holdings, &chosen, store_id)?;
    let rows = book(tx, cx, &mut holdings, (&passes, &chosen), ("visit", draft.id), (at, &zone)).await?;
    journal.post(tx, cx, &[&holdings]).await?;
    let visit = rows.first().map(PassVisit::from).ok_or_else(|| Error::internal("a visit was not booked"))?;
    event::append(tx, cx, &[Event::new("pass.visited", visit.member, &visit)]).await?;
    Ok(visit)
}

/// Takes what was chosen from its lots: visits are used up, value becomes revenue.
pub fn spend(cx: &Cx, journal: &mut Journal, holdings: &mut Holdings, chosen: &[Chosen], store: Uuid) -> Result<()> {
    let (revenue, used) = (Account::of(AccountKind::Revenue, store), Account::merchant(AccountKind::PassVisitsUsed));
    for one in chosen {
        if let Some(lot) = one.value_lot {
            journal.spend_from(cx, holdings, VALUE, lot, one.value.0, revenue, "pass_visit")?;
        }
        journal.spend_from(cx, holdings, VISITS, one.visits_lot, one.counted, used, "pass_visit")?;
    }
    Ok(())
}

/// Books visits of a source and begins the days of passes that begin with them. To be called before the
/// journal is posted, so that a second booking is refused as what it is.
pub async fn book(
    tx: &mut Tx,
    cx: &Cx,
    holdings: &mut Holdings,
    (passes, chosen): (&[Pass], &[Chosen]),
    (kind, source): (&str, Uuid),
    (at, zone): (At, &Zone),
) -> Result<Vec<VisitRow>> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let row = |one: &Chosen| VisitRow {
        source,
        line: one.line,
        kind: kind.to_owned(),
        pass: one.pass,
        member: holdings.owner,
        item: i64::try_from(one.item).unwrap_or(i64::MAX),
        visits: one.visits,
        counted: one.counted,
        value: one.value,
        visits_back: 0,
        counted_back: 0,
        value_back: Money::ZERO,
        store: at.store,
        on: at.today,
        at: cx.now,
    };
    let rows: Vec<VisitRow> = chosen.iter().map(row).collect();
    tx.queue(store::insert_visits_stmt(cx, &rows)).await?;
    for (place, pass) in passes.iter().enumerate() {
        let visits: i64 = chosen.iter().filter(|one| one.place == place).map(|one| one.visits).sum();
        if visits == 0 {
            continue;
        }
        tx.queue(store::uses_stmt(cx.merchant, pass.id, visits)).await?;
        if pass.starts_on.is_none() {
            let mut begun = pass.clone();
            begun.starts_on = Some(at.today);
            begun.expires_on = pass.validity.last_day(at.today);
            tx.queue(store::days_stmt(cx.merchant, &begun)).await?;
            lot::reschedule(tx, cx, holdings, &pass.lots(), LotTerms::until(cx.now, begun.expires_on, zone)).await?;
        }
        for (index, item) in pass.items.iter().enumerate() {
            let made: i64 = chosen.iter().filter(|one| one.place == place && one.item == index).map(|one| one.visits).sum();
            if let (Some(max), 1..) = (item.terms.per_day_max, made) {
                let index = i64::try_from(index).unwrap_or(i64::MAX);
                tx.queue(store::day_stmt(cx.merchant, pass.id, index, at.today, made, Some(max))).await?;
            }
        }
    }
    Ok(rows)
}

/// Undoes a visit that was made without a sale: the visits and their value are there again, in the very
/// lots they came from.
///
/// Errors: `pass_visit_not_found`, `pass_visit_undone`.
pub async fn undo(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<PassVisit> {
    let gone = || Error::not_found("pass_visit_not_found", "there is no such visit");
    let found = store::visits_of(tx, cx.merchant, id).await?;
    let first = found.first().filter(|visit| visit.kind == "visit").ok_or_else(gone)?.clone();
    let (pass, mut holdings) = locked(tx, cx, first.pass).await?;
    // The lots are those of the member who made the visit, wherever the rest of the pass is now.
    let mut visits = store::visits_of(tx, cx.merchant, id).await?;
    let visit = visits.first_mut().ok_or_else(gone)?;
    if visit.visits_back > 0 {
        return Err(Error::refused("pass_visit_undone", "this visit was undone already"));
    }
    let taken = tx.rows(journal::outstanding_stmt(cx.merchant, id)).await?;
    let mut out = journal::outstanding_read(tx, cx.merchant, visit.member, &taken).await?;
    let mut journal = Journal::new("pass_visit_undo", cx.uuid(), Some(visit.store)).of_origin(id);
    let back = Back { visits: visit.visits, counted: visit.counted, value: visit.value };
    give_back(cx, &mut journal, (&mut holdings, &mut out), &pass, visit, back)?;
    returned(tx, cx, &mut holdings, &pass, &[(visit.clone(), back)]).await?;
    journal.post(tx, cx, &[&holdings]).await?;
    visit.visits_back = back.visits;
    visit.value_back = back.value;
    let undone = PassVisit::from(&*visit);
    event::append(tx, cx, &[Event::new("pass.visit_undone", undone.member, &undone)]).await?;
    Ok(undone)
}

/// What of a visit is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Back {
    /// Visits.
    pub visits: i64,
    /// Those of them that were taken from the lot.
    pub counted: i64,
    /// Minor units.
    pub value: Money,
}

/// Gives visits and value back to the lots they were taken from; in memory.
pub fn give_back(
    cx: &Cx,
    journal: &mut Journal,
    (holdings, out): (&mut Holdings, &mut Outstanding),
    pass: &Pass,
    visit: &VisitRow,
    back: Back,
) -> Result<()> {
    let lost = || Error::internal("a visit's item is gone");
    let item = usize::try_from(visit.item).ok().and_then(|index| pass.items.get(index)).ok_or_else(lost)?;
    let (revenue, used) = (Account::of(AccountKind::Revenue, visit.store), Account::merchant(AccountKind::PassVisitsUsed));
    if let Some(lot) = item.value_lot {
        journal.give_back_to(cx, holdings, out, VALUE, lot, back.value.0, revenue, "refunded")?;
    }
    journal.give_back_to(cx, holdings, out, VISITS, item.visits_lot, back.counted, used, "refunded")
}

/// Counts what was undone of a pass's visits. When none is left, days that began with the first visit
/// have not begun. To be called with the member's accounts locked, before the journal is posted.
pub async fn returned(tx: &mut Tx, cx: &Cx, holdings: &mut Holdings, pass: &Pass, undone: &[(VisitRow, Back)]) -> Result<()> {
    let mut visits = 0;
    for (visit, back) in undone {
        tx.queue(store::undo_visit_stmt(cx.merchant, visit, back.visits, back.counted, back.value)).await?;
        let item = usize::try_from(visit.item).ok().and_then(|index| pass.items.get(index));
        if item.is_some_and(|item| item.terms.per_day_max.is_some()) {
            tx.queue(store::free_day_stmt(cx.merchant, visit, back.visits)).await?;
        }
        visits += back.visits;
    }
    tx.queue(store::uses_stmt(cx.merchant, pass.id, -visits)).await?;
    let anew = pass.uses == visits && pass.validity.begins_with_a_visit() && pass.origin.is_none();
    if anew && pass.frozen_on.is_none() && pass.ended_on.is_none() && pass.starts_on.is_some() {
        let rested = Pass { starts_on: None, expires_on: None, ..pass.clone() };
        tx.queue(store::days_stmt(cx.merchant, &rested)).await?;
        lot::reschedule(tx, cx, holdings, &pass.lots(), LotTerms { available_at: cx.now, expires: None }).await?;
    }
    Ok(())
}

/// The visits of a source with their passes: what a refund of an order needs. `holdings` must be locked.
pub async fn visits_of(tx: &mut Tx, cx: &Cx, source: Uuid) -> Result<Vec<(VisitRow, Pass)>> {
    let mut found = Vec::new();
    for visit in store::visits_of(tx, cx.merchant, source).await? {
        let pass = find(tx, cx, visit.pass).await?;
        found.push((visit, pass));
    }
    Ok(found)
}

/// Where a visit was, or `pass_visit_not_found`.
pub async fn store_of(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Uuid> {
    let missing = || Error::not_found("pass_visit_not_found", "there is no such visit");
    store::visits_of(tx, cx.merchant, id).await?.first().map(|visit| visit.store).ok_or_else(missing)
}

/// The visits of a pass, newest first.
///
/// Errors: `pass_not_found`.
pub async fn visits(tx: &mut Tx, cx: &Cx, id: PassId, before: Option<(Instant, Uuid, i64)>, limit: Limit) -> Result<Page<PassVisit>> {
    find(tx, cx, id).await?;
    let rows = store::visits_of_pass(tx, cx.merchant, id, before, limit.fetch()).await?;
    Ok(Page::of(rows.iter().map(PassVisit::from).collect(), limit, |visit: &PassVisit| (visit.at, visit.id, visit.line)))
}
