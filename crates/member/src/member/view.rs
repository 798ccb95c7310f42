//! A member as an answer shows one.

use super::model::{Gender, Member, MemberId, MemberKind, MemberState, PersonView, Region};
use crate::card::Card;
use crate::consent::{Acceptance, Consent};
use crate::dependent::DependentView;
use crate::field::FieldValues;
use crate::stage::Stage;
use crate::tag::Tag;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Money};
use shuke_org::StoreId;
use utoipa::ToSchema;

/// Everything about a member, as far as the caller may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// The id.
    pub id: MemberId,
    /// The number that people see.
    #[schema(example = "4018392755")]
    pub number: String,
    /// One person, or a group.
    pub kind: MemberKind,
    /// Active, frozen or erased.
    pub state: MemberState,
    /// Name, phone, birthday …: masked; in full with `reveal=true`; empty without `member:identify`.
    pub person: PersonView,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Region.
    pub region: Region,
    /// Where the member came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The store that the member belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_store: Option<StoreId>,
    /// Local date of the enrolment.
    #[schema(value_type = String, format = Date)]
    pub joined_on: Date,
    /// When the record was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub changed_at: Instant,
    /// The member into whom this one was merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<MemberId>,
    /// The stage.
    pub stage: Stage,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub stage_since: Date,
    /// The day on which the stage changes if nothing is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub stage_due_on: Option<Date>,
    /// Purchases that count.
    pub orders: i64,
    /// Their sum, net of refunds, in minor units.
    pub amount: Money,
    /// Local date of the first purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_purchase_on: Option<Date>,
    /// Local date of the last purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_purchase_on: Option<Date>,
    /// Cards, lost and replaced ones too.
    pub cards: Vec<Card>,
    /// Children and relatives.
    pub dependents: Vec<DependentView>,
    /// Tags, by name.
    pub tags: Vec<Tag>,
    /// Custom fields.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub fields: FieldValues,
    /// Consents as they stand; none for a channel means no.
    pub consents: Vec<Consent>,
    /// Terms that the member has accepted, newest first.
    pub terms: Vec<Acceptance>,
}

impl MemberView {
    /// The record alone.
    pub(super) fn of(member: Member, person: PersonView) -> Self {
        Self {
            id: member.id,
            number: member.number,
            kind: member.kind,
            state: member.state,
            person,
            gender: member.gender,
            region: member.region,
            source: member.source,
            home_store: member.home_store,
            joined_on: member.joined_on,
            created_at: member.created_at,
            changed_at: member.changed_at,
            merged_into: member.merged_into,
            stage: member.stat.stage,
            stage_since: member.stat.stage_since,
            stage_due_on: member.stat.stage_due_on,
            orders: member.stat.orders,
            amount: member.stat.amount,
            first_purchase_on: member.stat.first_purchase_on,
            last_purchase_on: member.stat.last_purchase_on,
            cards: Vec::new(),
            dependents: Vec::new(),
            tags: Vec::new(),
            fields: FieldValues::new(),
            consents: Vec::new(),
            terms: Vec::new(),
        }
    }
}
