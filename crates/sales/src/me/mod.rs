//! What members see on their own phones of what they bought, and how they make an order theirs.
//!
//! Orders with their lines, savings, payments and refunds; receipts as a page; the shop's stores; claiming
//! an order that had no buyer by the code that the till showed ([`crate::claim::code`]).
//!
//! Everything takes a [`shuke_http::Me`]: another's order is not there. What goods cost the shop is left out.
//!
//! Deliberately not here: buying. Orders of the groups that a member belongs to are the group's.

pub mod api;
mod model;
pub mod ops;

pub use model::{MyOrder, MyStore};
