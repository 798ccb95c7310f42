//! Joining and leaving a group, and who may use what is the group's.

use super::model::PEOPLE_MAX_DEFAULT;
use super::store::{self, PersonRow};
use super::{GroupDraft, GroupPart, GroupPerson, GroupView, PersonDraft};
use crate::card;
use crate::member::store as members;
use crate::member::{self, Member, MemberBrief, MemberId, MemberKind, MemberState, View};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, MerchantId, Result};
use std::collections::HashMap;

/// The payload of `member.group_changed`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupChanged {
    /// The group.
    pub group: MemberId,
    /// Who joined or left.
    pub person: MemberId,
    /// Whether they left.
    pub left: bool,
}

async fn group(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<Member> {
    member::ops::hold(tx, cx, id).await?;
    let found = member::ops::find(tx, cx, id).await?;
    if found.kind != MemberKind::Group {
        return Err(Error::refused("group_needed", "this member is one person; change the member's kind to group first"));
    }
    usable(&found)?;
    Ok(found)
}

fn usable(member: &Member) -> Result<()> {
    match member.state {
        MemberState::Active | MemberState::Frozen => Ok(()),
        _ => Err(Error::refused("member_gone", "this member was erased or merged into another")),
    }
}

/// Lets a person join a group.
///
/// Errors: `member_not_found`, `group_needed`, `group_nested`, `member_gone`, `group_full`,
/// `group_person_taken`.
pub async fn join(tx: &mut Tx, cx: &Cx, vault: &Vault, view: View, id: MemberId, draft: PersonDraft) -> Result<GroupView> {
    group(tx, cx, id).await?;
    let person = member::ops::find(tx, cx, draft.person).await?;
    usable(&person)?;
    if person.kind == MemberKind::Group {
        return Err(Error::refused("group_nested", "a group can't belong to a group; add its people one by one"));
    }
    store::open(tx, cx.merchant, id).await?;
    store::count(tx, cx.merchant, id, 1).await?;
    store::add(tx, cx, id, draft.person, draft.part).await?;
    told(tx, cx, id, draft.person, false).await?;
    show(tx, cx, vault, view, id).await
}

/// Takes a person out of a group.
///
/// Errors: `member_not_found`, `group_needed`, `group_person_not_found`.
pub async fn leave(tx: &mut Tx, cx: &Cx, id: MemberId, person: MemberId) -> Result<()> {
    group(tx, cx, id).await?;
    if store::remove(tx, cx.merchant, id, person).await? == 0 {
        return Err(Error::not_found("group_person_not_found", "this person doesn't belong to the group"));
    }
    store::count(tx, cx.merchant, id, -1).await?;
    told(tx, cx, id, person, true).await
}

/// Sets how many people may belong to a group.
///
/// Errors: `member_not_found`, `group_needed`, `group_limit_malformed`, `group_full` where more are there.
pub async fn limit(tx: &mut Tx, cx: &Cx, vault: &Vault, view: View, id: MemberId, draft: GroupDraft) -> Result<GroupView> {
    let draft = draft.check()?;
    group(tx, cx, id).await?;
    store::open(tx, cx.merchant, id).await?;
    store::limit(tx, cx.merchant, id, draft.people_max).await?;
    show(tx, cx, vault, view, id).await
}

/// A group with its people.
///
/// Errors: `member_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, vault: &Vault, view: View, id: MemberId) -> Result<GroupView> {
    member::ops::must_exist(tx, cx, id).await?;
    let [limit, rows] = tx.all([store::group_stmt(cx.merchant, id), store::people_stmt(cx.merchant, id)]).await?;
    let people_max = limit.first().map_or(Ok(PEOPLE_MAX_DEFAULT), |row| row.get(1))?;
    Ok(GroupView { group: id, people_max, people: people(tx, cx.merchant, vault, view, &rows).await? })
}

/// The groups of a person.
///
/// Errors: `member_not_found`.
pub async fn of_person(tx: &mut Tx, cx: &Cx, vault: &Vault, view: View, id: MemberId) -> Result<Vec<GroupPerson>> {
    member::ops::must_exist(tx, cx, id).await?;
    let rows = tx.rows(store::groups_stmt(cx.merchant, id)).await?;
    people(tx, cx.merchant, vault, view, &rows).await
}

async fn people(tx: &mut Tx, merchant: MerchantId, vault: &Vault, view: View, rows: &[shuke_db::Row]) -> Result<Vec<GroupPerson>> {
    let rows = rows.iter().map(store::person).collect::<Result<Vec<PersonRow>>>()?;
    let ids: Vec<MemberId> = rows.iter().map(|row| row.person).collect();
    let mut out = Vec::with_capacity(rows.len());
    let briefs = members::briefs(tx, merchant, &ids).await?;
    for row in rows {
        if let Some(found) = briefs.iter().find(|found| found.brief.id == row.person) {
            out.push(GroupPerson { member: found.clone().view(vault, merchant, view)?, part: row.part, joined_at: row.joined_at });
        }
    }
    Ok(out)
}

/// Who may use a member's cards and value beside the member: the people of a group, and those with
/// whom a card is shared.
///
/// Errors: `member_not_found`.
pub async fn users(tx: &mut Tx, cx: &Cx, vault: &Vault, view: View, id: MemberId) -> Result<Vec<MemberBrief>> {
    member::ops::must_exist(tx, cx, id).await?;
    let [people, sharers] = tx.all([store::people_stmt(cx.merchant, id), card::sharers_stmt(cx.merchant, id)]).await?;
    let mut ids: Vec<MemberId> = people.iter().chain(&sharers).map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.sort_unstable();
    ids.dedup();
    let mut found = members::briefs(tx, cx.merchant, &ids).await?;
    found.sort_by_key(|sealed| sealed.brief.id);
    found.into_iter().filter(|sealed| sealed.brief.is_active()).map(|sealed| sealed.view(vault, cx.merchant, view)).collect()
}

/// Ok where a person may use what is a member's, else `user_not_allowed`.
pub async fn may_use(tx: &mut Tx, cx: &Cx, member: MemberId, person: MemberId) -> Result<()> {
    let belongs = store::belongs_stmt(cx.merchant, member, person);
    let [belongs, shares, person] =
        tx.all([belongs, card::shares_stmt(cx.merchant, member, person), members::brief_stmt(cx.merchant, person)]).await?;
    let active = person.first().map(members::brief_read).transpose()?.is_some_and(|brief| brief.is_active());
    if active && !(belongs.is_empty() && shares.is_empty()) {
        return Ok(());
    }
    Err(Error::refused(
        "user_not_allowed",
        "this person neither belongs to the group nor shares a card of the member; add the person first",
    )
    .field("/identity/used_by", "user_not_allowed", "see who may use the member's cards"))
}

/// The numbers of those of some members who are persons, and whose cards nobody else may use.
pub async fn by_themselves(tx: &mut Tx, cx: &Cx, ids: &[MemberId]) -> Result<HashMap<MemberId, String>> {
    let sharing = card::sharing(tx, cx.merchant, ids).await?;
    let briefs = members::briefs(tx, cx.merchant, ids).await?.into_iter().map(|sealed| sealed.brief);
    let alone = briefs.filter(|brief| brief.kind == MemberKind::Individual && !sharing.contains(&brief.id));
    Ok(alone.map(|brief| (brief.id, brief.number)).collect())
}

/// Refuses that a group with people becomes a person.
pub(crate) async fn must_be_empty(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    let people: i64 = tx.row(store::group_stmt(cx.merchant, id)).await?.map_or(Ok(0), |row| row.get(0))?;
    if people == 0 {
        return Ok(());
    }
    Err(Error::refused("group_has_people", "people belong to this group; take them out first"))
}

/// Takes a person who is erased out of every group, and everybody out of a group that is erased.
pub(crate) async fn clear(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    let [groups, people] = tx.all([store::groups_stmt(cx.merchant, id), store::people_stmt(cx.merchant, id)]).await?;
    for row in &groups {
        let group = store::person(row)?.person;
        store::remove(tx, cx.merchant, group, id).await?;
        store::count(tx, cx.merchant, group, -1).await?;
    }
    for row in &people {
        store::remove(tx, cx.merchant, id, store::person(row)?.person).await?;
        store::count(tx, cx.merchant, id, -1).await?;
    }
    Ok(())
}

async fn told(tx: &mut Tx, cx: &Cx, group: MemberId, person: MemberId, left: bool) -> Result<()> {
    event::append(tx, cx, &[Event::new("member.group_changed", group, &GroupChanged { group, person, left })]).await
}

/// What of groups is taken along when one member is merged into another, and what it takes to undo that.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Moved {
    /// Groups in which the other one now stands.
    groups: Vec<MemberId>,
    /// Groups in which both were: the absorbed one left.
    left: Vec<(MemberId, GroupPart)>,
    /// People who came over from the absorbed group.
    people: Vec<MemberId>,
    /// People who were in both: they left the absorbed group.
    left_people: Vec<(MemberId, GroupPart)>,
}

/// Takes memberships and people along.
///
/// Errors: `group_full`.
pub(crate) async fn merge(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId) -> Result<Moved> {
    let merchant = cx.merchant;
    let [theirs, ours, their_people, our_people] = tx
        .all([
            store::groups_stmt(merchant, from),
            store::groups_stmt(merchant, into),
            store::people_stmt(merchant, from),
            store::people_stmt(merchant, into),
        ])
        .await?;
    let read = |rows: &[shuke_db::Row]| rows.iter().map(store::person).collect::<Result<Vec<_>>>();
    let (ours, our_people) = (read(&ours)?, read(&our_people)?);
    let mut moved = Moved::default();
    for row in read(&theirs)? {
        if ours.iter().any(|own| own.person == row.person) {
            store::remove(tx, merchant, row.person, from).await?;
            store::count(tx, merchant, row.person, -1).await?;
            moved.left.push((row.person, row.part));
        } else {
            store::replace(tx, merchant, row.person, from, into).await?;
            moved.groups.push(row.person);
        }
    }
    for row in read(&their_people)? {
        store::open(tx, merchant, into).await?;
        store::count(tx, merchant, from, -1).await?;
        if our_people.iter().any(|own| own.person == row.person) {
            store::remove(tx, merchant, from, row.person).await?;
            moved.left_people.push((row.person, row.part));
        } else {
            store::count(tx, merchant, into, 1).await?;
            store::move_person(tx, merchant, row.person, from, into).await?;
            moved.people.push(row.person);
        }
    }
    Ok(moved)
}

/// Brings back what [`merge`] took along; who has left meanwhile stays out.
pub(crate) async fn unmerge(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId, moved: &Moved) -> Result<()> {
    let merchant = cx.merchant;
    for group in &moved.groups {
        store::replace(tx, merchant, *group, into, from).await?;
    }
    for (group, part) in &moved.left {
        store::count(tx, merchant, *group, 1).await?;
        store::add(tx, cx, *group, from, *part).await?;
    }
    for person in &moved.people {
        if !tx.rows(store::belongs_stmt(merchant, into, *person)).await?.is_empty() {
            store::count(tx, merchant, into, -1).await?;
            store::count(tx, merchant, from, 1).await?;
            store::move_person(tx, merchant, *person, into, from).await?;
        }
    }
    for (person, part) in &moved.left_people {
        store::count(tx, merchant, from, 1).await?;
        store::add(tx, cx, from, *person, *part).await?;
    }
    Ok(())
}
