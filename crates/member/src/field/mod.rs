//! Custom fields 自定义字段: typed, defined by the merchant.
//!
//! Life cycle: a field is defined with a key, a label and a kind; label, options and archiving
//! change, key and kind stay, because values hang on them. An archived field keeps its values and
//! takes no new ones.
//!
//! Invariants: every stored value is of its field's kind, one row per value in a typed column, so
//! that segments select by them. A multiple choice has a row per choice.
//!
//! Deliberately not here: personal data. Values are stored in the clear; what identifies a person
//! belongs into the member's own texts, which are sealed. Fields on orders and services come with
//! those slices: `subject` says what a field is about.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Cell, Field, FieldDraft, FieldId, FieldKind, FieldSubject, FieldValues};
