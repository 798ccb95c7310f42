//! Points 积分: what a purchase earns, when it expires, and how points pay.
//!
//! Life cycle: points are granted on the money really paid for an order, within the caps, in a lot that
//! may expire; they may be pending for some days, until a day, or until somebody confirms them or takes
//! them back; they are spent as money on a later order, soonest expiry first (the ledger's rule), and a
//! refund brings both sides back, the room in caps and limits too (a reader, after the refund).
//!
//! Invariants: only whole steps are spent, so the conversion between points and money is exact both
//! ways; what was paid with points or bonus earns nothing; of two sales at once neither passes a cap.
//!
//! Deliberately not here: balances and lots (the ledger), clocks of inactivity (`clock`), growth value.

pub mod api;
mod earn;
mod model;
pub mod ops;
mod policy;
mod reader;
mod terms;

pub use earn::*;
pub use model::*;
pub use policy::*;
pub use reader::PointsReader;
pub use terms::*;
