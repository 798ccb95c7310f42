//! Giving and taking back.

use super::store::{self, Place};
use super::{Gift, Given};
use crate::book::RefundPolicy;
use crate::coupon::{self, CouponTemplateId};
use crate::points::EarnPolicy;
use crate::template::{self, TemplateState};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Points, Result, Uuid};
use shuke_ledger::{Account, AccountKind, Journal, LotTerms, journal, lot};
use shuke_org::{merchant, setting};

/// Gives a member what a rule gives for a cause.
pub(crate) async fn give(tx: &mut Tx, cx: &Cx, member: Uuid, of: Place<'_>, gift: &Gift, today: Date) -> Result<Given> {
    let source = cx.uuid();
    if gift.points.is_positive() {
        grant(tx, cx, member, source, gift.points, today).await?;
    }
    let (coupons, skipped) = issue(tx, cx, member, source, &gift.coupons, today).await?;
    let given = Given {
        cause: of.cause,
        rule: of.rule,
        place: of.place.to_owned(),
        source,
        points: gift.points,
        coupons,
        skipped: skipped.join(","),
        taken_back: false,
        at: cx.now,
    };
    tx.queue(store::put_stmt(cx.merchant, member, &given)).await?;
    tell(tx, cx, "gift.given", member, &given).await?;
    Ok(given)
}

async fn tell(tx: &mut Tx, cx: &Cx, kind: &'static str, member: Uuid, given: &Given) -> Result<()> {
    let payload = serde_json::json!({ "member": member, "gift": given });
    event::append(tx, cx, &[Event::new(kind, member, &payload)]).await
}

async fn grant(tx: &mut Tx, cx: &Cx, member: Uuid, source: Uuid, points: Points, today: Date) -> Result<()> {
    let zone = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?;
    let policy: EarnPolicy = setting::ops::get(tx, cx.merchant).await?;
    let mut holdings = journal::ops::holdings(tx, cx, member, true).await?;
    let mut booked = Journal::new("gift", source, None);
    let terms = LotTerms::until(cx.now, policy.expiry.expires_on(today), &zone);
    let issued = Account::merchant(AccountKind::PointsIssued);
    booked.grant(cx, &mut holdings, AccountKind::Points, points.0, issued, terms, "gift")?;
    booked.post(tx, cx, &[&holdings]).await
}

/// How many coupons were issued, and why the others were not.
async fn issue(
    tx: &mut Tx,
    cx: &Cx,
    member: Uuid,
    source: Uuid,
    templates: &[CouponTemplateId],
    today: Date,
) -> Result<(i64, Vec<&'static str>)> {
    let mut sorted = templates.to_vec();
    sorted.sort_unstable();
    let (mut issued, mut skipped) = (0, Vec::new());
    for same in sorted.chunk_by(|a, b| a == b) {
        let Some(template) = same.first().copied() else { continue };
        let count = i64::try_from(same.len()).unwrap_or(i64::MAX);
        if let Some(why) = why_not(tx, cx, member, template, count, today).await? {
            skipped.push(why);
            continue;
        }
        let wanted = coupon::ops::Issue { template, members: &[member], count, source_kind: "gift", source, today };
        issued += i64::try_from(coupon::ops::issue(tx, cx, &wanted).await?.len()).unwrap_or(0);
    }
    Ok((issued, skipped))
}

/// Why a template can't give a member so many coupons. It stays locked, so the answer holds.
async fn why_not(tx: &mut Tx, cx: &Cx, member: Uuid, id: CouponTemplateId, count: i64, today: Date) -> Result<Option<&'static str>> {
    let Ok(template) = template::ops::locked(tx, cx, id).await else { return Ok(Some("coupon_template_not_found")) };
    let limits = &template.terms.limits;
    if template.state != TemplateState::Published {
        return Ok(Some("coupon_template_not_published"));
    }
    if template.terms.validity.resolve(today).1 < today {
        return Ok(Some("coupon_template_over"));
    }
    if limits.issued_max.is_some_and(|max| template.issued + count > max) {
        return Ok(Some("coupon_budget_exhausted"));
    }
    let had = template::store::had(tx, cx.merchant, id, member).await?;
    Ok(limits.per_member_max.filter(|max| had + count > *max).map(|_| "coupon_member_limit"))
}

/// Takes a gift back, where none of its coupons was used. Returns whether it was.
pub(crate) async fn take_back(tx: &mut Tx, cx: &Cx, member: Uuid, given: &Given) -> Result<bool> {
    if given.coupons > 0 {
        let rows = tx.rows(coupon::store::unused_of_source_stmt(cx.merchant, given.source)).await?;
        let unused = rows.iter().map(coupon::store::revocable_read).collect::<Result<Vec<_>>>()?;
        if i64::try_from(unused.len()).unwrap_or(i64::MAX) < given.coupons {
            return Ok(false);
        }
        claw(tx, cx, member, given).await?;
        coupon::ops::revoke(tx, cx, &unused, "source_undone").await?;
    } else {
        claw(tx, cx, member, given).await?;
    }
    let of = Place { cause: given.cause, rule: given.rule, place: &given.place };
    tx.queue(store::taken_back_stmt(cx.merchant, member, of)).await?;
    tell(tx, cx, "gift.taken_back", member, given).await?;
    Ok(true)
}

async fn claw(tx: &mut Tx, cx: &Cx, member: Uuid, given: &Given) -> Result<()> {
    if !given.points.is_positive() {
        return Ok(());
    }
    let policy: RefundPolicy = setting::ops::get(tx, cx.merchant).await?;
    let mut holdings = journal::ops::holdings(tx, cx, member, true).await?;
    holdings.with_granted(&tx.rows(lot::granted_stmt(cx.merchant, member, given.source)).await?)?;
    let mut back = Journal::new("gift_taken_back", cx.uuid(), None);
    let issued = Account::merchant(AccountKind::PointsIssued);
    back.claw_back(&mut holdings, given.source, given.points.0, issued, policy.forgive_points, "gift_taken_back")?;
    back.post(tx, cx, &[&holdings]).await
}

/// A member's gifts for a rule, by place, those that were taken back too; locked.
pub(crate) async fn of_rule(tx: &mut Tx, cx: &Cx, member: Uuid, cause: super::model::Cause, rule: Uuid) -> Result<Vec<Given>> {
    tx.rows(store::of_rule_stmt(cx.merchant, member, cause, rule)).await?.iter().map(store::read).collect()
}

/// A member's gifts, the latest first; at most 500.
pub(crate) async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<Given>> {
    tx.rows(store::of_member_stmt(cx.merchant, member)).await?.iter().map(store::read).collect()
}
