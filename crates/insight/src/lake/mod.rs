//! The lake 数据湖: a merchant's lines and members as Parquet on an object store, for analysis and for other
//! programs.
//!
//! One folder a merchant, one a data set, one a month:
//! `merchant=7/lines/month=2026-11/<id>.parquet`, `merchant=7/members/<id>.parquet`. A file is written whole
//! under a name of its own and never changed; which files make up the lake says the manifest, which whoever
//! writes keeps (the server in its database) and mirrors as `merchant=7/manifest.json` for other programs. So a
//! month that is rewritten is exchanged at once, and a file that no manifest names is nothing.
//!
//! A [`Line`] is a line that was sold, or one that came back (quantity and amount below zero, in the month of
//! the refund). A member is a number: nothing in the lake says who they are. Lines of an order that was wholly
//! taken back, and of its refunds, are marked: such an order is no purchase.
//!
//! [`Shelf`] is the object store, [`line`] and [`member`] are the data sets' columns, [`lay`] turns lines into one
//! file of the machine that [`ask`](crate::ask) reads.
//!
//! Deliberately not here: what changed since when, and the database; that is the server's.

mod columns;
pub mod lay;
pub mod line;
pub mod member;
mod shelf;

pub use lay::{Laid, Laying, Names};
pub use line::Line;
pub use member::MemberRow;
pub use shelf::Shelf;

/// Does work on so many threads of its own; on those of the whole process where they can't be had.
pub fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// The folder of a data set.
pub fn folder_name(merchant: i64, data_set: &str) -> String {
    format!("merchant={merchant}/{data_set}")
}

/// The name of a new file of a data set; `month` is empty where there are none.
pub fn file_name(merchant: i64, data_set: &str, month: &str, id: &str) -> String {
    let folder = folder_name(merchant, data_set);
    match month {
        "" => format!("{folder}/{id}.parquet"),
        month => format!("{folder}/month={month}/{id}.parquet"),
    }
}

/// Where the manifest is mirrored for other programs.
pub fn manifest_name(merchant: i64) -> String {
    format!("merchant={merchant}/manifest.json")
}
