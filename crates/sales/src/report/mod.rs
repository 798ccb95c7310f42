//! The three reports 销售、实收、消耗, and what the shop owes for prepaid value.
//!
//! Sold, received and consumed are three different figures. *Sold* is what goods, visits and memberships
//! were sold for, and beside it what was charged for prepaid value; *received* is the money that came in,
//! by tender, whatever for; *consumed* is the prepaid value that was used up, where it was used. A top-up is
//! received and sold once, and consumed sale by sale.
//!
//! All are sums of the ledger by day ([`shuke_ledger::day`]): the same entries that balances are made of, so
//! the reports agree with the accounts. A refund stands on its own day, with its own sign. The liability is
//! what lots held when a day ended, by the time since they were granted and by the store that stands for
//! them; the movement says how it came from one day's to another's.
//!
//! Each is JSON, or CSV for a spreadsheet: amounts there are in the currency's major unit, and a text that
//! would be run as a formula gets an apostrophe.
//!
//! Whoever is bound to stores sees their stores; what happened at no store is seen by who is bound to none.

pub mod api;
mod csv;
mod model;
pub mod ops;

pub use csv::{Cell, Table};
pub use model::*;
