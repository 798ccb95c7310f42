//! Notes 备注: what staff write about a member, for each other.
//!
//! A note has a writer and a moment, and stays until it is taken away; a pinned one stands first. The
//! text is sealed, like everything personal. What the member said about themselves belongs to the
//! profile; what was said to the member is a contact ([`crate::contact`]).
//!
//! Deliberately not here: tasks that follow from a note (care).

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{Note, NoteDraft, NoteId};
