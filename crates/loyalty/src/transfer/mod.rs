//! Points given from one member to another 积分转赠.
//!
//! Life cycle: booked once, at once, and final; who wants it undone sends the points back. The points
//! arrive with the expiry of the lots that they came from, so that nothing lives longer by being passed on.
//!
//! Invariants: what one gives is what the other gets; the fee is used up; the sender keeps within the
//! merchant's limits, counted by guarded counters. Both members' accounts are locked in the order of their
//! ids.
//!
//! Points of another kind go from purse to purse, by that kind's own terms.
//!
//! Deliberately not here: gifts of prepaid value.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;
mod verify;

pub use model::{PointsGift, PointsGiftDraft};
pub use verify::check;
