//! The audit log: who changed what, from what to what.
//!
//! Append-only: there is no operation that changes or removes an entry. An entry is written in the
//! transaction of the change, so neither is there without the other. Values are small JSON; secrets
//! and personal data of members don't belong in them.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{AuditId, AuditView, Entry};
