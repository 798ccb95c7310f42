//! Churn 流失原因: what those who left had in common, and when they leave.
//!
//! A member has left when she has not bought for so many months as the stage bands call lost. Two views on
//! it. Lift: of the members who joined long enough ago that they could have left, how much more often those
//! with an attribute did (Newcombe 1998 for the interval, Fisher or χ² for the test, Benjamini and Hochberg
//! 1995 for so many tests). Survival: Kaplan and Meier (1958) by attribute with Mantel's log-rank test
//! (1966), in which everybody counts for as long as she was seen. Attributes are those of the first purchase
//! and of the table of members: what came later (how often she bought) would explain leaving by itself.
//!
//! Leaving is declared, not seen: it is dated to the day on which the months were full. Do not take lift for
//! cause: a store in which more leave may have another public.

mod model;
mod report;

pub use model::{Churn, Compared, churn, observed};
pub use report::report;
