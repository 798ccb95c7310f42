//! Members of a group become a tag, and get a coupon where one is wanted.
//!
//! Of one run a member gets the coupons of a template once, however often its groups are saved: the run is what
//! issues them, and what they are taken back by.

use super::body::RunReport;
use super::model::{Held, RunId, Save, SaveDraft, SaveId, SaveState};
use super::store::Step;
use super::{groups, ops, store, work};
use crate::lake;
use shuke_db::Tx;
use shuke_http::{AppInner, Caller, Permission};
use shuke_kernel::{Cx, Error, Instant, Kind, Limit, Page, Result, Uuid};
use shuke_loyalty::coupon::{CouponTemplateId, ops as coupons};
use shuke_loyalty::template::{self, TemplateState};
use shuke_member::MemberId;
use shuke_member::member::store::facts;
use shuke_member::tag::ops as tags;
use shuke_org::{audit, merchant};
use std::collections::HashSet;

/// Members that one transaction looks at.
const BATCH: usize = 500;
/// Members whom one transaction gives coupons: the template's row is held meanwhile, which sales that issue it wait for.
const BATCH_COUPONS: usize = 50;
/// How often a save is tried that broke off.
const ATTEMPTS_MAX: i64 = 6;

/// Asks for a group to be saved as a tag.
///
/// Errors: `insight_run_not_found`, `insight_run_not_done`, `insight_group_unknown`, `insight_tag_missing`, those of the tag;
/// `permission_missing`, `coupon_template_not_found`, `coupon_template_not_published` where a coupon is wanted.
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
    if let Some(coupon) = draft.coupon {
        caller.may(Permission::CouponIssue)?;
        if template::ops::show(tx, cx, coupon).await?.state != TemplateState::Published {
            return Err(Error::refused("coupon_template_not_published", "this template issues no coupons; publish it first"));
        }
    }
    let save = Save {
        id: cx.id(),
        run,
        group: draft.group.clone(),
        tag,
        state: SaveState::Queued,
        given: 0,
        taken: 0,
        coupon: draft.coupon,
        issued: 0,
        passed_over: 0,
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
    let fault = match save_all(app, held).await {
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
    Tag(&'a [MemberId]),
    Untag(&'a [MemberId]),
    Coupon(CouponTemplateId, &'a [MemberId]),
}

/// What is to be done: the save, and where its run keeps its list.
async fn asked(tx: &mut Tx, held: &Held<SaveId>) -> Result<(Save, String)> {
    let gone = || Error::refused("insight_run_not_found", "the analysis was removed before its group was saved; run it again");
    let save = store::find_save(tx, held.merchant, held.id).await?.ok_or_else(gone)?;
    let run = store::find(tx, held.merchant, save.run).await?.ok_or_else(gone)?;
    Ok((save, run.list_name.ok_or_else(gone)?))
}

async fn save_all(app: &AppInner, held: &Held<SaveId>) -> Result<()> {
    let cx = Cx::system(held.merchant, app.clock.now(), app.random.clone());
    let (save, list) = app.db.read(held, |tx, held| Box::pin(asked(tx, held))).await?;
    let numbers = groups::members_of(app, &list, &save.group).await?;
    let mut wanted: Vec<MemberId> = Vec::with_capacity(numbers.len());
    for part in numbers.chunks(BATCH) {
        wanted.extend(app.db.read(&(held.merchant, part), |tx, (merchant, part)| Box::pin(lake::ops::members(tx, *merchant, part))).await?);
    }
    wanted.sort_unstable();
    wanted.dedup();
    untag_others(app, &cx, held, &save, &wanted.iter().copied().collect()).await?;
    for part in wanted.chunks(BATCH) {
        batch(app, &cx, held, &save, &Batch::Tag(part)).await?;
    }
    let Some(coupon) = save.coupon else { return Ok(()) };
    let input = (held.merchant, save.run, coupon);
    let served = app.db.read(&input, |tx, (merchant, run, coupon)| Box::pin(coupons::served(tx, *merchant, run.0, *coupon))).await?;
    let served: HashSet<Uuid> = served.into_iter().collect();
    wanted.retain(|member| !served.contains(&member.0));
    for part in wanted.chunks(BATCH_COUPONS) {
        if let Some(code) = batch(app, &cx, held, &save, &Batch::Coupon(coupon, part)).await? {
            return Err(Error::refused(
                code,
                "the coupon's template gives out no more; change it, then save the group again: nobody gets it twice",
            ));
        }
    }
    Ok(())
}

/// Takes the tag from everybody who is not among these.
async fn untag_others(app: &AppInner, cx: &Cx, held: &Held<SaveId>, save: &Save, keep: &HashSet<MemberId>) -> Result<()> {
    let mut after = MemberId(Uuid::nil());
    loop {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let input = (held.merchant, save.tag, after);
        let page = app.db.read(&input, |tx, (merchant, tag, after)| Box::pin(facts::tagged(tx, *merchant, *tag, *after, limit))).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = *last;
        let others: Vec<MemberId> = page.into_iter().filter(|member| !keep.contains(member)).collect();
        if !others.is_empty() {
            batch(app, cx, held, save, &Batch::Untag(&others)).await?;
        }
    }
}

/// One batch in one transaction with its count: it counts once. Answers the code of what ends the coupons.
async fn batch(app: &AppInner, cx: &Cx, held: &Held<SaveId>, save: &Save, what: &Batch<'_>) -> Result<Option<&'static str>> {
    let until = app.clock.now().plus_ms(work::LEASE_MS);
    app.db.write(&(cx, held, save, what, until), |tx, (cx, held, save, what, until)| Box::pin(one(tx, cx, held, save, what, *until))).await
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

async fn one(tx: &mut Tx, cx: &Cx, held: &Held<SaveId>, save: &Save, what: &Batch<'_>, until: Instant) -> Result<Option<&'static str>> {
    let mut stopped = None;
    let step = match what {
        Batch::Tag(members) => Step { given: tags::give_known(tx, cx, save.tag, members).await?, ..Step::default() },
        Batch::Untag(members) => {
            tags::take(tx, cx, save.tag, members).await?;
            Step { taken: count(members.len()), ..Step::default() }
        }
        Batch::Coupon(template, members) => {
            let active: Vec<Uuid> = facts::active(tx, cx.merchant, members).await?.into_iter().map(|member| member.0).collect();
            let today = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?.date(cx.now);
            let wanted =
                coupons::Issue { template: *template, members: &active, count: 1, source_kind: "insight", source: save.run.0, today };
            let handed = coupons::hand_out(tx, cx, &wanted).await?;
            stopped = handed.stopped;
            let frozen = count(members.len() - active.len());
            Step { issued: handed.issued, passed_over: handed.passed_over + frozen, ..Step::default() }
        }
    };
    match store::advance(tx, held, &step, until).await? {
        true => Ok(stopped),
        false => Err(Error::conflict("lease_lost", "another worker has taken this save")),
    }
}
