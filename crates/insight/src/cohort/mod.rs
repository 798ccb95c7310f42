//! Cohorts 同期群: members by the month of their first purchase, who came back in each month after, and what
//! they spent; beside them the four growth levers of each month: new members, buyers, purchases per buyer,
//! money per purchase.
//!
//! A member counts in a month with at least one purchase in it; the first month is the cohort's size. A
//! cohort's last month is cut short where the day of the analysis is not a month's last: it is marked, and
//! no mean takes it in.

mod model;
mod report;

pub use model::{Cohort, Cohorts, Levers, cohorts};
pub use report::report;
