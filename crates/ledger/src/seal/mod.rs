//! The seal: a hash chain over a merchant's entries.
//!
//! Life cycle: an entry is written unsealed; in the background, batches of entries are hashed together
//! with the hash of the batch before, and each batch gets a row. Who changes, removes or slips in an
//! entry afterwards must change every later hash, and whoever has noted a later one down finds out.
//!
//! SHA-256 over a domain text, the merchant's number, the previous hash and the entries in the order
//! of (position, source, line), every field written by its type and length. On PostgreSQL only entries
//! below the oldest open transaction are sealed, so that none can get in front of a sealed one.
//! Two servers may seal at once: the primary key lets one win.
//!
//! Deliberately absent: locks on the way of a sale. A sale doesn't know of the chain.

mod model;
mod ops;
pub(crate) mod store;

pub(crate) use model::Chain;
pub use model::Seal;
pub use ops::{EVERY_MS, run, task};
