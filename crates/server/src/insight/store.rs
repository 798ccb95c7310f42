//! SQL of runs and saves.

use super::model::{Held, Run, RunId, RunState, RunStep, Save, SaveId, SaveState};
use super::ops::Filter;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, sql};
use shuke_insight::ask::Analysis;
use shuke_kernel::{Cx, Date, Error, Instant, Limit, MerchantId, Result, Uuid};
use std::fmt::Write as _;

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("a run's JSON: {error}")))
}

/// A run and the store it is bound to.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) run: Run,
    pub(super) store: Option<Uuid>,
    pub(super) list_name: Option<String>,
}

const COLUMNS: &str =
    "SELECT id, analysis, parameters, state, step, progress, scheduled, as_of, list_rows, fault_code, fault, created_at, actor,
     ended_at, store_id, list_name FROM insight_run";

fn read(row: &Row) -> Result<Found> {
    let run = Run {
        id: row.get(0)?,
        analysis: row.get(1)?,
        parameters: parsed(&row.get::<String>(2)?)?,
        state: row.get(3)?,
        step: row.get(4)?,
        progress: row.get(5)?,
        scheduled: row.get::<Option<String>>(6)?.is_some(),
        as_of: row.get(7)?,
        list_rows: row.get(8)?,
        fault_code: row.get(9)?,
        fault: row.get(10)?,
        created_at: row.get(11)?,
        actor: row.get(12)?,
        ended_at: row.get(13)?,
    };
    Ok(Found { run, store: row.get(14)?, list_name: row.get(15)? })
}

/// Adds a run; false where a merchant has so many waiting already, or this night's is there.
pub(super) async fn insert(tx: &mut Tx, cx: &Cx, run: &Run, scheduled: Option<&str>, waiting_max: i64) -> Result<bool> {
    let stmt = sql!(
        "INSERT INTO insight_run (merchant_id, id, analysis, parameters, store_id, scheduled, state, step, progress, attempts, leased_until,
             due_at, list_rows, created_at, actor)
         SELECT $1, $2, $3, $4, $5, $6, 'queued', 'waiting', 0, 0, 0, $7, 0, $7, $8
         WHERE (SELECT COUNT(*) FROM insight_run WHERE merchant_id = $1 AND state IN ('queued', 'running')) < $9
         ON CONFLICT (merchant_id, scheduled) DO NOTHING",
        cx.merchant,
        run.id,
        run.analysis,
        json(&run.parameters)?,
        run.parameters.store,
        scheduled.map(str::to_owned),
        cx.now,
        cx.actor.text(),
        waiting_max
    );
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: RunId) -> Result<Option<Found>> {
    let text = format!("{COLUMNS} WHERE merchant_id = $1 AND id = $2");
    tx.row(Stmt::built(text, vec![merchant.to_value(), id.to_value()])).await?.as_ref().map(read).transpose()
}

/// What a run found, as JSON.
pub(super) async fn report(tx: &mut Tx, merchant: MerchantId, id: RunId) -> Result<Option<String>> {
    let row = tx.row(sql!("SELECT report FROM insight_run WHERE merchant_id = $1 AND id = $2", merchant, id)).await?;
    row.map_or(Ok(None), |row| row.get(0))
}

/// Runs, newest first, of these stores or of all.
pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    stores: Option<&[Uuid]>,
    filter: &Filter,
    before: Option<RunId>,
    limit: Limit,
) -> Result<Vec<Run>> {
    let mut text = format!("{COLUMNS} AS r WHERE merchant_id = $1");
    let mut params = vec![merchant.to_value()];
    let mut and = |clause: &str, value: Value| {
        params.push(value);
        let _ = write!(text, "{}", clause.replace('?', &format!("${}", params.len())));
    };
    and(" AND id < ?", before.unwrap_or(RunId(Uuid::max())).to_value());
    if let Some(analysis) = filter.analysis {
        and(" AND analysis = ?", analysis.to_value());
    }
    if let Some(state) = filter.state {
        and(" AND state = ?", state.to_value());
    }
    for (at, store) in stores.unwrap_or_default().iter().enumerate() {
        and(if at == 0 { " AND store_id IN (?" } else { ", ?" }, store.to_value());
    }
    match stores {
        Some([]) => text.push_str(" AND store_id IS NULL AND store_id IS NOT NULL"),
        Some(_) => text.push(')'),
        None => {}
    }
    if filter.latest {
        // The newest that is done of each analysis: over all stores, or for staff of a store, of each of theirs.
        text.push_str(
            " AND state = 'done' AND NOT EXISTS (SELECT 1 FROM insight_run n WHERE n.merchant_id = r.merchant_id AND n.analysis = r.analysis
                 AND n.state = 'done' AND n.id > r.id AND COALESCE(CAST(n.store_id AS TEXT), '') = COALESCE(CAST(r.store_id AS TEXT), ''))",
        );
        if stores.is_none() {
            text.push_str(" AND store_id IS NULL");
        }
    }
    params.push(limit.fetch().to_value());
    let _ = write!(text, " ORDER BY id DESC LIMIT ${}", params.len());
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok(read(row)?.run)).collect()
}

/// Stops a run that has not ended.
pub(super) async fn cancel(tx: &mut Tx, cx: &Cx, id: RunId) -> Result<bool> {
    let stmt = sql!(
        "UPDATE insight_run SET state = 'cancelled', step = 'ended', leased_until = 0, ended_at = $3
         WHERE merchant_id = $1 AND id = $2 AND state IN ('queued', 'running')",
        cx.merchant,
        id,
        cx.now
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Removes a run that has ended, with its saves.
pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, id: RunId) -> Result<bool> {
    let gone = tx
        .exec(sql!("DELETE FROM insight_run WHERE merchant_id = $1 AND id = $2 AND state NOT IN ('queued', 'running')", merchant, id))
        .await?;
    if gone == 1 {
        tx.queue(sql!("DELETE FROM insight_save WHERE merchant_id = $1 AND run_id = $2", merchant, id)).await?;
    }
    Ok(gone == 1)
}

/// Runs that ended before a moment, those of nights before a later one, with the names of their lists.
pub(super) async fn old(tx: &mut Tx, merchant: MerchantId, before: Instant, nights: Instant) -> Result<Vec<(RunId, Option<String>)>> {
    let stmt = sql!(
        "SELECT id, list_name FROM insight_run WHERE merchant_id = $1 AND state NOT IN ('queued', 'running')
             AND (ended_at < $2 OR (scheduled IS NOT NULL AND ended_at < $3)) ORDER BY id LIMIT 500",
        merchant,
        before,
        nights
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) async fn any_due(tx: &mut Tx, now: Instant) -> Result<bool> {
    let run = sql!("SELECT id FROM insight_run WHERE state IN ('queued', 'running') AND due_at <= $1 AND leased_until <= $1 LIMIT 1", now);
    let save = sql!("SELECT id FROM insight_save WHERE state = 'queued' AND due_at <= $1 AND leased_until <= $1 LIMIT 1", now);
    let [run, save] = tx.all([run, save]).await?;
    Ok(!run.is_empty() || !save.is_empty())
}

/// Takes a run that is due, of any merchant. A worker that died has lost it when its lease has run out.
pub(super) async fn lease(tx: &mut Tx, now: Instant, until: Instant) -> Result<Option<Held<RunId>>> {
    let due = sql!(
        "SELECT merchant_id, id, attempts FROM insight_run WHERE state IN ('queued', 'running') AND due_at <= $1 AND leased_until <= $1
         ORDER BY due_at LIMIT 1",
        now
    );
    let Some(row) = tx.row(due).await? else { return Ok(None) };
    let (merchant, id, attempts): (MerchantId, RunId, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let stmt = sql!(
        "UPDATE insight_run SET state = 'running', leased_until = $3, attempts = $4
         WHERE merchant_id = $1 AND id = $2 AND state IN ('queued', 'running') AND attempts = $5",
        merchant,
        id,
        until,
        attempts + 1,
        attempts
    );
    Ok((tx.exec(stmt).await? == 1).then_some(Held { merchant, id, attempt: attempts + 1 }))
}

/// Says how far a run is, and keeps it for longer; false where it is somebody else's, or was stopped.
pub(super) async fn progress(tx: &mut Tx, held: &Held<RunId>, step: RunStep, progress: i64, until: Instant) -> Result<bool> {
    let stmt = sql!(
        "UPDATE insight_run SET step = $4, progress = $5, leased_until = $6
         WHERE merchant_id = $1 AND id = $2 AND attempts = $3 AND state = 'running'",
        held.merchant,
        held.id,
        held.attempt,
        step,
        progress.clamp(0, 10_000),
        until
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// How a run ended.
pub(super) struct Ended {
    pub(super) state: RunState,
    pub(super) as_of: Option<Date>,
    pub(super) report: Option<String>,
    pub(super) list: Option<(String, i64)>,
    pub(super) fault: Option<(String, String)>,
}

/// Keeps how a run ended; false where it is somebody else's, or was stopped.
pub(super) async fn end(tx: &mut Tx, held: &Held<RunId>, ended: &Ended, now: Instant) -> Result<bool> {
    let (code, fault) = ended.fault.clone().unzip();
    let (name, rows) = ended.list.clone().unzip();
    let stmt = sql!(
        "UPDATE insight_run SET state = $4, step = 'ended', progress = 10000, as_of = $5, report = $6, list_name = $7, list_rows = $8,
             fault_code = $9, fault = $10, ended_at = $11, leased_until = 0
         WHERE merchant_id = $1 AND id = $2 AND attempts = $3 AND state = 'running'",
        held.merchant,
        held.id,
        held.attempt,
        ended.state,
        ended.as_of,
        ended.report,
        name,
        rows.unwrap_or(0),
        code,
        fault,
        now
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Lets a run that broke off be tried again later.
pub(super) async fn later(tx: &mut Tx, held: &Held<RunId>, due: Instant) -> Result<()> {
    tx.queue(sql!(
        "UPDATE insight_run SET state = 'queued', step = 'waiting', progress = 0, leased_until = 0, due_at = $4
         WHERE merchant_id = $1 AND id = $2 AND attempts = $3 AND state = 'running'",
        held.merchant,
        held.id,
        held.attempt,
        due
    ))
    .await
}

const SAVES: &str =
    "SELECT id, run_id, group_key, tag_id, state, given, taken, coupon_template_id, issued, passed_over, fault_code, fault, created_at, ended_at
     FROM insight_save";

fn read_save(row: &Row) -> Result<Save> {
    Ok(Save {
        id: row.get(0)?,
        run: row.get(1)?,
        group: row.get(2)?,
        tag: row.get(3)?,
        state: row.get(4)?,
        given: row.get(5)?,
        taken: row.get(6)?,
        coupon: row.get(7)?,
        issued: row.get(8)?,
        passed_over: row.get(9)?,
        fault_code: row.get(10)?,
        fault: row.get(11)?,
        created_at: row.get(12)?,
        ended_at: row.get(13)?,
    })
}

pub(super) async fn insert_save(tx: &mut Tx, cx: &Cx, save: &Save) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO insight_save (merchant_id, id, run_id, group_key, tag_id, coupon_template_id, state, position, given, taken, issued,
             passed_over, leased_until, due_at, attempts, created_at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, 0, 0, 0, 0, 0, $7, 0, $7, $8)",
        cx.merchant,
        save.id,
        save.run,
        save.group,
        save.tag,
        save.coupon,
        cx.now,
        cx.actor.text()
    ))
    .await
}

pub(super) async fn find_save(tx: &mut Tx, merchant: MerchantId, id: SaveId) -> Result<Option<Save>> {
    let text = format!("{SAVES} WHERE merchant_id = $1 AND id = $2");
    tx.row(Stmt::built(text, vec![merchant.to_value(), id.to_value()])).await?.as_ref().map(read_save).transpose()
}

pub(super) async fn saves(tx: &mut Tx, merchant: MerchantId, run: RunId, before: Option<SaveId>, limit: Limit) -> Result<Vec<Save>> {
    let text = format!("{SAVES} WHERE merchant_id = $1 AND run_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4");
    let before = before.unwrap_or(SaveId(Uuid::max()));
    let params = vec![merchant.to_value(), run.to_value(), before.to_value(), limit.fetch().to_value()];
    tx.rows(Stmt::built(text, params)).await?.iter().map(read_save).collect()
}

/// Takes a save that is due, of any merchant.
pub(super) async fn lease_save(tx: &mut Tx, now: Instant, until: Instant) -> Result<Option<Held<SaveId>>> {
    let due = sql!(
        "SELECT merchant_id, id, attempts FROM insight_save WHERE state = 'queued' AND due_at <= $1 AND leased_until <= $1 ORDER BY due_at LIMIT 1",
        now
    );
    let Some(row) = tx.row(due).await? else { return Ok(None) };
    let (merchant, id, attempts): (MerchantId, SaveId, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let stmt = sql!(
        "UPDATE insight_save SET leased_until = $3, attempts = $4, passed_over = 0
         WHERE merchant_id = $1 AND id = $2 AND state = 'queued' AND attempts = $5",
        merchant,
        id,
        until,
        attempts + 1,
        attempts
    );
    Ok((tx.exec(stmt).await? == 1).then_some(Held { merchant, id, attempt: attempts + 1 }))
}

/// What a batch of a save did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Step {
    pub(super) given: i64,
    pub(super) taken: i64,
    pub(super) issued: i64,
    pub(super) passed_over: i64,
}

/// Moves a save on by one batch; false where it is another worker's, or has ended.
pub(super) async fn advance(tx: &mut Tx, held: &Held<SaveId>, step: &Step, until: Instant) -> Result<bool> {
    let stmt = sql!(
        "UPDATE insight_save SET position = position + 1, given = given + $4, taken = taken + $5, issued = issued + $6,
             passed_over = passed_over + $7, leased_until = $8
         WHERE merchant_id = $1 AND id = $2 AND state = 'queued' AND attempts = $3",
        held.merchant,
        held.id,
        held.attempt,
        step.given,
        step.taken,
        step.issued,
        step.passed_over,
        until
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Keeps how a save ended.
pub(super) async fn end_save(
    tx: &mut Tx,
    held: &Held<SaveId>,
    state: SaveState,
    fault: Option<(String, String)>,
    now: Instant,
) -> Result<()> {
    let (code, fault) = fault.unzip();
    tx.queue(sql!(
        "UPDATE insight_save SET state = $4, fault_code = $5, fault = $6, ended_at = $7, leased_until = 0
         WHERE merchant_id = $1 AND id = $2 AND state = 'queued' AND attempts = $3",
        held.merchant,
        held.id,
        held.attempt,
        state,
        code,
        fault,
        now
    ))
    .await
}

/// Lets a save that broke off be tried again later.
pub(super) async fn save_later(tx: &mut Tx, held: &Held<SaveId>, due: Instant) -> Result<()> {
    tx.queue(sql!(
        "UPDATE insight_save SET leased_until = 0, due_at = $4 WHERE merchant_id = $1 AND id = $2 AND attempts = $3 AND state = 'queued'",
        held.merchant,
        held.id,
        held.attempt,
        due
    ))
    .await
}

/// Removes what earlier nights asked for and nobody has begun.
pub(super) async fn supersede(tx: &mut Tx, merchant: MerchantId, day: &str) -> Result<()> {
    tx.queue(sql!(
        "DELETE FROM insight_run WHERE merchant_id = $1 AND scheduled < $2 AND state = 'queued' AND attempts = 0",
        merchant,
        format!("{day}/")
    ))
    .await
}

/// The analyses that have a run of this night.
pub(super) async fn scheduled(tx: &mut Tx, merchant: MerchantId, day: &str) -> Result<Vec<Analysis>> {
    let stmt = sql!(
        "SELECT analysis FROM insight_run WHERE merchant_id = $1 AND scheduled >= $2 AND scheduled < $3",
        merchant,
        format!("{day}/"),
        format!("{day}0")
    );
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}
