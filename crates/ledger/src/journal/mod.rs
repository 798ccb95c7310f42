//! Journals: what one cause does to accounts and lots, put together in memory, posted at once.
//!
//! Life cycle: [`Journal::new`] → transfers → [`Journal::post`]. Posting queues at most six
//! statements whatever the size: missing accounts, account updates, lot updates, new lots,
//! transfers, allocations. A journal without transfers posts nothing.
//!
//! Entries are append-only; each carries who, where, why, and a unique (source, line). A
//! correction is a new journal. What a journal takes from lots is allocated to its *origin* (by
//! default itself); a refund gives back under the origin of its sale, so that what is still out can
//! be asked for in one query.

pub mod api;
pub(crate) mod bulk;
mod carry;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{AMOUNT_MAX, Entry, Journal, ShiftTurnover, Source, Transfer, Turnover};
pub use store::{BOOKED, ByHand, IN_SHIFTS, Outstanding, POINTS_SIDES, by_hand, outstanding_read, outstanding_stmt, settle_stmt};
