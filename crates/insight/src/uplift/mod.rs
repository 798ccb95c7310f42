//! Uplift 增量效果: what a campaign did, against a group that was held out by chance.
//!
//! Shares (who visited, who bought): Newcombe's interval for a difference, method 10 (Statistics in Medicine
//! 17, 1998), which stays within −1 and 1 and holds with few members; Fisher's exact test where a cell is
//! small, else χ². Means (visits, spend): Welch's interval (1947). Spend is skewed: below 30 members a side
//! the interval of the mean is marked as not to be trusted.
//!
//! Only a group that was held out by chance says what the campaign did; comparing with those who happened
//! not to be reached says who was reached.

mod model;

pub use model::{Arm, MeanUplift, ShareUplift, of_means, of_shares};
