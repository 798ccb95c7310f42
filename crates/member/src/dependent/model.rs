//! A dependent.

use crate::member::{Gender, View, name};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Result, id, text_enum};
use utoipa::ToSchema;

id!(DependentId, "A dependent of a member.");

text_enum! {
    /// What a dependent is to the member.
    pub enum Relation {
        /// 宝宝、孩子.
        Child = "child",
        /// 配偶.
        Spouse = "spouse",
        /// 父母.
        Parent = "parent",
        /// Another relative.
        Relative = "relative",
        /// 宠物.
        Pet = "pet",
    }
}

/// What a dependent is made of, or changed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DependentDraft {
    /// What the dependent is to the member.
    pub relation: Relation,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The gender.
    #[serde(default)]
    pub gender: Option<Gender>,
    /// The birth date.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub born_on: Option<Date>,
    /// The day on which a birth is expected.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
}

impl DependentDraft {
    /// Refuses what can't be: `dependent_malformed` with the place.
    pub fn check(&self, today: Date) -> Result<()> {
        let fault = |place: &str, detail: &str| {
            Err(Error::invalid("dependent_malformed", "a dependent can't be entered like this").field(place, "dependent_malformed", detail))
        };
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control))
        {
            return fault("/name", "a name has 1 to 40 characters; leave it out where it isn't known");
        }
        if self.born_on.is_some() && self.due_on.is_some() {
            return fault("/due_on", "a dependent has a birth date or a due date, not both");
        }
        if self.born_on.is_some_and(|born| born > today) {
            return fault("/born_on", "a birth date is not after today; for a child on the way give due_on");
        }
        Ok(())
    }
}

/// A dependent as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Dependent {
    pub id: DependentId,
    pub relation: Relation,
    /// Sealed.
    pub name: Option<String>,
    pub gender: Option<Gender>,
    pub born_on: Option<Date>,
    pub due_on: Option<Date>,
}

/// A dependent as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DependentView {
    /// Its id.
    pub id: DependentId,
    /// What the dependent is to the member.
    pub relation: Relation,
    /// The name, masked as the caller's role asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// The birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub born_on: Option<Date>,
    /// The day on which a birth is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
}

impl Dependent {
    /// What a view shows; `name` is the opened name.
    pub(crate) fn view(self, name: Option<String>, view: View) -> DependentView {
        let name = match view {
            View::Nothing => None,
            View::Masked => name.as_deref().map(name::masked),
            View::Full => name,
        };
        DependentView { id: self.id, relation: self.relation, name, gender: self.gender, born_on: self.born_on, due_on: self.due_on }
    }
}
