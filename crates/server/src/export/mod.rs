//! Takes a shop's data out: members, orders, refunds, products, balances, as CSV or XLSX.
//!
//! A list is read page by page, each page in a read of its own, and written as it comes: memory does
//! not grow with the list. The columns are named as the import names its fields, or in Chinese as the import
//! understands it; so are the values that are one of a few words. What went out of one shop comes into another.
//!
//! Invariants: names, phones, addresses, birthdays and notes are left out unless they are asked for,
//! and then the audit log says so before the first row is written. A text that a spreadsheet program
//! would run as a formula is disarmed. The file appears under its name when it is whole.

mod heading;
mod list;
mod sheet;
pub(crate) mod word;

pub use heading::Headings;
pub use list::{Kind, Request, write};
pub use sheet::{Cell, Sheet};
