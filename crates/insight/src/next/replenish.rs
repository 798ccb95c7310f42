//! When a member needs an item again.

use super::model::Bought;
use crate::numeric::special::normal_quantile;
use serde::Serialize;
use std::collections::BTreeMap;

/// How long an item lasts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Lasting {
    /// The item.
    pub item: u32,
    /// Members who bought it again.
    pub members: usize,
    /// Intervals.
    pub intervals: usize,
    /// Mean of ln days over members.
    pub mean: f64,
    /// Variance between members.
    pub between: f64,
    /// Variance within a member.
    pub within: f64,
}

/// A need to come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Need {
    /// The member.
    pub member: u32,
    /// The item.
    pub item: u32,
    /// When she last bought it.
    pub last_day: i32,
    /// Days with it bought.
    pub times: usize,
    /// Expected days until she needs it again.
    pub interval_days: f64,
    /// When it is due.
    pub due_day: i32,
    /// Eight of ten come within these days.
    pub window: (i32, i32),
}

/// Fewest members and intervals of an item whose rhythm is spoken of.
const MEMBERS_MIN: usize = 5;
/// The same of intervals.
const INTERVALS_MIN: usize = 10;
/// A spread beyond this (of ln days) is no rhythm: eight of ten would come within a third to three times the interval.
const SPREAD_MAX: f64 = 0.86;

/// Ln days between purchases of one member.
fn intervals(own: &[Bought]) -> impl Iterator<Item = f64> + '_ {
    own.windows(2).map(|pair| f64::from((pair[1].day - pair[0].day).max(1)).ln())
}

/// One-way analysis of variance of an item's intervals, by member; none where there are too few.
pub fn lasting(item: u32, by_member: &[Vec<f64>]) -> Option<Lasting> {
    let groups: Vec<&Vec<f64>> = by_member.iter().filter(|own| !own.is_empty()).collect();
    let (k, n) = (groups.len(), groups.iter().map(|own| own.len()).sum::<usize>());
    if k < MEMBERS_MIN || n < INTERVALS_MIN {
        return None;
    }
    let (members, all) = (k as f64, n as f64);
    let mean_of = |own: &[f64]| own.iter().sum::<f64>() / own.len() as f64;
    let grand = groups.iter().flat_map(|own| own.iter()).sum::<f64>() / all;
    let inside: f64 = groups.iter().map(|own| own.iter().map(|v| (v - mean_of(own)).powi(2)).sum::<f64>()).sum();
    let outside: f64 = groups.iter().map(|own| own.len() as f64 * (mean_of(own) - grand).powi(2)).sum();
    let (within, between) = if n > k {
        let within = inside / (all - members);
        let squares: f64 = groups.iter().map(|own| (own.len() as f64).powi(2)).sum();
        let size = (all - squares / all) / (members - 1.0);
        (within, ((outside / (members - 1.0) - within) / size).max(0.0))
    } else {
        // One interval each: what differs between members can't be told from what differs within one.
        (outside / (all - 1.0), 0.0)
    };
    // The mean over members, each by how well her own is known.
    let weights: Vec<f64> = groups.iter().map(|own| 1.0 / (between + within / own.len() as f64).max(1e-12)).collect();
    let mean = groups.iter().zip(&weights).map(|(own, weight)| weight * mean_of(own)).sum::<f64>() / weights.iter().sum::<f64>();
    Some(Lasting { item, members: k, intervals: n, mean, between, within })
}

impl Lasting {
    /// Whether the item is bought in some rhythm at all.
    pub fn is_steady(&self) -> bool {
        (self.between + self.within).sqrt() <= SPREAD_MAX
    }
    /// A member's ln days and the spread of her next interval, from her intervals so far.
    pub fn next(&self, own: &[f64]) -> (f64, f64) {
        let n = own.len() as f64;
        if own.is_empty() || self.between == 0.0 {
            return (self.mean, (self.between + self.within).sqrt());
        }
        let trust = self.between / (self.between + self.within / n);
        let mean = self.mean + trust * (own.iter().sum::<f64>() / n - self.mean);
        (mean, (self.within + self.between * (1.0 - trust)).sqrt())
    }
}

/// Items with a rhythm and every need that follows from it; `bought` is sorted by member, item, day.
pub fn needs(bought: &[Bought]) -> (Vec<Lasting>, Vec<Need>) {
    let mut by_item: BTreeMap<u32, Vec<&[Bought]>> = BTreeMap::new();
    for own in bought.chunk_by(|a, b| (a.member, a.item) == (b.member, b.item)) {
        by_item.entry(own[0].item).or_default().push(own);
    }
    let z = normal_quantile(0.9);
    let (mut items, mut needs) = (Vec::new(), Vec::new());
    for (item, members) in by_item {
        let gaps: Vec<Vec<f64>> = members.iter().map(|own| intervals(own).collect()).collect();
        let Some(found) = lasting(item, &gaps).filter(Lasting::is_steady) else { continue };
        items.push(found);
        for (own, gaps) in members.iter().zip(&gaps).filter(|(_, gaps)| !gaps.is_empty()) {
            let (mean, spread) = found.next(gaps);
            let last = own[own.len() - 1];
            let after = |ln: f64| last.day.saturating_add(ln.exp().round().min(1e6) as i32);
            needs.push(Need {
                member: last.member,
                item,
                last_day: last.day,
                times: own.len(),
                interval_days: mean.exp(),
                due_day: after(mean),
                window: (after(mean - z * spread), after(mean + z * spread)),
            });
        }
    }
    (items, needs)
}

impl Need {
    /// Whether it falls into some days, not being overdue beyond its window.
    pub const fn is_due(&self, from: i32, days: i32) -> bool {
        self.due_day < from.saturating_add(days) && self.window.1 >= from
    }
}

/// What was due in the last days before `until`, as it could be known then, against what was bought.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Trial {
    /// Needs that were due.
    pub due: usize,
    /// Of them, bought in those days.
    pub came: usize,
    /// All pairs of member and item that had been bought more than once.
    pub pairs: usize,
    /// Of them, bought in those days.
    pub bought: usize,
}

/// Tries the needs on the last days; `bought` reaches up to `until`.
pub fn tried(bought: &[Bought], until: i32, days: i32) -> Trial {
    let split = until - days;
    let known: Vec<Bought> = bought.iter().copied().filter(|b| b.day < split).collect();
    let then: std::collections::HashSet<(u32, u32)> = bought.iter().filter(|b| b.day >= split).map(|b| (b.member, b.item)).collect();
    let (_, needs) = needs(&known);
    let due: Vec<&Need> = needs.iter().filter(|need| need.is_due(split, days)).collect();
    Trial {
        due: due.len(),
        came: due.iter().filter(|need| then.contains(&(need.member, need.item))).count(),
        pairs: needs.len(),
        bought: needs.iter().filter(|need| then.contains(&(need.member, need.item))).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::Dice;

    #[test]
    fn variances_are_those_of_the_textbook() {
        // Balanced case: five members, three intervals each; MSB and MSW as scipy.stats.f_oneway has them.
        let data = [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [5.0, 6.0, 7.0], [1.0, 1.0, 4.0], [4.0, 4.0, 4.0]].map(|own| own.to_vec());
        let found = lasting(0, &data).unwrap();
        // SSW = 2 + 2 + 2 + 6 + 0 over ten degrees, SSB = 3 · Σ (mean − 3.4)² over four.
        let between = 3.0 * [1.4_f64, 0.4, 2.6, 1.4, 0.6].iter().map(|d| d * d).sum::<f64>() / 4.0;
        assert!((found.within - 1.2).abs() < 1e-12 && (found.between - (between - 1.2) / 3.0).abs() < 1e-12, "{found:?}");
        assert!((found.mean - 3.4).abs() < 1e-12, "balanced members count alike");
        assert_eq!((found.members, found.intervals), (5, 15));
    }

    #[test]
    fn a_member_s_own_rhythm_counts_more_the_more_is_known() {
        let found = Lasting { item: 0, members: 9, intervals: 30, mean: 3.0, between: 0.04, within: 0.04 };
        let at = |n: usize| found.next(&vec![4.0; n]);
        assert_eq!(at(0), (3.0, 0.08_f64.sqrt()));
        assert!((at(1).0 - 3.5).abs() < 1e-12 && at(9).0 > 3.89 && at(9).1 < at(1).1);
    }

    #[test]
    fn regular_buyers_are_foreseen_and_the_others_are_not_spoken_of() {
        let mut dice = Dice::new(6);
        let mut bought = Vec::new();
        for member in 0..60 {
            let pace = (30.0_f64.ln() + 0.3 * dice.normal()).exp();
            let (mut steady, mut wild) = (dice.unit() * 30.0, 0.0);
            while steady < 400.0 {
                bought.push(Bought { member, item: 0, day: steady as i32 });
                steady += pace * (0.1 * dice.normal()).exp();
            }
            while wild < 400.0 {
                bought.push(Bought { member, item: 1, day: wild as i32 });
                wild += 1.0 + 60.0 * dice.exponential() * dice.exponential();
            }
        }
        bought.sort_unstable();
        bought.dedup();
        let (items, needs) = needs(&bought);
        assert_eq!(items.iter().map(|item| item.item).collect::<Vec<_>>(), [0]);
        assert!((items[0].mean - 30.0_f64.ln()).abs() < 0.15 && (items[0].within.sqrt() - 0.1).abs() < 0.05, "{items:?}");
        assert!(needs.iter().all(|need| need.item == 0 && need.window.0 <= need.due_day && need.due_day <= need.window.1));
        let trial = tried(&bought, 400, 14);
        let (hit, base) = (trial.came as f64 / trial.due as f64, trial.bought as f64 / trial.pairs as f64);
        assert!(trial.due > 10 && hit > 0.75 && hit > base + 0.2, "{trial:?}");
        assert_eq!(tried(&[], 400, 14).due, 0);
    }

    #[test]
    fn few_intervals_are_no_rhythm() {
        assert!(lasting(0, &[vec![3.0; 20]]).is_none());
        assert!(lasting(0, &vec![vec![3.0]; 9]).is_none());
        let single = lasting(0, &vec![vec![3.0]; 10]).unwrap();
        assert_eq!((single.between, single.within), (0.0, 0.0));
    }
}
