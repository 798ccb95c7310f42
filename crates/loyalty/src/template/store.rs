//! SQL of coupon templates and quotas.

use super::{CouponTemplate, TemplateState};
use crate::coupon::{CouponTemplateId, CouponTerms};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, sql};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};
use std::fmt::Write as _;

pub(super) fn insert_stmt(cx: &Cx, template: &CouponTemplate, terms: &str) -> Stmt {
    sql!(
        "INSERT INTO coupon_template (merchant_id, id, name, terms, state, issued, issued_max, member_max, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $8)",
        cx.merchant,
        template.id,
        template.name,
        terms,
        template.state,
        template.terms.limits.issued_max,
        template.terms.limits.per_member_max,
        cx.now
    )
}

/// Writes what may change. A budget below what is issued already refuses.
pub(super) fn change_stmt(cx: &Cx, template: &CouponTemplate, terms: &str) -> Stmt {
    sql!(
        "UPDATE coupon_template SET name = $3, terms = $4, state = $5, issued_max = $6, member_max = $7, changed_at = $8
         WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        template.id,
        template.name,
        terms,
        template.state,
        template.terms.limits.issued_max,
        template.terms.limits.per_member_max,
        cx.now
    )
}

/// One template, locked against issues and changes where `lock` says so.
pub(crate) fn by_id_stmt(merchant: MerchantId, id: CouponTemplateId, lock: bool) -> Stmt {
    if lock {
        sql!(
            "SELECT id, name, terms, state, issued, created_at, changed_at FROM coupon_template WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
            merchant,
            id
        )
    } else {
        sql!(
            "SELECT id, name, terms, state, issued, created_at, changed_at FROM coupon_template WHERE merchant_id = $1 AND id = $2",
            merchant,
            id
        )
    }
}

pub(super) fn list_stmt(merchant: MerchantId, state: Option<TemplateState>, after: Option<CouponTemplateId>, limit: i64) -> Stmt {
    let after = after.unwrap_or(CouponTemplateId(Uuid::max()));
    match state {
        Some(state) => sql!(
            "SELECT id, name, terms, state, issued, created_at, changed_at FROM coupon_template
             WHERE merchant_id = $1 AND id < $2 AND state = $3 ORDER BY id DESC LIMIT $4",
            merchant,
            after,
            state,
            limit
        ),
        None => sql!(
            "SELECT id, name, terms, state, issued, created_at, changed_at FROM coupon_template
             WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            merchant,
            after,
            limit
        ),
    }
}

pub(crate) fn read(row: &Row) -> Result<CouponTemplate> {
    let terms: CouponTerms = serde_json::from_str(&row.get::<String>(2)?)
        .map_err(|error| Error::internal(format!("a template's terms can't be read: {error}")))?;
    Ok(CouponTemplate {
        id: row.get(0)?,
        name: row.get(1)?,
        terms,
        state: row.get(3)?,
        issued: row.get(4)?,
        created_at: row.get(5)?,
        changed_at: row.get(6)?,
    })
}

/// Counts coupons against the budget; to be queued. `coupon_budget_exhausted` refuses.
pub(crate) fn count_stmt(merchant: MerchantId, id: CouponTemplateId, delta: i64) -> Stmt {
    sql!("UPDATE coupon_template SET issued = issued + $3 WHERE merchant_id = $1 AND id = $2", merchant, id, delta)
}

/// Counts coupons of a template against its members' limits; to be queued. At least one member, none
/// of them twice. `coupon_member_limit` refuses.
pub(crate) fn quota_stmt(merchant: MerchantId, id: CouponTemplateId, member_max: Option<i64>, members: &[(Uuid, i64)]) -> Stmt {
    let mut params = vec![merchant.to_value(), id.to_value(), member_max.to_value()];
    let mut rows = String::new();
    let mut sorted = members.to_vec();
    sorted.sort_unstable();
    for (member, count) in sorted {
        params.push(member.to_value());
        params.push(Value::Int(count));
        let comma = if rows.is_empty() { "" } else { ", " };
        let _ = write!(rows, "{comma}($1, $2, $3, ${}, ${})", params.len() - 1, params.len());
    }
    Stmt::built(
        format!(
            "INSERT INTO coupon_quota (merchant_id, template_id, issued_max, member_id, issued) VALUES {rows} \
             ON CONFLICT (merchant_id, member_id, template_id) \
             DO UPDATE SET issued = coupon_quota.issued + excluded.issued, issued_max = excluded.issued_max"
        ),
        params,
    )
}

/// Frees places of a member; to be queued.
pub(crate) fn free_stmt(merchant: MerchantId, id: CouponTemplateId, member: Uuid, count: i64) -> Stmt {
    sql!(
        "UPDATE coupon_quota SET issued = issued - $4 WHERE merchant_id = $1 AND member_id = $3 AND template_id = $2",
        merchant,
        id,
        member,
        count
    )
}

/// How many coupons each template counts, and how many its members' quotas count. For `verify`.
pub(crate) async fn counted(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(CouponTemplateId, i64, i64)>> {
    let stmt = sql!(
        "SELECT t.id, t.issued, CAST(COALESCE((SELECT SUM(q.issued) FROM coupon_quota q
            WHERE q.merchant_id = t.merchant_id AND q.template_id = t.id), 0) AS BIGINT)
         FROM coupon_template t WHERE t.merchant_id = $1 ORDER BY t.id",
        merchant
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// How many coupons of a template a member has had.
pub(crate) async fn had(tx: &mut Tx, merchant: MerchantId, template: CouponTemplateId, member: Uuid) -> Result<i64> {
    let stmt =
        sql!("SELECT issued FROM coupon_quota WHERE merchant_id = $1 AND member_id = $2 AND template_id = $3", merchant, member, template);
    tx.row(stmt).await?.map_or(Ok(0), |row| row.get(0))
}

/// Counts places of a template for another member. The one who gets them may have more than the limit
/// now: the next issue is held against it, what is there already isn't.
pub(crate) async fn move_quota(tx: &mut Tx, merchant: MerchantId, id: CouponTemplateId, from: Uuid, to: Uuid, count: i64) -> Result<()> {
    tx.queue(free_stmt(merchant, id, from, count)).await?;
    tx.queue(sql!(
        "INSERT INTO coupon_quota (merchant_id, member_id, template_id, issued, issued_max) VALUES ($1, $2, $3, $4, NULL)
         ON CONFLICT (merchant_id, member_id, template_id) DO UPDATE SET issued = coupon_quota.issued + excluded.issued,
             issued_max = CASE WHEN coupon_quota.issued + excluded.issued > coupon_quota.issued_max
                 THEN coupon_quota.issued + excluded.issued ELSE coupon_quota.issued_max END",
        merchant,
        to,
        id,
        count
    ))
    .await
}
