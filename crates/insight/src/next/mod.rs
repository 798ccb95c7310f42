//! Next 下一单: what a member will need or like next.
//!
//! [`replenish`]: goods that are used up. Within an item, the logarithm of a member's interval is her own
//! mean around the item's (one-way random effects; variances by analysis of variance, Searle, Casella and
//! McCulloch, *Variance Components*, 1992, 3.6; her mean by the best linear unbiased predictor, Henderson
//! 1975), so that one odd interval moves her date a little and ten move it fully.
//! [`recommend`]: what members who bought the same bought next, by the conditional probability of Deshpande
//! and Karypis, *Item-Based Top-N Recommendation Algorithms*, ACM TOIS 22 (2004), counted in the order of
//! time. [`ages`]: what is bought at which age of a child, as rates of members who were there at that age.
//!
//! All three are tried on the last weeks before they speak: what was due, recommended or next against what
//! was then bought, beside the most popular goods. Where the most popular do as well, the report says so.
//!
//! Do not trust intervals across a holiday, nor recommendations where a shop has few goods or members buy once.

pub mod ages;
mod model;
pub mod recommend;
pub mod replenish;
mod report;

pub use model::{Bought, bought};
pub use report::{Found, report};
