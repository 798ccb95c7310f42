//! Codes 会员码: the QR code on the member's phone.
//!
//! `SK1.<member number>.<time step>.<signature>`: another one every 30 seconds, good for its own and
//! the next step. The signature (HMAC-SHA-256 under a key of the merchant, 128 bits) is checked
//! before the database is asked, in constant time. A photograph of a code is worth nothing a minute
//! later.
//!
//! A code identifies as often as it is scanned within its time (a till that scans again finds the same
//! member). Where it is to prove that the member agrees to spend, it counts once: see [`crate::pin`].
//!
//! Deliberately not here: the picture of the code, and payment codes.

pub mod api;
pub(crate) mod model;
pub mod ops;

pub use model::{MemberCode, STEP_MS};
