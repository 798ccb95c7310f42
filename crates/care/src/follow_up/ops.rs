//! Making follow-ups, giving them to somebody, recording what came of them.

use super::model::{
    self, Attempt, AttemptDraft, FollowUp, FollowUpChange, FollowUpDraft, FollowUpEnd, FollowUpId, FollowUpOutcome, FollowUpState,
    FollowUpWay, Hand, NOTE_CHARS_MAX, REASON_CHARS_MAX, SCRIPT_CHARS_MAX,
};
use super::store::{self, End, NewFollowUp, Sealed};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shuke_db::Tx;
use shuke_http::{Caller, Permission, Vault};
use shuke_jobs::{Event, event};
use shuke_kernel::{Actor, Cx, Date, Error, MerchantId, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::belonging::Pair;
use shuke_member::member::ops as members;
use shuke_member::member::store::facts;
use shuke_member::{consent, contact};
use shuke_org::audit::{self, Entry};
use shuke_org::staff::ops as staff;
use shuke_org::store::ops as stores;
use shuke_org::{StaffId, StoreId, text};

pub use super::batch::make as make_batch;
pub use super::look::{
    Assignee, FollowUpCounts, FollowUpDetail, FollowUpNumber, FollowUpRow, Wanted, assignees, counts, list, number, show,
};

/// The names of the sealed columns.
const SCRIPT: &str = "follow_up.script";
const END_NOTE: &str = "follow_up.end_note";
const NOTE: &str = "follow_up_attempt.note";

/// The payload of `follow_up.created`, `.changed`, `.attempted`, `.done` and `.given_up`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FollowUpEvent {
    /// Which.
    pub follow_up: FollowUpId,
    /// Who is to be contacted.
    pub member: MemberId,
    /// The store whose matter it is.
    pub store: Uuid,
    /// Where it stands.
    pub state: FollowUpState,
    /// By which day.
    pub due_on: Date,
    /// Who is to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<StaffId>,
    /// By what way somebody tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<FollowUpWay>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<FollowUpOutcome>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_how: Option<FollowUpEnd>,
}

impl FollowUpEvent {
    fn of(found: &FollowUp) -> Self {
        Self {
            follow_up: found.id,
            member: found.member,
            store: found.store,
            state: found.state,
            due_on: found.due_on,
            assigned_to: found.assigned_to,
            how: None,
            outcome: None,
            ended_how: found.ended_how,
        }
    }
}

pub(super) fn not_found() -> Error {
    Error::not_found("follow_up_not_found", "there is no such follow-up")
}

fn ended() -> Error {
    Error::conflict("follow_up_ended", "this follow-up has ended already; look at what came of it")
}

/// Who the caller is to a follow-up.
fn hand(caller: &Caller) -> Hand {
    let me = match caller.cx.actor {
        Actor::Staff(id) => Some(StaffId(id)),
        _ => None,
    };
    Hand { directs: caller.permissions.has(Permission::FollowUpWrite), staff: me }
}

/// The member of staff who calls; none for a program.
pub(super) fn me(caller: &Caller) -> Option<StaffId> {
    hand(caller).staff
}

/// Opens the texts of a follow-up: its own script, else its batch's.
pub(super) fn opened(vault: &Vault, merchant: MerchantId, sealed: Sealed) -> Result<FollowUp> {
    let open = |field: &str, text: Option<String>| text.map(|text| vault.open(merchant, field, &text)).transpose();
    let Sealed { mut follow_up, batch_script } = sealed;
    follow_up.script = open(SCRIPT, follow_up.script)?.or(batch_script);
    follow_up.end_note = open(END_NOTE, follow_up.end_note)?;
    Ok(follow_up)
}

/// Opens the notes of tries.
pub(super) fn opened_tries(vault: &Vault, merchant: MerchantId, mut tries: Vec<Attempt>) -> Result<Vec<Attempt>> {
    for one in &mut tries {
        one.note = one.note.take().map(|note| vault.open(merchant, NOTE, &note)).transpose()?;
    }
    Ok(tries)
}

/// A follow-up where the caller may see it.
///
/// Errors: `follow_up_not_found`.
pub(super) async fn seen(tx: &mut Tx, caller: &Caller, id: FollowUpId) -> Result<Sealed> {
    let found = store::find(tx, caller.cx.merchant, id).await?.ok_or_else(not_found)?;
    caller.may_in(found.follow_up.store).map_err(|_| not_found())?;
    Ok(found)
}

/// An open follow-up where the caller may see it, held for the rest of the transaction.
///
/// Errors: `follow_up_not_found`, `follow_up_ended`.
async fn held(tx: &mut Tx, caller: &Caller, id: FollowUpId) -> Result<Sealed> {
    seen(tx, caller, id).await?;
    let found = store::lock(tx, caller.cx.merchant, id).await?.ok_or_else(not_found)?;
    if found.follow_up.state != FollowUpState::Open {
        return Err(ended());
    }
    Ok(found)
}

async fn today_in(tx: &mut Tx, cx: &Cx, store: Uuid) -> Result<Date> {
    Ok(stores::show(tx, cx, StoreId(store)).await?.parsed_zone()?.date(cx.now))
}

/// Ok where somebody who is named works in the store.
///
/// Errors: `follow_up_assignee_wrong`.
pub(super) async fn must_work(tx: &mut Tx, cx: &Cx, assigned_to: Option<StaffId>, at: &[Uuid]) -> Result<()> {
    let Some(id) = assigned_to else { return Ok(()) };
    let wrong = || {
        let text =
            "whoever is to follow up works in the store, in a role that may; choose somebody else, or nobody for anybody of the store";
        Error::refused("follow_up_assignee_wrong", text).field("/assigned_to", "not_here", id.to_string())
    };
    let found = staff::show(tx, cx, id, None).await.map_err(|_| wrong())?;
    let works = |store: &Uuid| found.stores.as_ref().is_none_or(|stores| stores.iter().any(|own| own.0 == *store));
    let may = Permission::FollowUpRecord.held_by(found.role);
    if found.active && may && at.iter().all(works) { Ok(()) } else { Err(wrong()) }
}

/// What is said when a follow-up is made: reason and script.
pub(super) fn said(reason: &str, script: &str) -> Result<(String, Option<String>)> {
    Ok((text::line("reason", reason, REASON_CHARS_MAX)?, model::words("script", script, SCRIPT_CHARS_MAX)?))
}

/// Makes a follow-up for a member.
///
/// Errors: `member_not_found`, `member_erased`, `member_merged`, `follow_up_unwelcome`, `follow_up_store_missing`, `store_not_found`,
/// `store_not_yours`, `follow_up_day_wrong`, `follow_up_assignee_wrong`, `text_malformed`; `follow_up_open`, `follow_up_pkey` (conflict).
pub async fn create(tx: &mut Tx, caller: &Caller, vault: &Vault, draft: &FollowUpDraft) -> Result<FollowUp> {
    let cx = &caller.cx;
    let (reason, script) = said(&draft.reason, &draft.script)?;
    let member = members::must_be_there(tx, cx, draft.member).await?;
    if !consent::ops::unwelcoming(tx, cx, &[member.id]).await?.is_empty() {
        let text = "this member asked not to be contacted; follow up only when they give their consent again";
        return Err(Error::refused("follow_up_unwelcome", text));
    }
    let missing = || Error::invalid("follow_up_store_missing", "this member belongs to no store; say which store is to follow up");
    let store = draft.store.or(member.home_store.map(|store| store.0)).ok_or_else(missing)?;
    let today = today_in(tx, cx, store).await?;
    caller.may_in(store)?;
    let due_on = model::due(today, "/due_on", draft.due_on)?;
    must_work(tx, cx, draft.assigned_to, &[store]).await?;
    let script = script.map(|text| vault.seal(cx.merchant, SCRIPT, &text)).transpose()?;
    let new = NewFollowUp { id: draft.id, member: member.id, store, reason, script, batch: None, due_on, assigned_to: draft.assigned_to };
    store::insert_one(tx, cx, &new).await?;
    let made = store::find(tx, cx.merchant, draft.id).await?.ok_or_else(not_found)?.follow_up;
    told(tx, cx, "follow_up.created", &FollowUpEvent::of(&made)).await?;
    let made = opened(vault, cx.merchant, Sealed { follow_up: made, batch_script: None })?;
    Ok(made)
}

/// Writes the event, and who did it: without a word of what is personal.
async fn told(tx: &mut Tx, cx: &Cx, kind: &'static str, told: &FollowUpEvent) -> Result<()> {
    audit::ops::record(tx, cx, &Entry::new(kind, told.follow_up).new_value(told)).await?;
    event::append(tx, cx, &[Event::new(kind, told.follow_up, told)]).await
}

/// Writes the events of what a batch made; its audit entry is one.
pub(super) async fn told_made(tx: &mut Tx, cx: &Cx, made: &[FollowUpEvent]) -> Result<()> {
    for some in made.chunks(500) {
        let events: Vec<Event> = some.iter().map(|one| Event::new("follow_up.created", one.follow_up, one)).collect();
        event::append(tx, cx, &events).await?;
    }
    Ok(())
}

/// Gives an open follow-up another day, or to somebody else. Who doesn't direct others takes what is nobody's, and moves
/// their own.
///
/// Errors: `follow_up_not_found`, `follow_up_ended`, `follow_up_taken`, `permission_missing`, `follow_up_day_wrong`,
/// `follow_up_assignee_wrong`.
pub async fn change(tx: &mut Tx, caller: &Caller, vault: &Vault, id: FollowUpId, change: &FollowUpChange) -> Result<FollowUp> {
    let (cx, hand) = (&caller.cx, hand(caller));
    let found = held(tx, caller, id).await?;
    let old = FollowUpChange { due_on: found.follow_up.due_on, assigned_to: found.follow_up.assigned_to };
    if *change == old {
        return opened(vault, cx.merchant, found);
    }
    if !hand.decides(old.assigned_to) {
        return Err(taken(caller));
    }
    if !hand.may_give(change.assigned_to) {
        caller.may(Permission::FollowUpWrite)?;
    }
    if change.due_on != old.due_on {
        model::due(today_in(tx, cx, found.follow_up.store).await?, "/due_on", change.due_on)?;
    }
    if change.assigned_to != old.assigned_to {
        must_work(tx, cx, change.assigned_to, &[found.follow_up.store]).await?;
    }
    if !store::change(tx, cx.merchant, id, change.due_on, change.assigned_to).await? {
        return Err(ended());
    }
    let mut new = found;
    (new.follow_up.due_on, new.follow_up.assigned_to) = (change.due_on, change.assigned_to);
    audit::ops::record(tx, cx, &Entry::new("follow_up.changed", id).old(&old).new_value(change)).await?;
    event::append(tx, cx, &[Event::new("follow_up.changed", id, &FollowUpEvent::of(&new.follow_up))]).await?;
    opened(vault, cx.merchant, new)
}

fn taken(caller: &Caller) -> Error {
    match me(caller) {
        Some(_) => Error::conflict("follow_up_taken", "a colleague has this follow-up; ask them, or a manager to give it to you"),
        None => caller.may(Permission::FollowUpWrite).err().unwrap_or_else(not_found),
    }
}

/// Ends an open follow-up without an answer, and says why.
///
/// Errors: `follow_up_not_found`, `follow_up_ended`, `follow_up_taken`, `permission_missing`, `text_malformed`.
pub async fn give_up(tx: &mut Tx, caller: &Caller, vault: &Vault, id: FollowUpId, reason: &str) -> Result<FollowUp> {
    let cx = &caller.cx;
    let note = text::line("reason", reason, NOTE_CHARS_MAX)?;
    let found = held(tx, caller, id).await?;
    if !hand(caller).decides(found.follow_up.assigned_to) {
        return Err(taken(caller));
    }
    let end = End { state: FollowUpState::GivenUp, how: FollowUpEnd::GivenUp, note: Some(vault.seal(cx.merchant, END_NOTE, &note)?) };
    close(tx, cx, &found.follow_up, &end, None).await?;
    opened(vault, cx.merchant, store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?)
}

/// Ends one that is held, with its event.
async fn close(tx: &mut Tx, cx: &Cx, found: &FollowUp, end: &End, tried: Option<&AttemptDraft>) -> Result<()> {
    if !store::end(tx, cx, found.id, end).await? {
        return Err(ended());
    }
    let kind = if end.state == FollowUpState::Done { "follow_up.done" } else { "follow_up.given_up" };
    let event = FollowUpEvent {
        state: end.state,
        ended_how: Some(end.how),
        how: tried.map(|tried| tried.how),
        outcome: tried.map(|tried| tried.outcome),
        ..FollowUpEvent::of(found)
    };
    told(tx, cx, kind, &event).await
}

/// Records a try and what came of it. Who asks not to be contacted has every consent withdrawn, and all their open
/// follow-ups end.
///
/// Errors: `follow_up_not_found`, `follow_up_ended`, `follow_up_next_missing`, `follow_up_next_unneeded`, `follow_up_day_wrong`,
/// `text_malformed`; `follow_up_changed` (conflict) where its member was merged meanwhile.
pub async fn record(tx: &mut Tx, caller: &Caller, vault: &Vault, id: FollowUpId, draft: &AttemptDraft) -> Result<FollowUp> {
    let cx = &caller.cx;
    let note = model::words("note", &draft.note, NOTE_CHARS_MAX)?;
    let member = seen(tx, caller, id).await?.follow_up.member;
    // The member first, as everywhere: a merge or an erasure waits, or is through.
    if draft.outcome == FollowUpOutcome::DoNotContact {
        consent::ops::withdraw_all(tx, cx, member).await?;
    } else {
        facts::held(tx, cx.merchant, &[member]).await?;
    }
    let found = held(tx, caller, id).await?.follow_up;
    if found.member != member {
        return Err(Error::conflict("follow_up_changed", "somebody has just changed this follow-up; read it again and repeat it"));
    }
    let next_on = draft.next(today_in(tx, cx, found.store).await?)?;
    let attempt = Attempt {
        number: found.attempts + 1,
        how: draft.how,
        outcome: draft.outcome,
        note: note.map(|note| vault.seal(cx.merchant, NOTE, &note)).transpose()?,
        next_on,
        at: cx.now,
        actor: cx.actor.text(),
    };
    if !store::insert_attempt(tx, cx, id, &attempt).await? {
        return Err(ended());
    }
    if let Some(contact) = draft.outcome.contact(draft.how, &found.reason) {
        contact::ops::append(tx, cx, &[(member, contact)]).await?;
    }
    if let Some(next) = next_on {
        let event = FollowUpEvent { due_on: next, how: Some(draft.how), outcome: Some(draft.outcome), ..FollowUpEvent::of(&found) };
        told(tx, cx, "follow_up.attempted", &event).await?;
    } else {
        close(tx, cx, &found, &End { state: FollowUpState::Done, how: FollowUpEnd::Result, note: None }, Some(draft)).await?;
    }
    if draft.outcome == FollowUpOutcome::DoNotContact {
        end_all(tx, cx, member, FollowUpEnd::Unwelcome).await?;
    }
    opened(vault, cx.merchant, store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?)
}

/// Ends whatever is open for a member.
async fn end_all(tx: &mut Tx, cx: &Cx, member: MemberId, how: FollowUpEnd) -> Result<Vec<FollowUpId>> {
    let open = store::lock_open(tx, cx.merchant, member).await?;
    let ids: Vec<FollowUpId> = open.into_iter().map(|(id, _)| id).collect();
    end_these(tx, cx, &ids, how).await?;
    Ok(ids)
}

async fn end_these(tx: &mut Tx, cx: &Cx, ids: &[FollowUpId], how: FollowUpEnd) -> Result<()> {
    let end = End { state: FollowUpState::GivenUp, how, note: None };
    for id in ids {
        let found = store::find(tx, cx.merchant, *id).await?.ok_or_else(not_found)?.follow_up;
        close(tx, cx, &found, &end, None).await?;
    }
    Ok(())
}

/// Ends what is open for a member who wants no contact; who does want it keeps it.
pub(super) async fn unwelcome(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    facts::held(tx, cx.merchant, &[member]).await?;
    if consent::ops::unwelcoming(tx, cx, &[member]).await?.is_empty() {
        return Ok(());
    }
    end_all(tx, cx, member, FollowUpEnd::Unwelcome).await.map(|_| ())
}

/// What a merge did to follow-ups.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Moved {
    /// Those that went over.
    moved: Vec<FollowUpId>,
    /// Those of them that ended, because the survivor has an open one for the same reason.
    ended: Vec<FollowUpId>,
}

/// Gives a member's follow-ups to another.
pub(crate) async fn merge(tx: &mut Tx, cx: &Cx, pair: Pair) -> Result<Moved> {
    let ours = store::lock_open(tx, cx.merchant, pair.into).await?;
    let theirs = store::lock_open(tx, cx.merchant, pair.from).await?;
    let twice = |(_, reason): &(FollowUpId, String)| ours.iter().any(|(_, own)| own == reason);
    let ended: Vec<FollowUpId> = theirs.iter().filter(|open| twice(open)).map(|(id, _)| *id).collect();
    end_these(tx, cx, &ended, FollowUpEnd::Merged).await?;
    let moved = store::ids_of(tx, cx.merchant, pair.from).await?;
    for id in &moved {
        store::give(tx, cx.merchant, *id, (pair.from, pair.into)).await?;
    }
    Ok(Moved { moved, ended })
}

/// Gives them back.
pub(crate) async fn unmerge(tx: &mut Tx, cx: &Cx, pair: Pair, kept: &Moved) -> Result<()> {
    for id in &kept.moved {
        store::give(tx, cx.merchant, *id, (pair.into, pair.from)).await?;
    }
    for id in &kept.ended {
        store::reopen(tx, cx.merchant, *id).await?;
    }
    Ok(())
}

/// Ends what is open for a member who is erased, and takes away what was written.
pub(crate) async fn erase(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    end_all(tx, cx, member, FollowUpEnd::Erased).await?;
    store::clear(tx, cx.merchant, member).await
}

/// Everything about a member's follow-ups.
pub(crate) async fn export(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId) -> Result<Value> {
    let filter = store::Filter { member: Some(member), ..store::Filter::default() };
    let mut told = Vec::new();
    for sealed in store::page(tx, cx.merchant, &filter, None, i64::MAX).await? {
        let tries = store::attempts(tx, cx.merchant, sealed.follow_up.id).await?;
        let tries = opened_tries(vault, cx.merchant, tries)?;
        told.push(json!({ "follow_up": opened(vault, cx.merchant, sealed)?, "attempts": tries }));
    }
    Ok(json!({ "follow_ups": told }))
}
