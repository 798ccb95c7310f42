//! Series of pieces a day, and what comes next.

use crate::forecast::damped;
use crate::orders::Orders;
use rayon::prelude::*;
use serde::Serialize;
use shuke_kernel::{Error, Result};
use std::collections::BTreeMap;

/// How a series was foreseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Holt–Winters.
    Steady,
    /// Croston, corrected.
    NowAndThen,
}

/// One product in one store.
#[derive(Clone, Debug, Serialize)]
pub struct Series {
    /// The store, [`crate::orders::NONE`] where the file has none.
    pub store: u32,
    /// The item.
    pub item: u32,
    /// How it was foreseen.
    pub method: Method,
    /// Pieces of the days to come, all together.
    pub expected: f64,
    /// Nine of ten past errors would keep within; none where too few could be looked at.
    pub interval: Option<(f64, f64)>,
    /// Pieces in as many days before.
    pub before: f64,
    /// Mean absolute error of the trials, as a share of what was sold.
    pub error_share: f64,
    /// The same of "as much as in the days before".
    pub naive_error_share: f64,
    /// Starts of the trial.
    pub trials: usize,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Demand {
    /// Days ahead.
    pub days: usize,
    /// The series, the largest first.
    #[serde(skip)]
    pub series: Vec<Series>,
    /// Series with too short a past.
    pub too_short: usize,
    /// Series beyond the largest ones.
    pub beyond: usize,
}

/// Most series that are looked at.
const SERIES_MAX: usize = 5_000;
/// Fewest days since the first sale, and fewest days with one.
const DAYS_MIN: usize = 42;
/// The same of days with a sale.
const SALES_MIN: usize = 3;
/// Most days that are looked at.
const DAYS_MAX: usize = 1_095;
/// Days between two sales from which demand is intermittent.
const INTERMITTENT: f64 = 1.32;
/// Weight of the latest sale in Croston's method.
const ALPHA: f64 = 0.1;
/// Most starts of a trial.
const STARTS_MAX: usize = 60;
/// Fewest starts for an interval.
const STARTS_MIN: usize = 10;

/// Pieces a day of every store and item from its first sale to the last day of the file.
fn series(orders: &Orders, last: i32) -> BTreeMap<(u32, u32), Vec<f64>> {
    let mut sold: Vec<((u32, u32), i32, i64)> = orders
        .lines
        .iter()
        .filter(|line| line.pieces > 0)
        .map(|line| (line, &orders.orders[line.order as usize]))
        .filter(|(_, order)| order.day <= last)
        .map(|(line, order)| ((order.store, line.item), order.day, line.pieces))
        .collect();
    sold.sort_unstable();
    let mut all = BTreeMap::new();
    for own in sold.chunk_by(|a, b| a.0 == b.0) {
        let first = own[0].1.max(last - i32::try_from(DAYS_MAX).unwrap_or(i32::MAX) + 1);
        let mut days = vec![0.0; usize::try_from(last - first + 1).unwrap_or(0)];
        for (_, day, pieces) in own.iter().filter(|(_, day, _)| *day >= first) {
            days[usize::try_from(day - first).unwrap_or(0)] += *pieces as f64 / 1_000.0;
        }
        all.insert(own[0].0, days);
    }
    all
}

/// Pieces of each product and store in the days to come; `last` is the last whole day.
///
/// Errors: `column_missing`, `history_too_short`.
pub fn demand(orders: &Orders, last: i32, days: usize) -> Result<Demand> {
    if orders.lines.is_empty() {
        return Err(Error::invalid("column_missing", "the file has no column for item; say which it is with --item COLUMN"));
    }
    let days = days.clamp(1, 92);
    let mut all: Vec<((u32, u32), Vec<f64>)> = series(orders, last).into_iter().collect();
    let found = all.len();
    all.retain(|(_, values)| values.len() >= DAYS_MIN.max(days * 2) && values.iter().filter(|v| **v > 0.0).count() >= SALES_MIN);
    let too_short = found - all.len();
    if all.is_empty() {
        let detail = format!("no product has been sold for {} days yet on {SALES_MIN} days or more", DAYS_MIN.max(days * 2));
        return Err(Error::refused("history_too_short", detail));
    }
    all.sort_by(|a, b| b.1.iter().sum::<f64>().total_cmp(&a.1.iter().sum()).then(a.0.cmp(&b.0)));
    let beyond = all.len().saturating_sub(SERIES_MAX);
    all.truncate(SERIES_MAX);
    let mut series: Vec<Series> = all.par_iter().map(|((store, item), values)| one(*store, *item, values, days)).collect();
    series.sort_by(|a, b| b.expected.total_cmp(&a.expected).then((a.store, a.item).cmp(&(b.store, b.item))));
    Ok(Demand { days, series, too_short, beyond })
}

/// Pieces a day by Croston with the correction, after each day; nothing before the first sale.
fn croston(values: &[f64]) -> Vec<f64> {
    let (mut size, mut gap, mut since) = (0.0, 0.0, 0.0);
    let mut after = Vec::with_capacity(values.len());
    for value in values {
        since += 1.0;
        if *value > 0.0 {
            (size, gap) = if gap == 0.0 { (*value, since) } else { (size + ALPHA * (value - size), gap + ALPHA * (since - gap)) };
            since = 0.0;
        }
        after.push(if gap > 0.0 { (1.0 - ALPHA / 2.0) * size / gap } else { 0.0 });
    }
    after
}

fn one(store: u32, item: u32, values: &[f64], days: usize) -> Series {
    let sales = values.iter().filter(|v| **v > 0.0).count();
    let method = if values.len() as f64 / sales as f64 >= INTERMITTENT { Method::NowAndThen } else { Method::Steady };
    // What would have been said after each number of days, about the days that follow.
    let after: Vec<f64> = match method {
        Method::NowAndThen => croston(values).into_iter().map(|rate| rate * days as f64).collect(),
        Method::Steady => damped(values, values.len() / 2, days),
    };
    let first = (values.len() / 2).max(days);
    let step = (values.len().saturating_sub(days + first) / STARTS_MAX).max(1);
    let starts: Vec<usize> = (first..=values.len() - days).step_by(step).collect();
    let sum = |range: std::ops::Range<usize>| values[range].iter().sum::<f64>();
    let mut errors: Vec<f64> = starts.iter().map(|at| sum(*at..at + days) - after[at - 1].max(0.0)).collect();
    let naive: f64 = starts.iter().map(|at| (sum(*at..at + days) - sum(at - days..*at)).abs()).sum();
    let sold: f64 = starts.iter().map(|at| sum(*at..at + days)).sum();
    let share = |error: f64| if sold > 0.0 { error / sold } else { 0.0 };
    let error_share = share(errors.iter().map(|error| error.abs()).sum());
    errors.sort_unstable_by(f64::total_cmp);
    let expected = after[values.len() - 1].max(0.0);
    let at = |part: f64| errors[(part * (errors.len() - 1) as f64).round() as usize];
    let interval = (errors.len() >= STARTS_MIN).then(|| ((expected + at(0.05)).clamp(0.0, expected), (expected + at(0.95)).max(expected)));
    Series {
        store,
        item,
        method,
        expected,
        interval,
        before: sum(values.len() - days..values.len()),
        error_share,
        naive_error_share: share(naive),
        trials: errors.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::Dice;
    use crate::orders::{Line, NO_MINUTE, NONE, Order};

    #[test]
    fn croston_is_as_worked_out_by_hand() {
        let after = croston(&[0.0, 4.0, 0.0, 0.0, 6.0]);
        assert_eq!(after[0], 0.0);
        assert!((after[1] - 0.95 * 4.0 / 2.0).abs() < 1e-12 && after[1] == after[3]);
        // Size 4 + 0.1 · 2, interval 2 + 0.1 · 1.
        assert!((after[4] - 0.95 * 4.2 / 2.1).abs() < 1e-12);
    }

    fn shop(days: i32) -> Orders {
        let mut dice = Dice::new(4);
        let mut orders = Orders::default();
        for day in 0..days {
            for (store, item, chance, size) in
                [(0, 0, 1.0, 20.0), (1, 0, 1.0, 5.0), (0, 1, 0.1, 2.0), (0, 2, f64::from(u8::from(day > days - 10)), 9.0)]
            {
                if dice.unit() < chance {
                    let order = Order {
                        member: NONE,
                        day,
                        minute: NO_MINUTE,
                        purchase: true,
                        sold: 1,
                        returned: 0,
                        lines: (1, 0),
                        store,
                        staff: NONE,
                    };
                    let week = if day % 7 > 4 { 1.5 } else { 1.0 };
                    let pieces = (size * week * 1_000.0 * (0.9 + 0.2 * dice.unit())) as i64;
                    orders.lines.push(Line { order: u32::try_from(orders.orders.len()).unwrap(), item, pieces, amount: 100, list: 0 });
                    orders.orders.push(order);
                }
            }
        }
        orders
    }

    #[test]
    fn steady_and_rare_goods_are_foreseen() {
        let found = demand(&shop(280), 279, 14).unwrap();
        assert_eq!((found.series.len(), found.too_short, found.beyond), (3, 1, 0));
        let of = |store: u32, item: u32| found.series.iter().find(|s| (s.store, s.item) == (store, item)).unwrap();
        // Two weeks of ten plain days and four of half as much more.
        let (large, small, rare) = (of(0, 0), of(1, 0), of(0, 1));
        assert!(large.method == Method::Steady && (large.expected / 320.0 - 1.0).abs() < 0.05, "{large:?}");
        assert!((small.expected / 80.0 - 1.0).abs() < 0.05 && small.error_share < 0.05);
        assert!(rare.method == Method::NowAndThen && (1.0..6.0).contains(&rare.expected), "{rare:?}");
        for series in &found.series {
            let (low, high) = series.interval.unwrap();
            assert!(low <= series.expected && series.expected <= high && series.trials >= 10);
        }
        assert_eq!(demand(&shop(20), 19, 7).unwrap_err().code(), "history_too_short");
        assert_eq!(demand(&Orders::default(), 19, 7).unwrap_err().code(), "column_missing");
    }
}
