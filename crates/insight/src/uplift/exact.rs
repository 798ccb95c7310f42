//! A difference of means without any belief about how values are spread: the permutation test and the interval that belongs to it.
//!
//! Pitman, *Significance tests which may be applied to samples from any populations*, JRSS Supplement 4
//! (1937). If the campaign adds δ to each of the treated, any choice of as many members would do as well for
//! the treated once δ is taken off; each choice then begins to look as striking as the real one from one
//! certain δ on, which is a linear equation. The ends of the interval are the 2.5 % and 97.5 % of those.
//! All choices are gone through where they are few, else 20,000 of them by lot.

use crate::numeric::random::Dice;
use serde::Serialize;

/// A difference with its exact test.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Permuted {
    /// The chance of such a difference by luck, two-sided.
    pub p: f64,
    /// The 95 % interval; none where so few choices never make one in forty.
    pub interval: Option<(f64, f64)>,
    /// Choices that were looked at, the real one among them.
    pub choices: u64,
    /// Whether these were all.
    pub all: bool,
}

/// Most choices that are gone through.
const CHOICES_MAX: u64 = 100_000;
/// Choices by lot.
const LOTS: u64 = 20_000;

/// Compares the means of two samples; none where one is empty.
pub fn permuted(treated: &[f64], held_out: &[f64]) -> Option<Permuted> {
    let (n, m) = (treated.len(), held_out.len());
    if n == 0 || m == 0 {
        return None;
    }
    let values: Vec<f64> = treated.iter().chain(held_out).copied().collect();
    let whole: f64 = values.iter().sum();
    let own: f64 = treated.iter().sum();
    let (count_n, count_m) = (n as f64, m as f64);
    let difference = |sum: f64| sum / count_n - (whole - sum) / count_m;
    let real = difference(own);
    let mut seen = Seen { real, likely: 1, limits: Vec::new() };
    let choices = choices(n + m, n);
    let mut visit = |chosen: &[usize]| {
        let sum: f64 = chosen.iter().map(|at| values[*at]).sum();
        let kept = chosen.iter().filter(|at| **at < n).count();
        if kept < n {
            let share = kept as f64 / count_n - (n - kept) as f64 / count_m;
            seen.add(difference(sum), share);
        }
    };
    let all = choices.is_some_and(|choices| choices <= CHOICES_MAX);
    if all {
        every(n + m, n, &mut visit)
    } else {
        by_lot(n + m, n, &mut visit)
    }
    let looked = seen.limits.len() as u64 + 1;
    Some(Permuted { p: seen.likely as f64 / looked as f64, interval: seen.interval(), choices: looked, all })
}

struct Seen {
    real: f64,
    likely: u64,
    limits: Vec<f64>,
}

impl Seen {
    /// A choice with its difference, and what an effect of one would add to it.
    fn add(&mut self, difference: f64, share: f64) {
        let slack = 1e-9 * (1.0 + self.real.abs());
        self.likely += u64::from(difference.abs() >= self.real.abs() - slack);
        self.limits.push((self.real - difference) / (1.0 - share));
    }
    fn interval(&mut self) -> Option<(f64, f64)> {
        self.limits.sort_unstable_by(f64::total_cmp);
        let all = self.limits.len() + 1;
        // The first place at which more than one in forty choices is as striking.
        let at = (all as f64 * 0.025).floor() as usize;
        let low = at.checked_sub(1).and_then(|at| self.limits.get(at))?;
        Some((*low, self.limits[self.limits.len() - at]))
    }
}

/// n over k; none beyond the choices that would be gone through anyway.
fn choices(n: usize, k: usize) -> Option<u64> {
    let mut product = 1_u64;
    for i in 0..k.min(n - k) {
        product = product.checked_mul((n - i) as u64)? / (i as u64 + 1);
        if product > CHOICES_MAX {
            return None;
        }
    }
    Some(product)
}

/// All choices of k out of n.
fn every(n: usize, k: usize, visit: &mut impl FnMut(&[usize])) {
    let mut chosen: Vec<usize> = (0..k).collect();
    loop {
        visit(&chosen);
        let Some(at) = (0..k).rev().find(|at| chosen[*at] < n - k + at) else { return };
        chosen[at] += 1;
        for next in at + 1..k {
            chosen[next] = chosen[next - 1] + 1;
        }
    }
}

fn by_lot(n: usize, k: usize, visit: &mut impl FnMut(&[usize])) {
    let mut dice = Dice::new(1);
    let mut all: Vec<usize> = (0..n).collect();
    for _ in 0..LOTS {
        dice.sample(&mut all, k);
        visit(&all[..k]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The test at one effect, by going through all choices again.
    fn tail(treated: &[f64], held_out: &[f64], effect: f64, upper: bool) -> f64 {
        let values: Vec<f64> = treated.iter().map(|v| v - effect).chain(held_out.iter().copied()).collect();
        let (n, m) = (treated.len(), held_out.len());
        let difference = |chosen: &[usize]| {
            let own: f64 = chosen.iter().map(|at| values[*at]).sum();
            own / n as f64 - (values.iter().sum::<f64>() - own) / m as f64
        };
        let real = difference(&(0..n).collect::<Vec<_>>());
        let (mut as_striking, mut all) = (0.0, 0.0);
        every(n + m, n, &mut |chosen: &[usize]| {
            let own = difference(chosen);
            all += 1.0;
            if if upper { own >= real - 1e-9 } else { own <= real + 1e-9 } {
                as_striking += 1.0;
            }
        });
        as_striking / all
    }

    #[test]
    fn the_shoes_of_a_textbook() {
        // Values of scipy.stats.permutation_test([55, 58, 60], [12, 22, 34], n_resamples=inf): 2 of 20 choices.
        let found = permuted(&[55.0, 58.0, 60.0], &[12.0, 22.0, 34.0]).unwrap();
        assert!((found.p - 0.1).abs() < 1e-12 && found.choices == 20 && found.all);
        assert_eq!(found.interval, None, "one in twenty is never one in forty");
        assert!(permuted(&[], &[1.0]).is_none());
    }

    #[test]
    fn many_are_drawn_by_lot() {
        let mut dice = Dice::new(3);
        let mut side = |n: usize, shift: f64| (0..n).map(|_| dice.exponential() + shift).collect::<Vec<f64>>();
        let (a, b) = (side(25, 1.5), side(25, 0.0));
        let found = permuted(&a, &b).unwrap();
        assert!(!found.all && found.p < 0.01 && found.choices > 19_000);
        let (low, high) = found.interval.unwrap();
        assert!(0.4 < low && low < 1.5 && 1.5 < high + 0.8, "{low} {high}");
        let same = permuted(&b, &b).unwrap();
        assert!(same.p > 0.9 && same.interval.unwrap().0 < 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn the_interval_is_where_the_test_does_not_refuse(
            a in proptest::collection::vec(0_u8..40, 4..6), b in proptest::collection::vec(0_u8..40, 4..6)
        ) {
            let floats = |of: &[u8]| of.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>();
            let (a, b) = (floats(&a), floats(&b));
            if let Some((low, high)) = permuted(&a, &b).unwrap().interval {
                prop_assert!(low <= high);
                prop_assert!(tail(&a, &b, low - 0.01, true) <= 0.025);
                prop_assert!(tail(&a, &b, low + 0.01, true) > 0.025);
                prop_assert!(tail(&a, &b, high + 0.01, false) <= 0.025);
                prop_assert!(tail(&a, &b, high - 0.01, false) > 0.025);
            }
        }
    }
}
