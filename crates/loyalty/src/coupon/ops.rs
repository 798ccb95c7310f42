//! Issuing coupons and taking them back.

use super::store::{self, NewCoupon, Revocable};
use super::{Coupon, CouponCode, CouponId, CouponState, CouponTemplateId};
use crate::book::ops::today;
use crate::template::{self, CouponTemplate, TemplateState};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Instant, Limit, MerchantId, Page, Result, Uuid};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Members that one issue serves.
pub const MEMBERS_MAX: usize = 1_000;
/// Coupons of a template that one member gets from one issue.
pub const COUNT_MAX: i64 = 20;
/// Coupons that one call takes back.
const REVOKED_MAX: i64 = 500;

/// Coupons to be issued.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// The template.
    pub template: CouponTemplateId,
    /// To whom: each of them `count`.
    pub members: &'a [Uuid],
    /// How many for each, 1 to 20.
    pub count: i64,
    /// What issues them: `order`, `top_up`, `staff`.
    pub source_kind: &'a str,
    /// Its id.
    pub source: Uuid,
    /// The local day of issue, from which relative validity counts.
    pub today: Date,
}

/// A coupon that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedCoupon {
    /// The coupon.
    pub id: CouponId,
    /// Whose it is.
    pub member: Uuid,
    /// Its number.
    pub code: String,
    /// The last local day on which it can be used.
    #[schema(value_type = String, format = Date)]
    pub expires_on: Date,
}

/// Issues coupons of a published template. A second issue by the same source to the same member is
/// refused by the database, so a cause issues once.
///
/// Errors: `coupon_template_not_found`, `coupon_template_not_published`, `coupon_template_over`,
/// `coupon_budget_exhausted`, `coupon_member_limit`, `coupon_issued_already`, `coupon_issue_too_large`.
pub async fn issue(tx: &mut Tx, cx: &Cx, issue: &Issue<'_>) -> Result<Vec<IssuedCoupon>> {
    issue_at(tx, cx, issue, 0).await
}

/// The same; `place` is the first of the places that the coupons take among those of their source, so
/// that one source can issue to a member more than once.
pub(crate) async fn issue_at(tx: &mut Tx, cx: &Cx, issue: &Issue<'_>, place: i64) -> Result<Vec<IssuedCoupon>> {
    if issue.members.len() > MEMBERS_MAX || !(1..=COUNT_MAX).contains(&issue.count) {
        return Err(Error::invalid(
            "coupon_issue_too_large",
            format!("one issue serves 1 to {MEMBERS_MAX} members with 1 to {COUNT_MAX} coupons each"),
        ));
    }
    if issue.members.is_empty() {
        return Ok(Vec::new());
    }
    // The template's row is locked before anything is counted: whoever issues or stops it waits.
    let template = template::ops::locked(tx, cx, issue.template).await?;
    let (valid_from, expires_on) = open(&template, issue.today)?;
    let mut coupons = Vec::with_capacity(issue.members.len());
    for member in issue.members {
        for place in place..place + issue.count {
            let code = CouponCode::random(&cx.random).as_str().to_owned();
            coupons.push(NewCoupon { id: cx.id(), code, template: issue.template, member: *member, place });
        }
    }
    let total = i64::try_from(coupons.len()).unwrap_or(i64::MAX);
    let quota: Vec<(Uuid, i64)> = issue.members.iter().map(|member| (*member, issue.count)).collect();
    let terms = serde_json::to_string(&template.terms).map_err(|error| Error::internal(error.to_string()))?;
    let shared = store::Issue {
        name: &template.name,
        terms: &terms,
        valid_from,
        expires_on,
        uses: template.terms.limits.uses,
        source_kind: issue.source_kind,
        source: issue.source,
    };
    tx.queue(store::insert_stmt(cx.merchant, cx.now, &shared, &coupons)).await?;
    tx.queue(template::store::count_stmt(cx.merchant, issue.template, total)).await?;
    tx.queue(template::store::quota_stmt(cx.merchant, issue.template, template.terms.limits.per_member_max, &quota)).await?;
    let issued: Vec<IssuedCoupon> =
        coupons.into_iter().map(|coupon| IssuedCoupon { id: coupon.id, member: coupon.member, code: coupon.code, expires_on }).collect();
    // The code is as good as the coupon, so it stays out of the log.
    let events: Vec<Event> = issued
        .iter()
        .map(|coupon| {
            let payload = serde_json::json!({
                "coupon": coupon.id, "template": issue.template, "name": template.name, "member": coupon.member,
                "source_kind": issue.source_kind, "source": issue.source, "expires_on": coupon.expires_on,
            });
            Event::new("coupon.issued", coupon.member, &payload)
        })
        .collect();
    event::append(tx, cx, &events).await?;
    Ok(issued)
}

/// Issues like [`issue`] where nothing speaks against it, or answers the code of what does: for
/// readers, whose cause stands whether the coupon can be issued or not.
///
/// Errors: `coupon_template_not_found`, `coupon_issued_already`, `coupon_issue_too_large`.
pub async fn issue_or_why_not(tx: &mut Tx, cx: &Cx, wanted: &Issue<'_>) -> Result<Option<&'static str>> {
    let template = template::ops::locked(tx, cx, wanted.template).await?;
    if let Err(error) = open(&template, wanted.today) {
        return Ok(Some(error.code()));
    }
    let limits = &template.terms.limits;
    let total = wanted.count.saturating_mul(i64::try_from(wanted.members.len()).unwrap_or(i64::MAX));
    if limits.issued_max.is_some_and(|max| template.issued + total > max) {
        return Ok(Some("coupon_budget_exhausted"));
    }
    if let Some(max) = limits.per_member_max {
        for member in wanted.members {
            if template::store::had(tx, cx.merchant, wanted.template, *member).await? + wanted.count > max {
                return Ok(Some("coupon_member_limit"));
            }
        }
    }
    issue(tx, cx, wanted).await.map(|_| None)
}

/// What handing out to many did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    /// Coupons that were issued.
    pub issued: i64,
    /// Members who have had as many as the template allows.
    pub passed_over: i64,
    /// Why the others got none: the code of what ended it.
    pub stopped: Option<&'static str>,
}

/// Issues to many members as far as the template gives: who has had as many as it allows is passed over, and where it
/// gives no more the rest stays without.
///
/// Errors: `coupon_template_not_found`, `coupon_issued_already`, `coupon_issue_too_large`.
pub async fn hand_out(tx: &mut Tx, cx: &Cx, wanted: &Issue<'_>) -> Result<Handed> {
    let mut handed = Handed::default();
    if wanted.members.is_empty() {
        return Ok(handed);
    }
    if issue_or_why_not(tx, cx, wanted).await?.is_none() {
        handed.issued = wanted.count.saturating_mul(i64::try_from(wanted.members.len()).unwrap_or(i64::MAX));
        return Ok(handed);
    }
    for member in wanted.members {
        match issue_or_why_not(tx, cx, &Issue { members: std::slice::from_ref(member), ..*wanted }).await? {
            None => handed.issued += wanted.count,
            Some("coupon_member_limit") => handed.passed_over += 1,
            why => {
                handed.stopped = why;
                break;
            }
        }
    }
    Ok(handed)
}

/// Members whom a source has served with coupons of a template.
pub async fn served(tx: &mut Tx, merchant: MerchantId, source: Uuid, template: CouponTemplateId) -> Result<Vec<Uuid>> {
    store::served(tx, merchant, source, template).await
}

/// The days of a coupon that is issued today, where the template issues at all.
fn open(template: &CouponTemplate, today: Date) -> Result<(Date, Date)> {
    if template.state != TemplateState::Published {
        return Err(Error::refused("coupon_template_not_published", "this template issues no coupons; publish it first"));
    }
    let (valid_from, expires_on) = template.terms.validity.resolve(today);
    if expires_on < today {
        return Err(Error::refused("coupon_template_over", "the days of this template are over"));
    }
    Ok((valid_from, expires_on))
}

/// Issues to those of the members whom this source has not served yet: what a campaign or a retry
/// calls. Two calls that run at once are kept apart by the database.
///
/// Errors: those of [`issue`].
pub async fn issue_missing(tx: &mut Tx, cx: &Cx, wanted: &Issue<'_>) -> Result<Vec<IssuedCoupon>> {
    let served = store::served(tx, cx.merchant, wanted.source, wanted.template).await?;
    let mut members: Vec<Uuid> = wanted.members.iter().filter(|member| !served.contains(member)).copied().collect();
    members.sort_unstable();
    members.dedup();
    issue(tx, cx, &Issue { members: &members, ..*wanted }).await
}

/// Takes coupons back: those that were never used free their places in budget and quota.
pub async fn revoke(tx: &mut Tx, cx: &Cx, coupons: &[Revocable], why: &str) -> Result<()> {
    if coupons.is_empty() {
        return Ok(());
    }
    let ids: Vec<CouponId> = coupons.iter().map(|coupon| coupon.id).collect();
    tx.queue(store::revoke_stmt(cx.merchant, cx.now, &ids)).await?;
    let mut freed: BTreeMap<CouponTemplateId, BTreeMap<Uuid, i64>> = BTreeMap::new();
    for coupon in coupons.iter().filter(|coupon| coupon.unused) {
        *freed.entry(coupon.template).or_default().entry(coupon.member).or_default() += 1;
    }
    for (template, members) in freed {
        tx.queue(template::store::count_stmt(cx.merchant, template, -members.values().sum::<i64>())).await?;
        for (member, count) in members {
            tx.queue(template::store::free_stmt(cx.merchant, template, member, count)).await?;
        }
    }
    let events: Vec<Event> = coupons
        .iter()
        .map(|coupon| {
            let payload = serde_json::json!({ "coupon": coupon.id, "template": coupon.template, "member": coupon.member, "why": why });
            Event::new("coupon.revoked", coupon.member, &payload)
        })
        .collect();
    event::append(tx, cx, &events).await
}

/// Takes back what a cause issued and nobody has used: what a refund calls for its order. Returns
/// how many. Where the rows were read with other statements, call [`revoke`] instead.
pub async fn revoke_by_source(tx: &mut Tx, cx: &Cx, source: Uuid) -> Result<u64> {
    let rows = tx.rows(store::unused_of_source_stmt(cx.merchant, source)).await?;
    let coupons = rows.iter().map(store::revocable_read).collect::<Result<Vec<_>>>()?;
    revoke(tx, cx, &coupons, "source_undone").await?;
    Ok(coupons.len() as u64)
}

/// A coupon with whose it is and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CouponView {
    /// The coupon.
    #[serde(flatten)]
    pub coupon: Coupon,
    /// Whose it is.
    pub member: Uuid,
    /// What issued it: `order`, `top_up`, `staff`.
    pub source_kind: String,
    /// Its id.
    pub source: Uuid,
    /// When.
    pub issued_at: Instant,
}

fn view(row: &shuke_db::Row, today: Date, now: Instant) -> Result<CouponView> {
    let store::Provenance { member, source_kind, source, issued_at } = store::provenance(row)?;
    Ok(CouponView { coupon: store::read(row, today, now)?, member, source_kind, source, issued_at })
}

fn missing() -> Error {
    Error::not_found("coupon_not_found", "there is no such coupon")
}

/// A coupon, or `coupon_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: CouponId) -> Result<CouponView> {
    let today = today(tx, cx).await?;
    view(&tx.need(store::by_id_stmt(cx.merchant, id), missing).await?, today, cx.now)
}

/// The coupon with a code, or `coupon_not_found`.
pub async fn by_code(tx: &mut Tx, cx: &Cx, code: &CouponCode) -> Result<CouponView> {
    let today = today(tx, cx).await?;
    view(&tx.need(store::by_code_stmt(cx.merchant, code.as_str()), missing).await?, today, cx.now)
}

/// A member's coupons in every state, the latest expiry first.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<(Date, CouponId)>, limit: Limit) -> Result<Page<CouponView>> {
    let today = today(tx, cx).await?;
    let rows = tx.rows(store::list_stmt(cx.merchant, member, before, limit.fetch())).await?;
    let coupons = rows.iter().map(|row| view(row, today, cx.now)).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(coupons, limit, |view| (view.coupon.expires_on, view.coupon.id)))
}

/// The coupons of a template, newest first, of every state or of one.
///
/// Errors: `coupon_template_not_found`.
pub async fn of_template(
    tx: &mut Tx,
    cx: &Cx,
    template: CouponTemplateId,
    state: Option<CouponState>,
    before: Option<CouponId>,
    limit: Limit,
) -> Result<Page<CouponView>> {
    template::ops::show(tx, cx, template).await?;
    let today = today(tx, cx).await?;
    let rows = tx.rows(store::of_template_stmt(cx.merchant, template, state, (today, cx.now), before, limit.fetch())).await?;
    let coupons = rows.iter().map(|row| view(row, today, cx.now)).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(coupons, limit, |view| view.coupon.id))
}

/// A coupon and whose it is, locked, as it stands on a local day; or `coupon_not_found`.
pub(crate) async fn locked(tx: &mut Tx, cx: &Cx, id: CouponId, today: Date) -> Result<(Coupon, Uuid)> {
    let row = tx.need(store::locked_stmt(cx.merchant, id), missing).await?;
    Ok((store::read(&row, today, cx.now)?, store::provenance(&row)?.member))
}

/// Places above this are random: of coupons that were given away. Those of issues count from 0.
const GIVEN_AWAY: i64 = 1 << 62;

/// Gives an unused coupon to another member, whose limit counts it from now on.
///
/// Errors: `coupon_not_found`, `coupon_not_transferable` where its terms don't let it go or it is used,
/// held, taken back or over; `coupon_member_limit` where the other has had as many as one may have.
pub async fn transfer(tx: &mut Tx, cx: &Cx, id: CouponId, to: Uuid) -> Result<CouponView> {
    let today = today(tx, cx).await?;
    let (coupon, from) = locked(tx, cx, id, today).await?;
    let refused = |why: &str| Err(Error::refused("coupon_not_transferable", format!("this coupon can't be given away: {why}")));
    if !coupon.terms.transferable {
        return refused("its terms keep it with its member");
    }
    if from == to {
        return refused("it is this member's already");
    }
    if coupon.state != CouponState::Active {
        return refused("it is used, held by an order, taken back or over");
    }
    let place = GIVEN_AWAY | i64::try_from(cx.random.u64() >> 2).unwrap_or(0);
    if tx.exec(store::transfer_stmt(cx.merchant, id, from, to, cx.now, place)).await? != 1 {
        return refused("it was used in part");
    }
    let max = coupon.terms.limits.per_member_max;
    let free = template::store::free_stmt(cx.merchant, coupon.template, from, 1);
    let take = template::store::quota_stmt(cx.merchant, coupon.template, max, &[(to, 1)]);
    // Members in the order of their ids, or two who give to each other could wait for each other.
    for stmt in if from < to { [free, take] } else { [take, free] } {
        tx.queue(stmt).await?;
    }
    let payload = serde_json::json!({ "coupon": id, "template": coupon.template, "from": from, "member": to });
    event::append(tx, cx, &[Event::new("coupon.transferred", to, &payload)]).await?;
    show(tx, cx, id).await
}

/// Takes back the coupons of one issue, or of anything else that issued, that can still be used, at most
/// 500 in one call.
pub(crate) async fn revoke_issue(tx: &mut Tx, cx: &Cx, source: Uuid, reason: &str) -> Result<Revoked> {
    let rows = tx.rows(store::open_of_source_stmt(cx.merchant, source, REVOKED_MAX)).await?;
    revoke_rows(tx, cx, &rows, reason).await
}

/// The same for an issue that must have been.
///
/// Errors: `coupon_issue_not_found`.
pub async fn revoke_issued(tx: &mut Tx, cx: &Cx, issue: Uuid, reason: &str) -> Result<Revoked> {
    let missing = || Error::not_found("coupon_issue_not_found", "nothing was issued under this id");
    tx.need(store::of_source_stmt(cx.merchant, issue), missing).await?;
    revoke_issue(tx, cx, issue, reason).await
}

async fn revoke_rows(tx: &mut Tx, cx: &Cx, rows: &[shuke_db::Row], reason: &str) -> Result<Revoked> {
    let coupons = rows.iter().map(store::revocable_read).collect::<Result<Vec<_>>>()?;
    revoke(tx, cx, &coupons, reason).await?;
    let revoked = i64::try_from(coupons.len()).unwrap_or(i64::MAX);
    Ok(Revoked { revoked, more: revoked == REVOKED_MAX })
}

/// Takes one coupon back; one that is used up or taken back already stays as it is.
///
/// Errors: `coupon_not_found`.
pub async fn revoke_one(tx: &mut Tx, cx: &Cx, id: CouponId, reason: &str) -> Result<CouponView> {
    if let Some(row) = tx.row(store::open_by_id_stmt(cx.merchant, id)).await? {
        revoke(tx, cx, &[store::revocable_read(&row)?], reason).await?;
    }
    show(tx, cx, id).await
}

/// How far taking back a template's coupons has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revoked {
    /// Coupons that this call took back.
    pub revoked: i64,
    /// Whether there may be more: call again.
    pub more: bool,
}

/// Takes back the coupons of a template that can still be used, at most 500 in one call.
///
/// Errors: `coupon_template_not_found`.
pub async fn revoke_template(tx: &mut Tx, cx: &Cx, template: CouponTemplateId, reason: &str) -> Result<Revoked> {
    template::ops::show(tx, cx, template).await?;
    let rows = tx.rows(store::open_of_template_stmt(cx.merchant, template, REVOKED_MAX)).await?;
    revoke_rows(tx, cx, &rows, reason).await
}
