//! Insight 洞察: from orders to who will come back, and why.
//!
//! A file of orders (CSV or Parquet) becomes [`orders`], then a small [`summary`] a member in one pass, and
//! on that each analysis is a pure function in a folder of its own: values in, values out, the day included.
//! Every method is a published one; its folder names the paper, what was checked, and when not to trust it.
//! What one pass can't (many files, files larger than memory, a cluster) SQL does, with the feature `sql`.
//! [`lake`] is what a server keeps of its orders on an object store. [`ask`] runs one analysis as the command line
//! asks for it, [`report`] writes what was found for people and programs.
//!
//! Invariants: money is in minor units on the way in and on the way out, floating point only inside a model;
//! the same file gives the same answer on any number of threads; nothing that a file may hold makes it panic.
//!
//! Deliberately not here: the operational screens, which read the database; writing anything into it.
#![expect(clippy::needless_range_loop, reason = "matrices and parallel arrays are written with their indices, as the papers write them")]
#![expect(clippy::neg_cmp_op_on_partial_ord, reason = "what is no number fails the condition too, and is meant to")]

pub mod anomaly;
pub mod ask;
pub mod attribute;
pub mod basket;
pub mod churn;
pub mod cluster;
pub mod cohort;
pub mod demand;
pub mod forecast;
pub mod lake;
pub mod next;
pub mod numeric;
pub mod orders;
pub mod pareto;
pub mod portrait;
pub mod price;
pub mod report;
pub mod rfm;
pub mod rhythm;
#[cfg(feature = "sql")]
pub mod sql;
pub mod stage;
pub mod summary;
pub mod survival;
pub mod uplift;
pub mod value;
