//! PIN 支付密码 and identity check: that it is the member who spends.
//!
//! A card identifies; whoever found it could spend what is on it. Where the merchant says so
//! ([`IdentityPolicy`]), a checkout that takes more than so much from a member's wallet or points
//! needs a proof: the member's PIN, or the code that the member's phone shows just now, scanned or
//! typed in. [`ops::prove`] checks it and gives a [`Proof`], signed for one member and one order and
//! good for five minutes; checkout only checks the signature, so a sale costs no statement more.
//!
//! The same policy says when a card looks as if it was passed around: more purchases on one day than one
//! person makes, or two stores in less time than the way takes. The figures' first page names them.
//!
//! Life cycle of a PIN: set, changed by who knows it, taken away by a manager.
//!
//! Invariants: a PIN is hashed with argon2id and the hash is sealed; five wrong tries close it for a
//! quarter of an hour, and a try is counted before it is looked at, so that many at once are no more
//! than five. A code proves once, for one order. Who sells can't show a member's code where proofs
//! are asked for.
//!
//! Deliberately not here: sending a code by message (reach), and a PIN for staff.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{CardSign, IdentityPolicy, Pin, Proof, ProofRequest, Proven};
