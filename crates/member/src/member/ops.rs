//! What is done with members.

use super::model::{Member, MemberBrief, MemberId, MemberKind, MemberState, Region, SealedBrief, SealedPerson, View, not_found};
use super::store::{self, Filter, Indexes, Key, Sort};
use super::view::MemberView;
use super::{MemberChange, enrol as enrolment, search as searching};
use crate::{Ground, card, consent, contact, dependent, field, ground as members_ground, group, note, pin, preference, sign_in, tag};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Limit, Page, Result};
use shuke_org::audit::{self, Entry};
use std::collections::HashMap;

pub use super::export::{export_page, numbers};
pub use super::known::{by_cards, by_phones};
pub use enrolment::{enrol, enrol_many};
pub use searching::{identify, search};

/// The payload of `member.changed` and `member.erased`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberChanged {
    /// Who.
    pub member: MemberId,
}

/// A member's record, or `member_not_found`.
pub async fn find(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<Member> {
    store::member(&tx.need(store::member_stmt(cx.merchant, id), not_found).await?)
}

/// Ok where there is such a member, else `member_not_found`.
pub async fn must_exist(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    tx.need(store::brief_stmt(cx.merchant, id), not_found).await.map(|_| ())
}

/// Holds a member's row where the member is neither erased nor merged.
///
/// Errors: `member_not_found`, `member_erased`, `member_merged`.
pub async fn must_be_there(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<Member> {
    hold(tx, cx, id).await?;
    let found = find(tx, cx, id).await?;
    still_there(&found)?;
    Ok(found)
}

/// Ok where a member is neither erased nor merged.
pub(crate) fn still_there(member: &Member) -> Result<()> {
    match (member.state, member.merged_into) {
        (MemberState::Erased, _) => Err(Error::refused("member_erased", "this member was erased; enrol the person anew")),
        (_, Some(into)) => Err(Error::refused("member_merged", "this member was merged into another; work on that one").field(
            "/member",
            "member_merged",
            into.to_string(),
        )),
        _ => Ok(()),
    }
}

/// Holds a member's row for the rest of the transaction; `member_not_found` where there is none.
pub(crate) async fn hold(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    if store::lock(tx, cx.merchant, id).await? { Ok(()) } else { Err(not_found()) }
}

/// Members by their ids, as the database holds them; those who are gone are left out.
pub async fn briefs(tx: &mut Tx, cx: &Cx, ids: &[MemberId]) -> Result<Vec<SealedBrief>> {
    store::briefs(tx, cx.merchant, ids).await
}

/// Members by their ids, as a view shows them; those who are gone are left out. None are asked for nothing.
pub async fn viewed(tx: &mut Tx, cx: &Cx, (vault, view): (&Vault, View), ids: &[MemberId]) -> Result<HashMap<MemberId, MemberBrief>> {
    let sealed = briefs(tx, cx, ids).await?;
    sealed.into_iter().map(|sealed| Ok((sealed.brief.id, sealed.view(vault, cx.merchant, view)?))).collect()
}

/// Everything about a member, as a view shows it: two round trips.
pub async fn show(tx: &mut Tx, cx: &Cx, vault: &Vault, id: MemberId, view: View) -> Result<MemberView> {
    let merchant = cx.merchant;
    let [a, b, c] = crate::ground::statements(merchant);
    let [member, cards, dependents, fields, consents, accepted, a, b, c] = tx
        .all([
            store::member_stmt(merchant, id),
            card::of_member_stmt(merchant, id),
            dependent::of_member_stmt(merchant, id),
            field::ops::values_stmt(merchant, id.0),
            consent::consents_stmt(merchant, id),
            consent::acceptances_stmt(merchant, id),
            a,
            b,
            c,
        ])
        .await?;
    let member = store::member(member.first().ok_or_else(not_found)?)?;
    let today = crate::ground::read(&a, &b, &c)?.today(cx);
    let person = match view {
        View::Nothing => super::PersonView::default(),
        _ => member.person.open(vault, merchant)?.view(view, today),
    };
    Ok(MemberView {
        cards: cards.iter().map(card::card).collect::<Result<_>>()?,
        dependents: dependent::ops::views(vault, merchant, view, &dependents)?,
        tags: tag::ops::of_member(tx, cx, id).await?,
        fields: field::ops::values(&fields)?,
        consents: consents.iter().map(consent::consent).collect::<Result<_>>()?,
        terms: accepted.iter().map(consent::acceptance).collect::<Result<_>>()?,
        ..MemberView::of(member, person)
    })
}

/// Everything about a member in full; the look is recorded in the audit log.
pub async fn reveal(tx: &mut Tx, cx: &Cx, vault: &Vault, id: MemberId) -> Result<MemberView> {
    let shown = show(tx, cx, vault, id, View::Full).await?;
    audit::ops::record(tx, cx, &Entry::new("member.looked", id)).await?;
    Ok(shown)
}

/// Members that a filter leaves, in an order. Another one than the newest first goes with no filter, or by figures
/// with a stage: what else is in a filter has no part in it.
pub async fn list(tx: &mut Tx, cx: &Cx, (filter, sort): (&Filter, Sort), after: Option<Key>, limit: Limit) -> Result<Page<SealedBrief>> {
    if sort == Sort::Newest {
        let stmt = store::filtered_stmt(cx.merchant, filter, after.as_ref(), limit.fetch());
        return Ok(searching::page(store::brief_rows(tx, stmt).await?, limit));
    }
    let found = store::sorted(tx, cx.merchant, (sort, filter.stage), after.as_ref(), limit.fetch()).await?;
    Ok(Page::of(found, limit, |row| Key::of(sort, row)))
}

/// Changes a member. What isn't given stays as it is.
///
/// Errors: `member_not_found`, `member_erased`, `member_merged`, `group_has_people`, `member_phone_taken`, `phone_malformed`,
/// `birthday_malformed`, `birthday_edits_used_up`, `store_unknown`, `field_values_malformed`, `text_malformed`.
pub async fn change(tx: &mut Tx, cx: &Cx, vault: &Vault, id: MemberId, change: &MemberChange) -> Result<()> {
    hold(tx, cx, id).await?;
    let ground: Ground = members_ground(tx, cx.merchant).await?;
    let mut member = find(tx, cx, id).await?;
    still_there(&member)?;
    if change.kind == Some(MemberKind::Individual) && member.kind == MemberKind::Group {
        group::ops::must_be_empty(tx, cx, id).await?;
    }
    let mut person = member.person.open(vault, cx.merchant)?;
    let state = member.state;
    let (phone, born) = (person.phone.clone(), person.birthday);
    change.apply(&ground, ground.today(cx), &mut member, &mut person)?;
    if change.store.is_some() {
        crate::ground::store_must_exist(tx, cx, member.home_store).await?;
    }
    let indexes = enrolment::indexes(vault, cx.merchant, &person);
    if let Some(index) = indexes.phone.as_ref().filter(|_| person.phone != phone) {
        enrolment::phone_must_be_free(tx, cx.merchant, index, Some(id)).await?;
    }
    if person.phone != phone {
        // Whoever has the old phone is not to stay signed in.
        sign_in::ops::clear(tx, cx.merchant, id).await?;
    }
    if let Some(max) = ground.birthday_edits_max.filter(|_| born.is_some() && person.birthday != born) {
        tx.queue(store::birthday_edit_stmt(cx.merchant, id, max)).await?;
    }
    member.person = enrolment::sealed(vault, cx.merchant, &person)?;
    store::update(tx, cx, &member, &indexes).await?;
    if let Some(values) = change.fields.as_ref().filter(|values| !values.is_empty()) {
        let fields = field::ops::list(tx, cx, field::FieldSubject::Member).await?;
        field::ops::put(tx, cx.merchant, id.0, &field::ops::check(&fields, values)?).await?;
    }
    if member.state != state {
        audit::ops::record(tx, cx, &Entry::new("member.state_changed", id).old(&state).new_value(&member.state)).await?;
    } else {
        // Which fields were changed, not from what to what: personal data doesn't go into the log.
        audit::ops::record(tx, cx, &Entry::new("member.changed", id).new_value(&change.changed())).await?;
    }
    event::append(tx, cx, &[Event::new("member.changed", id, &MemberChanged { member: id })]).await
}

/// Takes away everything that tells who a member was. Number, figures, purchases, acceptances and
/// the ledger stay. It can't be undone; a second time changes nothing.
///
/// Errors: `member_not_found`, `member_merged`.
pub async fn erase(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    hold(tx, cx, id).await?;
    let member = find(tx, cx, id).await?;
    if member.state == MemberState::Erased {
        return Ok(());
    }
    still_there(&member)?;
    erase_record(tx, cx, id).await?;
    card::ops::clear(tx, cx.merchant, id).await?;
    dependent::ops::clear(tx, cx.merchant, id).await?;
    field::ops::clear(tx, cx.merchant, id.0).await?;
    contact::ops::clear(tx, cx.merchant, id).await?;
    note::ops::clear(tx, cx.merchant, id).await?;
    preference::ops::clear(tx, cx.merchant, id).await?;
    pin::ops::clear(tx, cx.merchant, id).await?;
    sign_in::ops::clear(tx, cx.merchant, id).await?;
    group::ops::clear(tx, cx, id).await?;
    audit::ops::record(tx, cx, &Entry::new("member.erased", id)).await?;
    event::append(tx, cx, &[Event::new("member.erased", id, &MemberChanged { member: id })]).await
}

/// Empties the record itself: of a member who is erased, and of one that was merged into that member.
pub(crate) async fn erase_record(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    let member = find(tx, cx, id).await?;
    field::ops::clear(tx, cx.merchant, id.0).await?;
    preference::ops::clear(tx, cx.merchant, id).await?;
    pin::ops::clear(tx, cx.merchant, id).await?;
    let empty = Member {
        state: MemberState::Erased,
        person: SealedPerson::default(),
        gender: None,
        region: Region::default(),
        source: None,
        ..member
    };
    store::update(tx, cx, &empty, &Indexes::default()).await
}
