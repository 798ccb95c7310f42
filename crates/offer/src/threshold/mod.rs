//! Threshold offers 满减: reach an amount, pay less.
//!
//! Life cycle: draft → published → stopped → published … New terms are a new version; old versions
//! stay, so that what was sold can be explained. A published offer runs on its local days and hours,
//! in its stores and channels, for its tiers; nothing is issued and nothing is used up.
//!
//! Invariants: what counts for the threshold is the net of the lines in scope as the stage begins,
//! so that one offer never spoils another's threshold; of an exclusive group one offer applies; an
//! offer takes off at most what is left to pay on its lines.
//!
//! Deliberately not here: how the saving is spread over lines (the price engine), gifts (满赠).

pub mod api;
mod model;
pub mod ops;
pub mod store;
mod view;

pub use model::*;
pub use view::*;
