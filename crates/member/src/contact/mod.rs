//! Contacts 营销信息: what was sent to a member, or said, and what came of it.
//!
//! Append-only: a later outcome of the same thing is another row with the same subject. Whoever
//! reaches a member (messages, coupons, campaigns, calls) appends here, so that one list tells the
//! whole story of a member.
//!
//! Deliberately not here: the decision whether to send (reach).

pub mod api;
mod model;
pub mod ops;
mod store;

pub(crate) use store::{count_stmt, move_all};

pub use model::{Contact, ContactChannel, ContactDraft, ContactKind, ContactOutcome};
