//! SQL of pass plans, passes and visits.

use super::model::{Frozen, Pass, PassId};
use super::plan::{PassPlan, PassPlanId};
use crate::wallet::PlanState;
use serde::de::DeserializeOwned;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Date, Error, Instant, MerchantId, Money, Result, Uuid};
use shuke_ledger::journal::BOOKED;
use std::fmt::Write as _;

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}
fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("a pass can't be read: {error}")))
}

pub(super) fn insert_plan_stmt(cx: &Cx, plan: &PassPlan) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO pass_plan (merchant_id, id, terms, state, created_at, changed_at) VALUES ($1, $2, $3, 'published', $4, $4)",
        cx.merchant,
        plan.id,
        json(plan)?,
        cx.now
    ))
}

pub(super) fn change_plan_stmt(cx: &Cx, plan: &PassPlan, state: PlanState) -> Result<Stmt> {
    Ok(sql!(
        "UPDATE pass_plan SET terms = $3, state = $4, changed_at = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        plan.id,
        json(plan)?,
        state,
        cx.now
    ))
}

pub(super) fn plan_stmt(merchant: MerchantId, id: PassPlanId) -> Stmt {
    sql!("SELECT terms, state FROM pass_plan WHERE merchant_id = $1 AND id = $2", merchant, id)
}

pub(super) fn plans_stmt(merchant: MerchantId) -> Stmt {
    sql!("SELECT terms, state FROM pass_plan WHERE merchant_id = $1 ORDER BY created_at, id LIMIT 500", merchant)
}

pub(super) fn plan_read(row: &Row) -> Result<(PassPlan, PlanState)> {
    Ok((parsed(&row.get::<String>(0)?)?, row.get(1)?))
}

pub(super) fn insert_stmt(cx: &Cx, pass: &Pass) -> Result<Stmt> {
    let frozen = Frozen {
        items: pass.items.clone(),
        validity: pass.validity,
        stores: pass.stores.clone(),
        transferable: pass.transferable,
        refund: pass.refund,
    };
    Ok(sql!(
        "INSERT INTO pass (merchant_id, id, plan_id, name, member_id, store_id, price, payments, terms, starts_on, expires_on, uses, refunded,
             origin_id, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, $12, $13, $14)",
        cx.merchant,
        pass.id,
        pass.plan,
        pass.name,
        pass.member,
        pass.store,
        pass.price,
        json(&pass.payments)?,
        json(&frozen)?,
        pass.starts_on,
        pass.expires_on,
        pass.origin,
        cx.now,
        cx.actor.text()
    ))
}

const COLUMNS: &str = "id, plan_id, name, member_id, store_id, price, payments, terms, starts_on, expires_on, frozen_on, uses, refunded, \
                       origin_id, at, ended_on";

/// Reads a row of [`by_ids_stmt`].
pub fn read(row: &Row) -> Result<Pass> {
    let Frozen { items, validity, stores, transferable, refund } = parsed(&row.get::<String>(7)?)?;
    Ok(Pass {
        id: row.get(0)?,
        plan: row.get(1)?,
        name: row.get(2)?,
        member: row.get(3)?,
        store: row.get(4)?,
        price: row.get(5)?,
        payments: parsed(&row.get::<String>(6)?)?,
        items,
        validity,
        stores,
        transferable,
        refund,
        starts_on: row.get(8)?,
        expires_on: row.get(9)?,
        frozen_on: row.get(10)?,
        ended_on: row.get(15)?,
        uses: row.get(11)?,
        refunded: row.get(12)?,
        origin: row.get(13)?,
        at: row.get(14)?,
    })
}

/// These passes of a member; to be pipelined after the statement that locks the member's accounts.
pub fn by_ids_stmt(merchant: MerchantId, member: Uuid, ids: &[PassId]) -> Stmt {
    let mut params = vec![merchant.to_value(), member.to_value()];
    let mut list = String::new();
    for id in ids {
        params.push(id.to_value());
        let _ = write!(list, "{}${}", if list.is_empty() { "" } else { ", " }, params.len());
    }
    let text = format!("SELECT {COLUMNS} FROM pass WHERE merchant_id = $1 AND member_id = $2 AND id IN ({list}) ORDER BY id");
    Stmt::built(text, params)
}

pub(super) fn by_id_stmt(merchant: MerchantId, id: PassId) -> Stmt {
    Stmt::built(format!("SELECT {COLUMNS} FROM pass WHERE merchant_id = $1 AND id = $2"), vec![merchant.to_value(), id.to_value()])
}

/// A member's passes, newest first.
pub(super) fn of_member_stmt(merchant: MerchantId, member: Uuid, after: Option<PassId>, limit: i64) -> Stmt {
    let after = after.unwrap_or(PassId(Uuid::max()));
    let text = format!("SELECT {COLUMNS} FROM pass WHERE merchant_id = $1 AND member_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4");
    Stmt::built(text, vec![merchant.to_value(), member.to_value(), after.to_value(), Value::Int(limit)])
}

/// Gives passes with their visits and refunds to another member: all of one member's, or these. What is left of
/// them is in the lots, which the ledger gives over. Answers which.
pub(crate) async fn move_all(tx: &mut Tx, merchant: MerchantId, from: Uuid, to: Uuid, only: Option<&[PassId]>) -> Result<Vec<PassId>> {
    let ids = match only {
        Some(only) => only.to_vec(),
        None => {
            let stmt = sql!("SELECT id FROM pass WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
            tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<Vec<PassId>>>()?
        }
    };
    for id in &ids {
        for text in [
            "UPDATE pass SET member_id = $4 WHERE merchant_id = $1 AND id = $2 AND member_id = $3",
            "UPDATE pass_visit SET member_id = $4 WHERE merchant_id = $1 AND pass_id = $2 AND member_id = $3",
            "UPDATE pass_refund SET member_id = $4 WHERE merchant_id = $1 AND pass_id = $2 AND member_id = $3",
        ] {
            tx.queue(Stmt::built(text, vec![merchant.to_value(), id.to_value(), from.to_value(), to.to_value()])).await?;
        }
    }
    Ok(ids)
}

/// Writes a pass's days; to be queued.
pub(super) fn days_stmt(merchant: MerchantId, pass: &Pass) -> Stmt {
    sql!(
        "UPDATE pass SET starts_on = $3, expires_on = $4, frozen_on = $5, ended_on = $6 WHERE merchant_id = $1 AND id = $2",
        merchant,
        pass.id,
        pass.starts_on,
        pass.expires_on,
        pass.frozen_on,
        pass.ended_on
    )
}

/// Counts visits of a pass; to be queued.
pub(super) fn uses_stmt(merchant: MerchantId, id: PassId, delta: i64) -> Stmt {
    sql!("UPDATE pass SET uses = uses + $3 WHERE merchant_id = $1 AND id = $2", merchant, id, delta)
}

/// Counts what was given back; to be queued. `pass_refund_exceeds` refuses.
pub(super) fn refunded_stmt(merchant: MerchantId, pass: &Pass, amount: Money) -> Result<Stmt> {
    Ok(sql!(
        "UPDATE pass SET refunded = refunded + $3, payments = $4, ended_on = $5 WHERE merchant_id = $1 AND id = $2",
        merchant,
        pass.id,
        amount,
        json(&pass.payments)?,
        pass.ended_on
    ))
}

/// A visit as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitRow {
    /// The visit without a sale, or the order.
    pub source: Uuid,
    /// The order's line; 0 where there is none.
    pub line: i64,
    /// `visit` or `order`.
    pub kind: String,
    /// The pass.
    pub pass: PassId,
    /// Whose it was.
    pub member: Uuid,
    /// Which item of it, from 0.
    pub item: i64,
    /// How many visits.
    pub visits: i64,
    /// How many of them were taken from the lot.
    pub counted: i64,
    /// What was recognised, in minor units.
    pub value: Money,
    /// What of the visits was undone.
    pub visits_back: i64,
    /// What of `counted` was undone.
    pub counted_back: i64,
    /// What of the value was undone.
    pub value_back: Money,
    /// The store.
    pub store: Uuid,
    /// The local day in its zone.
    pub on: Date,
    /// When.
    pub at: Instant,
}

/// Books visits; to be queued. A second booking by one source refuses with `pass_visit_taken`.
pub(super) fn insert_visits_stmt(cx: &Cx, visits: &[VisitRow]) -> Stmt {
    let actor = cx.actor.text();
    let row = |visit: &VisitRow| {
        vec![
            cx.merchant.to_value(),
            visit.source.to_value(),
            Value::Int(visit.line),
            visit.kind.to_value(),
            visit.pass.to_value(),
            visit.member.to_value(),
            Value::Int(visit.item),
            Value::Int(visit.visits),
            Value::Int(visit.counted),
            visit.value.to_value(),
            Value::Int(0),
            Value::Int(0),
            Value::Int(0),
            visit.store.to_value(),
            visit.on.to_value(),
            cx.now.to_value(),
            actor.to_value(),
        ]
    };
    let columns = [
        "merchant_id",
        "source_id",
        "line",
        "source_kind",
        "pass_id",
        "member_id",
        "item",
        "visits",
        "counted",
        "value",
        "visits_back",
        "counted_back",
        "value_back",
        "store_id",
        "visited_on",
        "at",
        "actor",
    ];
    insert("pass_visit", &columns, visits.iter().map(row).collect())
}

const VISIT: &str = "source_id, line, source_kind, pass_id, member_id, item, visits, counted, value, visits_back, counted_back, value_back, \
                     store_id, visited_on, at";

fn visit_read(row: &Row) -> Result<VisitRow> {
    Ok(VisitRow {
        source: row.get(0)?,
        line: row.get(1)?,
        kind: row.get(2)?,
        pass: row.get(3)?,
        member: row.get(4)?,
        item: row.get(5)?,
        visits: row.get(6)?,
        counted: row.get(7)?,
        value: row.get(8)?,
        visits_back: row.get(9)?,
        counted_back: row.get(10)?,
        value_back: row.get(11)?,
        store: row.get(12)?,
        on: row.get(13)?,
        at: row.get(14)?,
    })
}

/// The visits of a source, by line.
pub(super) async fn visits_of(tx: &mut Tx, merchant: MerchantId, source: Uuid) -> Result<Vec<VisitRow>> {
    let text = format!("SELECT {VISIT} FROM pass_visit WHERE merchant_id = $1 AND source_id = $2 ORDER BY line");
    tx.rows(Stmt::built(text, vec![merchant.to_value(), source.to_value()])).await?.iter().map(visit_read).collect()
}

/// The visits of a pass, newest first, before a place in the list.
pub(super) async fn visits_of_pass(
    tx: &mut Tx,
    merchant: MerchantId,
    pass: PassId,
    before: Option<(Instant, Uuid, i64)>,
    limit: i64,
) -> Result<Vec<VisitRow>> {
    let (at, source, line) = before.unwrap_or((Instant(i64::MAX), Uuid::max(), i64::MAX));
    let text = format!(
        "SELECT {VISIT} FROM pass_visit WHERE merchant_id = $1 AND pass_id = $2 AND (at, source_id, line) < ($3, $4, $5)
         ORDER BY at DESC, source_id DESC, line DESC LIMIT $6"
    );
    let params = vec![merchant.to_value(), pass.to_value(), at.to_value(), source.to_value(), Value::Int(line), Value::Int(limit)];
    tx.rows(Stmt::built(text, params)).await?.iter().map(visit_read).collect()
}

/// Counts what of a visit was undone; to be queued. More than was made refuses with `pass_visit_undone`.
pub(super) fn undo_visit_stmt(merchant: MerchantId, visit: &VisitRow, visits: i64, counted: i64, value: Money) -> Stmt {
    sql!(
        "UPDATE pass_visit SET visits_back = visits_back + $4, counted_back = counted_back + $5, value_back = value_back + $6
         WHERE merchant_id = $1 AND source_id = $2 AND line = $3",
        merchant,
        visit.source,
        visit.line,
        visits,
        counted,
        value
    )
}

/// Counts visits of an item on a day; to be queued. `pass_day_limit` refuses.
pub(super) fn day_stmt(merchant: MerchantId, pass: PassId, item: i64, on: Date, visits: i64, max: Option<i64>) -> Stmt {
    sql!(
        "INSERT INTO pass_day (merchant_id, pass_id, item, visited_on, used, used_max) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (merchant_id, pass_id, item, visited_on)
         DO UPDATE SET used = pass_day.used + excluded.used, used_max = excluded.used_max",
        merchant,
        pass,
        item,
        on,
        visits,
        max
    )
}

/// Frees visits of a day; to be queued.
pub(super) fn free_day_stmt(merchant: MerchantId, visit: &VisitRow, visits: i64) -> Stmt {
    sql!(
        "UPDATE pass_day SET used = used - $5 WHERE merchant_id = $1 AND pass_id = $2 AND item = $3 AND visited_on = $4",
        merchant,
        visit.pass,
        visit.item,
        visit.on,
        visits
    )
}

/// What a refund of a pass gave back.
pub(super) struct RefundRow<'a> {
    pub(super) id: Uuid,
    pub(super) pass: &'a Pass,
    pub(super) store: Uuid,
    pub(super) amount: Money,
    pub(super) kept: Money,
    pub(super) payments: String,
    pub(super) reason: &'a str,
}

pub(super) fn insert_refund_stmt(cx: &Cx, refund: &RefundRow<'_>) -> Stmt {
    sql!(
        "INSERT INTO pass_refund (merchant_id, id, pass_id, member_id, store_id, amount, kept, payments, reason, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        cx.merchant,
        refund.id,
        refund.pass.id,
        refund.pass.member,
        refund.store,
        refund.amount,
        refund.kept,
        refund.payments,
        refund.reason,
        cx.now,
        cx.actor.text()
    )
}

/// The first row of a check: an id, what is stored, what is computed.
pub(super) async fn differing(tx: &mut Tx, merchant: MerchantId, sides: &[&str]) -> Result<Option<(Uuid, i64, i64)>> {
    let text = format!(
        "SELECT id, CAST(SUM(stored) AS BIGINT), CAST(SUM(computed) AS BIGINT) FROM ({}) AS sides
         GROUP BY id HAVING SUM(stored) <> SUM(computed) ORDER BY id LIMIT 1",
        sides.join(" UNION ALL ")
    );
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// Passes and the visits that they count, against their visits.
pub(super) const USES: [&str; 2] = [
    "SELECT id, uses AS stored, 0 AS computed FROM pass WHERE merchant_id = $1",
    "SELECT pass_id, 0, visits - visits_back FROM pass_visit WHERE merchant_id = $1",
];

/// Days of passes and what they count, against the visits of those days.
pub(super) const DAYS: [&str; 2] = [
    "SELECT pass_id AS id, used AS stored, 0 AS computed FROM pass_day WHERE merchant_id = $1",
    "SELECT v.pass_id, 0, v.visits - v.visits_back FROM pass_visit v WHERE v.merchant_id = $1 AND EXISTS (SELECT 1 FROM pass_day d
         WHERE d.merchant_id = v.merchant_id AND d.pass_id = v.pass_id AND d.item = v.item AND d.visited_on = v.visited_on)",
];

/// What visits recognised and took, against the entries of their sources. Value and visits in one number
/// each, told apart by `what`.
pub(super) fn booked(visits: bool) -> [String; 2] {
    let (column, debit, credit) = if visits { ("counted", "pass_visits", "pass_visits_used") } else { ("value", "pass_value", "revenue") };
    [
        format!("SELECT source_id AS id, {column} AS stored, 0 AS computed FROM pass_visit WHERE merchant_id = $1"),
        format!("SELECT source_id, 0, amount FROM ({BOOKED}) AS booked WHERE debit_kind = '{debit}' AND credit_kind = '{credit}'"),
    ]
}
