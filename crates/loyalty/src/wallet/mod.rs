//! The wallet 储值: prepaid principal and the bonus that came with it.
//!
//! Life cycle: a top-up by a plan brings principal (what was paid) and bonus (what was given), in
//! two accounts that are never mixed; a payment takes from both by the merchant's policy; a refund
//! gives back to both what was taken from each.
//!
//! Invariants: a payment never takes more from either than it holds, and the two parts add up to the
//! payment exactly.
//!
//! A top-up is one journal with its coupons and its row, all or nothing; its id is the client's, so a
//! retry is refused by the row's key whatever its idempotency key.
//!
//! Deliberately not here: balances and lots (the ledger). Bonus earns no points and is no money
//! received.

pub mod api;
mod model;
pub mod ops;
mod policy;
pub(crate) mod store;
mod top_up;

pub use model::*;
pub use policy::*;
pub use top_up::*;
