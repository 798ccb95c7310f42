//! A whole database as one file, of either kind, into either kind.
//!
//! [`write`] reads every table in one snapshot, while sales go on, and writes typed rows; [`restore`]
//! reads the file twice: first whole, to see that it is complete and unharmed, then into an empty
//! database, in one transaction. So a file that is damaged or cut off changes nothing, and a restore
//! that breaks off leaves nothing.
//!
//! The file: one line of text, then a gzip stream: when it was made and which migrations its schema
//! has; each table with its columns and rows; the number of all rows; the SHA-256 of all that. Personal
//! data stays sealed as it is in the tables, and the master key is not in it.
//!
//! Restoring builds the schema that the backup had and then brings it up to date, so an older backup
//! goes into a newer server. Positions (of events and entries) are row ids on SQLite and transaction
//! ids on PostgreSQL: on PostgreSQL new ones count on from the highest that was brought in, on SQLite
//! those that several rows share are numbered anew in their order, with the cursors and seals that
//! name them.

mod dump;
mod format;
mod load;
mod renumber;

pub use dump::{Pace, write};
pub use load::{check, restore};

use shuke_kernel::Instant;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// When it was made.
    pub at: Instant,
    /// The migrations of its schema.
    pub schema: Vec<String>,
    /// Its tables.
    pub tables: u64,
    /// Its rows, over all tables.
    pub rows: u64,
    /// SHA-256 of what it holds, in hexadecimal.
    pub hash: String,
}
