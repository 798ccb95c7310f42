//! Pareto 二八: how few make how much.
//!
//! The Lorenz curve (1905) of money over members, goods, staff or stores: the smallest set that gives 80 %,
//! the share of the best 20 %, the Gini coefficient, and how that set has changed. Who is below zero (more
//! returned than bought) counts as nothing.

mod model;
mod report;

pub use model::{Drift, Pareto, drift, pareto};
pub use report::report;
