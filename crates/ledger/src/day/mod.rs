//! The ledger by day: what moved between which kinds, at which store, for which cause.
//!
//! A projection that follows the ledger ([`DayFollower`]): a row per local day, store, cause and pair of
//! kinds, so that figures over any period are sums of a few rows however many sales there were. The day is
//! the store's; what happened at no store stands under nil and the merchant's day.
//!
//! Invariants: a row is the sum of its entries; `verify` adds them up again, up to where the follower is.
//!
//! Deliberately absent: members. What a member had on a day is in their statement.

mod model;
mod ops;
pub(crate) mod store;

pub use model::DayRow;
pub use ops::{DayFollower, check};
pub use store::{before, between};
