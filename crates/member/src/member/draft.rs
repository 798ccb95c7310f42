//! What an enrolment sends, and how it is read at the door.

use super::model::{Gender, MemberId, MemberKind, Person, Region};
use super::{Birthday, Enrol, Phone};
use crate::card::CardNumber;
use crate::consent::Consents;
use crate::dependent::DependentDraft;
use crate::field::FieldValues;
use crate::{Ground, TagId};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Result};
use shuke_org::StoreId;
use shuke_org::text::{NAME_CHARS_MAX, optional_line};
use utoipa::ToSchema;

/// Characters in a note.
const NOTE_CHARS_MAX: usize = 2000;

/// A new member. A phone, a name or a card's number is enough.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnrolRequest {
    /// The id, where the client makes it: a UUID, version 7 by preference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<MemberId>,
    /// The phone number, in any spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "13800000042")]
    pub phone: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "王小芳")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A note for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// `1990-08-15`, or `--08-15` without the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// Whether the birthday is counted in the lunar calendar.
    pub birthday_lunar: bool,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// One person by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberKind>,
    /// Region.
    pub region: Region,
    /// Where the member came from: `store`, `wechat`, `referral`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The store that the member belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// Local date of the enrolment, if it isn't today.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub joined_on: Option<Date>,
    /// The number of a card that the member holds already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_number: Option<String>,
    /// Children and relatives.
    pub dependents: Vec<DependentDraft>,
    /// Manual tags.
    pub tags: Vec<TagId>,
    /// Custom fields, by key.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub fields: FieldValues,
    /// By which channel the member may be reached.
    pub consents: Consents,
    /// The terms that the member accepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_version: Option<String>,
}

impl EnrolRequest {
    /// Checks everything that can be checked by itself.
    ///
    /// Errors: `member_unidentifiable`, `phone_malformed`, `birthday_malformed`, `email_malformed`,
    /// `text_malformed`, `card_number_malformed`, each with its field.
    pub fn parse(&self, ground: &Ground, today: Date) -> Result<Enrol> {
        let person = Person {
            phone: self.phone.as_deref().map(|text| phone(text, ground)).transpose()?,
            name: self.name.as_deref().map(|text| line("name", text)).transpose()?.flatten(),
            email: self.email.as_deref().map(email).transpose()?,
            note: self.note.as_deref().map(note).transpose()?.flatten(),
            birthday: self.birthday.as_deref().map(|text| birthday(text, self.birthday_lunar, today)).transpose()?,
        };
        if person.phone.is_none() && person.name.is_none() && self.card_number.is_none() {
            return Err(Error::invalid("member_unidentifiable", "give at least a phone, a name or a card number"));
        }
        if self.joined_on.is_some_and(|on| on > today) {
            return Err(Error::invalid("joined_on_future", "nobody has joined after today").field(
                "/joined_on",
                "joined_on_future",
                "leave it out for today",
            ));
        }
        let card_number = self.card_number.as_deref().map(CardNumber::parse).transpose();
        Ok(Enrol {
            id: self.id,
            person,
            kind: self.kind,
            gender: self.gender,
            region: region(&self.region)?,
            source: self.source.as_deref().map(|text| line("source", text)).transpose()?.flatten(),
            home_store: self.store,
            joined_on: self.joined_on,
            card_number: card_number.map_err(|error| at("/card_number", error))?,
            dependents: self.dependents.clone(),
            tags: self.tags.clone(),
            fields: self.fields.clone(),
            consents: self.consents.clone(),
            terms_version: self.terms_version.clone(),
        })
    }
}

/// The same error, with the field that it is about.
fn at(field: &str, error: Error) -> Error {
    let (code, detail) = (error.code(), error.detail().to_owned());
    error.field(field, code, detail)
}

/// A line of text; an empty one is none.
pub(super) fn line(field: &str, text: &str) -> Result<Option<String>> {
    Ok(Some(optional_line(field, text, NAME_CHARS_MAX)?).filter(|text| !text.is_empty()))
}

pub(crate) fn phone(text: &str, ground: &Ground) -> Result<Phone> {
    Phone::parse(text, &ground.country).map_err(|error| at("/phone", error))
}

/// A birthday that isn't in the future.
pub(super) fn birthday(text: &str, lunar: bool, today: Date) -> Result<Birthday> {
    let found = Birthday::parse(text, lunar).map_err(|error| at("/birthday", error))?;
    let future = found.year.and_then(|year| Date::new(year, found.month, found.day).ok()).is_some_and(|born| born > today);
    if future {
        return Err(at("/birthday", Error::invalid("birthday_malformed", "a birthday is not after today")));
    }
    Ok(found)
}

pub(super) fn email(text: &str) -> Result<String> {
    let text = text.trim();
    let possible = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains('@')
    });
    if !possible || text.len() > 254 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(at("/email", Error::invalid("email_malformed", "write an address like fang@example.com")));
    }
    Ok(text.to_owned())
}

/// A note may have several lines.
pub(super) fn note(text: &str) -> Result<Option<String>> {
    let text = text.trim();
    if text.chars().count() > NOTE_CHARS_MAX || text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(at("/note", Error::invalid("text_malformed", format!("a note has at most {NOTE_CHARS_MAX} characters"))));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

pub(super) fn region(region: &Region) -> Result<Region> {
    let part = |name: &str, text: &Option<String>| Ok::<_, Error>(text.as_deref().map(|text| line(name, text)).transpose()?.flatten());
    Ok(Region {
        province: part("region/province", &region.province)?,
        city: part("region/city", &region.city)?,
        district: part("region/district", &region.district)?,
    })
}
