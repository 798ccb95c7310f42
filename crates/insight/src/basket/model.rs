//! Baskets, sets and rules.

use crate::orders::Orders;
use serde::Serialize;
use shuke_kernel::{Error, Result};
use std::collections::HashMap;

/// Baskets as flat arrays.
#[derive(Clone, Debug, Default)]
pub struct Baskets {
    /// The items of all baskets, one after the other, each once in a basket.
    pub items: Vec<u32>,
    /// Where each basket ends.
    pub ends: Vec<usize>,
    /// How many different items there are.
    pub item_count: usize,
}

impl Baskets {
    /// How many baskets there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// Adds a basket; equal items count once.
    pub fn push(&mut self, items: &mut Vec<u32>) {
        items.sort_unstable();
        items.dedup();
        self.item_count = self.item_count.max(items.last().map_or(0, |item| *item as usize + 1));
        self.items.extend_from_slice(items);
        self.ends.push(self.items.len());
    }
    /// Each basket.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.items[start..*end])
    }
    /// The number of baskets that a share of them is, rounded up, at least one.
    pub fn count_of(&self, share: f64) -> u32 {
        ((share * self.len() as f64 - 1e-9).ceil().max(1.0)) as u32
    }
}

/// The baskets of orders: what was sold in each, orders of unknown customers only where asked for.
pub fn baskets_of(orders: &Orders, unknown_too: bool) -> Baskets {
    let mut baskets = Baskets::default();
    let mut items = Vec::new();
    for group in orders.baskets.chunk_by(|a, b| a.0 == b.0) {
        if unknown_too || orders.orders[group[0].0 as usize].member != crate::orders::NONE {
            items.clear();
            items.extend(group.iter().map(|(_, item)| *item));
            baskets.push(&mut items);
        }
    }
    baskets
}

/// Frequent sets as flat arrays.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// The items of all sets, one after the other, rising within a set once finished.
    pub items: Vec<u32>,
    /// Where each set ends.
    pub ends: Vec<usize>,
    /// In how many baskets each stands.
    pub counts: Vec<u32>,
}

impl Sets {
    /// How many sets there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// A set.
    pub fn of(&self, at: usize) -> &[u32] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.items[start..self.ends[at]]
    }
    /// Each set with its count.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], u32)> {
        (0..self.len()).map(|at| (self.of(at), self.counts[at]))
    }
    /// Sorts the items within each set.
    pub fn tidy(&mut self) {
        let mut start = 0;
        for end in &self.ends {
            self.items[start..*end].sort_unstable();
            start = *end;
        }
    }
    /// The place of each set.
    fn index(&self) -> HashMap<&[u32], u32> {
        (0..self.len()).map(|at| (self.of(at), u32::try_from(at).unwrap_or(u32::MAX))).collect()
    }
    /// Which sets are closed and which are maximal.
    pub fn closed_and_maximal(&self) -> (Vec<bool>, Vec<bool>) {
        let index = self.index();
        let (mut closed, mut maximal) = (vec![true; self.len()], vec![true; self.len()]);
        let mut smaller = Vec::new();
        for (set, count) in self.iter().filter(|(set, _)| set.len() > 1) {
            for left_out in 0..set.len() {
                smaller.clear();
                smaller.extend(set.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, item)| *item));
                if let Some(at) = index.get(smaller.as_slice()) {
                    maximal[*at as usize] = false;
                    closed[*at as usize] &= self.counts[*at as usize] != count;
                }
            }
        }
        (closed, maximal)
    }
}

/// If these are in a basket, so is that.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// What is there.
    pub left: Vec<u32>,
    /// What goes with it.
    pub right: u32,
    /// Baskets with all of them.
    pub count: u32,
    /// Baskets with the left side.
    pub left_count: u32,
    /// Baskets with the right side.
    pub right_count: u32,
    /// Share of all baskets that hold all of them.
    pub support: f64,
    /// Share of those with the left side that hold the right one.
    pub confidence: f64,
    /// How many times more often than if they had nothing to do with each other.
    pub lift: f64,
    /// Share of baskets beyond what chance gives.
    pub leverage: f64,
    /// How many times more often the rule would fail by chance; none where it never fails.
    pub conviction: Option<f64>,
}

/// Rules with one item on the right, by lift.
///
/// Errors: `share_malformed`.
pub fn rules(sets: &Sets, baskets: usize, confidence_min: f64) -> Result<Vec<Rule>> {
    if !(0.0..=1.0).contains(&confidence_min) {
        return Err(Error::invalid("share_malformed", "the least confidence is a share between 0 and 1"));
    }
    let index = sets.index();
    let count_of = |set: &[u32]| index.get(set).map(|at| sets.counts[*at as usize]);
    let all = baskets.max(1) as f64;
    let mut found = Vec::new();
    for (set, count) in sets.iter().filter(|(set, _)| set.len() > 1) {
        for (at, right) in set.iter().enumerate() {
            let left: Vec<u32> = set.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, item)| *item).collect();
            let (Some(left_count), Some(right_count)) = (count_of(&left), count_of(&[*right])) else { continue };
            let confidence = f64::from(count) / f64::from(left_count);
            if confidence + 1e-12 < confidence_min {
                continue;
            }
            let share = f64::from(right_count) / all;
            found.push(Rule {
                left,
                right: *right,
                count,
                left_count,
                right_count,
                support: f64::from(count) / all,
                confidence,
                lift: confidence / share,
                leverage: f64::from(count) / all - f64::from(left_count) / all * share,
                conviction: (count < left_count).then(|| (1.0 - share) / (1.0 - confidence)),
            });
        }
    }
    found.sort_by(|a, b| {
        b.lift.total_cmp(&a.lift).then_with(|| b.count.cmp(&a.count)).then_with(|| a.left.cmp(&b.left)).then_with(|| a.right.cmp(&b.right))
    });
    Ok(found)
}
