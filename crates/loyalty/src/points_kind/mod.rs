//! Kinds of points 积分种类: more than one currency of loyalty, such as 金币 beside 积分.
//!
//! The merchant's own points need no kind and stay as they are. A further kind has a name, rules by which
//! purchases earn it, days on which what is earned ends, and either pays as money or only for rewards.
//!
//! Life cycle: what a sale earns of each kind is computed with its price and told by its event; a reader books
//! it into the member's *purse*, once, and takes back what refunds undo. A sale may be paid with points of one
//! kind; that is part of the sale itself. Purses are corrected by hand, given between members, spent on rewards.
//!
//! Invariants: a purse holds one kind, and no entry turns one kind into another (`verify`); refunds in any order
//! and split take back what was earned, to the point; a purse is made once for a member and kind.
//!
//! Deliberately not here: multipliers of tiers and offers, caps, and clocks of inactivity: those are about the
//! merchant's own points. A kind can't be dropped while anybody has a purse of it; leave its rules empty instead.

pub mod api;
mod model;
pub mod ops;
mod reader;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use reader::PointsKindReader;
pub use verify::check;
