//! Trials 试算: a rule tried on past orders before it goes live: what it would have cost, who wins, who
//! loses, who would have another tier.
//!
//! Life cycle: waiting → running → done, or cancelled. A job goes over the orders of a period page by
//! page: it reads a page, prices each order twice with the real price function, once with what ran then
//! and once with the rule besides, and writes the difference with how far it has come. Killed at any
//! moment it goes on after the last page that was written; a page is counted once.
//!
//! Invariants: nothing but the trial's own rows is written; memory is bounded by a page; orders that
//! were wholly taken back don't count, others count as they were sold.
//!
//! What is assumed: customers buy the same. Tiers follow from what was bought by today, settings are
//! those of today, tags and birthdays too. Deliberately not here: a forecast of what customers would do.

pub mod api;
mod compute;
mod job;
mod model;
pub mod ops;
mod store;

pub use job::{KIND, run};
pub use model::*;
