//! Starter picks 新客精选: good products that a new customer is shown to choose from.
//!
//! A list that the merchant puts together, and for how many purchases a member counts as new. The first
//! purchase offer is an offer (`first_purchase`); this is what to recommend with it.
//!
//! Invariants: only what is on sale is shown, in the merchant's order; a member who has bought often
//! enough is shown nothing. Deliberately not here: prices (a quote), recommendations from purchases.

pub mod api;
mod model;
pub mod ops;

pub use model::{StarterPicks, StarterView};
