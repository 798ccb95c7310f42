//! The merchant: the brand that owns the data, and the wall around it.
//!
//! Its number is the leading key of every table; on most servers it is 1. It is founded with its
//! first store and its first owner in one transaction, and has at least one active owner ever after
//! (the row counts them, a CHECK refuses the last one's leaving).
//!
//! Its currency never changes: amounts are integers of that currency's minor unit. Its zone is where
//! a date ends when no store is meant.
//!
//! The book version goes up with every change of what prices are made from: settings here, the
//! catalogue, offers, tiers and coupon templates in the higher slices ([`ops::raise_book`]). Who
//! keeps such rules in memory compares it once per sale.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Founded, Founding, Merchant, MerchantDraft, Owner, Trade};
