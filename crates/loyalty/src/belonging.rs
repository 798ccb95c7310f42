//! The part of loyalty of a member: coupons, top-ups, passes, limits, the clock of points, the tier.

use crate::coupon::{self, CouponId};
use crate::pass::{self, PassId};
use crate::quota::store as quotas;
use crate::redemption::store as redemptions;
use crate::{clock, gift, growth, membership, points_kind, reward_order, stamp, template, tier, transfer, wallet};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Limit, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::belonging::{Belonging, Pair};
use shuke_member::merge::ops as merges;

/// The part of loyalty.
#[derive(Clone, Copy, Debug)]
pub struct LoyaltyPart;

/// Rows of one page.
const PAGE_ROWS: u32 = 200;
/// Places of coupons are told apart by a random number up to this.
const APART_MAX: u64 = 1_000_000_000_000;

/// What undoing needs.
#[derive(Serialize, Deserialize)]
struct Kept {
    coupons: Vec<CouponId>,
    apart: i64,
    /// Coupons that counted against the absorbed member's limits.
    counted: Vec<CouponId>,
    redeemed: Vec<redemptions::UseKey>,
    top_ups: Vec<Uuid>,
    #[serde(default)]
    passes: Vec<PassId>,
    uses: Vec<quotas::UseKey>,
    activities: Vec<Uuid>,
    growth: Vec<Uuid>,
    rewards: Vec<Uuid>,
    gifts: Vec<gift::store::GiftKey>,
    #[serde(default)]
    purses: points_kind::ops::MovedPurses,
    #[serde(default)]
    stamps: stamp::merge::MovedStamps,
    tier: tier::ops::MovedTier,
    #[serde(default)]
    memberships: Vec<membership::MembershipId>,
}

fn to_json<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::internal(error.to_string()))
}

impl Belonging for LoyaltyPart {
    fn name(&self) -> &'static str {
        "loyalty"
    }

    fn tables(&self) -> &'static [&'static str] {
        &[
            "coupon",
            "coupon_period",
            "coupon_quota",
            "coupon_use",
            "gift",
            "growth",
            "membership",
            "member_tier",
            "pass",
            "pass_refund",
            "pass_visit",
            "points_activity",
            "points_accrual",
            "points_clock",
            "points_purse",
            "points_transfer",
            "quota",
            "quota_use",
            "reward_order",
            "stamp_card",
            "stamp_entry",
            "tier_change",
            "top_up",
            "top_up_refund",
        ]
    }

    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, member: MemberId) -> Future<'t, Value> {
        Box::pin(export(tx, cx, member.0))
    }

    fn erase<'t>(&'t self, _: &'t mut Tx, _: &'t Cx, _: MemberId) -> Future<'t, ()> {
        // Nothing here tells who somebody is.
        Box::pin(async { Ok(()) })
    }

    fn merge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair) -> Future<'t, Value> {
        Box::pin(async move { to_json(&merge(tx, cx, pair.from.0, pair.into.0).await?) })
    }

    fn unmerge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair, kept: &'t Value) -> Future<'t, ()> {
        Box::pin(async move {
            let kept = serde_json::from_value(kept.clone()).map_err(|error| Error::internal(format!("a part of a merge: {error}")))?;
            unmerge(tx, cx, pair, &kept).await
        })
    }
}

fn apart(cx: &Cx) -> i64 {
    i64::try_from(1 + cx.random.below(APART_MAX)).unwrap_or(1)
}

async fn merge(tx: &mut Tx, cx: &Cx, from: Uuid, into: Uuid) -> Result<Kept> {
    let apart = apart(cx);
    let counted = coupon::store::counted_for(tx, cx.merchant, from).await?;
    let coupons = coupon::store::move_all(tx, cx.merchant, (from, into), apart, None).await?;
    coupon::store::issued_to(tx, cx.merchant, (from, into), &counted).await?;
    move_places(tx, cx, from, into, &counted).await?;
    let redeemed = redemptions::counted_for(tx, cx.merchant, from).await?;
    for used in &redeemed {
        redemptions::give(tx, cx.merchant, (from, into), used).await?;
    }
    let used = quotas::uses_of(tx, cx.merchant, from).await?;
    for (key, starts_on, amount) in &used {
        quotas::give(tx, cx.merchant, (from, into), *key, *starts_on, *amount).await?;
    }
    let purses = points_kind::ops::merge(tx, cx, from, into).await?;
    Ok(Kept {
        coupons,
        apart,
        counted,
        redeemed: redeemed.into_iter().map(|used| used.key).collect(),
        top_ups: wallet::store::move_all(tx, cx.merchant, from, into, None).await?,
        passes: pass::store::move_all(tx, cx.merchant, from, into, None).await?,
        uses: used.into_iter().map(|(key, _, _)| key).collect(),
        activities: clock::ops::move_over(tx, cx, from, into, None).await?,
        growth: growth::store::move_all(tx, cx.merchant, from, into, None).await?,
        rewards: reward_order::store::move_all(tx, cx.merchant, from, into, None).await?,
        gifts: gift::store::move_all(tx, cx.merchant, from, into, None).await?,
        purses,
        stamps: stamp::merge::move_over(tx, cx, (from, into), None).await?,
        tier: tier::ops::merge(tx, cx, from, into).await?,
        memberships: membership::merge::merge(tx, cx, from, into).await?,
    })
}

async fn unmerge(tx: &mut Tx, cx: &Cx, pair: Pair, kept: &Kept) -> Result<()> {
    let (from, into) = (pair.from.0, pair.into.0);
    let late = merges::late(tx, cx.merchant, pair).await?;
    points_kind::ops::unmerge(tx, cx, pair, &kept.purses, &late).await?;
    membership::merge::unmerge(tx, cx, from, into, &kept.memberships).await?;
    tier::ops::unmerge(tx, cx, from, into, &kept.tier).await?;
    stamp::merge::move_back(tx, cx, (into, from), &kept.stamps, &late).await?;
    gift::store::move_all(tx, cx.merchant, into, from, Some(&kept.gifts)).await?;
    reward_order::store::move_all(tx, cx.merchant, into, from, Some(&kept.rewards)).await?;
    growth::store::move_all(tx, cx.merchant, into, from, Some(&[kept.growth.as_slice(), &late].concat())).await?;
    clock::ops::move_over(tx, cx, into, from, Some(&[kept.activities.as_slice(), &late].concat())).await?;
    pass::store::move_all(tx, cx.merchant, into, from, Some(&kept.passes)).await?;
    wallet::store::move_all(tx, cx.merchant, into, from, Some(&kept.top_ups)).await?;
    let used = quotas::uses_of(tx, cx.merchant, into).await?;
    for (key, starts_on, amount) in used.iter().filter(|(key, _, _)| kept.uses.contains(key)) {
        quotas::give(tx, cx.merchant, (into, from), *key, *starts_on, *amount).await?;
    }
    for used in redemptions::counted_for(tx, cx.merchant, into).await?.iter().filter(|used| kept.redeemed.contains(&used.key)) {
        redemptions::give(tx, cx.merchant, (into, from), used).await?;
    }
    coupon::store::move_all(tx, cx.merchant, (into, from), -kept.apart, Some(&kept.coupons)).await?;
    coupon::store::issued_to(tx, cx.merchant, (into, from), &kept.counted).await?;
    move_places(tx, cx, into, from, &kept.counted).await?;
    // What late orders brought has come to the survivor only since.
    let brought = coupon::store::of_sources(tx, cx.merchant, into, &late).await?;
    coupon::store::move_all(tx, cx.merchant, (into, from), apart(cx), Some(&brought)).await?;
    move_places(tx, cx, into, from, &brought).await
}

async fn move_places(tx: &mut Tx, cx: &Cx, from: Uuid, to: Uuid, coupons: &[CouponId]) -> Result<()> {
    for (template, places) in coupon::store::places_of(tx, cx.merchant, coupons).await? {
        template::store::move_quota(tx, cx.merchant, template, from, to, places).await?;
    }
    Ok(())
}

async fn export(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Value> {
    let limit = Limit::new(Some(PAGE_ROWS))?;
    let (mut coupons, mut before) = (Vec::new(), None);
    loop {
        let page = coupon::ops::of_member(tx, cx, member, before, limit).await?;
        before = page.items.last().map(|view| (view.coupon.expires_on, view.coupon.id));
        coupons.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    let (mut top_ups, mut before) = (Vec::new(), None);
    loop {
        let page = wallet::ops::of_member(tx, cx, member, before, limit).await?;
        before = page.items.last().map(|top_up| (top_up.at, top_up.id));
        top_ups.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    let (mut passes, mut after) = (Vec::new(), None);
    loop {
        let page = pass::ops::of_member(tx, cx, member, after, limit).await?;
        after = page.items.last().map(|view| view.id);
        passes.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    let (mut changes, mut before) = (Vec::new(), None);
    loop {
        let page = tier::ops::history(tx, cx, member, before, limit).await?;
        before = page.items.last().map(|entry| entry.sequence);
        changes.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    let (mut transfers, mut before) = (Vec::new(), None);
    loop {
        let page = transfer::ops::of_member(tx, cx, member, before, limit).await?;
        before = page.items.last().map(|gift| (gift.at, gift.id));
        transfers.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    Ok(json!({
        "tier": to_json(&tier::ops::show(tx, cx, member).await?)?,
        "tier_changes": to_json(&changes)?,
        "coupons": to_json(&coupons)?,
        "top_ups": to_json(&top_ups)?,
        "passes": to_json(&passes)?,
        "points_transfers": to_json(&transfers)?,
        "points_kinds": to_json(&points_kind::ops::of_member(tx, cx, member).await?)?,
    }))
}
