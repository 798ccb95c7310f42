//! Terms and consents 条款与授权.
//!
//! Life cycle: terms are published under a version and never change; members accept a version.
//! Consent is given and withdrawn per channel; the last word counts, every word is kept.
//!
//! Invariants: `consent` is the last row of `consent_change` of its member and channel. No row means
//! no consent. Neither acceptances nor changes are ever altered; they outlive the person's erasure,
//! without the person.
//!
//! Deliberately not here: what is sent to whom (reach asks here first).

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Acceptance, Consent, ConsentChange, ConsentChannel, Consents, Terms, TermsDraft, wants_no_contact};
pub(crate) use store::{acceptance, acceptances_stmt, consent, consents_stmt};
