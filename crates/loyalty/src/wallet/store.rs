//! SQL of top-up plans and top-ups.

use super::refund::{Before, TopUpRefundAsk, TopUpRefundQuote};
use super::{PlanState, TopUp, TopUpPlan, TopUpPlanId};
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Result, Uuid};
use shuke_ledger::journal::BOOKED;

/// The plans that can be bought, for the book.
pub(crate) fn published_stmt(merchant: MerchantId) -> Stmt {
    sql!("SELECT terms FROM top_up_plan WHERE merchant_id = $1 AND state = 'published' ORDER BY created_at, id", merchant)
}

pub(crate) fn plan_read(row: &Row) -> Result<TopUpPlan> {
    serde_json::from_str(&row.get::<String>(0)?).map_err(|error| Error::internal(format!("a top-up plan can't be read: {error}")))
}

pub(super) fn plans_stmt(merchant: MerchantId) -> Stmt {
    sql!("SELECT terms, state FROM top_up_plan WHERE merchant_id = $1 ORDER BY created_at, id LIMIT 500", merchant)
}

pub(super) fn plan_stmt(merchant: MerchantId, id: TopUpPlanId) -> Stmt {
    sql!("SELECT terms, state FROM top_up_plan WHERE merchant_id = $1 AND id = $2", merchant, id)
}

pub(super) fn insert_plan_stmt(cx: &Cx, plan: &TopUpPlan, terms: &str) -> Stmt {
    sql!(
        "INSERT INTO top_up_plan (merchant_id, id, terms, state, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5)",
        cx.merchant,
        plan.id,
        terms,
        PlanState::Published,
        cx.now
    )
}

pub(super) fn change_plan_stmt(cx: &Cx, id: TopUpPlanId, terms: &str, state: PlanState) -> Stmt {
    sql!(
        "UPDATE top_up_plan SET terms = $3, state = $4, changed_at = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        terms,
        state,
        cx.now
    )
}

/// Gives top-ups to another member: all of one member's, or these. Answers which.
pub(crate) async fn move_all(
    tx: &mut shuke_db::Tx,
    merchant: MerchantId,
    from: Uuid,
    to: Uuid,
    only: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    let ids = match only {
        Some(only) => only.to_vec(),
        None => {
            let stmt = sql!("SELECT id FROM top_up WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
            tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<Vec<Uuid>>>()?
        }
    };
    for id in &ids {
        let stmt = sql!("UPDATE top_up SET member_id = $4 WHERE merchant_id = $1 AND id = $2 AND member_id = $3", merchant, id, from, to);
        tx.queue(stmt).await?;
        let refunds = "UPDATE top_up_refund SET member_id = $4 WHERE merchant_id = $1 AND top_up_id = $2 AND member_id = $3";
        tx.queue(Stmt::built(refunds, vec![merchant.to_value(), id.to_value(), from.to_value(), to.to_value()])).await?;
    }
    Ok(ids)
}

pub(super) fn insert_stmt(cx: &Cx, top_up: &TopUp, coupons: usize) -> Stmt {
    sql!(
        "INSERT INTO top_up (merchant_id, id, member_id, store_id, plan_id, principal, bonus, tender, expires_on, coupons, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        cx.merchant,
        top_up.id,
        top_up.member,
        top_up.store,
        top_up.plan,
        top_up.principal,
        top_up.bonus,
        top_up.tender,
        top_up.expires_on,
        i64::try_from(coupons).unwrap_or(i64::MAX),
        cx.now,
        cx.actor.text()
    )
}

/// A member's top-ups, newest first, before a place in the list.
pub(super) fn of_member_stmt(merchant: MerchantId, member: Uuid, before: Option<(Instant, Uuid)>, limit: i64) -> Stmt {
    let (at, id) = before.unwrap_or((Instant(i64::MAX), Uuid::max()));
    sql!(
        "SELECT id, member_id, store_id, plan_id, principal, bonus, tender, expires_on, at FROM top_up
         WHERE merchant_id = $1 AND member_id = $2 AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5",
        merchant,
        member,
        at,
        id,
        limit
    )
}

pub(super) fn one_stmt(merchant: MerchantId, id: Uuid) -> Stmt {
    sql!(
        "SELECT id, member_id, store_id, plan_id, principal, bonus, tender, expires_on, at FROM top_up WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    )
}

pub(super) fn read(row: &Row) -> Result<TopUp> {
    Ok(TopUp {
        id: row.get(0)?,
        member: row.get(1)?,
        store: row.get(2)?,
        plan: row.get(3)?,
        principal: row.get(4)?,
        bonus: row.get(5)?,
        tender: row.get(6)?,
        expires_on: row.get(7)?,
        at: row.get(8)?,
        coupons: Vec::new(),
    })
}

pub(super) fn by_id_stmt(merchant: MerchantId, id: Uuid) -> Stmt {
    sql!(
        "SELECT id, member_id, store_id, plan_id, principal, bonus, tender, expires_on, at FROM top_up WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    )
}

pub(super) fn insert_refund_stmt(cx: &Cx, top_up: &TopUp, ask: &TopUpRefundAsk, quote: &TopUpRefundQuote) -> Stmt {
    sql!(
        "INSERT INTO top_up_refund (merchant_id, id, top_up_id, member_id, store_id, principal, bonus, bonus_expired, bonus_spent, fee, amount,
             reason, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        cx.merchant,
        ask.id,
        top_up.id,
        top_up.member,
        top_up.store,
        quote.principal,
        quote.bonus,
        quote.bonus_expired,
        quote.bonus_spent,
        quote.fee,
        quote.amount,
        ask.reason,
        cx.now,
        cx.actor.text()
    )
}

/// What earlier refunds of a top-up came to.
pub(super) async fn refunded(tx: &mut Tx, merchant: MerchantId, top_up: Uuid) -> Result<Before> {
    let stmt = sql!(
        "SELECT CAST(COALESCE(SUM(principal), 0) AS BIGINT), CAST(COALESCE(SUM(bonus_expired), 0) AS BIGINT), CAST(COALESCE(SUM(amount), 0) AS BIGINT)
         FROM top_up_refund WHERE merchant_id = $1 AND top_up_id = $2",
        merchant,
        top_up
    );
    let row = tx.need(stmt, || Error::internal("a sum has no row")).await?;
    Ok(Before { principal: row.get(0)?, bonus_expired: row.get(1)?, amount: row.get(2)? })
}

/// The first refund whose entries took other than its principal and bonus: refund, booked, moved.
pub(super) async fn differing(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, i64, i64)>> {
    let text = format!(
        "SELECT id, CAST(SUM(booked) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM (
             SELECT id, principal + bonus AS booked, 0 AS moved FROM top_up_refund WHERE merchant_id = $1
             UNION ALL SELECT source_id, 0, amount FROM ({BOOKED}) AS booked
                 WHERE debit_kind IN ('principal', 'bonus') AND source_id IN (SELECT id FROM top_up_refund WHERE merchant_id = $1)) AS sides
         GROUP BY id HAVING SUM(booked) <> SUM(moved) ORDER BY id LIMIT 1"
    );
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}
