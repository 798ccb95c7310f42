//! What tests are made of: a private PostgreSQL cluster that leaves nothing behind, a database of
//! a test's own, and the whole server in the process.
//!
//! A scenario speaks the product's language through the front door and runs on both databases:
//!
//! - [`db`] gives a migrated, empty database, in some tens of milliseconds;
//! - [`TestApp`] serves a router on one, with a clock and a worker that the test moves by hand;
//! - [`scenario!`] makes one test per database out of a scenario.
//!
//! With `SHUKE_TEST_POOLER` set, every database on PostgreSQL is reached through a pooler in transaction
//! mode, without prepared statements.
//!
//! It knows no slice: who wants a shop with staff and members founds it through the slices' own ops.

pub mod app;
pub mod cluster;
mod database;
mod pooler;

pub use app::{Reply, START, TestApp, run, step};
pub use cluster::{Cluster, Settings};
pub use database::{Kind, TestDb, db, db_with};
pub use pooler::Pooler;

/// Fails the test that called a helper which could not do its part.
#[expect(clippy::panic, reason = "a test helper fails the test that called it")]
#[track_caller]
pub(crate) fn or_fail<T, E: std::fmt::Display>(what: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("could not {what}: {error}"))
}
