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
//! What is left of a top-up can be given back as money: principal to the tender that paid it, less a fee,
//! its bonus withdrawn in proportion. Above the merchant's limit a second person agrees.
//!
//! Deliberately not here: balances and lots (the ledger). Bonus earns no points and is no money
//! received.

pub mod api;
mod model;
pub mod ops;
mod policy;
pub mod refund;
pub(crate) mod store;
mod top_up;
mod verify;

pub use model::*;
pub use policy::*;
pub use refund::{TopUpRefund, TopUpRefundAsk, TopUpRefundQuote};
pub use top_up::*;
pub use verify::check;
