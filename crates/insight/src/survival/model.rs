//! Curves and their comparison.

use crate::numeric::special::{chi_squared_above, normal_quantile};
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// How long somebody was seen, and whether it ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// Time, in days.
    pub time: u32,
    /// Whether it ended then; otherwise it was only seen until then.
    pub ended: bool,
    /// The group, from 0.
    pub group: u32,
}

/// The curve after a time at which something ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The time.
    pub time: u32,
    /// Those still seen just before.
    pub at_risk: u64,
    /// Those that ended.
    pub ended: u64,
    /// The share that goes on.
    pub survival: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
}

/// The Kaplan–Meier curve.
pub fn survival(observed: &[Observed]) -> Vec<Step> {
    let mut sorted = observed.to_vec();
    sorted.sort_unstable_by_key(|o| o.time);
    let z = normal_quantile(0.975);
    let (mut left, mut share, mut greenwood) = (sorted.len() as u64, 1.0, 0.0);
    let mut steps = Vec::new();
    for group in sorted.chunk_by(|a, b| a.time == b.time) {
        let ended = group.iter().filter(|o| o.ended).count() as u64;
        if ended > 0 {
            let (d, n) = (ended as f64, left as f64);
            share *= 1.0 - d / n;
            greenwood += if ended < left { d / (n * (n - d)) } else { 0.0 };
            steps.push(Step { time: group[0].time, at_risk: left, ended, survival: share, interval: interval(share, greenwood, z) });
        }
        left -= group.len() as u64;
    }
    steps
}

/// By the logarithm of minus the logarithm, which keeps within 0 and 1 (Kalbfleisch and Prentice).
fn interval(share: f64, greenwood: f64, z: f64) -> (f64, f64) {
    if share <= 0.0 || share >= 1.0 {
        return (share, share);
    }
    let spread = (z * greenwood.sqrt() / share.ln()).exp();
    let (a, b) = (share.powf(spread), share.powf(1.0 / spread));
    (a.min(b), a.max(b))
}

/// Whether groups differ.
#[derive(Clone, Debug, Serialize)]
pub struct LogRank {
    /// χ².
    pub chi_squared: f64,
    /// Degrees of freedom.
    pub degrees: u32,
    /// The chance of such a difference by luck.
    pub p: f64,
    /// By group: those that ended, and how many would have if groups were alike.
    pub groups: Vec<(u64, f64)>,
}

/// The log-rank test over groups 0 to `groups` − 1.
///
/// Errors: `groups_too_few` where fewer than two groups hold anybody.
pub fn log_rank(observed: &[Observed], groups: usize) -> Result<LogRank> {
    let mut sorted: Vec<Observed> = observed.iter().copied().filter(|o| (o.group as usize) < groups).collect();
    sorted.sort_unstable_by_key(|o| o.time);
    let mut left = vec![0.0_f64; groups];
    sorted.iter().for_each(|o| left[o.group as usize] += 1.0);
    if left.iter().filter(|n| **n > 0.0).count() < 2 {
        return Err(Error::refused("groups_too_few", "a comparison needs at least two groups with members"));
    }
    let (mut ended, mut expected) = (vec![0_u64; groups], vec![0.0; groups]);
    let mut variance = vec![vec![0.0; groups]; groups];
    for at in sorted.chunk_by(|a, b| a.time == b.time) {
        let n: f64 = left.iter().sum();
        let d = at.iter().filter(|o| o.ended).count() as f64;
        if d > 0.0 {
            let spread = if n > 1.0 { d * (n - d) / (n - 1.0) } else { 0.0 };
            for i in 0..groups {
                expected[i] += d * left[i] / n;
                for j in 0..groups {
                    let own = if i == j { 1.0 } else { 0.0 };
                    variance[i][j] += spread * left[i] / n * (own - left[j] / n);
                }
            }
        }
        for o in at {
            ended[o.group as usize] += u64::from(o.ended);
            left[o.group as usize] -= 1.0;
        }
    }
    let live: Vec<usize> = (0..groups).filter(|g| variance[*g][*g] > 1e-12).collect();
    let kept = live.split_last().map_or(&[][..], |(_, rest)| rest);
    let chi_squared = quadratic(kept, &variance, &|g| ended[g] as f64 - expected[g]);
    let degrees = u32::try_from(kept.len()).unwrap_or(0);
    let groups = ended.into_iter().zip(expected).collect();
    Ok(LogRank { chi_squared, degrees, p: chi_squared_above(chi_squared, f64::from(degrees)), groups })
}

/// uᵀ V⁻¹ u by Gauss's elimination.
fn quadratic(kept: &[usize], variance: &[Vec<f64>], difference: &dyn Fn(usize) -> f64) -> f64 {
    let n = kept.len();
    let mut matrix: Vec<Vec<f64>> = kept.iter().map(|i| kept.iter().map(|j| variance[*i][*j]).chain([difference(*i)]).collect()).collect();
    for i in 0..n {
        let pivot = (i..n).max_by(|a, b| matrix[*a][i].abs().total_cmp(&matrix[*b][i].abs())).unwrap_or(i);
        matrix.swap(i, pivot);
        if matrix[i][i].abs() < 1e-12 {
            continue;
        }
        for j in i + 1..n {
            let factor = matrix[j][i] / matrix[i][i];
            for k in i..=n {
                matrix[j][k] -= factor * matrix[i][k];
            }
        }
    }
    let mut solution = vec![0.0; n];
    for i in (0..n).rev() {
        let rest: f64 = (i + 1..n).map(|k| matrix[i][k] * solution[k]).sum();
        solution[i] = if matrix[i][i].abs() < 1e-12 { 0.0 } else { (matrix[i][n] - rest) / matrix[i][i] };
    }
    kept.iter().zip(&solution).map(|(g, x)| difference(*g) * x).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Freireich and others (1963), remission in weeks: 6-MP and placebo, in every textbook.
    fn leukaemia() -> Vec<Observed> {
        let treated = [
            (6, 1),
            (6, 1),
            (6, 1),
            (6, 0),
            (7, 1),
            (9, 0),
            (10, 1),
            (10, 0),
            (11, 0),
            (13, 1),
            (16, 1),
            (17, 0),
            (19, 0),
            (20, 0),
            (22, 1),
        ];
        let treated = treated.into_iter().chain([(23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]);
        let placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];
        treated
            .map(|(time, ended)| Observed { time, ended: ended == 1, group: 0 })
            .chain(placebo.map(|time| Observed { time, ended: true, group: 1 }))
            .collect()
    }

    #[test]
    fn the_textbook_is_met() {
        let all = leukaemia();
        let treated: Vec<Observed> = all.iter().copied().filter(|o| o.group == 0).collect();
        let steps = survival(&treated);
        let wanted = [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)];
        assert_eq!(steps.len(), wanted.len());
        for (step, (time, share)) in steps.iter().zip(wanted) {
            assert!(step.time == time && (step.survival - share).abs() < 5e-4, "{step:?}");
            assert!(step.interval.0 < share && share < step.interval.1);
        }
        let test = log_rank(&all, 2).unwrap();
        assert!((test.chi_squared - 16.79).abs() < 0.01 && test.degrees == 1 && test.p < 1e-4, "{test:?}");
        assert_eq!(test.groups[0].0, 9);
        assert!((test.groups[0].1 - 19.25).abs() < 0.01);
    }

    #[test]
    fn edges() {
        assert!(survival(&[]).is_empty());
        let one = [Observed { time: 3, ended: true, group: 0 }];
        assert_eq!(survival(&one)[0].survival, 0.0);
        assert_eq!(log_rank(&one, 2).unwrap_err().code(), "groups_too_few");
        let same: Vec<Observed> = (0..40).map(|i| Observed { time: i / 2, ended: true, group: i % 2 }).collect();
        assert!(log_rank(&same, 2).unwrap().p > 0.99);
    }
}
