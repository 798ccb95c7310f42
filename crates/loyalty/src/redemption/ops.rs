//! Using coupons and giving uses back.

use super::store::{self, Use};
use super::{PeriodFrom, Redemption, RedemptionDraft};
use crate::coupon::{self, Benefit, Coupon, CouponId, PeriodMax, store as coupons};
use crate::ground;
use crate::rule::{Channel, Occasion};
use crate::tier;
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Instant, Limit, Page, Result, Uuid};
use shuke_member::MemberId;
use shuke_org::StoreId;

/// Uses that one redemption may take.
const USES_MAX: i64 = 100;

fn period_of(coupon: &Coupon, today: Date) -> Option<(PeriodFrom, i64)> {
    coupon.terms.limits.per_period.map(|PeriodMax { period, max }| ((period, period.start(today)), max))
}

/// Fills in how often a member has used the templates of these coupons in the present periods; reads
/// only where one of them has such a limit.
pub async fn count_periods(tx: &mut Tx, cx: &Cx, member: Uuid, coupons: &mut [Coupon], today: Date) -> Result<()> {
    if !coupons.iter().any(|coupon| coupon.terms.limits.per_period.is_some()) {
        return Ok(());
    }
    let used = store::used(tx, cx.merchant, member, today).await?;
    for coupon in coupons {
        let Some(PeriodMax { period, .. }) = coupon.terms.limits.per_period else { continue };
        let found = used.iter().find(|(template, of, _)| *template == coupon.template && *of == period);
        coupon.period_used = found.map_or(0, |(_, _, uses)| *uses);
    }
    Ok(())
}

/// An order that uses coupons of its member.
#[derive(Clone, Copy, Debug)]
pub struct OrderUse {
    /// The order.
    pub order: Uuid,
    /// The member.
    pub member: Uuid,
    /// The store.
    pub store: Uuid,
    /// The local day in the store's zone.
    pub today: Date,
}

/// Uses coupons once each for an order: queues it. Refused by the database where one is used up, held by
/// another order, given to another member meanwhile, or above its limit in a period.
pub async fn use_in_order(tx: &mut Tx, cx: &Cx, of: OrderUse, used: &[&Coupon]) -> Result<()> {
    if used.is_empty() {
        return Ok(());
    }
    let ids: Vec<CouponId> = used.iter().map(|coupon| coupon.id).collect();
    tx.queue(coupons::use_stmt(cx.merchant, of.order, of.member, cx.now, &ids)).await?;
    let mut counted: Vec<(Redemption, PeriodFrom, i64)> = Vec::new();
    for coupon in used {
        let Some((period, max)) = period_of(coupon, of.today) else { continue };
        let redemption = Redemption {
            id: of.order,
            kind: "order".to_owned(),
            coupon: coupon.id,
            template: coupon.template,
            member: of.member,
            store: of.store,
            uses: 1,
            uses_back: 0,
            on: of.today,
            at: cx.now,
        };
        counted.push((redemption, period, max));
    }
    book(tx, cx, &mut counted).await
}

async fn book(tx: &mut Tx, cx: &Cx, counted: &mut [(Redemption, PeriodFrom, i64)]) -> Result<()> {
    if counted.is_empty() {
        return Ok(());
    }
    counted.sort_by_key(|(of, _, _)| (of.template, of.coupon));
    let rows: Vec<Use<'_>> = counted.iter().map(|(of, period, _)| Use { of, period: Some(*period) }).collect();
    tx.queue(store::insert_stmt(cx, &rows)).await?;
    for (of, period, max) in &*counted {
        tx.queue(store::count_stmt(cx.merchant, of.member, of.template, *period, of.uses, *max)).await?;
    }
    Ok(())
}

/// Gives one use of each of these coupons back to the order that used them.
pub async fn give_back(tx: &mut Tx, cx: &Cx, order: Uuid, ids: &[CouponId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    tx.queue(coupons::give_back_stmt(cx.merchant, 1, ids)).await?;
    for (of, period) in store::open(tx, cx.merchant, order, Some(ids)).await? {
        undo_one(tx, cx, &of, period).await?;
    }
    Ok(())
}

async fn undo_one(tx: &mut Tx, cx: &Cx, of: &Redemption, period: Option<PeriodFrom>) -> Result<()> {
    tx.queue(store::undo_stmt(cx.merchant, of.id, of.coupon, of.uses)).await?;
    if let Some(period) = period {
        tx.queue(store::free_stmt(cx.merchant, of.member, of.template, period, of.uses)).await?;
    }
    Ok(())
}

/// Uses a service voucher without a sale.
///
/// Errors: `store_not_found`, `store_closed`, `coupon_not_found`, `redemption_uses_wrong`, `coupon_needs_sale` where it is not
/// one for a service, `coupon_not_usable` with the reason, `coupon_used`, `coupon_use_taken`.
pub async fn redeem(tx: &mut Tx, cx: &Cx, draft: &RedemptionDraft) -> Result<Redemption> {
    if !(1..=USES_MAX).contains(&draft.uses) {
        let error = Error::invalid("redemption_uses_wrong", "so many uses can't be redeemed at once");
        return Err(error.field("/uses", "out_of_range", format!("must be 1 to {USES_MAX}")));
    }
    let store = shuke_org::store::ops::show(tx, cx, StoreId(draft.store)).await?;
    if !store.active {
        return Err(Error::refused("store_closed", "this store is closed; choose another"));
    }
    let zone = store.parsed_zone()?;
    let today = zone.date(cx.now);
    let (mut coupon, member) = coupon::ops::locked(tx, cx, draft.coupon, today).await?;
    ground::must_be_active(tx, cx, MemberId(member)).await?;
    if !matches!(coupon.terms.benefit, Benefit::Service { .. }) {
        return Err(Error::refused("coupon_needs_sale", "this coupon is not for a service; use it at checkout"));
    }
    count_periods(tx, cx, member, std::slice::from_mut(&mut coupon), today).await?;
    let local = zone.local(cx.now);
    let occasion = Occasion {
        today,
        minute: i64::from(local.hour()) * 60 + i64::from(local.minute()),
        weekday: i64::from(today.weekday().to_monday_one_offset()),
        store: draft.store,
        channel: Channel::Till,
        is_member: true,
        tier: tier::ops::show(tx, cx, member).await?.current.tier,
        order: None,
    };
    if let Some(why) = coupon.why_not_now(&occasion) {
        let why = serde_json::to_string(&why).unwrap_or_default();
        return Err(Error::refused("coupon_not_usable", "this coupon can't be used here and now").field(
            "/coupon",
            "coupon_not_usable",
            why,
        ));
    }
    let redemption = Redemption {
        id: draft.id,
        kind: "redemption".to_owned(),
        coupon: coupon.id,
        template: coupon.template,
        member,
        store: draft.store,
        uses: draft.uses,
        uses_back: 0,
        on: today,
        at: cx.now,
    };
    let period = period_of(&coupon, today);
    // First, so that a second booking is refused as what it is.
    tx.queue(store::insert_stmt(cx, &[Use { of: &redemption, period: period.map(|(period, _)| period) }])).await?;
    tx.queue(coupons::redeem_stmt(cx.merchant, coupon.id, draft.uses)).await?;
    if let Some((period, max)) = period {
        tx.queue(store::count_stmt(cx.merchant, member, coupon.template, period, draft.uses, max)).await?;
    }
    event::append(tx, cx, &[Event::new("coupon.redeemed", member, &redemption)]).await?;
    Ok(redemption)
}

/// Undoes a redemption without a sale: its uses can be used again.
///
/// Errors: `redemption_not_found`, `coupon_use_undone`.
pub async fn undo(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Redemption> {
    let (mut of, period) = find(tx, cx, id).await?;
    undo_one(tx, cx, &of, period).await?;
    tx.queue(coupons::give_back_stmt(cx.merchant, of.uses, &[of.coupon])).await?;
    of.uses_back = of.uses;
    event::append(tx, cx, &[Event::new("coupon.redemption_undone", of.member, &of)]).await?;
    Ok(of)
}

async fn find(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<(Redemption, Option<PeriodFrom>)> {
    let missing = || Error::not_found("redemption_not_found", "there is no such redemption");
    store::find(tx, cx.merchant, id).await?.ok_or_else(missing)
}

/// Where a redemption was, or `redemption_not_found`.
pub async fn store_of(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Uuid> {
    Ok(find(tx, cx, id).await?.0.store)
}

/// The uses of a coupon that are counted one by one, newest first.
pub async fn of_coupon(tx: &mut Tx, cx: &Cx, coupon: CouponId, before: Option<(Instant, Uuid)>, limit: Limit) -> Result<Page<Redemption>> {
    coupon::ops::show(tx, cx, coupon).await?;
    let found = store::of_coupon(tx, cx.merchant, coupon, before, limit.fetch()).await?;
    Ok(Page::of(found, limit, |of| (of.at, of.id)))
}

/// The last use without a sale of each of these coupons that was not undone: coupon, store, moment.
pub async fn last(tx: &mut Tx, cx: &Cx, coupons: &[CouponId]) -> Result<Vec<(CouponId, Uuid, Instant)>> {
    if coupons.is_empty() {
        return Ok(Vec::new());
    }
    store::last(tx, cx.merchant, coupons).await
}
