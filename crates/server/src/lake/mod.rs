//! The analysis lake 数据湖: how the lines of orders get from the database into Parquet, and stay true.
//!
//! What changes is counted by month ([`LakeReader`] follows the events: sales, refunds, imports, merges,
//! erasures). A refresh takes each month whose count is ahead of its watermark, reads it anew, writes it into
//! new files, and exchanges the months' files and the watermark in one transaction. So a late refund rewrites the
//! month of the refund, and that of its order where the order is wholly taken back now; and what happened while a
//! month was read is counted, so that it is read again.
//!
//! Exactly once: a file's name is written down as scrap before the file is; the exchange takes it from the scrap
//! and puts the replaced files there, and moves the watermark from what it was. A worker that dies leaves scrap; two
//! that do one month exchange once, and the other's files stay scrap. Scrap is removed after an hour, in which
//! whoever reads the old files has ended.
//!
//! A member is a number here ([`store`] keeps whose). An erased member's number is forgotten, and the months in
//! which they bought are written again without them, at once.
//!
//! Invariants: what the files of a month add up to is what the database says, where nothing is ahead of the
//! watermark ([`CHECKS`]); a merchant's files lie under its own folder and only its own tasks name them.
//!
//! Deliberately not here: the files' form and the object store; see [`shuke_insight::lake`].

mod belonging;
mod model;
pub(crate) mod ops;
mod reader;
mod refresh;
mod store;
mod verify;

pub use belonging::LakePart;
pub(crate) use model::LakeFile;
pub use model::{DataSet, LINES_MAX, LakeMonth, LakeState, Place};
pub use reader::LakeReader;
pub(crate) use refresh::{LEASE_MS, apart, refresh_held};
pub use refresh::{refresh, sweep};

use shuke_ledger::verify::Check;

/// What `verify` computes again of the lake.
pub const CHECKS: &[Check] = &[verify::check];
pub(crate) use store::{any_due, lease};
