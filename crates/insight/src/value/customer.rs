//! What the purchase models know of a member, and the members grouped by it.

use crate::numeric::newton::Point;
use rayon::prelude::*;

/// Days of the unit of time of the models: a week.
pub const UNIT_DAYS: f64 = 7.0;
/// Longest history, in days: 2²¹ days are 5,700 years, and three counts fit one 64-bit key.
pub const DAYS_MAX: u32 = (1 << 21) - 1;

/// A member's purchases: those of one day are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Customer {
    /// Repeat purchases x: days with a purchase, the first left out.
    pub repeats: u32,
    /// Days from the first purchase to the last, t_x; 0 without a repeat.
    pub last_days: u32,
    /// Days from the first purchase to the end of the observation, T.
    pub age_days: u32,
}

/// A member's spending for Gamma-Gamma.
#[derive(Clone, Copy, Debug)]
pub struct Spender {
    /// Repeat purchases x, at least one.
    pub repeats: u32,
    /// Mean spend of a repeat purchase, in major units (yuan), above zero.
    pub mean: f64,
}

/// Members with the same x, t_x and T.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Repeat purchases.
    pub repeats: u32,
    /// Day of the last.
    pub last_days: u32,
    /// Age in days.
    pub age_days: u32,
    /// How many members.
    pub members: f64,
}

/// All members, grouped.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The groups, by x, then T, then t_x.
    pub rows: Vec<Row>,
    /// How many members have more than j repeat purchases.
    pub above: Vec<f64>,
    /// How many members there are.
    pub members: f64,
    /// The largest age in days.
    pub age_max: u32,
}

impl Rows {
    /// Groups members. Days beyond [`DAYS_MAX`] count as that; a last day beyond the age counts as the age.
    pub fn of(customers: &[Customer]) -> Self {
        let mut keys: Vec<u64> = customers
            .iter()
            .map(|c| {
                let age = c.age_days.min(DAYS_MAX);
                let last = if c.repeats == 0 { 0 } else { c.last_days.min(age) };
                u64::from(c.repeats.min(DAYS_MAX)) << 42 | u64::from(age) << 21 | u64::from(last)
            })
            .collect();
        keys.par_sort_unstable();
        let mask = u64::from(DAYS_MAX);
        let part = |key: u64| u32::try_from(key & mask).unwrap_or(DAYS_MAX);
        let mut rows: Vec<Row> = Vec::new();
        let mut before = None;
        for key in keys {
            match rows.last_mut() {
                Some(row) if before == Some(key) => row.members += 1.0,
                _ => rows.push(Row { repeats: part(key >> 42), age_days: part(key >> 21), last_days: part(key), members: 1.0 }),
            }
            before = Some(key);
        }
        Self::with(rows)
    }

    /// With what follows from the groups.
    fn with(rows: Vec<Row>) -> Self {
        let most = rows.last().map_or(0, |row| row.repeats) as usize;
        let mut above = vec![0.0; most];
        for row in rows.iter().filter(|row| row.repeats > 0) {
            above[row.repeats as usize - 1] += row.members;
        }
        for j in (1..most).rev() {
            above[j - 1] += above[j];
        }
        let age_max = rows.iter().map(|row| row.age_days).max().unwrap_or(0);
        Self { members: rows.iter().map(|row| row.members).sum(), rows, above, age_max }
    }

    /// About so many of the groups, taken evenly.
    pub fn thinned(&self, groups: usize) -> Self {
        let step = (self.rows.len() / groups.max(1)).max(1);
        Self::with(self.rows.iter().skip(step / 2).step_by(step).copied().collect())
    }

    /// Mean number of repeat purchases.
    pub fn mean_repeats(&self) -> f64 {
        self.rows.iter().map(|row| row.members * f64::from(row.repeats)).sum::<f64>() / self.members.max(1.0)
    }

    /// Mean age in units of time.
    pub fn mean_age(&self) -> f64 {
        self.rows.iter().map(|row| row.members * f64::from(row.age_days)).sum::<f64>() / self.members.max(1.0) / UNIT_DAYS
    }

    /// Sums a term over the groups, in an order that does not depend on the number of threads.
    pub fn sum<const N: usize>(&self, term: impl Fn(&Row) -> Point<N> + Sync) -> Point<N> {
        let part = |rows: &[Row]| rows.iter().fold(Point::ZERO, |sum, row| sum.plus_times(&term(row), row.members));
        if self.rows.len() <= CHUNK {
            return part(&self.rows);
        }
        let parts: Vec<Point<N>> = self.rows.par_chunks(CHUNK).map(part).collect();
        parts.iter().fold(Point::ZERO, |sum, part| sum.plus(part))
    }
}

/// Groups that one task sums.
const CHUNK: usize = 4096;

impl<const N: usize> Point<N> {
    /// Adds a term so many times; only the lower half of its second derivatives is read.
    #[inline]
    pub fn plus_times(mut self, term: &Self, times: f64) -> Self {
        self.value += times * term.value;
        for i in 0..N {
            self.gradient[i] += times * term.gradient[i];
            for j in 0..=i {
                self.hessian[i][j] += times * term.hessian[i][j];
            }
        }
        self
    }
}

/// f(d ÷ 7) for every day up to `days`.
pub fn by_day(days: u32, f: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..=days).map(|day| f(f64::from(day) / UNIT_DAYS)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_grouped_and_counted() {
        let customer = |repeats, last_days, age_days| Customer { repeats, last_days, age_days };
        let rows = Rows::of(&[customer(2, 10, 30), customer(0, 5, 30), customer(2, 10, 30), customer(1, 40, 30)]);
        assert_eq!(rows.rows.len(), 3);
        assert_eq!(rows.above, [3.0, 2.0]);
        assert_eq!(rows.rows[0].last_days, 0, "who never came again has no last day");
        assert_eq!(rows.rows[1].last_days, 30, "a last day is not after the end");
        assert!((rows.mean_repeats() - 1.25).abs() < 1e-12);
        let some = rows.thinned(2);
        assert_eq!((some.rows.len(), some.members, some.above.len()), (3, 4.0, 2), "three groups are not many");
        assert_eq!((rows.thinned(1).rows[0].repeats, rows.thinned(1).members), (1, 1.0));
        assert!(Rows::of(&[]).thinned(5).rows.is_empty());
    }
}
