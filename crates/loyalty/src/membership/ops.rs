//! Plans, selling terms, refunding them.

use super::notice::{first_look, told};
use super::{
    Membership, MembershipDraft, MembershipId, MembershipPlan, MembershipPlanId, MembershipPlanState, MembershipState, Term, store,
};
use crate::book::ops::today as merchant_today;
use crate::gift::{self, Cause, store::Place};
use crate::tier::{self, Overlay, TierScheme};
use crate::{ground, template};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::event;
use shuke_kernel::{Cx, Date, Error, Money, Result, Uuid, time};
use shuke_ledger::{Account, AccountKind, Journal};
use shuke_org::{audit, setting, text};
use utoipa::ToSchema;

const REASON_CHARS_MAX: usize = 200;

/// A plan and whether it can be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipPlanView {
    /// The plan; in a change its id is that of the path.
    pub plan: MembershipPlan,
    /// Whether it can be bought.
    pub state: MembershipPlanState,
}

async fn check(tx: &mut Tx, cx: &Cx, plan: &MembershipPlan) -> Result<()> {
    template::check_name(&plan.name)?;
    plan.check()?;
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    if scheme.tier(plan.tier).is_none() {
        return Err(Error::refused("tier_unknown", "the scheme has no such tier; add it first").field(
            "/tier",
            "tier_unknown",
            "must be a tier of the scheme",
        ));
    }
    for id in &plan.gift.coupons {
        let missing = |_| Error::refused("coupon_template_unknown", "a coupon of the plan has no template");
        template::ops::show(tx, cx, *id).await.map_err(missing)?;
    }
    Ok(())
}

/// Makes a plan, which can be bought at once.
///
/// Errors: `name_malformed`, `membership_plan_invalid`, `tier_unknown`, `coupon_template_unknown`,
/// `membership_plan_taken`.
pub async fn create_plan(tx: &mut Tx, cx: &Cx, plan: &MembershipPlan) -> Result<MembershipPlanView> {
    check(tx, cx, plan).await?;
    tx.queue(store::insert_plan_stmt(cx, plan)?).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("membership_plan.created", plan.id).new_value(plan)).await?;
    Ok(MembershipPlanView { plan: plan.clone(), state: MembershipPlanState::Published })
}

/// Changes or stops a plan; terms that were sold keep theirs.
///
/// Errors: `membership_plan_not_found`, and those of [`create_plan`].
pub async fn change_plan(tx: &mut Tx, cx: &Cx, id: MembershipPlanId, change: &MembershipPlanView) -> Result<MembershipPlanView> {
    let old = show_plan(tx, cx, id).await?;
    let new = MembershipPlanView { plan: MembershipPlan { id, ..change.plan.clone() }, state: change.state };
    check(tx, cx, &new.plan).await?;
    tx.queue(store::change_plan_stmt(cx, &new.plan, new.state)?).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("membership_plan.changed", id).old(&old).new_value(&new)).await?;
    Ok(new)
}

/// A plan, or `membership_plan_not_found`.
pub async fn show_plan(tx: &mut Tx, cx: &Cx, id: MembershipPlanId) -> Result<MembershipPlanView> {
    let missing = || Error::not_found("membership_plan_not_found", "there is no such membership plan");
    let (plan, state) = store::plan_read(&tx.need(store::plan_stmt(cx.merchant, id), missing).await?)?;
    Ok(MembershipPlanView { plan, state })
}

/// All plans, oldest first; at most 200.
pub async fn plans(tx: &mut Tx, cx: &Cx) -> Result<Vec<MembershipPlanView>> {
    let rows = tx.rows(store::plans_stmt(cx.merchant)).await?;
    rows.iter().map(|row| store::plan_read(row).map(|(plan, state)| MembershipPlanView { plan, state })).collect()
}

/// Sells a term, or gives the trial: from today, or from the day after the term that runs.
///
/// Errors: `membership_plan_not_found`, `membership_plan_not_open`, `membership_tender_wrong`,
/// `membership_trial_off`, `membership_other_plan`, `membership_taken`, `membership_tried`, `store_not_found`,
/// `store_closed`.
pub async fn sell(tx: &mut Tx, cx: &Cx, draft: &MembershipDraft) -> Result<Membership> {
    let at = shuke_org::store::ops::show(tx, cx, draft.store).await?;
    if !at.active {
        return Err(Error::refused("store_closed", "this store is closed; choose another"));
    }
    let MembershipPlanView { plan, state } = show_plan(tx, cx, draft.plan).await?;
    if state != MembershipPlanState::Published {
        return Err(Error::refused("membership_plan_not_open", "this membership can't be bought any more"));
    }
    if draft.trial == draft.tender.is_some() {
        let error = Error::invalid("membership_tender_wrong", "say with what the term is paid, and nothing for a trial");
        return Err(error.field("/tender", "value_wrong", "cash, wechat_pay, alipay, bank_card or other"));
    }
    let shift = ground::shift(tx, cx, draft.till, draft.store.0).await?;
    // The dates of a tier are the merchant's.
    let today = merchant_today(tx, cx).await?;
    let term = term(tx, cx, draft, plan, today).await?;
    tx.queue(store::insert_stmt(cx, &term, Some(first_look(&term)))?).await?;
    let overlay = Overlay { tier: term.plan.tier, until: term.ends_on };
    tx.queue(tier::store::overlay_stmt(cx.merchant, term.member, Some(overlay), today)).await?;
    if let Some(tender) = term.tender {
        let mut booked = Journal::new("membership", term.id.0, Some(term.store)).in_shift(shift);
        let revenue = Account::of(AccountKind::Revenue, term.store);
        booked.transfer(Account::of(tender.account(), term.store), revenue, term.price.0, "membership")?;
        booked.post(tx, cx, &[]).await?;
        if !term.plan.gift.is_empty() {
            let place = term.id.to_string();
            let of = Place { cause: Cause::Membership, rule: term.plan.id.0, place: &place };
            gift::ops::give(tx, cx, term.member, of, &term.plan.gift, today).await?;
        }
    }
    event::append(tx, cx, &[told("membership.sold", &term)]).await?;
    Ok(term)
}

async fn term(tx: &mut Tx, cx: &Cx, draft: &MembershipDraft, plan: MembershipPlan, today: Date) -> Result<Membership> {
    let runs = of_member_locked(tx, cx, draft.member).await?;
    let last = runs.iter().find(|term| term.state == MembershipState::Active && term.ends_on >= today);
    if last.is_some_and(|last| last.plan.id != plan.id || last.plan.tier != plan.tier) {
        return Err(Error::refused("membership_other_plan", "another membership runs; refund it first, or wait for its end"));
    }
    let length = match (draft.trial, plan.trial_days) {
        (false, _) => plan.term,
        (true, Some(days)) if last.is_none() => Term::Days { days },
        (true, Some(_)) => return Err(Error::refused("membership_trial_off", "the membership runs already; there is nothing to try")),
        (true, None) => return Err(Error::refused("membership_trial_off", "this membership can't be tried")),
    };
    let starts_on = last.map_or(today, |last| time::add_days(last.ends_on, 1));
    Ok(Membership {
        id: draft.id,
        member: draft.member,
        store: draft.store.0,
        trial: draft.trial,
        starts_on,
        ends_on: length.ends_on(starts_on),
        price: if draft.trial { Money::ZERO } else { plan.price },
        plan,
        tender: draft.tender,
        state: MembershipState::Active,
        refunded: Money::ZERO,
        at: cx.now,
        actor: cx.actor.text(),
        reason: None,
    })
}

/// Takes a term back: the days that are left are paid back, the gift is taken back where it wasn't used.
///
/// Errors: `membership_not_found`, `membership_refunded`, `membership_over`, `membership_renewed`,
/// `text_malformed`.
pub async fn refund(tx: &mut Tx, cx: &Cx, id: MembershipId, reason: &str) -> Result<Membership> {
    let reason = text::line("reason", reason, REASON_CHARS_MAX)?;
    let member = show(tx, cx, id).await?.member;
    let today = merchant_today(tx, cx).await?;
    let terms = of_member_locked(tx, cx, member).await?;
    let term = terms.iter().find(|term| term.id == id).ok_or_else(missing)?;
    refundable(term, &terms, today)?;
    let back = term.worth_on(today)?;
    tx.queue(store::refund_stmt(cx.merchant, id, term.cut_on(today), back, &reason)).await?;
    let before = terms.iter().find(|other| other.id != id && other.state == MembershipState::Active);
    let overlay = before.map(|term| Overlay { tier: term.plan.tier, until: term.ends_on });
    tx.queue(tier::store::overlay_stmt(cx.merchant, member, overlay, today)).await?;
    if let Some(tender) = term.tender {
        let mut booked = Journal::new("membership_refund", cx.uuid(), Some(term.store));
        let revenue = Account::of(AccountKind::Revenue, term.store);
        booked.transfer(revenue, Account::of(tender.account(), term.store), back.0, "membership_refunded")?;
        booked.post(tx, cx, &[]).await?;
    }
    take_gift_back(tx, cx, term).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("membership.refunded", id).old(term).new_value(&reason)).await?;
    let after = show(tx, cx, id).await?;
    event::append(tx, cx, &[told("membership.refunded", &after)]).await?;
    Ok(after)
}

fn refundable(term: &Membership, all: &[Membership], today: Date) -> Result<()> {
    if term.state == MembershipState::Refunded {
        return Err(Error::refused("membership_refunded", "this term was refunded already"));
    }
    if term.ends_on < today {
        return Err(Error::refused("membership_over", "this term is over; there is nothing left to give back"));
    }
    if all.iter().any(|other| other.state == MembershipState::Active && other.starts_on > term.ends_on) {
        return Err(Error::refused("membership_renewed", "refund the renewal first, then this term"));
    }
    Ok(())
}

async fn take_gift_back(tx: &mut Tx, cx: &Cx, term: &Membership) -> Result<()> {
    let given = gift::ops::of_rule(tx, cx, term.member, Cause::Membership, term.plan.id.0).await?;
    let place = term.id.to_string();
    match given.iter().find(|given| given.place == place && !given.taken_back) {
        Some(given) => gift::ops::take_back(tx, cx, term.member, given).await.map(|_| ()),
        None => Ok(()),
    }
}

fn missing() -> Error {
    Error::not_found("membership_not_found", "there is no such membership")
}

/// A term, or `membership_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: MembershipId) -> Result<Membership> {
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id), missing).await?)
}

pub(super) async fn of_member_locked(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<Membership>> {
    // Two sales to one member take turns, also before their first term.
    let today = merchant_today(tx, cx).await?;
    tx.queue(tier::store::begin_stmt(cx.merchant, member, today)).await?;
    tx.rows(tier::store::lock_stmt(cx.merchant, member)).await?;
    tx.rows(store::of_member_stmt(cx.merchant, member, true)).await?.iter().map(store::read).collect()
}

/// A member's terms, the last first; at most 200.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<Membership>> {
    tx.rows(store::of_member_stmt(cx.merchant, member, false)).await?.iter().map(store::read).collect()
}
