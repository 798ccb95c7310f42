//! Rhythm 消费节奏: how long members stay away, whose next visit is due, and when they like to come.
//!
//! Gaps are whole days between a member's purchases, one after the other. A member's own interval is the
//! median of the gaps between her days (three days with a purchase at least); the next visit is due that long
//! after the last. Who is late by more than half an interval is named, those worth most first. The best hour
//! to reach somebody is when the shop's members buy; it is no consent to call.
//!
//! Do not trust an interval of few visits, or one across a season or a holiday.

mod model;
mod report;

pub use model::{Due, Rhythm, intervals, rhythm};
pub use report::report;
