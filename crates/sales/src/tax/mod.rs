//! Tax 税: what of a sale is tax, at which rate.
//!
//! The merchant chooses: none; *inclusive*, where prices hold the tax (China); or *exclusive*, where it
//! comes on top of what is left to pay after every discount. A product may have a rate of its own, else
//! the merchant's holds. Tax is rounded once per line, half away from zero, and frozen on the order; the
//! receipt's summary adds lines of one rate. A refund gives back tax by the same cumulative rounding as
//! the net, so that the parts of a line add up to its tax.
//!
//! Points are earned on what is left without tax that came on top; 抹零 rounds before it.
//!
//! Deliberately absent: invoices 发票 and filing, which are other systems' work.

pub mod api;
mod model;

pub use model::{TaxMode, TaxPolicy, TaxRow, TaxedLine, line, summary};
