//! Defining tags, giving and taking them, by hand and by rule.

use super::{Tag, TagDraft, TagFacts, TagId, store};
use crate::member::store as members;
use crate::member::{self, MemberId, Stat};
use crate::purchase::{self, Totals};
use members::TagRow;
use serde::{Deserialize, Serialize};
use shuke_db::{Db, Tx};
use shuke_jobs::{Event, Job, JobRequest, Work, event, job};
use shuke_kernel::time::add_days;
use shuke_kernel::{Cx, Date, Error, Limit, Page, Result, Uuid};
use shuke_org::audit::{self, Entry};
use shuke_org::text;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The kind of job that gives and takes a tag after its rule has changed.
pub const RETAG: &str = "member_retag";
/// Members that one transaction looks at.
const BATCH_MEMBERS: i64 = 1000;
/// Characters in a tag's name.
const NAME_CHARS_MAX: usize = 40;
/// Members that one request may tag.
pub const TAGGED_MEMBERS_MAX: usize = 1000;

/// The payload of `member.tagged` and `member.untagged`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tagged {
    /// Whose.
    pub member: MemberId,
    /// Which.
    pub tag: TagId,
}

fn not_found() -> Error {
    Error::not_found("tag_not_found", "there is no such tag")
}

/// Defines a tag.
///
/// Errors: `tag_name_taken`, `tag_rule_malformed`, `text_malformed`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &TagDraft) -> Result<Tag> {
    let tag = Tag {
        id: cx.id(),
        name: text::line("name", &draft.name, NAME_CHARS_MAX)?,
        rule: draft.rule.clone().map(super::TagRule::checked).transpose()?,
        archived: draft.archived,
        created_at: cx.now,
    };
    store::insert(tx, cx.merchant, &tag).await?;
    audit::ops::record(tx, cx, &Entry::new("tag.created", tag.id).new_value(&tag)).await?;
    if tag.rule.is_some() {
        enqueue_retag(tx, cx).await?;
    }
    Ok(tag)
}

/// Changes a tag. A new rule is applied by a job; archiving takes the tag from everybody at once.
///
/// Errors: `tag_not_found`, `tag_name_taken`, `tag_rule_malformed`, `tag_kind_fixed` (refused).
pub async fn change(tx: &mut Tx, cx: &Cx, id: TagId, draft: &TagDraft) -> Result<Tag> {
    let old = store::lock(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    if old.rule.is_some() != draft.rule.is_some() {
        return Err(Error::refused("tag_kind_fixed", "a tag stays manual or by rule; archive it and define another"));
    }
    let new = Tag {
        name: text::line("name", &draft.name, NAME_CHARS_MAX)?,
        rule: draft.rule.clone().map(super::TagRule::checked).transpose()?,
        archived: draft.archived,
        ..old.clone()
    };
    store::update(tx, cx.merchant, &new).await?;
    audit::ops::record(tx, cx, &Entry::new("tag.changed", id).old(&old).new_value(&new)).await?;
    if new.archived && !old.archived {
        members::untag_everywhere(tx, cx.merchant, id).await?;
    } else if new.rule.is_some() && (new.rule != old.rule || old.archived) {
        enqueue_retag(tx, cx).await?;
    }
    Ok(new)
}

async fn enqueue_retag(tx: &mut Tx, cx: &Cx) -> Result<()> {
    let request = JobRequest { kind: RETAG, dedup_key: cx.uuid().to_string(), payload: "{}".to_owned(), run_at: cx.now };
    job::enqueue(tx, cx, &request).await
}

/// Tags, oldest first.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<TagId>, limit: Limit) -> Result<Page<Tag>> {
    let found = store::page(tx, cx.merchant, after.unwrap_or(TagId(Uuid::nil())), limit.fetch()).await?;
    Ok(Page::of(found, limit, |tag| tag.id))
}

/// A tag.
///
/// Errors: `tag_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: TagId) -> Result<Tag> {
    store::find(tx, cx.merchant, &[id]).await?.pop().ok_or_else(not_found)
}

/// The tags of a member, by name.
pub async fn of_member(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<Vec<Tag>> {
    let ids: Vec<TagId> = members::tags_of(tx, cx.merchant, id).await?.into_iter().map(|row| row.tag).collect();
    store::find(tx, cx.merchant, &ids).await
}

/// Ok where all of these are manual tags in use, else `tag_unknown` or `tag_by_rule` (refused).
pub(crate) async fn must_be_manual(tx: &mut Tx, cx: &Cx, ids: &[TagId]) -> Result<()> {
    let found = store::find(tx, cx.merchant, ids).await?;
    for (index, id) in ids.iter().enumerate() {
        let fault = match found.iter().find(|tag| tag.id == *id && !tag.archived) {
            Some(tag) if tag.rule.is_none() => continue,
            Some(_) => Error::refused("tag_by_rule", "this tag is given by its rule; change the rule instead"),
            None => Error::refused("tag_unknown", "a tag does not exist or is archived; choose one of yours"),
        };
        let code = fault.code();
        return Err(fault.field(format!("/tags/{index}"), code, id.to_string()));
    }
    Ok(())
}

/// Gives a manual tag to members; those who have it keep it.
///
/// Errors: `tag_not_found`, `tag_unknown` where it is archived, `tag_by_rule`, `member_not_found`, `members_too_many`.
pub async fn give(tx: &mut Tx, cx: &Cx, tag: TagId, ids: &[MemberId]) -> Result<()> {
    prepare(tx, cx, tag, ids).await?;
    let known: HashSet<MemberId> = members::briefs(tx, cx.merchant, ids).await?.into_iter().map(|found| found.brief.id).collect();
    if ids.iter().any(|id| !known.contains(id)) {
        return Err(member::not_found());
    }
    let rows: Vec<TagRow> = known.iter().map(|member| TagRow { member: *member, tag, by_rule: false }).collect();
    members::tag(tx, cx, &rows).await?;
    event::append(tx, cx, &events("member.tagged", known.into_iter().map(|member| Tagged { member, tag }))).await
}

/// Takes a manual tag from members; those who haven't got it are left alone.
///
/// Errors: `tag_not_found`, `tag_unknown` where it is archived, `tag_by_rule`, `members_too_many`.
pub async fn take(tx: &mut Tx, cx: &Cx, tag: TagId, ids: &[MemberId]) -> Result<()> {
    prepare(tx, cx, tag, ids).await?;
    let had: Vec<MemberId> =
        members::tags_of_many(tx, cx.merchant, ids).await?.into_iter().filter(|row| row.tag == tag).map(|row| row.member).collect();
    members::untag(tx, cx.merchant, tag, &had).await?;
    event::append(tx, cx, &events("member.untagged", had.into_iter().map(|member| Tagged { member, tag }))).await
}

async fn prepare(tx: &mut Tx, cx: &Cx, tag: TagId, ids: &[MemberId]) -> Result<()> {
    if ids.len() > TAGGED_MEMBERS_MAX {
        return Err(Error::invalid("members_too_many", format!("name at most {TAGGED_MEMBERS_MAX} members at once")));
    }
    if store::find(tx, cx.merchant, &[tag]).await?.is_empty() {
        return Err(not_found());
    }
    must_be_manual(tx, cx, &[tag]).await
}

/// The manual tag of this name, made where there is none. A tag of the name that is archived or has a rule is refused.
///
/// Errors: `tag_by_rule`, `tag_unknown` where it is archived, `text_malformed`.
pub async fn ensure(tx: &mut Tx, cx: &Cx, name: &str) -> Result<TagId> {
    let name = text::line("name", name, NAME_CHARS_MAX)?;
    match store::named(tx, cx.merchant, &name).await? {
        Some(tag) => {
            must_be_manual(tx, cx, &[tag.id]).await?;
            Ok(tag.id)
        }
        None => Ok(create(tx, cx, &TagDraft { name, rule: None, archived: false }).await?.id),
    }
}

/// Gives a manual tag to those of the members who haven't got it and are still there. Answers how many.
///
/// Errors: those of [`give`].
pub async fn give_known(tx: &mut Tx, cx: &Cx, tag: TagId, ids: &[MemberId]) -> Result<i64> {
    prepare(tx, cx, tag, ids).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let had: HashSet<MemberId> =
        members::tags_of_many(tx, cx.merchant, ids).await?.into_iter().filter(|row| row.tag == tag).map(|row| row.member).collect();
    let there = members::facts::standing(tx, cx.merchant, ids).await?;
    // Whoever was merged meanwhile is the other one now.
    let new: BTreeSet<MemberId> = there.into_iter().map(|(_, now)| now).filter(|now| !had.contains(now)).collect();
    let rows: Vec<TagRow> = new.iter().map(|member| TagRow { member: *member, tag, by_rule: false }).collect();
    members::tag(tx, cx, &rows).await?;
    event::append(tx, cx, &events("member.tagged", new.iter().map(|member| Tagged { member: *member, tag }))).await?;
    Ok(i64::try_from(new.len()).unwrap_or(i64::MAX))
}

fn events(kind: &'static str, tagged: impl Iterator<Item = Tagged>) -> Vec<Event> {
    tagged.map(|tagged| Event::new(kind, tagged.member, &tagged)).collect()
}

/// What rules say that members have and lack.
#[derive(Default)]
struct Due {
    given: Vec<TagRow>,
    taken: BTreeMap<TagId, Vec<MemberId>>,
}

impl Due {
    /// Whom it concerns.
    fn members(&self) -> Vec<MemberId> {
        let all: BTreeSet<MemberId> = self.given.iter().map(|row| row.member).chain(self.taken.values().flatten().copied()).collect();
        all.into_iter().collect()
    }
}

/// Compares the tags that rules gave some members with what the rules say of their figures on a day.
async fn due(tx: &mut Tx, cx: &Cx, today: Date, stats: &[(MemberId, Stat)]) -> Result<Due> {
    let tags = store::with_rules(tx, cx.merchant).await?;
    if tags.is_empty() || stats.is_empty() {
        return Ok(Due::default());
    }
    let ids: Vec<MemberId> = stats.iter().map(|(id, _)| *id).collect();
    let windows: BTreeSet<i32> = tags.iter().filter_map(|tag| tag.rule.as_ref()).flat_map(super::TagRule::windows).collect();
    let since = |days: &i32| purchase::totals_since_stmt(cx.merchant, &ids, add_days(today, 1 - days));
    let answers = tx.batch(&windows.iter().map(since).collect::<Vec<_>>()).await?;
    let within = answers.iter().map(|rows| purchase::totals_since(rows)).collect::<Result<Vec<_>>>()?;
    let had: HashSet<(MemberId, TagId)> = members::tags_of_many(tx, cx.merchant, &ids)
        .await?
        .into_iter()
        .filter(|row| row.by_rule)
        .map(|row| (row.member, row.tag))
        .collect();
    let mut due = Due::default();
    for (member, stat) in stats {
        let totals =
            |(days, found): (&i32, &std::collections::HashMap<MemberId, Totals>)| (*days, found.get(member).copied().unwrap_or_default());
        let facts = TagFacts { ever: stat.totals(), within: windows.iter().zip(&within).map(totals).collect(), stage: Some(stat.stage) };
        for tag in &tags {
            let holds = tag.rule.as_ref().is_some_and(|rule| rule.holds(&facts, today));
            match (holds, had.contains(&(*member, tag.id))) {
                (true, false) => due.given.push(TagRow { member: *member, tag: tag.id, by_rule: true }),
                (false, true) => due.taken.entry(tag.id).or_default().push(*member),
                _ => {}
            }
        }
    }
    Ok(due)
}

/// Gives and takes the tags of all rules for some members, as their figures are on a day.
pub(crate) async fn recompute(tx: &mut Tx, cx: &Cx, today: Date, stats: &[(MemberId, Stat)]) -> Result<()> {
    let Due { given, taken } = due(tx, cx, today, stats).await?;
    members::tag(tx, cx, &given).await?;
    let mut log = events("member.tagged", given.iter().map(|row| Tagged { member: row.member, tag: row.tag }));
    for (tag, from) in taken {
        members::untag(tx, cx.merchant, tag, &from).await?;
        log.extend(events("member.untagged", from.into_iter().map(|member| Tagged { member, tag })));
    }
    event::append(tx, cx, &log).await
}

/// The same for every member, in batches; repeating it changes nothing more. Everybody is looked at by reading alone,
/// which holds nobody up; only those whose tags change are then taken, and looked at again.
pub async fn recompute_all(db: &Db, cx: &Cx, today: Date) -> Result<()> {
    let rules = db.read(cx, |tx, cx| Box::pin(store::with_rules(tx, cx.merchant))).await?;
    if rules.is_empty() {
        return Ok(());
    }
    let mut after = Some(MemberId(Uuid::nil()));
    while let Some(from) = after {
        let (changed, last) = db
            .read(&(cx, today, from), |tx, (cx, today, from)| {
                Box::pin(async move {
                    let stats = members::page_of_ids(tx, cx.merchant, *from, BATCH_MEMBERS).await?;
                    Ok((due(tx, cx, *today, &stats).await?.members(), stats.last().map(|(id, _)| *id)))
                })
            })
            .await?;
        if !changed.is_empty() {
            let input = (cx, today, changed);
            let written = db.write(&input, |tx, (cx, today, changed)| {
                Box::pin(async move {
                    let stats = members::lock_stats(tx, cx.merchant, changed).await?;
                    recompute(tx, cx, *today, &stats).await
                })
            });
            written.await?;
        }
        after = last;
    }
    Ok(())
}

/// The handler of jobs of kind [`RETAG`].
pub async fn retag_job(work: &Work, job: &Job) -> Result<()> {
    let cx = work.cx(job);
    let today = work.db.read(&cx, |tx, cx| Box::pin(async move { Ok(crate::ground(tx, cx.merchant).await?.today(cx)) })).await?;
    recompute_all(&work.db, &cx, today).await?;
    work.db.write(&(job, cx.now), |tx, (job, now)| Box::pin(job::finish(tx, job, *now))).await
}

/// What tags are called.
pub(crate) async fn names(tx: &mut Tx, cx: &Cx, ids: impl Iterator<Item = TagId>) -> Result<HashMap<TagId, String>> {
    let ids: BTreeSet<TagId> = ids.collect();
    let found = store::find(tx, cx.merchant, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|tag| (tag.id, tag.name)).collect())
}
