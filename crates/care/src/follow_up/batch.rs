//! Follow-ups for everybody who has a tag, in one transaction.

use super::model::{self, BATCH_MEMBERS_MAX, FollowUpBatch, FollowUpBatchDraft, FollowUpState, Place};
use super::ops::{self, FollowUpEvent};
use super::store::{self, NewFollowUp};
use shuke_db::Tx;
use shuke_http::Caller;
use shuke_kernel::{Date, Error, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::consent;
use shuke_member::member::store::facts;
use shuke_member::tag::ops as tags;
use shuke_org::StoreId;
use shuke_org::audit::{self, Entry};
use shuke_org::store::ops as stores;
use std::collections::BTreeSet;

/// Members that one statement asks about.
const ASKED_MAX: usize = 500;

/// Members of a batch, each with the store in which they are followed up, and those who are passed over, counted.
#[derive(Default)]
struct Sorted {
    placed: Vec<(MemberId, Uuid)>,
    unwelcome: i64,
    nowhere: i64,
    elsewhere: i64,
}

/// Makes a follow-up for each member who has a tag. Passed over, and counted, is who has an open one for the reason
/// already, who wants no contact, and whose store is none or not the caller's.
///
/// Errors: `tag_not_found`, `follow_up_members_too_many`, `store_not_found`, `store_not_yours`, `follow_up_day_wrong`,
/// `follow_up_assignee_wrong`, `text_malformed`; `follow_up_batch_pkey` (conflict).
pub async fn make(tx: &mut Tx, caller: &Caller, draft: &FollowUpBatchDraft) -> Result<FollowUpBatch> {
    let cx = &caller.cx;
    let (reason, script) = ops::said(&draft.reason, &draft.script)?;
    let tag = tags::show(tx, cx, draft.tag).await?;
    if let Some(store) = draft.store {
        stores::show(tx, cx, StoreId(store)).await?;
        caller.may_in(store)?;
    }
    let sorted = sort(tx, caller, draft).await?;
    let at: BTreeSet<Uuid> = sorted.placed.iter().map(|(_, store)| *store).chain(draft.store).collect();
    let at: Vec<Uuid> = at.into_iter().collect();
    for today in todays(tx, caller, &at).await? {
        model::due(today, "/due_on", draft.due_on)?;
    }
    ops::must_work(tx, cx, draft.assigned_to, &at).await?;
    let new: Vec<NewFollowUp> = sorted
        .placed
        .iter()
        .map(|(member, store)| NewFollowUp {
            id: cx.id(),
            member: *member,
            store: *store,
            reason: reason.clone(),
            script: None,
            batch: Some(draft.id),
            due_on: draft.due_on,
            assigned_to: draft.assigned_to,
        })
        .collect();
    let made = i64::try_from(store::insert_missing(tx, cx, &new).await?).unwrap_or(i64::MAX);
    let batch = FollowUpBatch {
        id: draft.id,
        tag: tag.id,
        reason,
        due_on: draft.due_on,
        made,
        had_one: i64::try_from(new.len()).unwrap_or(i64::MAX) - made,
        unwelcome: sorted.unwelcome,
        without_store: sorted.nowhere,
        elsewhere: sorted.elsewhere,
        created_at: cx.now,
    };
    store::insert_batch(tx, cx, draft, script.as_deref(), &batch).await?;
    let events: Vec<FollowUpEvent> = store::of_batch(tx, cx.merchant, draft.id)
        .await?
        .into_iter()
        .map(|(follow_up, member, store)| FollowUpEvent {
            follow_up,
            member,
            store,
            state: FollowUpState::Open,
            due_on: draft.due_on,
            assigned_to: draft.assigned_to,
            how: None,
            outcome: None,
            ended_how: None,
        })
        .collect();
    ops::told_made(tx, cx, &events).await?;
    audit::ops::record(tx, cx, &Entry::new("follow_up.batch_made", draft.id).new_value(&batch)).await?;
    Ok(batch)
}

/// Where each member with the tag comes to stand. They are held: nobody is erased, merged or says no meanwhile.
async fn sort(tx: &mut Tx, caller: &Caller, draft: &FollowUpBatchDraft) -> Result<Sorted> {
    let cx = &caller.cx;
    let fetch = i64::try_from(BATCH_MEMBERS_MAX + 1).unwrap_or(i64::MAX);
    let tagged = facts::tagged(tx, cx.merchant, draft.tag, MemberId(Uuid::nil()), fetch).await?;
    if tagged.len() > BATCH_MEMBERS_MAX {
        let text =
            format!("more than {BATCH_MEMBERS_MAX} members have this tag; nobody can call so many, so narrow it to those who matter most");
        return Err(Error::refused("follow_up_members_too_many", text));
    }
    let mut sorted = Sorted::default();
    for some in tagged.chunks(ASKED_MAX) {
        let there = facts::held(tx, cx.merchant, some).await?;
        let unwelcoming = consent::ops::unwelcoming(tx, cx, some).await?;
        for member in there {
            match model::place(member, draft.store, caller.stores.as_deref(), &unwelcoming) {
                Place::Store(store) => sorted.placed.push((member.0, store)),
                Place::Unwelcome => sorted.unwelcome += 1,
                Place::Nowhere => sorted.nowhere += 1,
                Place::Elsewhere => sorted.elsewhere += 1,
            }
        }
    }
    Ok(sorted)
}

/// The dates of today in these stores; the merchant's where there is none.
async fn todays(tx: &mut Tx, caller: &Caller, at: &[Uuid]) -> Result<BTreeSet<Date>> {
    let cx = &caller.cx;
    if at.is_empty() {
        return Ok(BTreeSet::from([shuke_member::ground(tx, cx.merchant).await?.today(cx)]));
    }
    let zones = stores::zones(tx, cx.merchant).await?;
    Ok(zones.iter().filter(|(store, _)| at.contains(&store.0)).map(|(_, zone)| zone.date(cx.now)).collect())
}
