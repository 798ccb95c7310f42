//! The summary 汇总: everything that five analyses need of each member, in one pass over the orders.
//!
//! Orders come in the order of time, or member by member; a [`Pass`] keeps 32 bytes a member in one dense
//! array and some histograms. RFM, stages, Pareto, monthly cohorts, the gaps between orders and the growth
//! levers are then read off it. Orders that come in no order are noticed ([`Pass::is_disordered`]) and are
//! sorted by the caller.
//!
//! Invariants: purchases count, returns only take money back; a member without a purchase stays at nothing.

mod model;
mod stream;

pub use model::{CohortCell, Member, Month, Pass, Summary, ordered};
#[cfg(feature = "sql")]
pub(crate) use model::{DAYS, FIRST_DAY, GAP_MAX, MONTHS};
pub use stream::{Streamed, from_orders, from_parquet, plain_parquet};
