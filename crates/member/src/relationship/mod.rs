//! Relationship 关系程度: how well the shop and a member know each other.
//!
//! A grade follows from how often they had to do with each other: purchases that count, contacts that
//! the member answered or that were a talk, notes. The merchant names the grades and what each asks
//! for; the highest whose conditions all hold is the member's. It is computed when it is asked for, so
//! it is never stale and nothing has to be kept.
//!
//! Deliberately not here: stages (by time since the last purchase) and tiers (by what was spent).

pub mod api;
mod model;
pub mod ops;

pub use model::{Grade, Interactions, Relationship, RelationshipPolicy};
