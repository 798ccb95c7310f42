//! Asking 提问: one analysis of one file, as the command line and the server put it.
//!
//! [`run`] reads the orders in the way that fits (one pass over a plain Parquet file for the questions that
//! the summary answers, all orders in memory otherwise), computes, and answers with a [`Report`]; [`write`]
//! puts it into a file by its ending. With the feature `sql`, `run_on` asks many files, files larger than memory, and a
//! cluster.

#[cfg(feature = "sql")]
mod beyond;
mod catalogue;
mod members;
mod model;
mod ops;

#[cfg(feature = "sql")]
pub use beyond::run_on;
pub use catalogue::{Facts, Parameter};
pub use model::{Analysis, Ask, ParetoOf, parse_cut};
pub use ops::{run, write};
