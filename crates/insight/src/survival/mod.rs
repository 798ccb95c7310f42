//! Survival 留存曲线: how long until a member is gone, and whether groups differ in it.
//!
//! Kaplan and Meier (1958) with Greenwood's variance and the log-log interval; the log-rank test of Mantel
//! (1966) for two or more groups. Members who are still there count for as long as they were seen.
//!
//! "Gone" is a convention where nobody cancels: here, no purchase for so long as the stage bands call lost.
//! The log-rank test sees little where curves cross.

mod model;

pub use model::{LogRank, Observed, Step, log_rank, survival};
