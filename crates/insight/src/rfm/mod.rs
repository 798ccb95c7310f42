//! RFM: how recently, how often and for how much each member bought.
//!
//! Quintile scores as Hughes, *Strategic Database Marketing* (1994): members in five equal parts by each
//! measure, ties by the member's number so that a second run gives the same. The eight value cells 重要价值 …
//! 一般挽留 compare each measure with a cut: the mean by default, or median, quantile, fixed.
//!
//! Do not trust a mean as a cut where a few wholesale customers dominate: use the median. Scores rank members
//! of one shop against each other; they say nothing across shops.

mod model;
mod report;

pub use model::{Cell, CellTotals, Cuts, Method, Rfm, rfm};
pub use report::report;
