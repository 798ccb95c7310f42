//! Accounts: whose value it is, and what it is.
//!
//! An account is named by its owner and its kind. Members' accounts come into being with the first
//! entry that needs them. The balance counts lots that are not available yet; `available` doesn't.
//! Points of another kind than the merchant's own are held by a *purse*, which a slice above keeps for its member:
//! an owner like any other, whose accounts name the kind. The shop's accounts of that kind (issued, redeemed, expired)
//! are owned by the kind.
//!
//! Deliberately absent: a balance row for the shop's own accounts.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use api::DayQuery;
pub use model::{Account, AccountKind, Balance, BalanceView, Balances, DayBalance, DayView, Holdings, NextExpiry, Unit};
pub(crate) use model::{lot_kinds, member_kinds, money_kinds};
pub use store::{OF_KINDS, holdings_read, holdings_stmts};
