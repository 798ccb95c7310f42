//! Demand 需求: how many pieces of each product each store will sell.
//!
//! Products that sell nearly every day are foreseen like the shop's sales (damped Holt–Winters, see
//! [`crate::forecast`]); those that sell now and then by Croston's method (Operational Research Quarterly 23,
//! 1972) with the correction of Syntetos and Boylan, *The accuracy of intermittent demand estimates*,
//! International Journal of Forecasting 21 (2005): (1 − α ÷ 2) × size ÷ interval. Which is which follows the
//! mean interval between days with a sale, 1.32, as in Syntetos, Boylan and Croston, JORS 56 (2005).
//!
//! Each series is tried from many days of its second half with what was known then; the spread of those
//! errors is the interval, and "as much as in the days before" is tried beside it.
//!
//! What was out of stock looks like no demand. Promotions and holidays are not known. New products have no
//! past to go by and are left out.

mod model;
mod report;

pub use model::{Demand, Method, Series, demand};
pub use report::report;
