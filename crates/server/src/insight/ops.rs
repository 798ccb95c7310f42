//! Asking, looking, stopping.

use super::body::{RunReport, Words};
use super::catalogue;
use super::model::{Parameters, Run, RunDetail, RunDraft, RunId, RunState, RunStep};
use super::store::{self, Found};
use crate::lake;
use shuke_db::Tx;
use shuke_http::Caller;
use shuke_insight::ask::Analysis;
use shuke_kernel::{Cx, Date, Error, Limit, Page, Result};
use shuke_member::tag as tags;
use shuke_org::{StoreId, audit, merchant, store as stores};

/// Runs of one merchant that may wait at once.
const WAITING_MAX: i64 = 30;
/// How long what a run found is kept.
const KEPT_MS: i64 = 90 * 86_400_000;
/// The same of a night's run.
const NIGHT_KEPT_MS: i64 = 14 * 86_400_000;

/// Which runs are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) analysis: Option<Analysis>,
    pub(crate) state: Option<RunState>,
    pub(crate) latest: bool,
}

pub(super) fn not_found() -> Error {
    Error::not_found("insight_run_not_found", "there is no such analysis; it may have been removed")
}

/// A run, where the caller may see it: staff of a store see those of their stores.
///
/// Errors: `insight_run_not_found`.
pub(super) async fn visible(tx: &mut Tx, caller: &Caller, id: RunId) -> Result<Found> {
    let found = store::find(tx, caller.cx.merchant, id).await?.ok_or_else(not_found)?;
    match (&caller.stores, found.store) {
        (None, _) => Ok(found),
        (Some(stores), Some(store)) if stores.contains(&store) => Ok(found),
        _ => Err(not_found()),
    }
}

fn fresh(cx: &Cx, analysis: Analysis, parameters: Parameters, scheduled: bool) -> Run {
    Run {
        id: cx.id(),
        analysis,
        parameters,
        state: RunState::Queued,
        step: RunStep::Waiting,
        progress: 0,
        scheduled,
        as_of: None,
        list_rows: 0,
        fault_code: None,
        fault: None,
        created_at: cx.now,
        actor: cx.actor.text(),
        ended_at: None,
    }
}

/// Asks for an analysis.
///
/// Errors: `store_not_found`, `store_not_yours`, `insight_store_missing`, `insight_runs_waiting`, `tag_not_found`, and those of the parameters.
pub(super) async fn start(tx: &mut Tx, caller: &Caller, draft: &RunDraft) -> Result<Run> {
    let cx = &caller.cx;
    let mut parameters = draft.parameters.clone();
    parameters.store = match (parameters.store, caller.stores.as_deref()) {
        (Some(store), _) => {
            stores::ops::show(tx, cx, StoreId(store)).await?;
            caller.may_in(store)?;
            Some(store)
        }
        (None, None) => None,
        (None, Some([only])) => Some(*only),
        (None, Some(_)) => return Err(Error::invalid("insight_store_missing", "you work in several stores; say of which one")),
    };
    let currency = merchant::ops::show(tx, cx.merchant).await?.parsed_currency()?;
    parameters.check(draft.analysis, currency)?;
    for tag in parameters.tags() {
        tags::ops::show(tx, cx, tag).await?;
    }
    let run = fresh(cx, draft.analysis, parameters, false);
    if !store::insert(tx, cx, &run, None, WAITING_MAX).await? {
        let detail = format!("{WAITING_MAX} analyses are waiting already; stop one or wait");
        return Err(Error::refused("insight_runs_waiting", detail));
    }
    audit::ops::record(tx, cx, &audit::Entry::new("insight.run_started", run.id).new_value(draft)).await?;
    Ok(run)
}

/// Asks for the standard set of a night, once, where the lake holds anything.
pub(crate) async fn nightly(tx: &mut Tx, cx: &Cx, today: Date) -> Result<u64> {
    let mut asked = 0;
    if !lake::ops::holds_any(tx, cx.merchant).await? {
        return Ok(asked);
    }
    let day = today.to_string();
    store::supersede(tx, cx.merchant, &day).await?;
    let there = store::scheduled(tx, cx.merchant, &day).await?;
    for analysis in Analysis::ALL.iter().filter(|one| catalogue::is_nightly(**one) && !there.contains(one)) {
        let run = fresh(cx, *analysis, Parameters::default(), true);
        let name = format!("{day}/{}", analysis.as_str());
        asked += u64::from(store::insert(tx, cx, &run, Some(&name), i64::MAX).await?);
    }
    Ok(asked)
}

/// Removes what old runs found. Returns how many.
pub(crate) async fn prune(tx: &mut Tx, cx: &Cx) -> Result<u64> {
    let old = store::old(tx, cx.merchant, cx.now.plus_ms(-KEPT_MS), cx.now.plus_ms(-NIGHT_KEPT_MS)).await?;
    for (id, list) in &old {
        store::remove(tx, cx.merchant, *id).await?;
        if let Some(name) = list {
            lake::ops::scrap(tx, cx.merchant, name, cx.now).await?;
        }
    }
    Ok(old.len() as u64)
}

/// Runs, newest first.
pub(super) async fn list(tx: &mut Tx, caller: &Caller, filter: &Filter, before: Option<RunId>, limit: Limit) -> Result<Page<Run>> {
    let rows = store::page(tx, caller.cx.merchant, caller.stores.as_deref(), filter, before, limit).await?;
    Ok(Page::of(rows, limit, |run| run.id))
}

/// A run with what it found.
///
/// Errors: `insight_run_not_found`.
pub(super) async fn show(tx: &mut Tx, caller: &Caller, id: RunId) -> Result<RunDetail> {
    let run = visible(tx, caller, id).await?.run;
    let report = report(tx, &caller.cx, id).await?;
    Ok(RunDetail { run, report })
}

/// What a run found, members by their numbers.
async fn report(tx: &mut Tx, cx: &Cx, id: RunId) -> Result<Option<RunReport>> {
    let Some(text) = store::report(tx, cx.merchant, id).await? else { return Ok(None) };
    let named = super::groups::named(tx, cx.merchant, &text).await?;
    serde_json::from_str(&named).map(Some).map_err(|error| Error::internal(format!("the report of run {id}: {error}")))
}

/// A run and what it found.
///
/// Errors: `insight_run_not_found`, `insight_run_not_done`.
pub(super) async fn found(tx: &mut Tx, caller: &Caller, id: RunId) -> Result<(Run, RunReport)> {
    let detail = show(tx, caller, id).await?;
    Ok((detail.run, detail.report.ok_or_else(not_done)?))
}

/// A tag that was not named.
pub(super) fn no_tag() -> Error {
    Error::invalid("insight_tag_needed", "say whom it is about: choose the tag that these members have")
}

pub(super) fn not_done() -> Error {
    Error::refused("insight_run_not_done", "this analysis has not ended, or found nothing; look again when it is done")
}

/// A run and the name of its list in the lake's store.
///
/// Errors: `insight_run_not_found`, `insight_run_not_done`.
pub(super) async fn list_of(tx: &mut Tx, caller: &Caller, id: RunId) -> Result<(Run, String)> {
    let found = visible(tx, caller, id).await?;
    Ok((found.run, found.list_name.ok_or_else(not_done)?))
}

/// Stops a run; one that has ended stays as it is.
///
/// Errors: `insight_run_not_found`.
pub(super) async fn cancel(tx: &mut Tx, caller: &Caller, id: RunId) -> Result<Run> {
    visible(tx, caller, id).await?;
    if store::cancel(tx, &caller.cx, id).await? {
        audit::ops::record(tx, &caller.cx, &audit::Entry::new("insight.run_cancelled", id)).await?;
    }
    Ok(visible(tx, caller, id).await?.run)
}

/// Removes a run.
///
/// Errors: `insight_run_not_found`, `insight_run_running`.
pub(super) async fn remove(tx: &mut Tx, caller: &Caller, id: RunId) -> Result<()> {
    let found = visible(tx, caller, id).await?;
    if !store::remove(tx, caller.cx.merchant, id).await? {
        return Err(Error::conflict("insight_run_running", "this analysis is under way; stop it first"));
    }
    if let Some(name) = &found.list_name {
        lake::ops::scrap(tx, caller.cx.merchant, name, caller.cx.now).await?;
    }
    audit::ops::record(tx, &caller.cx, &audit::Entry::new("insight.run_removed", id)).await
}

/// A member who is known no more.
pub(super) fn nobody() -> Words {
    Words { zh: "已注销".to_owned(), en: "erased".to_owned() }
}
