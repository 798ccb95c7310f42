//! What a change of a member sends.

use super::draft::{birthday, email, line, note, phone, region};
use super::model::{Gender, Member, MemberKind, MemberState, Person, Region};
use crate::Ground;
use crate::field::FieldValues;
use serde::{Deserialize, Deserializer, Serialize};
use shuke_kernel::{Date, Error, Result};
use shuke_org::StoreId;
use utoipa::ToSchema;

/// What to change of a member. What is left out stays; null takes away.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemberChange {
    /// `active` or `frozen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<MemberState>,
    /// One person, or a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberKind>,
    /// The phone number, in any spelling.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// A note for staff.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Option<String>>,
    /// `1990-08-15`, or `--08-15` without the year.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub birthday: Option<Option<String>>,
    /// Whether the birthday that is given here is counted in the lunar calendar.
    pub birthday_lunar: bool,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<Gender>)]
    pub gender: Option<Option<Gender>>,
    /// The whole region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Where the member came from.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub source: Option<Option<String>>,
    /// The store that the member belongs to.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<StoreId>)]
    pub store: Option<Option<StoreId>>,
    /// Custom fields by key; those left out stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub fields: Option<FieldValues>,
}

/// Tells null, which takes away, from what isn't there.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl MemberChange {
    /// Puts the change into a record and its person.
    pub(super) fn apply(&self, ground: &Ground, today: Date, member: &mut Member, person: &mut Person) -> Result<()> {
        match self.state {
            Some(MemberState::Erased | MemberState::Merged) => {
                return Err(Error::invalid("state_malformed", "a member is erased or merged by its own operation").field(
                    "/state",
                    "state_malformed",
                    "active or frozen",
                ));
            }
            Some(state) => member.state = state,
            None => {}
        }
        member.kind = self.kind.unwrap_or(member.kind);
        if let Some(text) = &self.phone {
            person.phone = text.as_deref().map(|text| phone(text, ground)).transpose()?;
        }
        if let Some(text) = &self.name {
            person.name = text.as_deref().map(|text| line("name", text)).transpose()?.flatten();
        }
        if let Some(text) = &self.email {
            person.email = text.as_deref().map(email).transpose()?;
        }
        if let Some(text) = &self.note {
            person.note = text.as_deref().map(note).transpose()?.flatten();
        }
        if let Some(text) = &self.birthday {
            person.birthday = text.as_deref().map(|text| birthday(text, self.birthday_lunar, today)).transpose()?;
        }
        if let Some(gender) = self.gender {
            member.gender = gender;
        }
        if let Some(parts) = &self.region {
            member.region = region(parts)?;
        }
        if let Some(text) = &self.source {
            member.source = text.as_deref().map(|text| line("source", text)).transpose()?.flatten();
        }
        if let Some(store) = self.store {
            member.home_store = store;
        }
        Ok(())
    }

    /// The names of what is changed.
    pub(super) fn changed(&self) -> Vec<&'static str> {
        let parts = [
            ("state", self.state.is_some()),
            ("kind", self.kind.is_some()),
            ("phone", self.phone.is_some()),
            ("name", self.name.is_some()),
            ("email", self.email.is_some()),
            ("note", self.note.is_some()),
            ("birthday", self.birthday.is_some()),
            ("gender", self.gender.is_some()),
            ("region", self.region.is_some()),
            ("source", self.source.is_some()),
            ("store", self.store.is_some()),
            ("fields", self.fields.is_some()),
        ];
        parts.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }
}
