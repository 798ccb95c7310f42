//! Baskets 关联分析: what is bought together.
//!
//! Frequent sets by pattern growth (Han, Pei and Yin, *Mining Frequent Patterns without Candidate
//! Generation*, SIGMOD 2000): for each item, the baskets that hold it, cut down to what is more frequent, are
//! a smaller problem of the same kind. The conditional baskets are not held as linked trees but as flat
//! arrays, and as words of 64 bits once so few items are left, equal ones merged (after Uno's LCM, FIMI 2004,
//! and Borgelt's remarks on FP-growth, 2005). Items of the first level are shared out over the threads; the
//! result does not depend on how many there are.
//!
//! A set is *closed* where no larger one stands in as many baskets, *maximal* where no larger one is frequent.
//! Rules with one item on the right: support, confidence, lift, leverage (Piatetsky-Shapiro 1991), conviction
//! (Brin and others 1997). Checked against Borgelt's programs and arules on Online Retail and Groceries.
//!
//! Do not trust a rule of few baskets, nor take lift for cause: a promotion that sold both makes lift, too.

mod grow;
mod model;
mod report;

pub use grow::frequent;
pub use model::{Baskets, Rule, Sets, baskets_of, rules};
pub use report::{Asked, report};
