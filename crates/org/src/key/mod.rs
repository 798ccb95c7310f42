//! API keys: how a program is known.
//!
//! A key holds scopes (permissions), the stores it may touch, and an end. Its token
//! `shk_<merchant>_<key id>_<secret>` is shown once, when it is made; the database holds a hash.
//! Life cycle: made, used, revoked or run out. It is never changed: make another and revoke this one.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Key, KeyDraft, KeyId, KeyToken};
