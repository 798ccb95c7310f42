//! Gamma-Gamma: how much a member spends when she buys.
//!
//! Fader and Hardie, *The Gamma-Gamma Model of Monetary Value* (2013), likelihood (1a) and conditional
//! expectation (5). Published on the 946 repeat buyers of CDNOW: p 6.25, q 3.74, γ 15.44.
//!
//! Its premise: how much is spent does not go with how often. The correlation of the two is reported; where
//! it is strong, do not trust the product of the models. Members without a repeat purchase are left out of
//! the fit and get the mean of all.

use super::Estimate;
use super::customer::Spender;
use crate::numeric::newton::{Fit, Point, maximize};
use crate::numeric::special::{digamma, ln_gamma, trigamma};
use rayon::prelude::*;

/// The model; amounts in major units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    /// Shape of one purchase's amount.
    pub p: f64,
    /// Shape of what differs between members.
    pub q: f64,
    /// Scale, in major units.
    pub v: f64,
}

impl GammaGamma {
    /// Maximum likelihood over members with repeat purchases and a mean spend above zero.
    pub fn fit(spenders: &[Spender]) -> (Self, Estimate) {
        let kept = usable(spenders);
        let mean = kept.iter().map(|s| s.mean).sum::<f64>() / (kept.len().max(1)) as f64;
        let most = kept.iter().map(|s| s.repeats).max().unwrap_or(0);
        let start = [5.0, 3.0, 2.0 * mean.max(1e-6) / 5.0];
        let bounds = [(1e-4, 1e5), (1e-4, 1e5), (1e-9, 1e12)];
        let fit: Fit<3> = maximize(|theta| likelihood(&kept, most, theta), start, bounds);
        let [p, q, v] = fit.at;
        (Self { p, q, v }, Estimate::of(&["p", "q", "v"], &fit))
    }

    /// Expected spend per purchase of a member who made x repeat purchases of this mean; major units.
    /// Infinite where q is at most 1 and nothing is known of the member: the caller says so.
    pub fn expected(&self, repeats: u32, mean: f64) -> f64 {
        let x = if mean > 0.0 { f64::from(repeats) } else { 0.0 };
        let shape = self.p * x + self.q - 1.0;
        if shape > 0.0 { self.p * (self.v + x * mean) / shape } else { f64::INFINITY }
    }
}

fn usable(spenders: &[Spender]) -> Vec<Spender> {
    spenders.iter().copied().filter(|s| s.repeats > 0 && s.mean > 0.0 && s.mean.is_finite()).collect()
}

/// Pearson's correlation of how often and how much, over those who came again.
pub fn correlation(spenders: &[Spender]) -> f64 {
    let kept = usable(spenders);
    let pairs: Vec<(f64, f64)> = kept.iter().map(|s| (f64::from(s.repeats), s.mean)).collect();
    super::holdout::pearson(&pairs)
}

struct OfCount {
    value: f64,
    slope: [f64; 2],
    bend: [f64; 3],
}

/// What only depends on the whole number x.
fn of_count(x: f64, p: f64, q: f64) -> OfCount {
    let (both, own) = (p * x + q, p * x);
    let (slope_both, bend_both) = (digamma(both), trigamma(both));
    OfCount {
        value: ln_gamma(both) - ln_gamma(own) + own * x.ln(),
        slope: [x * (slope_both - digamma(own) + x.ln()), slope_both],
        bend: [x * x * (bend_both - trigamma(own)), x * bend_both, bend_both],
    }
}

fn likelihood(kept: &[Spender], most: u32, theta: &[f64; 3]) -> Point<3> {
    let [p, q, v] = *theta;
    let mut seen = vec![false; most as usize + 1];
    for spender in kept {
        seen[spender.repeats as usize] = true;
    }
    let counts: Vec<Option<OfCount>> = (0..=most).map(|x| seen[x as usize].then(|| of_count(f64::from(x), p, q))).collect();
    let part = |spenders: &[Spender]| {
        spenders.iter().fold(Point::<3>::ZERO, |sum, spender| match &counts[spender.repeats as usize] {
            Some(count) => sum.plus_times(&term(count, spender, theta), 1.0),
            None => sum,
        })
    };
    let parts: Vec<Point<3>> = kept.par_chunks(4096).map(part).collect();
    let mut sum = parts.iter().fold(Point::ZERO, |sum, part| sum.plus(part));
    let n = kept.len() as f64;
    sum.value += n * (q * v.ln() - ln_gamma(q));
    sum.gradient[1] += n * (v.ln() - digamma(q));
    sum.gradient[2] += n * q / v;
    sum.hessian[1][1] -= n * trigamma(q);
    sum.hessian[2][1] += n / v;
    sum.hessian[2][2] -= n * q / (v * v);
    sum.mirrored()
}

fn term(count: &OfCount, spender: &Spender, theta: &[f64; 3]) -> Point<3> {
    let [p, q, v] = *theta;
    let (x, z) = (f64::from(spender.repeats), spender.mean);
    let (all, ln_z) = (v + x * z, z.ln());
    let (ln_all, shape) = (all.ln(), p * x + q);
    let mut hessian = [[0.0; 3]; 3];
    hessian[0][0] = count.bend[0];
    hessian[1][0] = count.bend[1];
    hessian[1][1] = count.bend[2];
    hessian[2][0] = -x / all;
    hessian[2][1] = -1.0 / all;
    hessian[2][2] = shape / (all * all);
    Point {
        value: count.value + (p * x - 1.0) * ln_z - shape * ln_all,
        gradient: [count.slope[0] + x * (ln_z - ln_all), count.slope[1] - ln_all, -shape / all],
        hessian,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let spender = |repeats, mean| Spender { repeats, mean };
        let kept = [spender(1, 20.0), spender(7, 35.5), spender(2, 80.0), spender(1, 3.0)];
        let theta = [6.0, 3.5, 15.0];
        let point = likelihood(&kept, 7, &theta);
        for i in 0..3 {
            let h = 1e-6 * theta[i];
            let at = |step: f64| {
                let mut moved = theta;
                moved[i] += step;
                likelihood(&kept, 7, &moved)
            };
            let slope = (at(h).value - at(-h).value) / (2.0 * h);
            assert!((slope - point.gradient[i]).abs() < 1e-6 * (1.0 + slope.abs()));
            for j in 0..3 {
                let slope = (at(h).gradient[j] - at(-h).gradient[j]) / (2.0 * h);
                assert!((slope - point.hessian[i][j]).abs() < 1e-6 * (1.0 + slope.abs()), "{i} {j}");
            }
        }
    }

    #[test]
    fn who_is_unknown_spends_what_all_spend() {
        let model = GammaGamma { p: 6.0, q: 4.0, v: 15.0 };
        assert!((model.expected(0, 0.0) - 30.0).abs() < 1e-12);
        assert!((model.expected(1_000_000, 80.0) - 80.0).abs() < 1e-3);
        assert!(GammaGamma { q: 0.9, ..model }.expected(0, 0.0).is_infinite());
    }
}
