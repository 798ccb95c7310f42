//! Lots: value with a birth and, mostly, an end.
//!
//! Life cycle: granted → (available from a moment) → spent, given back, spent … → empty or expired.
//! Spending takes the soonest expiry first, then the oldest, then lots that never expire. Giving
//! back restores the same lots with their own expiry, the one that ends last first: what went into a
//! lot that has expired meanwhile is expired again by the next midnight work, unless the journal gives
//! days of grace ([`Journal::with_grace`](crate::Journal::with_grace)).

pub mod api;
mod model;
pub(crate) mod ops;
pub(crate) mod store;

pub use model::{Allocation, Lot, LotId, LotTerms, LotView};
pub(crate) use model::{give_back, take};
pub use ops::{cancel_pending, expire, held, lapse, open, pending, release, reschedule};
pub use store::{aged, ending, granted_stmt, served};
