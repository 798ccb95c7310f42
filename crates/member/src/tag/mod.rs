//! Tags 标签: short labels on members, given by hand or by a rule.
//!
//! Life cycle: a tag is defined, renamed, archived. A manual tag is given and taken by staff. A tag
//! with a rule ([`TagRule`]) is given to exactly the members for whom the rule holds: looked at when
//! a member's purchases change, at midnight for everybody, and by a job when the rule changes.
//! Archiving takes the tag from everybody.
//!
//! Invariants: a tag is either manual or by rule; nobody gives or takes a rule's tag by hand. Each
//! tag given or taken by a rule is an event `member.tagged` or `member.untagged`.
//!
//! Deliberately not here: segments, which are live and may ask anything (reach).

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Tag, TagCondition, TagDraft, TagFacts, TagId, TagRule};
