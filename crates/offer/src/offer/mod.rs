//! Offers 促销: automatic promotions of every kind.
//!
//! Life cycle: draft → published → stopped → published … New terms are a new version; old versions
//! stay, and an order keeps the version that priced it, so that what was sold can be explained. A
//! published offer runs on its local days and hours, in its stores and channels, for its members.
//!
//! Kinds ([`OfferRule`]): ladders and shares from an amount or a number of pieces on, timed prices,
//! the nth piece, the cheapest free, bundles, buy and get, gifts to choose, coupons for the next
//! order, more points. Conditions that any of them may have: member day, birthday, first purchase,
//! tags, tiers, a budget, a limit per member, an exclusive group.
//!
//! Invariants: what counts for a threshold is the net of the lines in scope as the stage begins, so
//! that one offer never spoils another's threshold; of an exclusive group one offer applies; an offer
//! takes off at most what is left to pay on its lines; a gift counts for nothing. Budgets and limits
//! are counters with CHECKs that the sale takes from in its own transaction ([`usage`]), each use kept
//! in `offer_use`, and refunds give back.
//!
//! What is issued after the sale (coupons for the next order) is [`reader`]'s.
//!
//! Deliberately not here: how the saving is spread over lines (the price engine); whether a gift still
//! stands when a part of what earned it is taken back (it does).

pub mod api;
mod clash;
mod give;
mod limit;
mod model;
pub mod ops;
pub mod reader;
mod rule;
pub mod store;
pub mod usage;
mod verify;
mod view;
mod when;

pub use clash::*;
pub use give::*;
pub use limit::*;
pub use model::*;
pub use reader::{GrantReader, Granted};
pub use rule::*;
pub use shuke_loyalty::rule::Hours;
pub use usage::AppliedOffer;
pub use verify::check;
pub use view::*;
pub use when::*;
