//! Verify: everything that is derived, computed again, and the first thing that differs in plain words.
//!
//! What must hold:
//! - no entry mixes points and money, none moves nothing or less;
//! - an account's balance is the sum of its entries, and, where value sits in lots, of what its lots hold;
//! - what is held is the sum of the open holds;
//! - a lot holds what it was granted and what its allocations took and gave back, within its bounds;
//! - every entry that touches a kind in lots is explained by the lots it granted or allocated, to the
//!   point and the cent, and every allocation belongs to such an entry;
//! - the sealed entries are still those that were sealed.
//!
//! All in one snapshot, so that sales may go on meanwhile. One pass over the tables adds everything up
//! in constant memory ([`model`]: a fingerprint per rule); where a rule's two sides differ, a GROUP BY
//! names the first group that does. A million entries take seconds. Slices above add checks of their own
//! ([`Check`]), run in the same snapshot.
//!
//! Deliberately absent: repair. A difference is a fault of the system or a hand in the database, and
//! a person decides; corrections are new entries.

pub mod api;
mod model;
mod ops;
mod store;
mod walk;

pub use model::{Difference, Report};
pub use ops::{Check, Checks, run, run_with};
