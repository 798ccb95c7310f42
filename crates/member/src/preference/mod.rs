//! Preferences 偏好: what a member says they like.
//!
//! One document for each member, by key: 口味 = 不辣, 尺码 = 38. It is written whole, sealed, and gone
//! when the member is erased. What follows from orders (favourite category, product, store, hour) is
//! derived by the sales slice, which shows both together.
//!
//! Deliberately not here: fields with kinds and choices, which the merchant defines ([`crate::field`])
//! and segments use.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Declared, DeclaredPreferences};
