//! Staff: people who sign in.
//!
//! A member of staff has one role and the stores they may touch (none named: all). Owners hold every
//! permission and are never bound to stores. Life cycle: entered, changed, revoked (`active: false`),
//! taken back. A row is never removed, because journals and the audit log name it.
//!
//! Invariants: a user name is unique within the merchant, whoever had it; there is always an active
//! owner; revoking somebody or setting their password ends their sessions in the same transaction.
//!
//! Passwords are hashed with argon2id and never leave this folder. Only owners manage staff.

pub mod api;
mod model;
pub mod ops;
mod password;
mod store;

pub use model::{NewStaff, Staff, StaffChange, StaffId, Username};
pub use password::{PASSWORD_CHARS_MIN, Password, PasswordHash, hash_secret, verify};
pub(crate) use store::Credentials;
