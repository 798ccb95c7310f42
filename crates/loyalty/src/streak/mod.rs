//! Streaks of visits 连续到店: who comes so many days, weeks or months in a row is rewarded.
//!
//! Life cycle: a purchase makes its day, week or month count; a run of the rule's length is rewarded at
//! once, with `repeats` each time it has grown by as much again. A purchase that is taken back wholly no
//! longer counts, and takes the rewards along that the rest of the visits doesn't earn, where they weren't
//! used.
//!
//! Invariants: what is rewarded is a pure function of the days on which there was a purchase
//! ([`StreakRule::milestones`]); each milestone is rewarded once.
//!
//! Deliberately not here: the purchases (the member slice's projection), check-ins without a purchase.

pub mod api;
mod model;
pub mod ops;
mod reader;

pub use model::*;
pub use reader::StreakReader;
