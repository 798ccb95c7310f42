//! Threshold offers 满减: reach an amount, pay less.
//!
//! Life cycle: an offer runs on its local days and hours, in its stores and channels, for its tiers;
//! nothing is issued and nothing is used up.
//!
//! Invariants: what counts for the threshold is the net of the lines in scope as the stage begins,
//! so that one offer never spoils another's threshold; of an exclusive group one offer applies; an
//! offer takes off at most what is left to pay on its lines.
//!
//! Deliberately not here: how the saving is spread over lines (the price engine), gifts (满赠).

mod model;

pub use model::*;
