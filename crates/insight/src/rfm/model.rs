//! Scores and cells.

use crate::summary::{Member, ordered};
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// How a measure is cut in high and low.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The mean of all members.
    Mean,
    /// The median.
    Median,
    /// A quantile, in basis points.
    Quantile(u16),
    /// Given: days, purchases, minor units.
    Fixed(i64, i64, i64),
}

/// The cuts: recency is high up to and including its cut, the others from their cut on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cuts {
    /// Days since the last purchase.
    pub recency_days: f64,
    /// Purchases.
    pub orders: f64,
    /// Minor units.
    pub money: f64,
}

/// One of the eight value cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// 重要价值: recent, often, much.
    KeyValue,
    /// 重要发展: recent, seldom, much.
    KeyDevelop,
    /// 重要保持: long ago, often, much.
    KeyKeep,
    /// 重要挽留: long ago, seldom, much.
    KeyWinBack,
    /// 一般价值: recent, often, little.
    GeneralValue,
    /// 一般发展: recent, seldom, little.
    GeneralDevelop,
    /// 一般保持: long ago, often, little.
    GeneralKeep,
    /// 一般挽留: long ago, seldom, little.
    GeneralWinBack,
}

impl Cell {
    /// All, the important ones first.
    pub const ALL: [Self; 8] = [
        Self::KeyValue,
        Self::KeyDevelop,
        Self::KeyKeep,
        Self::KeyWinBack,
        Self::GeneralValue,
        Self::GeneralDevelop,
        Self::GeneralKeep,
        Self::GeneralWinBack,
    ];
    /// The cell of three answers.
    pub const fn of(recent: bool, often: bool, much: bool) -> Self {
        match (much, recent, often) {
            (true, true, true) => Self::KeyValue,
            (true, true, false) => Self::KeyDevelop,
            (true, false, true) => Self::KeyKeep,
            (true, false, false) => Self::KeyWinBack,
            (false, true, true) => Self::GeneralValue,
            (false, true, false) => Self::GeneralDevelop,
            (false, false, true) => Self::GeneralKeep,
            (false, false, false) => Self::GeneralWinBack,
        }
    }
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CellTotals {
    /// The cell.
    pub cell: Cell,
    /// Members.
    pub members: u64,
    /// Purchases.
    pub orders: u64,
    /// Minor units.
    pub money: i64,
}

/// What was found; the vectors are parallel, in the order of the members' numbers.
#[derive(Clone, Debug)]
pub struct Rfm {
    /// The day of the analysis.
    pub as_of: i32,
    /// Members with a purchase, by number.
    pub members: Vec<u32>,
    /// Scores 1 to 5 for recency, frequency, money; 5 is best.
    pub scores: Vec<[u8; 3]>,
    /// Cells.
    pub cells: Vec<Cell>,
    /// The cuts used.
    pub cuts: Cuts,
    /// The eight cells.
    pub totals: Vec<CellTotals>,
    /// Members by recency score and frequency score, both from 1.
    pub grid: [[u64; 5]; 5],
}

/// Scores and cells as of a day.
///
/// Errors: `cut_malformed`, `members_too_few` where nobody bought.
pub fn rfm(members: &[Member], as_of: i32, method: Method) -> Result<Rfm> {
    let numbers: Vec<u32> = (0..members.len()).filter(|m| members[*m].orders > 0).map(|m| u32::try_from(m).unwrap_or(u32::MAX)).collect();
    if numbers.is_empty() {
        return Err(Error::refused("members_too_few", "no member has a purchase up to this day"));
    }
    let of = |pick: &dyn Fn(&Member) -> i64| -> Vec<i64> { numbers.iter().map(|m| pick(&members[*m as usize])).collect() };
    let measures = [of(&|m| i64::from(m.last_day)), of(&|m| i64::from(m.orders)), of(&|m| m.money)];
    let mut scores = vec![[0_u8; 3]; numbers.len()];
    let mut orders = Vec::with_capacity(3);
    for (at, keys) in measures.iter().enumerate() {
        let order = ordered(keys);
        for (place, index) in order.iter().enumerate() {
            scores[*index as usize][at] = tile(place, order.len());
        }
        orders.push(order);
    }
    let cuts = cuts(&measures, &orders, as_of, method)?;
    let cells: Vec<Cell> = (0..numbers.len())
        .map(|i| {
            let days = (i64::from(as_of) - measures[0][i]) as f64;
            Cell::of(days <= cuts.recency_days, measures[1][i] as f64 >= cuts.orders, measures[2][i] as f64 >= cuts.money)
        })
        .collect();
    let mut totals = Cell::ALL.map(|cell| CellTotals { cell, members: 0, orders: 0, money: 0 }).to_vec();
    let mut grid = [[0; 5]; 5];
    for (i, cell) in cells.iter().enumerate() {
        let total = &mut totals[*cell as usize];
        total.members += 1;
        total.orders += measures[1][i].unsigned_abs();
        total.money = total.money.saturating_add(measures[2][i]);
        grid[usize::from(scores[i][0]) - 1][usize::from(scores[i][1]) - 1] += 1;
    }
    Ok(Rfm { as_of, members: numbers, scores, cells, cuts, totals, grid })
}

/// The part of five that a place falls in, as SQL's NTILE counts: the first parts are the larger ones.
fn tile(place: usize, n: usize) -> u8 {
    let (size, larger) = (n / 5, n % 5);
    let in_larger = larger * (size + 1);
    let tile = if place < in_larger { place / (size + 1) } else { larger + (place - in_larger) / size.max(1) };
    u8::try_from(tile + 1).unwrap_or(5)
}

fn cuts(measures: &[Vec<i64>; 3], orders: &[Vec<u32>], as_of: i32, method: Method) -> Result<Cuts> {
    let n = measures[0].len();
    let mean = |at: usize| measures[at].iter().map(|value| *value as f64).sum::<f64>() / n as f64;
    // The value below which the share lies, between two neighbours where it falls between them.
    let quantile = |at: usize, share: f64| {
        let place = share * (n - 1) as f64;
        let value = |index: usize| measures[at][orders[at][index.min(n - 1)] as usize] as f64;
        let (low, part) = (place.floor(), place.fract());
        value(low as usize) + part * (value(low as usize + 1) - value(low as usize))
    };
    let as_of = f64::from(as_of);
    Ok(match method {
        Method::Mean => Cuts { recency_days: as_of - mean(0), orders: mean(1), money: mean(2) },
        Method::Median => Cuts { recency_days: as_of - quantile(0, 0.5), orders: quantile(1, 0.5), money: quantile(2, 0.5) },
        Method::Quantile(points) if points <= 10_000 => {
            let share = f64::from(points) / 10_000.0;
            Cuts { recency_days: as_of - quantile(0, share), orders: quantile(1, share), money: quantile(2, share) }
        }
        Method::Quantile(_) => return Err(Error::invalid("cut_malformed", "a quantile lies between 0 and 1")),
        Method::Fixed(days, orders, money) => Cuts { recency_days: days as f64, orders: orders as f64, money: money as f64 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member(last_day: i32, orders: u32, money: i64) -> Member {
        Member { last_day, orders, money, ..Member::NEW }
    }

    #[test]
    fn cells_are_cut_at_the_mean() {
        let members = [member(99, 9, 9_000), member(99, 1, 8_000), member(10, 9, 9_500), member(98, 2, 100), member(5, 1, 50)];
        let found = rfm(&members, 100, Method::Mean).unwrap();
        assert_eq!(found.cells, [Cell::KeyValue, Cell::KeyDevelop, Cell::KeyKeep, Cell::GeneralDevelop, Cell::GeneralWinBack]);
        assert_eq!((found.cuts.orders, found.cuts.money), (4.4, 5_330.0));
        let fixed = rfm(&members, 100, Method::Fixed(2, 2, 100)).unwrap();
        assert_eq!(fixed.cells[3], Cell::KeyValue);
        assert_eq!(rfm(&members, 100, Method::Quantile(20_000)).unwrap_err().code(), "cut_malformed");
    }

    proptest! {
        #[test]
        fn fifths_are_even_and_in_order(raw in proptest::collection::vec((0_i32..50, 1_u32..9, -50_i64..50), 1..200)) {
            let members: Vec<Member> = raw.iter().map(|(day, orders, money)| member(*day, *orders, *money)).collect();
            let found = rfm(&members, 60, Method::Median).unwrap();
            for at in 0..3 {
                let mut counts = [0_usize; 5];
                found.scores.iter().for_each(|score| counts[usize::from(score[at]) - 1] += 1);
                let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
                prop_assert!(most - least <= 1, "{:?}", counts);
            }
            for i in 0..members.len() {
                for j in 0..members.len() {
                    if members[i].last_day < members[j].last_day {
                        prop_assert!(found.scores[i][0] <= found.scores[j][0]);
                    }
                }
            }
            prop_assert_eq!(found.totals.iter().map(|total| total.members).sum::<u64>() as usize, members.len());
        }
    }
}
