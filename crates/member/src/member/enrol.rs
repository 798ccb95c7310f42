//! Enrolment: one member in one call, or thousands in a few statements.

use super::model::{Gender, Member, MemberId, MemberKind, MemberState, Region, SealedPerson, Stat};
use super::store::{self, Indexes, MemberRow};
use super::{Birthday, Person, Phone, name, number, seal};
use crate::card::{Card, CardKind, CardNumber};
use crate::consent::Consents;
use crate::dependent::DependentDraft;
use crate::field::ops::FieldCells;
use crate::field::{Field, FieldSubject, FieldValues};
use crate::member::store::TagRow;
use crate::{DependentId, Ground, TagId, batch, card, consent, dependent, field, tag};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, MerchantId, Result};
use shuke_org::StoreId;
use std::collections::{HashMap, HashSet};

/// Members that one statement inserts: 25 columns each, within SQLite's 32,766 parameters.
const BATCH_MEMBERS: usize = 500;

/// Everything that a new member comes with, checked by itself.
#[derive(Clone, Debug, Default)]
pub struct Enrol {
    /// The id, where the client made one.
    pub id: Option<MemberId>,
    /// The personal texts.
    pub person: Person,
    /// One person, or a group.
    pub kind: Option<MemberKind>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Region.
    pub region: Region,
    /// Where the member came from.
    pub source: Option<String>,
    /// The store that the member belongs to.
    pub home_store: Option<StoreId>,
    /// Local date of the enrolment, if it isn't today.
    pub joined_on: Option<Date>,
    /// The number of a card that the member holds already.
    pub card_number: Option<CardNumber>,
    /// Children and relatives.
    pub dependents: Vec<DependentDraft>,
    /// Manual tags.
    pub tags: Vec<TagId>,
    /// Custom fields.
    pub fields: FieldValues,
    /// By which channel the member may be reached.
    pub consents: Consents,
    /// The terms that the member accepts.
    pub terms_version: Option<String>,
}

/// A member who was enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The id.
    pub id: MemberId,
    /// The number.
    pub number: String,
}

/// What shows that somebody is a member already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// The phone number.
    Phone,
    /// The card's number.
    Card,
}

/// What became of one of many.
#[derive(Debug)]
pub enum EnrolOutcome {
    /// Enrolled.
    Enrolled(Enrolled),
    /// A member already, or enrolled further up in the same batch.
    Known {
        /// Who.
        id: MemberId,
        /// By what.
        by: KnownBy,
    },
    /// Not enrolled, and why.
    Refused(Error),
}

/// The payload of `member.enrolled`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberEnrolled {
    /// Who.
    pub member: MemberId,
    /// Their number.
    pub number: String,
    /// Their store.
    pub store: Option<StoreId>,
    /// Where they came from.
    pub source: Option<String>,
}

/// Enrols a member, with card, dependents, tags, fields, consents and the acceptance of terms.
///
/// Errors: `member_phone_taken` (conflict; its field names the member who has the phone),
/// `card_number_taken`, `member_pkey`, `store_unknown`, `tag_unknown`, `tag_by_rule`,
/// `field_values_malformed`, `terms_unknown`, `dependent_malformed`; those of the card stock.
pub async fn enrol(tx: &mut Tx, cx: &Cx, vault: &Vault, ground: &Ground, input: &Enrol) -> Result<Enrolled> {
    let cells = Known::default().check(tx, cx, ground, input).await?;
    let drawn: Vec<String> = (0..number::DRAWN).map(|_| number::draw(&cx.random)).collect();
    let indexes = indexes(vault, cx.merchant, &input.person);
    let taken = tx.rows(store::numbers_taken_stmt(cx.merchant, &drawn)).await?;
    let taken: HashSet<String> = taken.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    if let Some(phone) = &indexes.phone {
        phone_must_be_free(tx, cx.merchant, phone, None).await?;
    }
    let exhausted = || Error::unavailable("member_number_taken", "no free member number was drawn; try again");
    let number = drawn.into_iter().find(|number| !taken.contains(number)).ok_or_else(exhausted)?;
    let enrolled = Enrolled { id: input.id.unwrap_or_else(|| cx.id()), number };
    let mut card = None;
    if let Some(number) = &input.card_number {
        let mut made = physical(cx, number);
        made.shared_max = batch::ops::take(tx, cx, number.as_str(), made.id).await?;
        card = Some(made);
    }
    write(tx, cx, vault, ground, &[New { input, enrolled: &enrolled, indexes, cells, card }]).await?;
    Ok(enrolled)
}

/// Ok where nobody, or nobody but `own`, has the phone; else `member_phone_taken` with who has it.
pub(super) async fn phone_must_be_free(tx: &mut Tx, merchant: MerchantId, phone_index: &str, own: Option<MemberId>) -> Result<()> {
    match store::phones_taken(tx, merchant, &[phone_index]).await?.into_iter().find(|(_, id, _)| Some(*id) != own) {
        None => Ok(()),
        Some((_, id, number)) => Err(Error::conflict("member_phone_taken", "another member has this phone number").field(
            "/phone",
            "member_phone_taken",
            format!("member {number} ({id}) has it; open that member instead"),
        )),
    }
}

/// Enrols many members in few statements; answers one outcome per input, in order. A phone or a card
/// that a member has already, or that stands further up, makes it [`EnrolOutcome::Known`].
pub async fn enrol_many(tx: &mut Tx, cx: &Cx, vault: &Vault, inputs: &[Enrol]) -> Result<Vec<EnrolOutcome>> {
    let ground = crate::ground(tx, cx.merchant).await?;
    let mut known = Known::default();
    let mut outcomes = Vec::with_capacity(inputs.len());
    for batch in inputs.chunks(BATCH_MEMBERS) {
        outcomes.extend(enrol_batch(tx, cx, vault, &ground, &mut known, batch).await?);
    }
    Ok(outcomes)
}

async fn enrol_batch(
    tx: &mut Tx,
    cx: &Cx,
    vault: &Vault,
    ground: &Ground,
    known: &mut Known,
    batch: &[Enrol],
) -> Result<Vec<EnrolOutcome>> {
    let indexes: Vec<Indexes> = batch.iter().map(|input| indexes(vault, cx.merchant, &input.person)).collect();
    let asked: Vec<&str> = indexes.iter().filter_map(|index| index.phone.as_deref()).collect();
    let phones = store::phones_taken(tx, cx.merchant, &asked).await?;
    let mut phones: HashMap<String, MemberId> = phones.into_iter().map(|(index, id, _)| (index, id)).collect();
    let asked: Vec<&str> = batch.iter().filter_map(|input| input.card_number.as_ref()).map(CardNumber::as_str).collect();
    let mut cards: HashMap<String, MemberId> = card::taken(tx, cx.merchant, &asked).await?.into_iter().collect();
    let mut numbers = free_numbers(tx, cx, batch.len()).await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    let mut checked = Vec::new();
    for (place, (input, index)) in batch.iter().zip(&indexes).enumerate() {
        let by_phone = index.phone.as_ref().and_then(|phone| phones.get(phone)).map(|id| (*id, KnownBy::Phone));
        let by_card = input.card_number.as_ref().and_then(|card| cards.get(card.as_str())).map(|id| (*id, KnownBy::Card));
        if let Some((id, by)) = by_phone.or(by_card) {
            outcomes.push(EnrolOutcome::Known { id, by });
            continue;
        }
        let cells = match known.check(tx, cx, ground, input).await {
            Ok(cells) => cells,
            Err(error) if error.kind() == shuke_kernel::Kind::Internal || error.kind() == shuke_kernel::Kind::Unavailable => {
                return Err(error);
            }
            Err(error) => {
                outcomes.push(EnrolOutcome::Refused(error));
                continue;
            }
        };
        let number = numbers.pop().ok_or_else(|| Error::internal("fewer member numbers than members"))?;
        let enrolled = Enrolled { id: input.id.unwrap_or_else(|| cx.id()), number };
        phones.extend(index.phone.clone().map(|phone| (phone, enrolled.id)));
        cards.extend(input.card_number.as_ref().map(|card| (card.as_str().to_owned(), enrolled.id)));
        outcomes.push(EnrolOutcome::Enrolled(enrolled));
        checked.push((place, cells));
    }
    let new = |(place, cells): (usize, Vec<FieldCells>)| match (batch.get(place), indexes.get(place), outcomes.get(place)) {
        (Some(input), Some(indexes), Some(EnrolOutcome::Enrolled(enrolled))) => {
            // Cards that a shop brings along from elsewhere were never in this stock.
            let card = input.card_number.as_ref().map(|number| physical(cx, number));
            Some(New { input, enrolled, indexes: indexes.clone(), cells, card })
        }
        _ => None,
    };
    let new: Vec<New<'_>> = checked.into_iter().filter_map(new).collect();
    write(tx, cx, vault, ground, &new).await?;
    Ok(outcomes)
}

/// So many different numbers that nobody has.
async fn free_numbers(tx: &mut Tx, cx: &Cx, count: usize) -> Result<Vec<String>> {
    let mut drawn: HashSet<String> = HashSet::with_capacity(count);
    for _ in 0..16 {
        let mut fresh: Vec<String> = Vec::new();
        while drawn.len() < count {
            let number = number::draw(&cx.random);
            if drawn.insert(number.clone()) {
                fresh.push(number);
            }
        }
        if fresh.is_empty() {
            return Ok(drawn.into_iter().collect());
        }
        for row in tx.rows(store::numbers_taken_stmt(cx.merchant, &fresh)).await? {
            drawn.remove(&row.get::<String>(0)?);
        }
    }
    Err(Error::unavailable("member_number_taken", "no free member numbers were drawn; try again"))
}

/// What of the merchant's configuration was looked up already, for the length of one import batch.
#[derive(Default)]
struct Known {
    stores: HashSet<StoreId>,
    tags: HashSet<TagId>,
    terms: HashSet<String>,
    fields: Option<Vec<Field>>,
}

impl Known {
    /// Checks what an input refers to; answers its custom fields' cells.
    async fn check(&mut self, tx: &mut Tx, cx: &Cx, ground: &Ground, input: &Enrol) -> Result<Vec<FieldCells>> {
        let today = ground.today(cx);
        if input.dependents.len() > dependent::ops::DEPENDENTS_MAX {
            return Err(Error::invalid(
                "dependents_too_many",
                format!("a member has at most {} dependents", dependent::ops::DEPENDENTS_MAX),
            ));
        }
        for draft in &input.dependents {
            draft.check(today)?;
        }
        if let Some(id) = input.home_store.filter(|id| !self.stores.contains(id)) {
            crate::ground::store_must_exist(tx, cx, Some(id)).await?;
            self.stores.insert(id);
        }
        if input.tags.iter().any(|id| !self.tags.contains(id)) {
            tag::ops::must_be_manual(tx, cx, &input.tags).await?;
            self.tags.extend(&input.tags);
        }
        if let Some(version) = input.terms_version.as_ref().filter(|version| !self.terms.contains(*version)) {
            consent::ops::must_exist(tx, cx, version).await?;
            self.terms.insert(version.clone());
        }
        if input.fields.is_empty() {
            return Ok(Vec::new());
        }
        let fields = match self.fields.take() {
            Some(fields) => fields,
            None => field::ops::list(tx, cx, FieldSubject::Member).await?,
        };
        let cells = field::ops::check(&fields, &input.fields);
        self.fields = Some(fields);
        cells
    }
}

/// A member about to be written.
struct New<'a> {
    input: &'a Enrol,
    enrolled: &'a Enrolled,
    indexes: Indexes,
    cells: Vec<FieldCells>,
    card: Option<Card>,
}

/// What a person is found by.
pub(super) fn indexes(vault: &Vault, merchant: MerchantId, person: &Person) -> Indexes {
    let initials = person.name.as_deref().map(name::initials).filter(|initials| !initials.is_empty());
    Indexes {
        phone: person.phone.as_ref().map(|phone| phone_index(vault, merchant, phone)),
        phone_last4: person.phone.as_ref().map(|phone| phone.last4().to_owned()),
        name: person.name.as_deref().map(|name| name_index(vault, merchant, name)),
        name_initials: initials,
        birthday_month_day: person.birthday.map(|birthday| birthday.month_day()),
    }
}

pub(crate) fn phone_index(vault: &Vault, merchant: MerchantId, phone: &Phone) -> String {
    vault.index(merchant, seal::PHONE, phone.as_str())
}

pub(super) fn name_index(vault: &Vault, merchant: MerchantId, name: &str) -> String {
    vault.index(merchant, seal::NAME, &name::normalised(name))
}

/// The personal texts, sealed.
pub(super) fn sealed(vault: &Vault, merchant: MerchantId, person: &Person) -> Result<SealedPerson> {
    let seal = |field: &str, text: Option<&str>| text.map(|text| vault.seal(merchant, field, text)).transpose();
    Ok(SealedPerson {
        phone: seal(seal::PHONE, person.phone.as_ref().map(Phone::as_str))?,
        name: seal(seal::NAME, person.name.as_deref())?,
        email: seal(seal::EMAIL, person.email.as_deref())?,
        note: seal(seal::NOTE, person.note.as_deref())?,
        birthday: seal(seal::BIRTHDAY, person.birthday.map(|birthday| birthday.to_string()).as_deref())?,
        birthday_lunar: person.birthday.is_some_and(|birthday: Birthday| birthday.lunar),
    })
}

fn record(cx: &Cx, vault: &Vault, today: Date, new: &New<'_>) -> Result<Member> {
    let input = new.input;
    let joined_on = input.joined_on.unwrap_or(today);
    Ok(Member {
        id: new.enrolled.id,
        number: new.enrolled.number.clone(),
        kind: input.kind.unwrap_or(MemberKind::Individual),
        state: MemberState::Active,
        person: sealed(vault, cx.merchant, &input.person)?,
        gender: input.gender,
        region: input.region.clone(),
        source: input.source.clone(),
        home_store: input.home_store,
        joined_on,
        created_at: cx.now,
        changed_at: cx.now,
        merged_into: None,
        stat: Stat::none(joined_on),
    })
}

/// Writes new members with everything they come with: a statement per table, however many they are.
async fn write(tx: &mut Tx, cx: &Cx, vault: &Vault, ground: &Ground, all: &[New<'_>]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let today = ground.today(cx);
    let (mut rows, mut cards, mut dependents, mut tags) = (Vec::with_capacity(all.len()), Vec::new(), Vec::new(), Vec::new());
    let (mut cells, mut said, mut accepted, mut events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for new in all {
        let Enrolled { id, number } = new.enrolled;
        let input = new.input;
        rows.push(MemberRow::new(cx.merchant, &record(cx, vault, today, new)?, &new.indexes));
        cards.push((*id, card::ops::new(cx, CardKind::Digital, number.clone())));
        cards.extend(new.card.iter().map(|card| (*id, card.clone())));
        for draft in &input.dependents {
            dependents.push((*id, dependent::ops::sealed(vault, cx.merchant, cx.id::<DependentId>(), draft)?));
        }
        tags.extend(input.tags.iter().map(|tag| TagRow { member: *id, tag: *tag, by_rule: false }));
        cells.extend(new.cells.iter().map(|value| (id.0, value)));
        said.extend(input.consents.iter().map(|(channel, granted)| (*id, *channel, *granted)));
        accepted.extend(input.terms_version.iter().map(|version| (*id, version.as_str())));
        let payload = MemberEnrolled { member: *id, number: number.clone(), store: input.home_store, source: input.source.clone() };
        events.push(Event::new("member.enrolled", *id, &payload));
    }
    store::insert_members(tx, rows).await?;
    tx.queue(card::insert_stmt(cx.merchant, &cards)).await?;
    if !dependents.is_empty() {
        tx.queue(dependent::insert_stmt(cx, &dependents)).await?;
    }
    store::tag(tx, cx, &tags).await?;
    field::ops::put_new(tx, cx.merchant, &cells).await?;
    consent::ops::put_accepted(tx, cx, &accepted).await?;
    consent::ops::put_said(tx, cx, &said).await?;
    event::append(tx, cx, &events).await
}

fn physical(cx: &Cx, number: &CardNumber) -> Card {
    card::ops::new(cx, CardKind::Physical, number.as_str().to_owned())
}
