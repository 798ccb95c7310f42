//! Plans and top-ups.

use super::store;
use super::{PlanState, TopUp, TopUpPlan, TopUpPlanId, TopUpTender, WalletPolicy};
use crate::coupon::{self, CouponId};
use crate::{book, ground, template};
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Tx};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Instant, Limit, Money, Page, Result, Uuid};
use shuke_ledger::{Account, AccountKind, Journal, LotTerms, journal};
use shuke_org::{StoreId, TillId, audit, setting};
use utoipa::ToSchema;

/// The most that one top-up pays in, in minor units.
pub const AMOUNT_MAX: Money = Money(1_000_000_000_000);
/// Plans that a merchant may have.
const COUPONS_PER_PLAN_MAX: usize = 20;

/// A plan and whether it can be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanView {
    /// The plan.
    pub plan: TopUpPlan,
    /// Whether it can be bought.
    pub state: PlanState,
}

/// What a plan is changed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanChange {
    /// The plan; its id is that of the path.
    pub plan: TopUpPlan,
    /// Whether it can be bought.
    pub state: PlanState,
}

fn view(row: &Row) -> Result<PlanView> {
    Ok(PlanView { plan: store::plan_read(row)?, state: row.get(1)? })
}

async fn check(tx: &mut Tx, cx: &Cx, plan: &TopUpPlan) -> Result<String> {
    template::check_name(&plan.name)?;
    plan.check()?;
    if plan.pay > AMOUNT_MAX || plan.bonus > AMOUNT_MAX || plan.coupons.len() > COUPONS_PER_PLAN_MAX {
        return Err(Error::invalid("top_up_plan_invalid", "the plan's amounts or coupons are too many"));
    }
    for id in &plan.coupons {
        template::ops::show(tx, cx, *id)
            .await
            .map_err(|_| Error::refused("coupon_template_unknown", "a coupon of the plan has no template"))?;
    }
    serde_json::to_string(plan).map_err(|error| Error::internal(error.to_string()))
}

/// Makes a plan.
///
/// Errors: `name_malformed`, `top_up_plan_invalid`, `coupon_template_unknown`, `top_up_plan_pkey`.
pub async fn create_plan(tx: &mut Tx, cx: &Cx, plan: &TopUpPlan) -> Result<PlanView> {
    let terms = check(tx, cx, plan).await?;
    tx.queue(store::insert_plan_stmt(cx, plan, &terms)).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("top_up_plan.created", plan.id).new_value(plan)).await?;
    book::bump(tx, cx.merchant).await?;
    Ok(PlanView { plan: plan.clone(), state: PlanState::Published })
}

/// Changes or stops a plan.
///
/// Errors: `top_up_plan_not_found`, and those of [`create_plan`].
pub async fn change_plan(tx: &mut Tx, cx: &Cx, id: TopUpPlanId, change: &PlanChange) -> Result<PlanView> {
    let old = show_plan(tx, cx, id).await?;
    let new = PlanView { plan: TopUpPlan { id, ..change.plan.clone() }, state: change.state };
    let terms = check(tx, cx, &new.plan).await?;
    tx.queue(store::change_plan_stmt(cx, id, &terms, new.state)).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("top_up_plan.changed", id).old(&old).new_value(&new)).await?;
    book::bump(tx, cx.merchant).await?;
    Ok(new)
}

/// A plan, or `top_up_plan_not_found`.
pub async fn show_plan(tx: &mut Tx, cx: &Cx, id: TopUpPlanId) -> Result<PlanView> {
    let missing = || Error::not_found("top_up_plan_not_found", "there is no such top-up plan");
    view(&tx.need(store::plan_stmt(cx.merchant, id), missing).await?)
}

/// All plans, oldest first; at most 500.
pub async fn plans(tx: &mut Tx, cx: &Cx) -> Result<Vec<PlanView>> {
    tx.rows(store::plans_stmt(cx.merchant)).await?.iter().map(view).collect()
}

/// A top-up to be booked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUpDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// Whose wallet.
    pub member: Uuid,
    /// The store that takes the money.
    pub store: StoreId,
    /// The plan; without one, give an amount.
    #[serde(default)]
    pub plan: Option<TopUpPlanId>,
    /// What is paid, in minor units; with a plan it is left out.
    #[serde(default)]
    pub amount: Option<Money>,
    /// With what it is paid.
    pub tender: TopUpTender,
    /// The till where it is paid: it belongs to the till's shift.
    #[serde(default)]
    pub till: Option<TillId>,
}

struct Terms {
    pay: Money,
    bonus: Money,
    coupons: Vec<coupon::CouponTemplateId>,
}

async fn terms(tx: &mut Tx, cx: &Cx, draft: &TopUpDraft, today: Date) -> Result<Terms> {
    match (draft.plan, draft.amount) {
        (Some(id), None) => {
            let PlanView { plan, state } = show_plan(tx, cx, id).await?;
            if state != PlanState::Published || !plan.is_open(today, draft.store.0) {
                return Err(Error::refused("top_up_plan_not_open", "this plan can't be bought here today"));
            }
            Ok(Terms { pay: plan.pay, bonus: plan.bonus, coupons: plan.coupons })
        }
        (None, Some(pay)) if pay.is_positive() && pay <= AMOUNT_MAX => Ok(Terms { pay, bonus: Money::ZERO, coupons: Vec::new() }),
        (None, Some(_)) => Err(Error::invalid("top_up_amount_wrong", "the amount must be above 0").field(
            "/amount",
            "out_of_range",
            format!("must be 1 to {AMOUNT_MAX}"),
        )),
        _ => Err(Error::invalid("top_up_amount_wrong", "name either a plan or an amount")),
    }
}

/// Books a top-up: principal for what was paid, bonus and coupons on top.
///
/// Errors: `store_not_found`, `store_closed`, `top_up_plan_not_found`, `top_up_plan_not_open`,
/// `top_up_amount_wrong`, `top_up_taken`, and those of issuing coupons.
pub async fn top_up(tx: &mut Tx, cx: &Cx, draft: &TopUpDraft) -> Result<TopUp> {
    let at = shuke_org::store::ops::show(tx, cx, draft.store).await?;
    if !at.active {
        return Err(Error::refused("store_closed", "this store is closed; choose another"));
    }
    let zone = at.parsed_zone()?;
    let today = zone.date(cx.now);
    let Terms { pay, bonus, coupons } = terms(tx, cx, draft, today).await?;
    let shift = ground::shift(tx, cx, draft.till, draft.store.0).await?;
    let expiry = setting::ops::get::<WalletPolicy>(tx, cx.merchant).await?.expiry;
    let mut holdings = journal::ops::holdings(tx, cx, draft.member, true).await?;
    let mut booked = Journal::new("top_up", draft.id, Some(draft.store.0)).in_shift(shift);
    let expires_on = expiry.principal_until(today);
    let principal_terms = LotTerms::until(cx.now, expires_on, &zone);
    let tender = Account::of(draft.tender.account(), draft.store.0);
    booked.grant(cx, &mut holdings, AccountKind::Principal, pay.0, tender, principal_terms, "topped_up")?;
    let bonus_terms = LotTerms::until(cx.now, expiry.bonus_until(today), &zone);
    let issued = Account::merchant(AccountKind::BonusIssued);
    booked.grant(cx, &mut holdings, AccountKind::Bonus, bonus.0, issued, bonus_terms, "top_up_bonus")?;
    let mut top_up = TopUp {
        id: draft.id,
        member: draft.member,
        store: draft.store.0,
        plan: draft.plan,
        principal: pay,
        bonus,
        tender: draft.tender,
        expires_on,
        at: cx.now,
        coupons: Vec::new(),
    };
    // First, so that a second booking is refused as what it is.
    tx.queue(store::insert_stmt(cx, &top_up, coupons.len())).await?;
    booked.post(tx, cx, &[&holdings]).await?;
    top_up.coupons = issue(tx, cx, draft, coupons, today).await?;
    let payload = serde_json::json!({
        "id": draft.id, "member": draft.member, "store": draft.store, "plan": draft.plan, "principal": pay, "bonus": bonus,
        "tender": draft.tender, "date": today, "coupons": top_up.coupons,
    });
    event::append(tx, cx, &[Event::new("wallet.topped_up", draft.member, &payload)]).await?;
    Ok(top_up)
}

/// One coupon of each template, templates in the order of their ids as everywhere.
async fn issue(tx: &mut Tx, cx: &Cx, draft: &TopUpDraft, templates: Vec<coupon::CouponTemplateId>, today: Date) -> Result<Vec<CouponId>> {
    let mut sorted = templates;
    sorted.sort_unstable();
    let mut ids = Vec::new();
    for same in sorted.chunk_by(|a, b| a == b) {
        let Some(template) = same.first() else { continue };
        let wanted = coupon::ops::Issue {
            template: *template,
            members: &[draft.member],
            count: i64::try_from(same.len()).unwrap_or(i64::MAX),
            source_kind: "top_up",
            source: draft.id,
            today,
        };
        ids.extend(coupon::ops::issue(tx, cx, &wanted).await?.into_iter().map(|coupon| coupon.id));
    }
    Ok(ids)
}

/// A member's top-ups, newest first.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<(Instant, Uuid)>, limit: Limit) -> Result<Page<TopUp>> {
    let rows = tx.rows(store::of_member_stmt(cx.merchant, member, before, limit.fetch())).await?;
    let found = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |top_up| (top_up.at, top_up.id)))
}

/// A top-up, without its coupons.
pub async fn find(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Option<TopUp>> {
    tx.row(store::one_stmt(cx.merchant, id)).await?.as_ref().map(store::read).transpose()
}
