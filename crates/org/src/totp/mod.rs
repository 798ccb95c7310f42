//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds).
//!
//! Life cycle: begun with one's password (a secret and its picture are shown), confirmed with the
//! app's first code (from then on signing in needs a code), begun anew on another phone, reset by
//! an owner. With the confirmation come ten recovery codes of 80 bits; each is good once.
//!
//! A code is good once: the time step of the last one is kept, and taking a code moves it forward by a
//! guarded UPDATE, so that of two who show one code at once one gets in. Codes of one step before and
//! after are taken too, for clocks that differ.
//!
//! A merchant may ask for it by role ([`SignInPolicy`]). Whoever has such a role and no authenticator
//! signs in to a session in which nothing may be done but set one up.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Enrolment, SignInPolicy, TotpStatus};
