//! Clocks of points that end by inactivity 不活跃清零.
//!
//! Life cycle: the first activity that counts (a purchase, points spent, a top-up, a check-in) starts a
//! member's clock; each later one winds it up; when the last day is over, midnight empties the member's
//! points that have no end of their own, debts paid first, and the clock stands until the next activity.
//! An activity that is undone no longer counts: the clock goes back to the one before.
//!
//! Invariants: a cause is one activity of a kind; the clock is the latest activity that is not undone
//! plus the policy's months. What was granted after the last day is not emptied with it.
//!
//! Deliberately not here: lots with a date of their own (the ledger empties those), and members who never
//! did anything since the policy was set: their clock doesn't run yet.

pub(crate) mod ops;
mod reader;
pub(crate) mod store;
mod verify;

pub use ops::midnight;
pub use reader::ClockReader;
pub use store::Clock;
pub use verify::check;
