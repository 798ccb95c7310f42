//! Points 积分: what a purchase earns, when it expires, and how points pay.
//!
//! Life cycle: points are granted on the money really paid for an order, in a lot that may expire;
//! they are spent as money on a later order, soonest expiry first (the ledger's rule), and a refund
//! brings both sides back.
//!
//! Invariants: only whole steps are spent, so the conversion between points and money is exact both
//! ways; what was paid with points or bonus earns nothing.
//!
//! Deliberately not here: balances and lots (the ledger), growth value.

pub mod api;
mod earn;
mod model;
mod policy;

pub use earn::*;
pub use model::*;
pub use policy::*;
