//! Price 价格敏感度: who buys at a discount, and how much more is bought when a price falls.
//!
//! Of each line the file says the price before the discount (list price or discount column); where it does
//! not, the item's usual price stands for it: the one at which most lines were sold in the same quarter of
//! a year. A line counts as bought at a discount from five percent below. A member's share of such lines is
//! judged by Wilson's interval (JASA 22, 1927) against the shop's: *sensitive* where all of the interval lies
//! above, *not sensitive* where all of it lies below, else not known yet.
//!
//! Elasticity is the slope of ln pieces on ln price a week, within items (fixed effects; a constant
//! elasticity as in Tellis, JMR 25, 1988), with errors clustered by item (Arellano 1987; small-sample factor
//! of Cameron and Miller, JHR 50, 2015).
//!
//! Do not trust it where a price falls when demand falls anyway (end of season), where lower prices are for
//! large quantities (wholesale), or where few items changed their price. Weeks without a sale are not seen.

mod model;
mod report;

pub use model::{Elasticity, Habit, Prices, Sensitivity, elasticity, prices};
pub use report::report;
