//! Making batches, claiming codes, taking batches back.

use super::{BatchCode, BatchDraft, CouponBatch, CouponBatchId, code_of, hash_of, store};
use crate::book::ops::today;
use crate::coupon::ops::{CouponView, Issue, Revoked};
use crate::coupon::{self, CouponCode};
use crate::template;
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Limit, Page, Result, Uuid};
use shuke_org::audit;

/// Codes of one batch.
pub const CODES_MAX: i64 = 5_000;
const CODES_PER_INSERT: usize = 500;

/// Makes a batch with its codes.
///
/// Errors: `name_malformed`, `batch_codes_wrong`, `coupon_template_not_found`, `coupon_batch_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, vault: &Vault, draft: &BatchDraft) -> Result<CouponBatch> {
    template::check_name(&draft.name)?;
    if !(1..=CODES_MAX).contains(&draft.codes) {
        let error = Error::invalid("batch_codes_wrong", "a batch can't have so many codes");
        return Err(error.field("/codes", "out_of_range", format!("must be 1 to {CODES_MAX}")));
    }
    template::ops::show(tx, cx, draft.template).await?;
    tx.queue(store::insert_stmt(cx, draft)).await?;
    let hash = |number| (number, hash_of(vault, cx.merchant, &code_of(vault, cx.merchant, draft.id, number)));
    let codes: Vec<(i64, String)> = (1..=draft.codes).map(hash).collect();
    for part in codes.chunks(CODES_PER_INSERT) {
        tx.queue(store::insert_codes_stmt(cx.merchant, draft.id, part)).await?;
    }
    audit::ops::record(tx, cx, &audit::Entry::new("coupon_batch.created", draft.id).new_value(draft)).await?;
    Ok(CouponBatch {
        id: draft.id,
        template: draft.template,
        name: draft.name.clone(),
        codes: draft.codes,
        claimed: 0,
        at: cx.now,
        revoked_at: None,
    })
}

/// A batch, or `coupon_batch_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: CouponBatchId) -> Result<CouponBatch> {
    let missing = || Error::not_found("coupon_batch_not_found", "there is no such batch of codes");
    store::find(tx, cx.merchant, id).await?.ok_or_else(missing)
}

/// Batches, newest first.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<CouponBatchId>, limit: Limit) -> Result<Page<CouponBatch>> {
    Ok(Page::of(store::list(tx, cx.merchant, after, limit.fetch()).await?, limit, |batch| batch.id))
}

/// The codes of a batch, by number.
///
/// Errors: `coupon_batch_not_found`.
pub async fn codes(tx: &mut Tx, cx: &Cx, vault: &Vault, id: CouponBatchId, after: Option<i64>, limit: Limit) -> Result<Page<BatchCode>> {
    show(tx, cx, id).await?;
    let rows = store::codes(tx, cx.merchant, id, after.unwrap_or(0), limit.fetch()).await?;
    let of = |(number, coupon, claimed_at)| {
        let code = code_of(vault, cx.merchant, id, number).as_str().to_owned();
        BatchCode { number, code, coupon, claimed_at }
    };
    Ok(Page::of(rows.into_iter().map(of).collect(), limit, |code| code.number))
}

/// Turns a code into a coupon of a member.
///
/// Errors: `coupon_code_not_found`; `coupon_code_claimed` where it was claimed already; `coupon_batch_revoked`; those of
/// issuing a coupon.
pub async fn claim(tx: &mut Tx, cx: &Cx, vault: &Vault, code: &CouponCode, member: Uuid) -> Result<CouponView> {
    let missing = || Error::not_found("coupon_code_not_found", "there is no such code; read it again, letter by letter");
    let found = store::by_hash(tx, cx.merchant, &hash_of(vault, cx.merchant, code)).await?.ok_or_else(missing)?;
    if found.revoked {
        return Err(Error::refused("coupon_batch_revoked", "the codes of this batch were taken back"));
    }
    let members = [member];
    let wanted = Issue {
        template: found.template,
        members: &members,
        count: 1,
        source_kind: "code",
        source: found.batch.0,
        today: today(tx, cx).await?,
    };
    let issued = coupon::ops::issue_at(tx, cx, &wanted, found.number).await?;
    let id = issued.first().map(|coupon| coupon.id).ok_or_else(|| Error::internal("a claim issued nothing"))?;
    tx.queue(store::claim_stmt(cx, found.batch, found.number, id)).await?;
    coupon::ops::show(tx, cx, id).await
}

/// Takes a batch back: its codes are worth nothing from now on, and of its coupons those that can still
/// be used are revoked, at most 500 in one call.
///
/// Errors: `coupon_batch_not_found`.
pub async fn revoke(tx: &mut Tx, cx: &Cx, id: CouponBatchId, reason: &str) -> Result<Revoked> {
    let old = show(tx, cx, id).await?;
    if old.revoked_at.is_none() {
        tx.queue(store::revoke_stmt(cx, id)).await?;
        audit::ops::record(tx, cx, &audit::Entry::new("coupon_batch.revoked", id).old(&old)).await?;
        let payload = serde_json::json!({ "batch": id, "template": old.template, "why": reason });
        event::append(tx, cx, &[Event::new("coupon_batch.revoked", id, &payload)]).await?;
    }
    coupon::ops::revoke_issue(tx, cx, id.0, reason).await
}
