//! Moving members from stage to stage.

use super::{Stage, StageBands, StageFacts, stage_due_on, stage_of, store};
use crate::member::store as members;
use crate::member::{MemberId, Stat};
use crate::{ground, purchase};
use members::StatUpdate;
use serde::{Deserialize, Serialize};
use shuke_db::{Db, Tx};
use shuke_jobs::{Event, Job, JobRequest, Work, event, job};
use shuke_kernel::{Cx, Date, Limit, Page, Result, Uuid, text_enum};
use shuke_org::setting;
use std::collections::HashMap;
use utoipa::ToSchema;

/// The kind of job that brings members to the stages that new bands say.
pub const REBASE: &str = "member_rebase";
/// Members that midnight takes in one transaction.
const BATCH_MEMBERS: i64 = 500;

text_enum! {
    /// Why a stage changed.
    pub enum StageCause {
        /// The member bought, or a purchase was taken back.
        Purchase = "purchase",
        /// The day came on which the band ends.
        Time = "time",
        /// The merchant's bands changed.
        Bands = "bands",
    }
}

/// A change of stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageChange {
    /// Its id.
    pub id: Uuid,
    /// The stage before.
    pub from: Stage,
    /// The stage from then on.
    pub to: Stage,
    /// The first local day of the new stage.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Why.
    pub cause: StageCause,
}

/// The payload of `member.stage_changed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageChanged {
    /// The member.
    pub member: MemberId,
    /// The stage before.
    pub from: Stage,
    /// The stage from then on.
    pub to: Stage,
    /// The first local day of the new stage.
    pub on: Date,
    /// Why.
    pub cause: StageCause,
}

/// A member's figures before and what is known now.
pub(crate) struct Restage {
    pub member: MemberId,
    pub stat: Stat,
    pub facts: StageFacts,
}

/// What [`restage`] did.
pub(crate) struct Restaged {
    /// How many changes of stage there were.
    pub changes: u64,
    /// The members with their figures of now.
    pub stats: Vec<(MemberId, Stat)>,
}

/// Brings members' stages up to a day, and writes their figures, changes and events: three
/// statements for all of them.
pub(crate) async fn restage(
    tx: &mut Tx,
    cx: &Cx,
    bands: &StageBands,
    today: Date,
    cause: StageCause,
    members: Vec<Restage>,
) -> Result<Restaged> {
    let mut updates = Vec::with_capacity(members.len());
    let mut changes = Vec::new();
    for Restage { member, mut stat, facts } in members {
        for step in steps(&stat, &facts, bands, today, cause) {
            stat.stage = step.to;
            stat.stage_since = step.on;
            changes.push((member, StageChange { id: cx.uuid(), ..step }));
        }
        stat.stage_due_on = stage_due_on(&facts, bands, today);
        updates.push(StatUpdate { member, stat });
    }
    members::update_stats(tx, cx.merchant, &updates).await?;
    store::insert_changes(tx, cx, &changes).await?;
    let changed = |(member, change): &(MemberId, StageChange)| {
        let payload = StageChanged { member: *member, from: change.from, to: change.to, on: change.on, cause: change.cause };
        Event::new("member.stage_changed", *member, &payload)
    };
    event::append(tx, cx, &changes.iter().map(changed).collect::<Vec<_>>()).await?;
    Ok(Restaged { changes: changes.len() as u64, stats: updates.into_iter().map(|update| (update.member, update.stat)).collect() })
}

/// The changes from the stored stage to that of a day. Where only time passed, each gets the day on
/// which it fell due; where something was bought, there is one, of that day.
fn steps(stat: &Stat, facts: &StageFacts, bands: &StageBands, today: Date, cause: StageCause) -> Vec<StageChange> {
    let mut found = Vec::new();
    let mut stage = stat.stage;
    let mut day = match (cause, stat.stage_due_on) {
        (StageCause::Time, Some(due)) if due <= today => due,
        _ => today,
    };
    loop {
        let next = stage_of(facts, bands, day);
        if next != stage {
            found.push(StageChange { id: Uuid::nil(), from: stage, to: next, on: day, cause });
            stage = next;
        }
        match stage_due_on(facts, bands, day) {
            Some(due) if due <= today => day = due,
            _ => return found,
        }
    }
}

/// The stored figures as facts; the day that loyalty hangs on is looked up where the bands ask for it.
pub(crate) async fn facts_of(tx: &mut Tx, cx: &Cx, bands: &StageBands, stats: Vec<(MemberId, Stat)>) -> Result<Vec<Restage>> {
    let anchors = match bands.loyal_purchases {
        Some(count) => purchase::loyal_anchors(tx, cx.merchant, &stats.iter().map(|(id, _)| *id).collect::<Vec<_>>(), count).await?,
        None => HashMap::new(),
    };
    let facts = |(member, stat): (MemberId, Stat)| {
        let facts = StageFacts {
            purchases: stat.orders,
            first_purchase_on: stat.first_purchase_on,
            last_purchase_on: stat.last_purchase_on,
            loyal_anchor_on: anchors.get(&member).copied(),
        };
        Restage { member, stat, facts }
    };
    Ok(stats.into_iter().map(facts).collect())
}

/// Changes the stages whose day has come, in batches. Returns how many changes there were.
pub async fn midnight(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    let mut done = 0;
    loop {
        let (changed, members) = db
            .write(&(cx, today), |tx, (cx, today)| {
                Box::pin(async move {
                    let bands = ground(tx, cx.merchant).await?.bands;
                    let due = members::due(tx, cx.merchant, *today, BATCH_MEMBERS).await?;
                    let count = due.len();
                    let due = facts_of(tx, cx, &bands, due).await?;
                    Ok((restage(tx, cx, &bands, *today, StageCause::Time, due).await?.changes, count))
                })
            })
            .await?;
        done += changed;
        if members == 0 {
            return Ok(done);
        }
    }
}

/// Changes the bands. Members follow in batches, by a job that runs [`rebase`].
///
/// Errors: `stage_bands_malformed`.
pub async fn set_bands(tx: &mut Tx, cx: &Cx, bands: &StageBands) -> Result<StageBands> {
    setting::ops::put(tx, cx, bands).await?;
    let request = JobRequest { kind: REBASE, dedup_key: cx.uuid().to_string(), payload: "{}".to_owned(), run_at: cx.now };
    job::enqueue(tx, cx, &request).await?;
    Ok(*bands)
}

/// The handler of jobs of kind [`REBASE`].
pub async fn rebase_job(work: &Work, job: &Job) -> Result<()> {
    let cx = work.cx(job);
    let today = work.db.read(&cx, |tx, cx| Box::pin(async move { Ok(ground(tx, cx.merchant).await?.today(cx)) })).await?;
    rebase(&work.db, &cx, today).await?;
    work.db.write(&(job, cx.now), |tx, (job, now)| Box::pin(job::finish(tx, job, *now))).await
}

/// Brings every member to the stage that the bands in force say, in batches; repeating it changes
/// nothing more. Returns how many changes there were.
pub async fn rebase(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    let mut done = 0;
    let mut after = MemberId(Uuid::nil());
    loop {
        let (changed, last) = db
            .write(&(cx, today, after), |tx, (cx, today, after)| {
                Box::pin(async move {
                    let bands = ground(tx, cx.merchant).await?.bands;
                    let ids: Vec<MemberId> =
                        members::page_of_ids(tx, cx.merchant, *after, BATCH_MEMBERS).await?.into_iter().map(|(id, _)| id).collect();
                    let stats = members::lock_stats(tx, cx.merchant, &ids).await?;
                    let facts = facts_of(tx, cx, &bands, stats).await?;
                    Ok((restage(tx, cx, &bands, *today, StageCause::Bands, facts).await?.changes, ids.last().copied()))
                })
            })
            .await?;
        done += changed;
        match last {
            Some(last) => after = last,
            None => return Ok(done),
        }
    }
}

/// How many members are in a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// Members in it.
    pub members: i64,
}

/// How many members are in each stage, as stored.
pub async fn counts(tx: &mut Tx, cx: &Cx) -> Result<Vec<StageCount>> {
    let stored = members::stage_counts(tx, cx.merchant).await?;
    let count = |stage: &Stage| stored.iter().find(|(found, _)| found == stage).map_or(0, |(_, members)| *members);
    Ok(Stage::ALL.iter().map(|stage| StageCount { stage: *stage, members: count(stage) }).collect())
}

/// How many members were in each stage on a day, by their purchases up to it and the bands of now.
/// Members without a purchase by then count as prospects.
pub async fn counts_on(tx: &mut Tx, cx: &Cx, day: Date) -> Result<Vec<StageCount>> {
    let bands = ground(tx, cx.merchant).await?.bands;
    let known: i64 = members::stage_counts(tx, cx.merchant).await?.iter().map(|(_, members)| members).sum();
    let mut found: HashMap<Stage, i64> = HashMap::new();
    let facts = purchase::facts_until(tx, cx.merchant, day, bands.loyal_purchases).await?;
    let buyers: i64 = facts.iter().map(|(_, members)| members).sum();
    for (facts, members) in facts {
        *found.entry(stage_of(&facts, &bands, day)).or_default() += members;
    }
    *found.entry(Stage::Prospect).or_default() += known - buyers;
    Ok(Stage::ALL.iter().map(|stage| StageCount { stage: *stage, members: found.get(stage).copied().unwrap_or(0) }).collect())
}

/// The changes of a member, newest first.
pub async fn changes(tx: &mut Tx, cx: &Cx, member: MemberId, before: Option<(Date, Uuid)>, limit: Limit) -> Result<Page<StageChange>> {
    let before = before.unwrap_or((Date::MAX, Uuid::max()));
    let found = store::changes(tx, cx.merchant, member, before, limit.fetch()).await?;
    Ok(Page::of(found, limit, |change| (change.on, change.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use shuke_kernel::Money;

    fn stat(stage: Stage, due: Option<Date>) -> Stat {
        let on = date(2026, 1, 31);
        Stat {
            orders: 1,
            amount: Money(100),
            first_purchase_on: Some(on),
            last_purchase_on: Some(on),
            stage,
            stage_since: on,
            stage_due_on: due,
        }
    }

    #[test]
    fn a_late_midnight_dates_every_change_on_its_day() {
        let on = Some(date(2026, 1, 31));
        let facts = StageFacts { purchases: 1, first_purchase_on: on, last_purchase_on: on, loyal_anchor_on: None };
        let bands = StageBands::default();
        let stat = stat(Stage::Active, Some(date(2026, 5, 1)));
        let found = steps(&stat, &facts, &bands, date(2027, 6, 1), StageCause::Time);
        let dates: Vec<(Stage, Date)> = found.iter().map(|change| (change.to, change.on)).collect();
        assert_eq!(dates, [(Stage::Marginal, date(2026, 5, 1)), (Stage::Dormant, date(2026, 8, 1)), (Stage::Lost, date(2027, 2, 1))]);
        assert!(steps(&stat, &facts, &bands, date(2026, 4, 30), StageCause::Time).is_empty());
    }

    #[test]
    fn a_purchase_is_one_change_of_its_day() {
        let on = Some(date(2026, 6, 1));
        let facts = StageFacts { purchases: 2, first_purchase_on: Some(date(2025, 1, 1)), last_purchase_on: on, loyal_anchor_on: None };
        let found = steps(&stat(Stage::Lost, None), &facts, &StageBands::default(), date(2026, 6, 1), StageCause::Purchase);
        assert_eq!(found.iter().map(|change| (change.to, change.on)).collect::<Vec<_>>(), [(Stage::Active, date(2026, 6, 1))]);
    }
}
