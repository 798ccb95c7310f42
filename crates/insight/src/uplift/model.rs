//! Differences with intervals.

use crate::numeric::special::{chi_squared_above, ln_gamma, normal_quantile, student_above, student_two_sided};
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// A difference of two shares.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ShareUplift {
    /// Share of the treated.
    pub treated: f64,
    /// Share of those held out.
    pub held_out: f64,
    /// The difference.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// The chance of such a difference by luck.
    pub p: f64,
    /// Whether it was computed exactly (Fisher).
    pub exact: bool,
}

/// Wilson's 95 % interval of a share.
pub(crate) fn wilson(hits: f64, n: f64) -> (f64, f64) {
    let z = normal_quantile(0.975);
    let (share, z2) = (hits / n, z * z);
    let middle = share + z2 / (2.0 * n);
    let spread = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let low = if hits == 0.0 { 0.0 } else { (middle - spread) / (1.0 + z2 / n) };
    let high = if hits == n { 1.0 } else { (middle + spread) / (1.0 + z2 / n) };
    (low, high)
}

/// Compares how many of each side did something.
///
/// Errors: `groups_too_few` where a side is empty or has more hits than members.
pub fn of_shares(hits: u64, treated: u64, held_hits: u64, held_out: u64) -> Result<ShareUplift> {
    if treated == 0 || held_out == 0 || hits > treated || held_hits > held_out {
        return Err(Error::refused("groups_too_few", "both sides need members, and no more hits than members"));
    }
    let (a, n, b, m) = (hits as f64, treated as f64, held_hits as f64, held_out as f64);
    let (p1, p2) = (a / n, b / m);
    let ((l1, u1), (l2, u2)) = (wilson(a, n), wilson(b, m));
    let difference = p1 - p2;
    let interval = (difference - (p1 - l1).hypot(u2 - p2), difference + (u1 - p1).hypot(p2 - l2));
    let hit = (a + b) / (n + m);
    let least = (n.min(m) * hit.min(1.0 - hit)).min(n.min(m));
    let exact = least < 10.0 && treated + held_out <= 1_000_000;
    let p = if exact { fisher(hits, treated, held_hits, held_out) } else { chi(difference, hit, n, m) };
    Ok(ShareUplift { treated: p1, held_out: p2, difference, interval, p, exact })
}

fn chi(difference: f64, hit: f64, n: f64, m: f64) -> f64 {
    let variance = hit * (1.0 - hit) * (1.0 / n + 1.0 / m);
    if variance > 0.0 { chi_squared_above(difference * difference / variance, 1.0) } else { 1.0 }
}

/// Fisher's exact test, two-sided: all tables that are no likelier than this one.
fn fisher(hits: u64, treated: u64, held_hits: u64, held_out: u64) -> f64 {
    let all_hits = hits + held_hits;
    let choose = |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
    let base = choose(treated + held_out, all_hits);
    let ln_p = |k: u64| choose(treated, k) + choose(held_out, all_hits - k) - base;
    let own = ln_p(hits);
    let range = all_hits.saturating_sub(held_out)..=all_hits.min(treated);
    range.map(ln_p).filter(|p| *p <= own + 1e-7).map(f64::exp).sum::<f64>().min(1.0)
}

/// One side's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Arm {
    /// Members.
    pub members: u64,
    /// Mean.
    pub mean: f64,
    /// Variance (ddof 1).
    pub variance: f64,
}

impl Arm {
    /// Of values; two at least for a variance.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n.max(1.0);
        let variance = if values.len() > 1 { values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0) } else { 0.0 };
        Self { members: values.len() as u64, mean, variance }
    }
}

/// A difference of two means.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MeanUplift {
    /// The difference.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// The chance of such a difference by luck.
    pub p: f64,
    /// Degrees of freedom (Welch and Satterthwaite).
    pub degrees: f64,
    /// Whether a side has fewer than 30 members, so that a skewed figure makes the interval too narrow.
    pub few: bool,
}

/// Compares means without taking the spreads for equal.
///
/// Errors: `groups_too_few` where a side has fewer than two members.
pub fn of_means(treated: &Arm, held_out: &Arm) -> Result<MeanUplift> {
    if treated.members < 2 || held_out.members < 2 {
        return Err(Error::refused("groups_too_few", "both sides need at least two members"));
    }
    let (a, b) = (treated.variance / treated.members as f64, held_out.variance / held_out.members as f64);
    let difference = treated.mean - held_out.mean;
    let few = treated.members.min(held_out.members) < 30;
    let error = (a + b).sqrt();
    if !(error > 0.0) {
        return Ok(MeanUplift {
            difference,
            interval: (difference, difference),
            p: if difference == 0.0 { 1.0 } else { 0.0 },
            degrees: 0.0,
            few,
        });
    }
    let degrees = (a + b).powi(2) / (a * a / (treated.members - 1) as f64 + b * b / (held_out.members - 1) as f64);
    let spread = student_two_sided(0.05, degrees) * error;
    let p = student_above(difference / error, degrees);
    Ok(MeanUplift { difference, interval: (difference - spread, difference + spread), p, degrees, few })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() < tolerance, "{found} is not {wanted}");
    }

    #[test]
    fn newcombe_s_own_examples() {
        // Table II of the paper, method 10: 56/70 − 48/80, 9/10 − 3/10, 10/10 − 0/20.
        for (a, n, b, m, low, high) in [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 20, 0.6791, 1.0)] {
            let found = of_shares(a, n, b, m).unwrap();
            near(found.interval.0, low, 5e-5);
            near(found.interval.1, high, 5e-5);
        }
    }

    #[test]
    fn fisher_s_tea() {
        let found = of_shares(3, 4, 1, 4).unwrap();
        assert!(found.exact);
        near(found.p, 0.485_714_285_714, 1e-9);
        assert!(!of_shares(560, 700, 480, 800).unwrap().exact);
        near(of_shares(0, 5, 0, 5).unwrap().p, 1.0, 1e-12);
        assert!(of_shares(6, 5, 0, 5).is_err() && of_shares(0, 0, 0, 5).is_err());
    }

    #[test]
    fn welch() {
        let a = Arm::of(&[27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]);
        let b = Arm::of(&[27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4]);
        let found = of_means(&a, &b).unwrap();
        near(found.degrees, 27.887_303_988, 1e-6);
        near(found.p, 0.008_071_938_172, 1e-9);
        near(found.interval.0, -4.868_022_741_8, 1e-8);
        assert!(found.interval.1 < 0.0 && found.few, "{found:?}");
        assert!(of_means(&Arm::of(&[1.0]), &b).is_err());
    }
}
