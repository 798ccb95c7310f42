//! Work that happens after its cause: the event log with its readers, and jobs with their schedules.
//!
//! - [`event`]: whatever happens is appended in the transaction that made it happen. Each reader
//!   walks the log at its own pace; its cursor moves in the transaction of its effect, so each
//!   event has its effect once.
//! - [`job`]: a row enqueued in the transaction of its cause. A worker leases it in a short
//!   transaction, works outside any, and finishes it in the transaction of the effect.
//! - [`Runner`]: the loop that a server runs, and that a test steps by hand.
//!
//! [`Backlog`] says how far the work is behind.
//!
//! No network call and no job body runs inside a transaction.

pub mod backlog;
pub mod event;
pub mod job;
mod runner;

pub use backlog::Backlog;
pub use event::{Event, Reader, StoredEvent};
pub use job::{Job, JobRequest};
pub use runner::{Handler, Runner, Task, Work, merchants};
