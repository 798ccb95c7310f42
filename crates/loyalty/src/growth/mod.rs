//! Growth 成长值: what a member grows by, for tiers on growth.
//!
//! Life cycle: a purchase is entered at the scheme's rate; a refund leaves the growth of what is left of
//! it, none where nothing is. Staff enter growth by hand, above or below zero.
//!
//! Invariants: a cause is entered once; the growth of a purchase follows from what is left of it and from
//! the rate at which it was entered, so refunds in any order and split lead back to none.
//!
//! Deliberately not here: the tiers that ask for it (`tier`); spending growth, which nobody does.

pub mod api;
mod model;
pub mod ops;
mod reader;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use ops::since;
pub use reader::GrowthReader;
pub use verify::check;
