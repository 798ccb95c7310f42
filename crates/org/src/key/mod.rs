//! API keys: how a program is known.
//!
//! A key holds scopes (permissions), the stores it may touch, and an end. Its token
//! `shk_<merchant>_<key id>_<secret>` is shown once, when it is made; the database holds a hash.
//! Life cycle: made, used, given another token (the one before counts on for some hours, so that no
//! program stops), revoked or run out. What it may do is never changed: make another and revoke this one.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Key, KeyDraft, KeyId, KeyRotation, KeyToken};
