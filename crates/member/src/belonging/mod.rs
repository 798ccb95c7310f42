//! Belongings: what each slice holds of a member, told in one shape.
//!
//! Three things are done with everything that is a member's, wherever it lies: it is exported, it is
//! erased, it is merged into another member's (and back). This crate can't see the slices above it, so
//! each slice describes its part as a [`Belonging`] and adds it to the server's [`Belongings`] when the
//! server starts; this crate's own part is always the first.
//!
//! Invariants: a part answers for all tables of its slice that name a member, and a test holds the
//! schema against the parts; all parts of one export, erasure or merge run in one transaction.
//!
//! Deliberately not here: lists of many members (see the files that a shop takes along).

pub mod api;
mod model;
pub mod ops;

pub use model::{Belonging, Belongings, MemberExport, Pair};
