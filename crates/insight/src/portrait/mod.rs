//! Portrait 画像与共性: what a group of members is like, held against all others.
//!
//! For each value of each attribute (usual store, what she has bought, how much, and the columns of the table
//! of members): its share in the group and among the others, lift, Newcombe's interval (1998) of the
//! difference, Fisher's or the χ² test with Benjamini and Hochberg's correction (1995). For figures (visits,
//! money, days since the last visit): both means with Welch's interval (1947). Members of the list get their
//! size class within their store by cumulated money (large: the fewest who make half of it; small: the last
//! tenth), as in an ABC analysis.
//!
//! A group that was chosen by an attribute differs in it by construction: that is no finding.

mod model;
mod report;

pub use model::{Figure, Portrait, Size, portrait, sizes};
pub use report::{Listed, report};
