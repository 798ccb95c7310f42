//! Does the model hold? Fitted on the first part of the time, compared with the rest.
//!
//! The tracking plot and the calibration by past purchases are those of Fader, Hardie and Lee (2005),
//! figures 2 and 5.

use super::customer::UNIT_DAYS;
use super::{BgNbd, Customer, ParetoNbd};
use crate::orders::Orders;
use rayon::prelude::*;
use serde::Serialize;

/// The days on which each member bought, one member after the other.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// Where each member's days begin; one more than members.
    pub starts: Vec<usize>,
    /// Days since 1970-01-01, rising within a member, each once.
    pub days: Vec<i32>,
    /// Minor units of that day.
    pub money: Vec<i64>,
}

impl Histories {
    /// How many members there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// A member's days and money.
    pub fn of(&self, member: usize) -> (&[i32], &[i64]) {
        let range = self.starts[member]..self.starts[member + 1];
        (&self.days[range.clone()], &self.money[range])
    }
    /// The last day with a purchase up to a day.
    pub fn last_day(&self, member: usize, until: i32) -> Option<i32> {
        let (days, _) = self.of(member);
        days[..days.partition_point(|day| *day <= until)].last().copied()
    }
    /// What the models know of a member at the end of a day; none where the first purchase is later.
    pub fn customer(&self, member: usize, until: i32) -> Option<Customer> {
        let (days, _) = self.of(member);
        let seen = days.partition_point(|day| *day <= until);
        let (first, last) = (*days.first()?, *days[..seen].last()?);
        let count = |n: i64| u32::try_from(n).unwrap_or(0);
        Some(Customer {
            repeats: count(seen as i64 - 1),
            last_days: count(i64::from(last) - i64::from(first)),
            age_days: count(i64::from(until) - i64::from(first)),
        })
    }
    /// Mean spend of the repeat purchases up to a day, in major units; 0 without any.
    pub fn mean_spend(&self, member: usize, until: i32, minor_per_major: f64) -> f64 {
        let (days, money) = self.of(member);
        let seen = days.partition_point(|day| *day <= until);
        if seen < 2 { 0.0 } else { money[1..seen].iter().map(|m| *m as f64).sum::<f64>() / minor_per_major / (seen - 1) as f64 }
    }
    /// Purchases after one day and up to another.
    pub fn bought(&self, member: usize, after: i32, until: i32) -> u32 {
        let (days, _) = self.of(member);
        let count = days.partition_point(|day| *day <= until) - days.partition_point(|day| *day <= after);
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

/// The days on which each member of these orders bought, up to a day; money net of what the same order gave back.
pub fn histories_of(orders: &Orders, until: i32) -> Histories {
    let mut bought: Vec<(u32, i32, i64)> = orders
        .of_members()
        .filter(|order| order.purchase && order.day <= until)
        .map(|order| (order.member, order.day, order.net()))
        .collect();
    bought.sort_unstable();
    let mut histories = Histories { starts: vec![0], ..Histories::default() };
    let mut at = bought.iter().peekable();
    for member in 0..u32::try_from(orders.members.len()).unwrap_or(u32::MAX) {
        let start = histories.days.len();
        while let Some((_, day, money)) = at.next_if(|(of, ..)| *of == member) {
            match (histories.days.len() > start, histories.days.last(), histories.money.last_mut()) {
                (true, Some(last), Some(sum)) if last == day => *sum = sum.saturating_add(*money),
                _ => {
                    histories.days.push(*day);
                    histories.money.push(*money);
                }
            }
        }
        histories.starts.push(histories.days.len());
    }
    histories
}

/// A purchase model of either kind.
#[derive(Clone, Copy, Debug)]
pub enum Model {
    /// May leave after a purchase.
    BgNbd(BgNbd),
    /// May leave at any moment.
    ParetoNbd(ParetoNbd),
    /// Never leaves.
    Nbd(super::Nbd),
}

impl Model {
    /// The chance to be there still.
    pub fn alive(&self, c: Customer) -> f64 {
        let (last, age) = (f64::from(c.last_days) / UNIT_DAYS, f64::from(c.age_days) / UNIT_DAYS);
        match self {
            Self::BgNbd(model) => model.alive(c.repeats, last, age),
            Self::ParetoNbd(model) => model.alive(c.repeats, last, age),
            Self::Nbd(_) => 1.0,
        }
    }
    /// Expected purchases in the next `weeks`.
    pub fn expected(&self, c: Customer, weeks: f64) -> f64 {
        let (last, age) = (f64::from(c.last_days) / UNIT_DAYS, f64::from(c.age_days) / UNIT_DAYS);
        match self {
            Self::BgNbd(model) => model.expected(c.repeats, last, age, weeks),
            Self::ParetoNbd(model) => model.expected(c.repeats, last, age, weeks),
            Self::Nbd(model) => model.expected(c.repeats, age, weeks),
        }
    }
    /// Expected repeat purchases of a new member within `weeks`.
    pub fn expected_of_new(&self, weeks: f64) -> f64 {
        match self {
            Self::BgNbd(model) => model.expected_of_new(weeks),
            Self::ParetoNbd(model) => model.expected_of_new(weeks),
            Self::Nbd(model) => model.expected(0, 0.0, weeks),
        }
    }
}

/// What was expected and what happened, of members with the same number of past purchases.
#[derive(Clone, Debug, Serialize)]
pub struct Calibration {
    /// Repeat purchases in the first part; the last group holds all above.
    pub repeats: u32,
    /// Members.
    pub members: usize,
    /// Mean expected purchases in the second part.
    pub expected: f64,
    /// Mean purchases that happened.
    pub actual: f64,
}

/// The comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// The last day of the first part, days since 1970-01-01.
    pub split_on: i32,
    /// Length of the second part.
    pub weeks: f64,
    /// Members whose first purchase was in the first part.
    pub members: usize,
    /// Expected purchases of all of them.
    pub expected: f64,
    /// Purchases that happened.
    pub actual: f64,
    /// Mean absolute error of a member.
    pub mean_absolute_error: f64,
    /// Correlation over members.
    pub correlation: f64,
    /// By past purchases.
    pub calibration: Vec<Calibration>,
    /// Cumulative repeat purchases by week from the start: week, expected, actual.
    pub tracking: Vec<(u32, f64, f64)>,
}

/// Past purchases from which on members are one group.
const GROUPED_FROM: u32 = 7;

/// Compares a model that was fitted on the days up to `split` with what happened until `end`.
pub fn check(model: &Model, histories: &Histories, split: i32, end: i32) -> Check {
    let weeks = f64::from(end - split) / UNIT_DAYS;
    let known: Vec<(usize, Customer)> = (0..histories.len()).filter_map(|m| Some((m, histories.customer(m, split)?))).collect();
    let pairs: Vec<(f64, f64)> =
        known.par_iter().map(|(m, c)| (model.expected(*c, weeks), f64::from(histories.bought(*m, split, end)))).collect();
    let n = pairs.len().max(1) as f64;
    let mut groups: Vec<Calibration> =
        (0..=GROUPED_FROM).map(|repeats| Calibration { repeats, members: 0, expected: 0.0, actual: 0.0 }).collect();
    for ((_, customer), (expected, actual)) in known.iter().zip(&pairs) {
        let group = &mut groups[customer.repeats.min(GROUPED_FROM) as usize];
        group.members += 1;
        group.expected += expected;
        group.actual += actual;
    }
    groups.retain(|group| group.members > 0);
    for group in &mut groups {
        group.expected /= group.members as f64;
        group.actual /= group.members as f64;
    }
    Check {
        split_on: split,
        weeks,
        members: pairs.len(),
        expected: pairs.iter().map(|(expected, _)| expected).sum(),
        actual: pairs.iter().map(|(_, actual)| actual).sum(),
        mean_absolute_error: pairs.iter().map(|(expected, actual)| (expected - actual).abs()).sum::<f64>() / n,
        correlation: pearson(&pairs),
        calibration: groups,
        tracking: tracking(model, histories, &known, end),
    }
}

fn tracking(model: &Model, histories: &Histories, known: &[(usize, Customer)], end: i32) -> Vec<(u32, f64, f64)> {
    let firsts: Vec<i32> = known.iter().map(|(m, _)| histories.of(*m).0[0]).collect();
    let Some(start) = firsts.iter().copied().min() else { return Vec::new() };
    let span = usize::try_from(end - start).unwrap_or(0);
    let mut born = vec![0_u32; span + 1];
    let mut repeats = vec![0_u32; span + 1];
    for (m, _) in known {
        let (days, _) = histories.of(*m);
        born[usize::try_from(days[0] - start).unwrap_or(0)] += 1;
        for day in days[1..].iter().take_while(|day| **day <= end) {
            repeats[usize::try_from(day - start).unwrap_or(0)] += 1;
        }
    }
    let curve: Vec<f64> = (0..=span).into_par_iter().map(|day| model.expected_of_new(day as f64 / UNIT_DAYS)).collect();
    let mut actual = 0.0;
    let mut points = Vec::new();
    for day in 0..=span {
        actual += f64::from(repeats[day]);
        if (day + 1) % 7 == 0 {
            let expected: f64 = (0..=day).map(|first| f64::from(born[first]) * curve[day - first]).sum();
            points.push((u32::try_from(day.div_ceil(7)).unwrap_or(u32::MAX), expected, actual));
        }
    }
    points
}

/// Pearson's correlation; 0 where one side does not vary.
pub fn pearson(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    if pairs.len() < 2 {
        return 0.0;
    }
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|(x, y)| f(x - mx, y - my)).sum::<f64>();
    let (xx, yy, xy) = (sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y));
    if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_seen_as_of_a_day() {
        let histories = Histories { starts: vec![0, 3, 4], days: vec![10, 20, 50, 40], money: vec![100, 250, 350, 900] };
        assert_eq!(histories.customer(0, 30), Some(Customer { repeats: 1, last_days: 10, age_days: 20 }));
        assert_eq!(histories.customer(1, 30), None);
        assert_eq!(histories.bought(0, 30, 60), 1);
        assert!((histories.mean_spend(0, 60, 100.0) - 3.0).abs() < 1e-12);
        assert_eq!(histories.mean_spend(0, 15, 100.0), 0.0);
    }

    #[test]
    fn correlation_knows_a_line() {
        assert!((pearson(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]) - 1.0).abs() < 1e-12);
        assert_eq!(pearson(&[(1.0, 2.0), (1.0, 4.0)]), 0.0);
    }
}
