//! SQL on DataFusion 查询引擎: the summaries of many files, of files larger than memory, and on a cluster.
//!
//! [`Engine::open`] is the one place where a context is made: in this process, with a limit on memory beyond which
//! sorting and grouping go to disk, or on a Ballista cluster (`df://host:port`, feature `cluster`). The SQL is the same
//! on both. [`files`] finds the files that were named. Where they are Parquet with one order a row in plain numbers,
//! SQL reads them as they are; all others are read row by row by [`orders`](crate::orders), with all its treatments, and
//! `lay` lays them as lines of plain numbers for SQL to put together. `text` holds the SQL, [`Shop`] turns what it
//! answers into the same [`Summary`](crate::summary::Summary) that one pass makes.
//!
//! Invariants: integer for integer what one pass finds; nothing that SQL is given comes from a user; no statement can
//! create or change anything; what goes to disk is gone when the engine is.
//!
//! Deliberately not here: SQL written by users; the analyses of lines (baskets, prices, …), which keep all orders of one
//! file in memory.

#[cfg(feature = "cluster")]
pub mod cluster;
mod engine;
pub mod files;
mod lay;
mod shop;
mod text;

pub use engine::{Engine, Settings};
pub use shop::{Parts, Shop};
