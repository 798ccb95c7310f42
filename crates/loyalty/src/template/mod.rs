//! Coupon templates 券模板: terms that can be issued, their budget and who has had how many.
//!
//! Life cycle: draft → published → stopped → published … Only a published template issues. Terms may
//! change at any time; coupons that were issued keep those that they froze.
//!
//! Invariants, held by the database: no more coupons are issued than the budget allows, and none of
//! a template to one member beyond their limit. A coupon that is taken back unused frees its place
//! in both.
//!
//! Deliberately not here: issued coupons (`coupon`).

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::*;
