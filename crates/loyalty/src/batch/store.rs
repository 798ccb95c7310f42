//! SQL of batches and codes.

use super::{BatchDraft, CouponBatch, CouponBatchId};
use crate::coupon::{CouponId, CouponTemplateId};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result, Uuid};

pub(super) fn insert_stmt(cx: &Cx, draft: &BatchDraft) -> Stmt {
    sql!(
        "INSERT INTO coupon_batch (merchant_id, id, template_id, name, codes, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        cx.merchant,
        draft.id,
        draft.template,
        draft.name,
        draft.codes,
        cx.now,
        cx.actor.text()
    )
}

/// Codes by number and hash; at least one.
pub(super) fn insert_codes_stmt(merchant: MerchantId, batch: CouponBatchId, codes: &[(i64, String)]) -> Stmt {
    let row =
        |(number, hash): &(i64, String)| vec![merchant.to_value(), batch.to_value(), Value::Int(*number), hash.to_value(), Value::Int(1)];
    insert("coupon_code", &["merchant_id", "batch_id", "number", "hash", "claims_left"], codes.iter().map(row).collect())
}

fn read(row: &Row) -> Result<CouponBatch> {
    Ok(CouponBatch {
        id: row.get(0)?,
        template: row.get(1)?,
        name: row.get(2)?,
        codes: row.get(3)?,
        claimed: row.get(4)?,
        at: row.get(5)?,
        revoked_at: row.get(6)?,
    })
}

/// A batch.
pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: CouponBatchId) -> Result<Option<CouponBatch>> {
    let stmt = sql!(
        "SELECT b.id, b.template_id, b.name, b.codes, (SELECT COUNT(*) FROM coupon_code c
             WHERE c.merchant_id = b.merchant_id AND c.batch_id = b.id AND c.claims_left = 0), b.at, b.revoked_at
         FROM coupon_batch b WHERE b.merchant_id = $1 AND b.id = $2",
        merchant,
        id
    );
    tx.row(stmt).await?.as_ref().map(read).transpose()
}

/// Batches, newest first.
pub(super) async fn list(tx: &mut Tx, merchant: MerchantId, after: Option<CouponBatchId>, limit: i64) -> Result<Vec<CouponBatch>> {
    let stmt = sql!(
        "SELECT b.id, b.template_id, b.name, b.codes, (SELECT COUNT(*) FROM coupon_code c
             WHERE c.merchant_id = b.merchant_id AND c.batch_id = b.id AND c.claims_left = 0), b.at, b.revoked_at
         FROM coupon_batch b WHERE b.merchant_id = $1 AND b.id < $2 ORDER BY b.id DESC LIMIT $3",
        merchant,
        after.unwrap_or(CouponBatchId(Uuid::max())),
        limit
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Codes of a batch by number: number, coupon, when.
pub(super) async fn codes(
    tx: &mut Tx,
    merchant: MerchantId,
    batch: CouponBatchId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Option<CouponId>, Option<Instant>)>> {
    let stmt = sql!(
        "SELECT number, coupon_id, claimed_at FROM coupon_code WHERE merchant_id = $1 AND batch_id = $2 AND number > $3 ORDER BY number LIMIT $4",
        merchant,
        batch,
        after,
        limit
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// A code that somebody shows: which it is, and what it becomes.
pub(super) struct Found {
    pub(super) batch: CouponBatchId,
    pub(super) number: i64,
    pub(super) template: CouponTemplateId,
    pub(super) revoked: bool,
}

pub(super) async fn by_hash(tx: &mut Tx, merchant: MerchantId, hash: &str) -> Result<Option<Found>> {
    let stmt = sql!(
        "SELECT c.batch_id, c.number, b.template_id, b.revoked_at FROM coupon_code c
         JOIN coupon_batch b ON b.merchant_id = c.merchant_id AND b.id = c.batch_id WHERE c.merchant_id = $1 AND c.hash = $2",
        merchant,
        hash
    );
    let read = |row: Row| {
        Ok(Found { batch: row.get(0)?, number: row.get(1)?, template: row.get(2)?, revoked: row.get::<Option<Instant>>(3)?.is_some() })
    };
    tx.row(stmt).await?.map(read).transpose()
}

/// Claims a code; to be queued. A second time refuses with `coupon_code_claimed`.
pub(super) fn claim_stmt(cx: &Cx, batch: CouponBatchId, number: i64, coupon: CouponId) -> Stmt {
    sql!(
        "UPDATE coupon_code SET claims_left = claims_left - 1, coupon_id = $4, claimed_at = $5
         WHERE merchant_id = $1 AND batch_id = $2 AND number = $3",
        cx.merchant,
        batch,
        number,
        coupon,
        cx.now
    )
}

/// Ends a batch; to be queued.
pub(super) fn revoke_stmt(cx: &Cx, id: CouponBatchId) -> Stmt {
    sql!("UPDATE coupon_batch SET revoked_at = $3 WHERE merchant_id = $1 AND id = $2 AND revoked_at IS NULL", cx.merchant, id, cx.now)
}
