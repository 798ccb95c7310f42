//! Quotas: how much of a limit a member has used in a day, week, month, year or ever.
//!
//! Life cycle: a cause (a sale, a transfer, a redemption) uses some of a limit, and gives it back in
//! the proportion in which it is undone. A limit that refuses is a CHECK on the counter, so that of
//! two that use the last of it one is refused; a cap that reduces reads the counter locked first.
//!
//! Invariants, held by the database: a counter is never below zero nor above the limit at its last
//! use; a cause is counted once for each limit, and gives back no more than it used.
//!
//! Deliberately not here: what a limit is about. A subject is an id: an earn rule, a reward, or one of
//! the fixed subjects in [`model`](self).

mod model;
pub(crate) mod ops;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use verify::check;
