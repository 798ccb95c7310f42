//! Coupons of a template, and where each was used last.

use crate::order::store::savings_since_stmt;
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Instant, Limit, Page, Result, Uuid};
use shuke_loyalty::coupon::ops::CouponView;
use shuke_loyalty::coupon::{CouponId, CouponState, CouponTemplateId, ops as coupons};
use shuke_loyalty::redemption::ops as redemptions;
use shuke_member::member::{View, ops as members};
use shuke_member::{MemberBrief, MemberId};
use shuke_offer::price::Saving;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Where and when a coupon was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CouponUse {
    /// The order that it was used in; absent where it was redeemed without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Uuid>,
    /// The store.
    pub store: Uuid,
    /// When.
    pub at: Instant,
}

/// A coupon of a template, with whose it is and its last use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateCoupon {
    /// The coupon.
    #[serde(flatten)]
    pub coupon: CouponView,
    /// Whose it is, as the caller may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<MemberBrief>,
    /// Its last use that was not undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_use: Option<CouponUse>,
}

/// The coupons of a template, newest first, of every state or of one.
///
/// Errors: `coupon_template_not_found`.
pub async fn list(
    tx: &mut Tx,
    cx: &Cx,
    (vault, view): (&Vault, View),
    (template, state): (CouponTemplateId, Option<CouponState>),
    before: Option<CouponId>,
    limit: Limit,
) -> Result<Page<TemplateCoupon>> {
    let page = coupons::of_template(tx, cx, template, state, before, limit).await?;
    let owners: Vec<MemberId> = page.items.iter().map(|coupon| MemberId(coupon.member)).collect();
    let briefs = members::viewed(tx, cx, (vault, view), &owners).await?;
    let uses = last_uses(tx, cx, &page.items).await?;
    Ok(page.map(|coupon| TemplateCoupon {
        owner: briefs.get(&MemberId(coupon.member)).cloned(),
        last_use: uses.get(&coupon.coupon.id).copied(),
        coupon,
    }))
}

/// The last use of each of these coupons that was used at all.
async fn last_uses(tx: &mut Tx, cx: &Cx, coupons: &[CouponView]) -> Result<HashMap<CouponId, CouponUse>> {
    let used: Vec<&CouponView> = coupons.iter().filter(|view| view.coupon.uses_left < view.coupon.terms.limits.uses).collect();
    let mut found = HashMap::new();
    if used.is_empty() {
        return Ok(found);
    }
    let ids: Vec<CouponId> = used.iter().map(|view| view.coupon.id).collect();
    for (coupon, store, at) in redemptions::last(tx, cx, &ids).await? {
        found.insert(coupon, CouponUse { order: None, store, at });
    }
    // One statement for each member, however many of these coupons are theirs.
    let mut since: BTreeMap<Uuid, Instant> = BTreeMap::new();
    for view in &used {
        let from = since.entry(view.member).or_insert(view.issued_at);
        *from = view.issued_at.min(*from);
    }
    let stmts: Vec<_> = since.iter().map(|(member, from)| savings_since_stmt(cx.merchant, *member, *from)).collect();
    for row in tx.batch(&stmts).await?.iter().flatten() {
        let (made, savings) = read(row)?;
        for coupon in savings.iter().filter_map(|saving| saving.source).map(CouponId).filter(|id| ids.contains(id)) {
            let last = found.entry(coupon).or_insert(made);
            if last.at < made.at {
                *last = made;
            }
        }
    }
    Ok(found)
}

fn read(row: &Row) -> Result<(CouponUse, Vec<Saving>)> {
    let savings = crate::order::store::savings(&row.get::<String>(3)?)?;
    Ok((CouponUse { order: Some(row.get(0)?), store: row.get(1)?, at: row.get(2)? }, savings))
}
