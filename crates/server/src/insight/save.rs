//! Members of a group become a tag.

use super::body::RunReport;
use super::model::{Held, RunId, Save, SaveDraft, SaveId, SaveState};
use super::{groups, ops, store, work};
use crate::lake;
use shuke_db::Tx;
use shuke_http::{AppInner, Caller, Permission};
use shuke_kernel::{Cx, Error, Instant, Kind, Limit, Page, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::member::store::facts;
use shuke_member::tag::{TagId, ops as tags};
use shuke_org::audit;
use std::collections::HashSet;

/// Members that one transaction looks at.
const BATCH: usize = 500;
/// How often a save is tried that broke off.
const ATTEMPTS_MAX: i64 = 6;

/// Asks for a group to be saved as a tag.
///
/// Errors: `insight_run_not_found`, `insight_run_not_done`, `insight_group_unknown`, `insight_tag_missing`, those of the tag.
pub(super) async fn ask(tx: &mut Tx, caller: &Caller, run: RunId, draft: &SaveDraft) -> Result<Save> {
    let cx = &caller.cx;
    caller.may(Permission::InsightRead)?;
    ops::visible(tx, caller, run).await?;
    let report = store::report(tx, cx.merchant, run).await?.ok_or_else(ops::not_done)?;
    let report: RunReport = serde_json::from_str(&report).map_err(|error| Error::internal(format!("the report of run {run}: {error}")))?;
    if !report.groups.iter().any(|group| group.key == draft.group) {
        return Err(Error::refused("insight_group_unknown", "this analysis found no such group; choose one of its groups"));
    }
    let tag = match (&draft.name, draft.tag) {
        (Some(name), None) => tags::ensure(tx, cx, name).await?,
        (None, Some(tag)) => {
            // Refuses a tag that is not there, archived, or by rule.
            tags::give_known(tx, cx, tag, &[]).await?;
            tag
        }
        _ => return Err(Error::invalid("insight_tag_missing", "name a tag to be made, or give one that is there, not both")),
    };
    let save = Save {
        id: cx.id(),
        run,
        group: draft.group.clone(),
        tag,
        state: SaveState::Queued,
        given: 0,
        taken: 0,
        fault_code: None,
        fault: None,
        created_at: cx.now,
        ended_at: None,
    };
    store::insert_save(tx, cx, &save).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("insight.group_saved", run).new_value(draft)).await?;
    Ok(save)
}

/// How far a save is.
///
/// Errors: `insight_save_not_found`.
pub(super) async fn show(tx: &mut Tx, caller: &Caller, id: SaveId) -> Result<Save> {
    let missing = || Error::not_found("insight_save_not_found", "nothing was saved under this id");
    let save = store::find_save(tx, caller.cx.merchant, id).await?.ok_or_else(missing)?;
    ops::visible(tx, caller, save.run).await.map_err(|_| missing())?;
    Ok(save)
}

/// What of a run was saved, newest first.
///
/// Errors: `insight_run_not_found`.
pub(super) async fn list(tx: &mut Tx, caller: &Caller, run: RunId, before: Option<SaveId>, limit: Limit) -> Result<Page<Save>> {
    ops::visible(tx, caller, run).await?;
    Ok(Page::of(store::saves(tx, caller.cx.merchant, run, before, limit).await?, limit, |save| save.id))
}

/// Does a save that was leased, and keeps how it ended.
pub(super) async fn save(app: &AppInner, held: &Held<SaveId>) -> Result<()> {
    let now = app.clock.now();
    let fault = match tag_all(app, held).await {
        Ok(()) => None,
        Err(error) if error.code() == "lease_lost" => return Ok(()),
        Err(error) if held.attempt < ATTEMPTS_MAX && matches!(error.kind(), Kind::Internal | Kind::Unavailable | Kind::Conflict) => {
            tracing::warn!(save = %held.id, attempt = held.attempt, %error, "a save will be tried again");
            let input = (held, now.plus_ms(10_000 * held.attempt));
            return app.db.write(&input, |tx, (held, due)| Box::pin(store::save_later(tx, held, *due))).await;
        }
        Err(error) => Some((error.code().to_owned(), error.detail().to_owned())),
    };
    let state = if fault.is_some() { SaveState::Failed } else { SaveState::Done };
    let input = (held, state, fault, now);
    app.db.write(&input, |tx, (held, state, fault, now)| Box::pin(store::end_save(tx, held, *state, fault.clone(), *now))).await
}

/// What a batch does.
enum Batch<'a> {
    Give(&'a [MemberId]),
    Take(&'a [MemberId]),
}

async fn tag_all(app: &AppInner, held: &Held<SaveId>) -> Result<()> {
    let cx = Cx::system(held.merchant, app.clock.now(), app.random.clone());
    let (tag, group, list) = app.db.read(held, |tx, held| Box::pin(asked(tx, held))).await?;
    let numbers = groups::members_of(app, &list, &group).await?;
    let mut wanted: Vec<MemberId> = Vec::with_capacity(numbers.len());
    for part in numbers.chunks(BATCH) {
        wanted.extend(app.db.read(&(held.merchant, part), |tx, (merchant, part)| Box::pin(lake::ops::members(tx, *merchant, part))).await?);
    }
    let keep: HashSet<MemberId> = wanted.iter().copied().collect();
    let mut after = MemberId(Uuid::nil());
    loop {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let input = (held.merchant, tag, after);
        let page = app.db.read(&input, |tx, (merchant, tag, after)| Box::pin(facts::tagged(tx, *merchant, *tag, *after, limit))).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        let others: Vec<MemberId> = page.into_iter().filter(|member| !keep.contains(member)).collect();
        if !others.is_empty() {
            batch(app, &cx, held, tag, &Batch::Take(&others)).await?;
        }
    }
    for part in wanted.chunks(BATCH) {
        batch(app, &cx, held, tag, &Batch::Give(part)).await?;
    }
    Ok(())
}

async fn asked(tx: &mut Tx, held: &Held<SaveId>) -> Result<(TagId, String, String)> {
    let gone = || Error::refused("insight_run_not_found", "the analysis was removed before its group was saved; run it again");
    let save = store::find_save(tx, held.merchant, held.id).await?.ok_or_else(gone)?;
    let run = store::find(tx, held.merchant, save.run).await?.ok_or_else(gone)?;
    Ok((save.tag, save.group, run.list_name.ok_or_else(gone)?))
}

/// One batch in one transaction with its place: it counts once.
async fn batch(app: &AppInner, cx: &Cx, held: &Held<SaveId>, tag: TagId, what: &Batch<'_>) -> Result<()> {
    let until = app.clock.now().plus_ms(work::LEASE_MS);
    app.db.write(&(cx, held, tag, what, until), |tx, (cx, held, tag, what, until)| Box::pin(one(tx, cx, held, *tag, what, *until))).await
}

async fn one(tx: &mut Tx, cx: &Cx, held: &Held<SaveId>, tag: TagId, what: &Batch<'_>, until: Instant) -> Result<()> {
    let lost = || Error::conflict("lease_lost", "another worker has taken this save");
    let position = store::position(tx, held.merchant, held.id).await?.ok_or_else(lost)?;
    let counts = match what {
        Batch::Give(members) => (tags::give_known(tx, cx, tag, members).await?, 0),
        Batch::Take(members) => {
            tags::take(tx, cx, tag, members).await?;
            (0, i64::try_from(members.len()).unwrap_or(i64::MAX))
        }
    };
    match store::advance(tx, held, position, counts, until).await? {
        true => Ok(()),
        false => Err(lost()),
    }
}
