//! SQL of plans and terms.

use super::{Membership, MembershipId, MembershipPlan, MembershipPlanId, MembershipPlanState};
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Cx, Date, Error, MerchantId, Money, Result, Uuid};

fn written(plan: &MembershipPlan) -> Result<String> {
    serde_json::to_string(plan).map_err(|error| Error::internal(error.to_string()))
}

fn parsed(text: &str) -> Result<MembershipPlan> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("a membership plan can't be read: {error}")))
}

pub(super) fn insert_plan_stmt(cx: &Cx, plan: &MembershipPlan) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO membership_plan (merchant_id, id, terms, state, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5)",
        cx.merchant,
        plan.id,
        written(plan)?,
        MembershipPlanState::Published,
        cx.now
    ))
}

pub(super) fn change_plan_stmt(cx: &Cx, plan: &MembershipPlan, state: MembershipPlanState) -> Result<Stmt> {
    Ok(sql!(
        "UPDATE membership_plan SET terms = $3, state = $4, changed_at = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        plan.id,
        written(plan)?,
        state,
        cx.now
    ))
}

pub(super) fn plan_stmt(merchant: MerchantId, id: MembershipPlanId) -> Stmt {
    sql!("SELECT terms, state FROM membership_plan WHERE merchant_id = $1 AND id = $2", merchant, id)
}

pub(super) fn plans_stmt(merchant: MerchantId) -> Stmt {
    sql!("SELECT terms, state FROM membership_plan WHERE merchant_id = $1 ORDER BY created_at, id LIMIT 200", merchant)
}

pub(super) fn plan_read(row: &Row) -> Result<(MembershipPlan, MembershipPlanState)> {
    Ok((parsed(&row.get::<String>(0)?)?, row.get(1)?))
}

pub(super) fn insert_stmt(cx: &Cx, term: &Membership, remind_on: Option<Date>) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO membership (merchant_id, id, member_id, plan_id, store_id, terms, is_trial, starts_on, ends_on, price, tender, state,
             refunded, notice, remind_on, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 'none', $13, $14, $15)",
        cx.merchant,
        term.id,
        term.member,
        term.plan.id,
        term.store,
        written(&term.plan)?,
        term.trial,
        term.starts_on,
        term.ends_on,
        term.price,
        term.tender,
        term.state,
        remind_on,
        term.at,
        term.actor
    ))
}

/// Ends a term that is refunded; its row is locked.
pub(super) fn refund_stmt(merchant: MerchantId, id: MembershipId, ends_on: Date, refunded: Money, reason: &str) -> Stmt {
    sql!(
        "UPDATE membership SET state = 'refunded', ends_on = $3, refunded = $4, reason = $5, notice = 'ended', remind_on = NULL
         WHERE merchant_id = $1 AND id = $2",
        merchant,
        id,
        ends_on,
        refunded,
        reason
    )
}

pub(super) fn by_id_stmt(merchant: MerchantId, id: MembershipId) -> Stmt {
    sql!(
        "SELECT id, member_id, terms, store_id, is_trial, starts_on, ends_on, price, tender, state, refunded, at, actor, reason
         FROM membership WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    )
}

/// A member's terms, the last first; locked where `lock` says so. At most 200.
pub(super) fn of_member_stmt(merchant: MerchantId, member: Uuid, lock: bool) -> Stmt {
    if lock {
        sql!(
            "SELECT id, member_id, terms, store_id, is_trial, starts_on, ends_on, price, tender, state, refunded, at, actor, reason
             FROM membership WHERE merchant_id = $1 AND member_id = $2 ORDER BY ends_on DESC, id DESC LIMIT 200 FOR UPDATE",
            merchant,
            member
        )
    } else {
        sql!(
            "SELECT id, member_id, terms, store_id, is_trial, starts_on, ends_on, price, tender, state, refunded, at, actor, reason
             FROM membership WHERE merchant_id = $1 AND member_id = $2 ORDER BY ends_on DESC, id DESC LIMIT 200",
            merchant,
            member
        )
    }
}

pub(super) fn read(row: &Row) -> Result<Membership> {
    Ok(Membership {
        id: row.get(0)?,
        member: row.get(1)?,
        plan: parsed(&row.get::<String>(2)?)?,
        store: row.get(3)?,
        trial: row.get(4)?,
        starts_on: row.get(5)?,
        ends_on: row.get(6)?,
        price: row.get(7)?,
        tender: row.get(8)?,
        state: row.get(9)?,
        refunded: row.get(10)?,
        at: row.get(11)?,
        actor: row.get(12)?,
        reason: row.get(13)?,
    })
}

/// Terms whose reminder or end is due, locked: with what was said until now.
pub(super) async fn due(tx: &mut Tx, merchant: MerchantId, today: Date, limit: i64) -> Result<Vec<Membership>> {
    let stmt = sql!(
        "SELECT id, member_id, terms, store_id, is_trial, starts_on, ends_on, price, tender, state, refunded, at, actor, reason
         FROM membership WHERE merchant_id = $1 AND remind_on IS NOT NULL AND remind_on <= $2 ORDER BY remind_on, id LIMIT $3 FOR UPDATE",
        merchant,
        today,
        limit
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// What the member was told, and the day on which the next is due.
pub(super) fn told_stmt(merchant: MerchantId, id: MembershipId, notice: &str, remind_on: Option<Date>) -> Stmt {
    sql!("UPDATE membership SET notice = $3, remind_on = $4 WHERE merchant_id = $1 AND id = $2", merchant, id, notice, remind_on)
}

/// Every member's last day of a term that wasn't refunded, for checks: a select whose `$1` is the merchant.
pub(super) const ENDS: &str =
    "SELECT member_id, MAX(ends_on) AS last_on FROM membership WHERE merchant_id = $1 AND state = 'active' GROUP BY member_id";

/// Every term's price, for checks: a select whose `$1` is the merchant.
pub(super) const PAID: &str = "SELECT id, price, refunded FROM membership WHERE merchant_id = $1";

/// Whether a member has, or had, a membership.
pub(super) async fn any(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<bool> {
    let stmt = sql!("SELECT id FROM membership WHERE merchant_id = $1 AND member_id = $2 LIMIT 1", merchant, member);
    Ok(tx.row(stmt).await?.is_some())
}

/// Gives a term to another member.
pub(super) fn give_stmt(merchant: MerchantId, id: MembershipId, from: Uuid, to: Uuid) -> Stmt {
    sql!("UPDATE membership SET member_id = $4 WHERE merchant_id = $1 AND id = $2 AND member_id = $3", merchant, id, from, to)
}
