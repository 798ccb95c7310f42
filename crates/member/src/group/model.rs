//! A group and its people.

use crate::member::{MemberBrief, MemberId};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, text_enum};
use utoipa::ToSchema;

/// People of a group whose limit nobody set.
pub const PEOPLE_MAX_DEFAULT: i64 = 10;
/// The highest limit of a group.
const PEOPLE_MAX: i64 = 1_000;

text_enum! {
    /// What a person is in a group.
    pub enum GroupPart {
        /// Whom the shop speaks to: the head of a household, a company's buyer.
        Head = "head",
        /// Anybody else.
        Person = "person",
    }
}

/// Somebody who joins a group.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonDraft {
    /// Who: a member of kind individual.
    pub person: MemberId,
    /// As what; `person` by default.
    #[serde(default = "person")]
    pub part: GroupPart,
}

const fn person() -> GroupPart {
    GroupPart::Person
}

/// The limit of a group.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupDraft {
    /// How many people may belong to it and use its cards, 1 to 1,000.
    pub people_max: i64,
}

impl GroupDraft {
    /// Refuses a limit that can't be: `group_limit_malformed`.
    pub fn check(self) -> Result<Self> {
        if (1..=PEOPLE_MAX).contains(&self.people_max) {
            return Ok(self);
        }
        Err(Error::invalid("group_limit_malformed", "this limit can't be set").field(
            "/people_max",
            "out_of_range",
            format!("must be 1 to {PEOPLE_MAX}"),
        ))
    }
}

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupPerson {
    /// Who.
    pub member: MemberBrief,
    /// As what.
    pub part: GroupPart,
    /// Since when.
    pub joined_at: Instant,
}

/// A group with its people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupView {
    /// The group.
    pub group: MemberId,
    /// How many people may belong to it.
    pub people_max: i64,
    /// Its people, in the order in which they joined.
    pub people: Vec<GroupPerson>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_of_people() {
        for people_max in [0, -1, PEOPLE_MAX + 1] {
            assert_eq!(GroupDraft { people_max }.check().unwrap_err().code(), "group_limit_malformed");
        }
        assert_eq!(GroupDraft { people_max: PEOPLE_MAX }.check().unwrap().people_max, PEOPLE_MAX);
    }
}
