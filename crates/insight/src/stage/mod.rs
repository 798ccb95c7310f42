//! Stages 客户阶段: active, marginal, dormant, lost by the time since the last purchase, and how members move
//! between them.
//!
//! The bands are those of the shop's trade, 3, 6 and 12 calendar months by default; a member is in a band up
//! to and including the day that is so many months after the last purchase, a day that the month lacks
//! becoming its last day, as in the member system itself. Bands are a convention: beside them stands the
//! probability of being alive, which knows that somebody who came weekly is missed sooner.

mod model;
mod report;

pub use model::{Bands, Snapshot, Stage, Stages, boundaries, stages};
pub use report::report;
