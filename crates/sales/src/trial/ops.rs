//! Making, seeing and cancelling trials.

use super::job::KIND;
use super::model::{DAYS_MAX, Trial, TrialDraft, TrialId};
use super::store;
use crate::book::SaleBook;
use crate::order::store as orders;
use shuke_db::Tx;
use shuke_jobs::{JobRequest, job};
use shuke_kernel::{Cx, Error, Limit, Page, Result, time};
use shuke_org::{audit, text};

/// Makes a trial; a job begins with it at once.
///
/// Errors: `text_malformed`, `trial_invalid`, those of the rule's own check, `trial_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, book: &SaleBook, draft: &TrialDraft) -> Result<Trial> {
    text::line("name", &draft.name, text::NAME_CHARS_MAX)?;
    draft.rule.check()?;
    if draft.to < draft.from || time::days_between(draft.from, draft.to) >= DAYS_MAX {
        let error = Error::invalid("trial_invalid", "this can't be tried");
        return Err(error.field("/to", "out_of_range", "must not be before from, and at most three years after it"));
    }
    let mut total = 0;
    for (id, zone) in &book.stores {
        total += orders::count(tx, cx.merchant, *id, zone.start(draft.from), zone.end(draft.to)).await?;
    }
    tx.queue(store::insert_stmt(cx, draft, total)?).await?;
    enqueue(tx, cx, draft.id, 0).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("trial.created", draft.id).new_value(draft)).await?;
    show(tx, cx, draft.id).await
}

/// Enqueues the job that goes on from a step.
pub(super) async fn enqueue(tx: &mut Tx, cx: &Cx, id: TrialId, step: i64) -> Result<()> {
    let request = JobRequest { kind: KIND, dedup_key: format!("{id}:{step}"), payload: id.to_string(), run_at: cx.now };
    job::enqueue(tx, cx, &request).await
}

/// A trial, or `trial_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: TrialId) -> Result<Trial> {
    let missing = || Error::not_found("trial_not_found", "there is no such trial");
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id), missing).await?)
}

/// Trials, newest first.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<TrialId>, limit: Limit) -> Result<Page<Trial>> {
    let rows = tx.rows(store::list_stmt(cx.merchant, after, limit.fetch())).await?;
    let trials = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(trials, limit, |trial| trial.id))
}

/// Cancels a trial; one that is done or cancelled already stays as it is.
///
/// Errors: `trial_not_found`.
pub async fn cancel(tx: &mut Tx, cx: &Cx, id: TrialId) -> Result<Trial> {
    show(tx, cx, id).await?;
    if store::cancel(tx, cx, id).await? {
        tx.queue(store::forget_stmt(cx.merchant, id)).await?;
        audit::ops::record(tx, cx, &audit::Entry::new("trial.cancelled", id)).await?;
    }
    show(tx, cx, id).await
}
