//! SQL of trials and of what they do to members.

use super::model::{Effect, NAMED_MAX, Progress, TierMove, Trial, TrialDraft, TrialId, TrialMember, TrialState};
use crate::rows::chunked;
use serde::de::DeserializeOwned;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Money, Points, Result, Uuid};
use std::collections::BTreeMap;

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("a trial's JSON: {error}")))
}

pub(super) fn insert_stmt(cx: &Cx, draft: &TrialDraft, orders_total: i64) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO trial (merchant_id, id, name, rule, from_date, to_date, state, step, progress, orders_total, orders_done, created_at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $8, 0, $9, $10)",
        cx.merchant,
        draft.id,
        draft.name,
        json(&draft.rule)?,
        draft.from,
        draft.to,
        json(&Progress::default())?,
        orders_total,
        cx.now,
        cx.actor.text()
    ))
}

macro_rules! trials {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, rule, from_date, to_date, state, orders_total, orders_done, result, created_at, finished_at, step, progress
             FROM trial WHERE merchant_id = $1 AND ",
            $rest
        )
    };
}

pub(super) fn by_id_stmt(merchant: MerchantId, id: TrialId) -> Stmt {
    sql!(trials!("id = $2"), merchant, id)
}

pub(super) fn list_stmt(merchant: MerchantId, after: Option<TrialId>, limit: i64) -> Stmt {
    sql!(trials!("id < $2 ORDER BY id DESC LIMIT $3"), merchant, after.unwrap_or(TrialId(Uuid::max())), limit)
}

pub(super) fn read(row: &Row) -> Result<Trial> {
    Ok(Trial {
        id: row.get(0)?,
        name: row.get(1)?,
        rule: parsed(&row.get::<String>(2)?)?,
        from: row.get(3)?,
        to: row.get(4)?,
        state: row.get(5)?,
        orders_total: row.get(6)?,
        orders_done: row.get(7)?,
        result: row.get::<Option<String>>(8)?.map(|text| parsed(&text)).transpose()?,
        created_at: row.get(9)?,
        finished_at: row.get(10)?,
    })
}

/// The step and the progress of a row of [`by_id_stmt`].
pub(super) fn read_progress(row: &Row) -> Result<(i64, Progress)> {
    Ok((row.get(11)?, parsed(&row.get::<String>(12)?)?))
}

/// Goes on by a page, where nobody else has and nobody has cancelled: says whether it did.
pub(super) async fn advance(tx: &mut Tx, merchant: MerchantId, id: TrialId, step: i64, progress: &Progress, done: i64) -> Result<bool> {
    let text = json(progress)?;
    let stmt = sql!(
        "UPDATE trial SET step = step + 1, state = 'running', progress = $4, orders_done = orders_done + $5
         WHERE merchant_id = $1 AND id = $2 AND step = $3 AND state IN ('waiting', 'running')",
        merchant,
        id,
        step,
        text,
        done
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Ends a trial that has gone over everything: says whether it was this call.
pub(super) async fn finish(tx: &mut Tx, cx: &Cx, id: TrialId, step: i64, result: &super::TrialResult) -> Result<bool> {
    let text = json(result)?;
    let stmt = sql!(
        "UPDATE trial SET step = step + 1, state = 'done', result = $4, finished_at = $5
         WHERE merchant_id = $1 AND id = $2 AND step = $3 AND state IN ('waiting', 'running')",
        cx.merchant,
        id,
        step,
        text,
        cx.now
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Cancels a trial that isn't done: says whether there was anything to cancel.
pub(super) async fn cancel(tx: &mut Tx, cx: &Cx, id: TrialId) -> Result<bool> {
    let stmt = sql!(
        "UPDATE trial SET state = 'cancelled', finished_at = $3 WHERE merchant_id = $1 AND id = $2 AND state IN ('waiting', 'running')",
        cx.merchant,
        id,
        cx.now
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// What a trial did to some members so far.
pub(super) async fn effects(tx: &mut Tx, merchant: MerchantId, id: TrialId, members: &[Uuid]) -> Result<BTreeMap<Uuid, Effect>> {
    let mut found = BTreeMap::new();
    for some in members.chunks(256) {
        let list = crate::product::store::placeholders(3, some.len());
        let text = format!(
            "SELECT member_id, orders, money_before, money_after, points_before, points_after, tier_from, tier_to, uses
             FROM trial_member WHERE merchant_id = $1 AND trial_id = $2 AND member_id IN ({list})"
        );
        let head = [merchant.to_value(), id.to_value()];
        let params = head.into_iter().chain(some.iter().map(|member| member.to_value())).collect();
        for row in tx.rows(Stmt::built(text, params)).await? {
            let effect = Effect {
                orders: row.get(1)?,
                money_before: row.get(2)?,
                money_after: row.get(3)?,
                points_before: row.get(4)?,
                points_after: row.get(5)?,
                tier_from: row.get(6)?,
                tier_to: row.get(7)?,
                uses: parsed(&row.get::<String>(8)?)?,
            };
            found.insert(row.get(0)?, effect);
        }
    }
    Ok(found)
}

const EFFECT: [&str; 11] = [
    "merchant_id",
    "trial_id",
    "member_id",
    "orders",
    "money_before",
    "money_after",
    "points_before",
    "points_after",
    "tier_from",
    "tier_to",
    "uses",
];

/// Writes what a trial did to members by now, in place of what was there.
pub(super) async fn put_effects(tx: &mut Tx, merchant: MerchantId, id: TrialId, effects: &BTreeMap<Uuid, Effect>) -> Result<()> {
    let members: Vec<Uuid> = effects.keys().copied().collect();
    for some in members.chunks(256) {
        let mut params = vec![merchant.to_value(), id.to_value()];
        params.extend(some.iter().map(|member| member.to_value()));
        let list = crate::product::store::placeholders(3, some.len());
        let text = format!("DELETE FROM trial_member WHERE merchant_id = $1 AND trial_id = $2 AND member_id IN ({list})");
        tx.queue(Stmt::built(text, params)).await?;
    }
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(effects.len());
    for (member, effect) in effects {
        rows.push(vec![
            merchant.to_value(),
            id.to_value(),
            member.to_value(),
            effect.orders.to_value(),
            effect.money_before.to_value(),
            effect.money_after.to_value(),
            effect.points_before.to_value(),
            effect.points_after.to_value(),
            effect.tier_from.to_value(),
            effect.tier_to.to_value(),
            json(&effect.uses)?.to_value(),
        ]);
    }
    for part in chunked(rows) {
        tx.queue(insert("trial_member", &EFFECT, part)).await?;
    }
    Ok(())
}

/// How many win and how many lose.
pub(super) async fn sides(tx: &mut Tx, merchant: MerchantId, id: TrialId) -> Result<(i64, i64)> {
    let stmt = sql!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN money_after < money_before OR (money_after = money_before AND points_after > points_before) THEN 1 ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN money_after > money_before OR (money_after = money_before AND points_after < points_before) THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM trial_member WHERE merchant_id = $1 AND trial_id = $2",
        merchant,
        id
    );
    let row = tx.row(stmt).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Those who win most, or lose most.
pub(super) async fn most(tx: &mut Tx, merchant: MerchantId, id: TrialId, winners: bool) -> Result<Vec<TrialMember>> {
    let stmt = if winners {
        sql!(
            "SELECT member_id, orders, money_before - money_after, points_after - points_before FROM trial_member
             WHERE merchant_id = $1 AND trial_id = $2
                 AND (money_after < money_before OR (money_after = money_before AND points_after > points_before))
             ORDER BY money_before - money_after DESC, points_after - points_before DESC, member_id LIMIT $3",
            merchant,
            id,
            NAMED_MAX
        )
    } else {
        sql!(
            "SELECT member_id, orders, money_before - money_after, points_after - points_before FROM trial_member
             WHERE merchant_id = $1 AND trial_id = $2
                 AND (money_after > money_before OR (money_after = money_before AND points_after < points_before))
             ORDER BY money_before - money_after, points_after - points_before, member_id LIMIT $3",
            merchant,
            id,
            NAMED_MAX
        )
    };
    let read = |row: &Row| {
        Ok(TrialMember { member: row.get(0)?, orders: row.get(1)?, saved: row.get::<Money>(2)?, points: row.get::<Points>(3)? })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// From which tier to which members would go.
pub(super) async fn moves(tx: &mut Tx, merchant: MerchantId, id: TrialId) -> Result<Vec<TierMove>> {
    let stmt = sql!(
        "SELECT tier_from, tier_to, CAST(COUNT(*) AS BIGINT) FROM trial_member WHERE merchant_id = $1 AND trial_id = $2
         GROUP BY tier_from, tier_to ORDER BY 3 DESC, 1, 2",
        merchant,
        id
    );
    tx.rows(stmt).await?.iter().map(|row| Ok(TierMove { from: row.get(0)?, to: row.get(1)?, members: row.get(2)? })).collect()
}

/// Takes away what was kept of each member, once the result is there.
pub(super) fn forget_stmt(merchant: MerchantId, id: TrialId) -> Stmt {
    sql!("DELETE FROM trial_member WHERE merchant_id = $1 AND trial_id = $2", merchant, id)
}

/// Whether a trial goes on.
pub(super) const fn goes_on(state: TrialState) -> bool {
    matches!(state, TrialState::Waiting | TrialState::Running)
}

/// A moment before any order of a day.
pub(super) fn before(at: Instant) -> (Instant, Uuid) {
    (at.plus_ms(-1), Uuid::max())
}
