//! This crate's own part of a member: the record and all that hangs on it.

use crate::belonging::{Belonging, Pair};
use crate::member::absorb::{self, Filled};
use crate::member::{self, MemberId, View};
use crate::{
    CardId, DependentId, FieldId, TagId, card, consent, contact, dependent, field, group, note, pin, preference, purchase, relationship,
    sign_in, wechat,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Limit, Result, Uuid};

/// The part of this crate.
#[derive(Clone, Copy, Debug)]
pub struct OwnPart;

/// What undoing needs.
#[derive(Serialize, Deserialize)]
struct Kept {
    record: Filled,
    cards: Vec<CardId>,
    shares: card::ops::MovedShares,
    dependents: Vec<DependentId>,
    contacts: Vec<Uuid>,
    notes: Vec<note::NoteId>,
    tags: Vec<TagId>,
    fields: Vec<FieldId>,
    consents: Vec<consent::ops::KeptConsent>,
    terms: Vec<String>,
    preferences: Vec<String>,
    groups: group::ops::Moved,
    purchases: purchase::ops::Moved,
}

fn to_json<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::internal(error.to_string()))
}

fn from_json<T: DeserializeOwned>(value: &Value) -> Result<T> {
    serde_json::from_value(value.clone()).map_err(|error| Error::internal(format!("a part of a merge: {error}")))
}

impl Belonging for OwnPart {
    fn name(&self) -> &'static str {
        "member"
    }

    fn tables(&self) -> &'static [&'static str] {
        &[
            "birthday_edit",
            "card",
            "card_share",
            "consent",
            "consent_change",
            "contact",
            "dependent",
            "group_person",
            "member_code_use",
            "member_note",
            "member_pin",
            "member_preference",
            "member_session",
            "member_stat",
            "member_tag",
            "member_wechat",
            "merge_late",
            "purchase",
            "stage_change",
            "terms_acceptance",
        ]
    }

    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, vault: &'t Vault, member: MemberId) -> Future<'t, Value> {
        Box::pin(export(tx, cx, vault, member))
    }

    fn erase<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, member: MemberId) -> Future<'t, ()> {
        Box::pin(async move {
            pin::ops::clear(tx, cx.merchant, member).await?;
            sign_in::ops::clear(tx, cx.merchant, member).await
        })
    }

    fn merge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, vault: &'t Vault, pair: Pair) -> Future<'t, Value> {
        Box::pin(async move { to_json(&merge(tx, cx, vault, pair).await?) })
    }

    fn unmerge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, vault: &'t Vault, pair: Pair, kept: &'t Value) -> Future<'t, ()> {
        Box::pin(async move { unmerge(tx, cx, vault, pair, &from_json(kept)?).await })
    }
}

async fn merge(tx: &mut Tx, cx: &Cx, vault: &Vault, pair: Pair) -> Result<Kept> {
    let Pair { from, into, .. } = pair;
    let merchant = cx.merchant;
    // Whoever was signed in as the absorbed member signs in anew, as the survivor.
    sign_in::ops::clear(tx, merchant, from).await?;
    let record = absorb::fill(tx, cx, vault, from, into).await?;
    let cards = card::move_all(tx, merchant, from, into, None).await?;
    Ok(Kept {
        record,
        shares: card::ops::merge_shares(tx, cx, from, into, &cards).await?,
        cards,
        dependents: dependent::move_all(tx, merchant, from, into, None).await?,
        contacts: contact::move_all(tx, merchant, from, into, None).await?,
        notes: note::store::move_all(tx, merchant, from, into, None).await?,
        tags: member::store::copy_tags(tx, cx, from, into).await?,
        fields: field::ops::copy_missing(tx, merchant, from.0, into.0).await?,
        consents: consent::ops::merge(tx, cx, from, into).await?,
        terms: consent::ops::copy_accepted(tx, cx, from, into).await?,
        preferences: preference::ops::merge(tx, cx, vault, from, into).await?,
        groups: group::ops::merge(tx, cx, from, into).await?,
        purchases: purchase::ops::move_over(tx, cx, from, into).await?,
    })
}

async fn unmerge(tx: &mut Tx, cx: &Cx, vault: &Vault, pair: Pair, kept: &Kept) -> Result<()> {
    let Pair { from, into, .. } = pair;
    let merchant = cx.merchant;
    let late = super::ops::late(tx, merchant, pair).await?;
    purchase::ops::move_back(tx, cx, from, into, &kept.purchases, &late).await?;
    group::ops::unmerge(tx, cx, from, into, &kept.groups).await?;
    preference::ops::unmerge(tx, cx, vault, into, &kept.preferences).await?;
    consent::ops::uncopy_accepted(tx, merchant, into, &kept.terms).await?;
    consent::ops::unmerge(tx, merchant, into, &kept.consents).await?;
    field::ops::uncopy(tx, merchant, into.0, &kept.fields).await?;
    for tag in &kept.tags {
        member::store::untag(tx, merchant, *tag, &[into]).await?;
    }
    note::store::move_all(tx, merchant, into, from, Some(&kept.notes)).await?;
    contact::move_all(tx, merchant, into, from, Some(&kept.contacts)).await?;
    dependent::move_all(tx, merchant, into, from, Some(&kept.dependents)).await?;
    card::ops::unmerge_shares(tx, cx, from, into, &kept.shares).await?;
    card::move_all(tx, merchant, into, from, Some(&kept.cards)).await?;
    absorb::unfill(tx, cx, vault, from, into, &kept.record).await
}

/// Rows of one page.
const PAGE_ROWS: u32 = 200;

async fn export(tx: &mut Tx, cx: &Cx, vault: &Vault, id: MemberId) -> Result<Value> {
    let limit = Limit::new(Some(PAGE_ROWS))?;
    let profile = member::ops::show(tx, cx, vault, id, View::Full).await?;
    let (mut contacts, mut before) = (Vec::new(), None);
    loop {
        let page = contact::ops::list(tx, cx, id, before, limit).await?;
        before = page.items.last().map(|contact| contact.id);
        contacts.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    let (mut notes, mut before) = (Vec::new(), None);
    loop {
        let page = note::ops::list(tx, cx, vault, id, false, before, limit).await?;
        before = page.items.last().map(|note| note.id);
        notes.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    let (mut stages, mut before) = (Vec::new(), None);
    loop {
        let page = crate::stage::ops::changes(tx, cx, id, before, limit).await?;
        before = page.items.last().map(|change| (change.on, change.id));
        stages.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    let (mut consents, mut before) = (Vec::new(), None);
    loop {
        let page = consent::ops::changes(tx, cx, id, before, limit).await?;
        before = page.items.last().map(|change| change.id);
        consents.extend(page.items);
        if page.next.is_none() {
            break;
        }
    }
    Ok(json!({
        "profile": to_json(&profile)?,
        "preferences": to_json(&preference::ops::find(tx, cx, vault, id).await?)?,
        "relationship": to_json(&relationship::ops::show(tx, cx, id).await?)?,
        "groups": to_json(&group::ops::of_person(tx, cx, vault, View::Masked, id).await?)?,
        "people": to_json(&group::ops::show(tx, cx, vault, View::Masked, id).await?.people)?,
        "contacts": to_json(&contacts)?,
        "notes": to_json(&notes)?,
        "stage_changes": to_json(&stages)?,
        "consent_changes": to_json(&consents)?,
        "merges": to_json(&super::ops::list(tx, cx, id).await?)?,
        "wechat": wechat::ops::export(tx, cx, vault, id).await?,
    }))
}
