//! Cohorts and levers.

use crate::orders::dates;
use crate::summary::{CohortCell, Month, Summary};
use serde::Serialize;

/// Members who first bought in one month.
#[derive(Clone, Debug, Serialize)]
pub struct Cohort {
    /// Months since 1970-01.
    pub month: i32,
    /// Their first month, then each month after.
    pub cells: Vec<CohortCell>,
}

/// A month's levers.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Levers {
    /// Months since 1970-01.
    pub month: i32,
    /// Counts and money.
    #[serde(flatten)]
    pub of: Month,
    /// Purchases per buyer.
    pub orders_per_buyer: f64,
    /// Minor units per purchase.
    pub money_per_order: i64,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Cohorts {
    /// The cohorts, oldest first.
    pub cohorts: Vec<Cohort>,
    /// Share that came back, by months since the first: mean over whole months of all cohorts, weighted by size.
    pub retention: Vec<f64>,
    /// Members with a purchase.
    pub members: u64,
    /// Of them, with more than one.
    pub repeat_members: u64,
    /// The months.
    pub levers: Vec<Levers>,
    /// Whether the last month is not over on the day of the analysis.
    pub last_month_open: bool,
}

/// Cohorts of a summary as of a day.
pub fn cohorts(summary: &Summary, as_of: i32) -> Cohorts {
    let last_month = dates::month_of(as_of);
    let last_month_open = dates::month_of(as_of.saturating_add(1)) == last_month;
    let count = i32::try_from(summary.months.len()).unwrap_or(0);
    let first = summary.first_month;
    let mut found = Vec::new();
    for (at, row) in summary.cohorts.iter().enumerate() {
        let month = first + i32::try_from(at).unwrap_or(0);
        if row.first().is_none_or(|cell| cell.members == 0) {
            continue;
        }
        let mut cells = row.clone();
        cells.resize(usize::try_from(first + count - month).unwrap_or(0), CohortCell::default());
        found.push(Cohort { month, cells });
    }
    let whole = first + count - i32::from(last_month_open && first + count - 1 == last_month);
    let mut retention = Vec::new();
    for offset in 0..usize::try_from(count).unwrap_or(0) {
        let seen = found.iter().filter(|cohort| cohort.month + i32::try_from(offset).unwrap_or(0) < whole && cohort.cells.len() > offset);
        let (came, all) = seen.fold((0, 0), |(came, all), cohort| (came + cohort.cells[offset].members, all + cohort.cells[0].members));
        if all == 0 {
            break;
        }
        retention.push(came as f64 / all as f64);
    }
    let levers = summary.months.iter().enumerate().map(|(at, month)| Levers {
        month: first + i32::try_from(at).unwrap_or(0),
        of: *month,
        orders_per_buyer: month.orders as f64 / month.buyers.max(1) as f64,
        money_per_order: if month.orders == 0 { 0 } else { (month.money as f64 / month.orders as f64).round() as i64 },
    });
    Cohorts {
        levers: levers.collect(),
        members: summary.buyers().count() as u64,
        repeat_members: summary.buyers().filter(|(_, member)| member.orders > 1).count() as u64,
        cohorts: found,
        retention,
        last_month_open,
    }
}
