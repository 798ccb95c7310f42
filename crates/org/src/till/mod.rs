//! A till: a device where sales are made.
//!
//! Its number is short, given once and never again within the merchant: order numbers begin with
//! it, so that a till that is offline can number its own orders and no counter is shared by all.
//! It belongs to one store and is retired (`active: false`), never removed.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Till, TillDraft, TillId};
