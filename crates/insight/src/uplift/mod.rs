//! Uplift 增量效果: what a campaign did, against a group that was held out by chance.
//!
//! Shares (who visited, who bought): Newcombe's interval for a difference, method 10 (Statistics in Medicine
//! 17, 1998), which stays within −1 and 1 and holds with few members; Fisher's exact test where a cell is
//! small, else χ². Means (visits, spend): Welch's interval (1947). Spend is skewed: below 30 members a side
//! means are compared by Pitman's permutation test (1937) and the interval that belongs to it.
//!
//! Only a group that was held out by chance says what the campaign did; comparing with those who happened
//! not to be reached says who was reached.

mod exact;
mod model;
mod report;
mod trial;

pub use exact::{Permuted, permuted};
pub(crate) use model::wilson;
pub use model::{Arm, MeanUplift, ShareUplift, of_means, of_shares};
pub use report::report;
pub use trial::{Compared, Trial, trial};
