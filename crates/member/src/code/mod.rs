//! Codes 会员码: the QR code on the member's phone.
//!
//! `SK1.<member number>.<time step>.<signature>`: another one every 30 seconds, good for its own and
//! the next step. The signature (HMAC-SHA-256 under a key of the merchant, 128 bits) is checked
//! before the database is asked, in constant time. A photograph of a code is worth nothing a minute
//! later.
//!
//! A code identifies; it doesn't pay. It may be shown twice within its time (a till that scans again
//! finds the same member), so whatever takes value asks for more than a code.
//!
//! Deliberately not here: the picture of the code, and payment codes.

pub mod api;
mod model;
pub mod ops;

pub use model::{MemberCode, STEP_MS};
