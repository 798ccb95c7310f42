//! The book: all that a merchant set about loyalty, read whole and kept in memory.
//!
//! A sale prices by the book, so every server keeps one per merchant and asks for its version with
//! the sale's first statements ([`version_stmt`]). Whoever changes what is in it, here or in a
//! higher crate (offers), calls [`bump`] in the same transaction; a server that sees another version
//! loads the book again.
//!
//! Deliberately not here: what changes with a sale (balances, coupons, tiers of members), and the
//! screens of the single policies (`tier`, `points`, `wallet`).

pub mod api;
mod model;
pub(crate) mod ops;
mod section;

pub use model::*;
pub use ops::{bump, load, version_read, version_stmt};
