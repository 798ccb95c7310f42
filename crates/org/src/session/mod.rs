//! Sessions: how a signed-in person is known again.
//!
//! Life cycle: begun by a right password, used, ended by signing out, by 12 hours without a request,
//! after 30 days whatever happens, or at once when the person is revoked or gets another password.
//!
//! The cookie `shuke_session` holds `merchant.staff.secret`; the database holds a hash of it, so that
//! a copy of the database signs nobody in. Merchant and staff stand in it only to find the rows by
//! their keys, both in one round trip; nothing is believed that the hash doesn't confirm.
//!
//! Guessing is slowed per address and per account ([`limit`]); a name that nobody has costs the same
//! work and gets the same answer as a wrong password. A second factor comes after the password
//! ([`totp`](crate::totp)), so that nothing is learnt of it without one.

pub mod api;
pub mod limit;
mod model;
pub mod ops;
mod store;

pub(crate) use model::caller;
pub use model::{ActorKind, IDLE_MS_MAX, SESSION_MS_MAX, Token, Who};
