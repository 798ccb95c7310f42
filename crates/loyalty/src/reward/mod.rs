//! Rewards 积分商城: what points, or points and money, buy.
//!
//! Life cycle: draft → published → stopped → published … Only a published reward is redeemed, in its
//! days, stores and tiers, as long as there is stock and the member is within their limits. Terms may
//! change at any time; what was redeemed keeps its own.
//!
//! Invariants, held by the database: the stock is never below zero, so of two that redeem the last piece
//! one is refused; `redeemed` counts the pieces that were redeemed and not cancelled.
//!
//! Deliberately not here: what was redeemed (`reward_order`); the shop's own stock of goods (sales): a
//! reward's stock is what is set aside for it.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::*;
