//! Figures 经营数据: what the owner sees first, quick however many orders there are.
//!
//! Three projections of orders and refunds: by local hour and store, by product and day, by buyer and day.
//! The first two follow `sale.completed` and `sale.refunded` ([`FigureReader`]) and add up; the third is
//! counted anew from the orders of one member on one day whenever one of them changes hands or is taken
//! back, so that merges and claims come out right in any order. Orders of an import are added with them.
//!
//! A sale counts in its hour, a refund in its own: yesterday's figures don't change. Only that an order was
//! wholly taken back is told at the order's own hour (`undone`), and with its buyer.
//!
//! Sold, received and consumed are those of the reports ([`crate::report`]), of the same days.
//!
//! Deliberately absent: anything that would have to read many orders to answer. Which cards look as if they were
//! passed around is seen by whom the third projection names; only of these the orders of the last days are read.

pub mod api;
mod card;
mod model;
pub mod ops;
mod reader;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use reader::FigureReader;
pub(crate) use verify::check;
