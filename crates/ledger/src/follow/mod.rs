//! Following the ledger: whoever keeps something that is computed from entries.
//!
//! A [`Follower`] is given every entry once, in the order in which they are sealed, in batches; what it
//! writes goes into the transaction that moves its cursor. Like a reader of events it costs a sale nothing
//! and can be stopped anywhere. On PostgreSQL it looks only below the oldest open transaction, so it never
//! steps over an entry that commits late. Two servers that run one follower take turns on its cursor.
//!
//! A follower that fails is tried again with the next round; nothing is skipped.
//!
//! Deliberately absent: dead letters. An entry is data of our own, and a figure that left one out would lie.

mod model;
mod ops;
pub(crate) mod store;

pub use model::{LotMove, Posted};
pub use ops::{EVERY_MS, Follower, drain, moves, task};
pub use store::{place_stmt, until};
