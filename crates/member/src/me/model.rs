//! A member as they see themselves.

use crate::card::Card;
use crate::consent::{Consent, Terms};
use crate::dependent::DependentView;
use crate::member::{Gender, MemberChange, MemberId, MemberKind, MemberState, PersonView, Region, given};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant};
use utoipa::ToSchema;

/// Terms that the member has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TermsAccepted {
    /// Which version.
    pub version: String,
    /// When.
    pub at: Instant,
}

/// A member as they see themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// The id.
    pub id: MemberId,
    /// The member number.
    #[schema(example = "4018392755")]
    pub number: String,
    /// One person, or a group.
    pub kind: MemberKind,
    /// `active`; `frozen` may look, and not spend.
    pub state: MemberState,
    /// Name, phone, birthday …, in full.
    pub person: PersonView,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Region.
    pub region: Region,
    /// Since when they are a member.
    #[schema(value_type = String, format = Date)]
    pub joined_on: Date,
    /// Cards, lost and replaced ones too.
    pub cards: Vec<Card>,
    /// Children and relatives.
    pub dependents: Vec<DependentView>,
    /// Consents as they stand; none for a channel means no.
    pub consents: Vec<Consent>,
    /// Terms that were accepted, newest first.
    pub terms: Vec<TermsAccepted>,
    /// The shop's terms in force, where the member has not accepted them yet: ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_due: Option<Terms>,
}

/// What members change of themselves. What is left out stays; null takes away.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileChange {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// `1990-08-15`, or `--08-15` without the year. The shop may limit how often it is changed.
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
}

impl From<ProfileChange> for MemberChange {
    fn from(change: ProfileChange) -> Self {
        Self {
            name: change.name,
            email: change.email,
            birthday: change.birthday,
            birthday_lunar: change.birthday_lunar,
            gender: change.gender,
            region: change.region,
            ..Self::default()
        }
    }
}
