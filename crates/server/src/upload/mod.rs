//! Imports and exports for people in a browser.
//!
//! A file is brought (`uploaded`), looked at as often as one likes (a dry run with its report, and the first
//! rows), and then run (`queued` → `done` or `failed`) by whichever server does the background work: the
//! [`courier`] leases one, writes it into a folder of its own under a generated name, and lets
//! [`import::run`](crate::import::run) do what the command line does. An import that was interrupted is
//! leased again and goes on after its last batch.
//!
//! Invariants: a file is at most [`FILE_BYTES_MAX`] long; what it holds is sealed in the database (it is
//! personal), and is removed when the import has ended, or with the file after a day; what could not be used
//! is kept, sealed, for a month. A list that is taken out is told to the audit log before its first row.
//!
//! Deliberately not here: reading files and writing lists; see [`import`](crate::import) and
//! [`export`](crate::export).

pub mod api;
pub mod courier;
mod model;
mod ops;
mod store;

pub use model::{FILE_BYTES_MAX, ImportReport, Upload, UploadId, UploadState};
pub(crate) use ops::prune;
