//! Maximum likelihood by Newton's method on the logarithms of positive parameters.
//!
//! The likelihood gives its value, gradient and matrix of second derivatives at once. The step solves
//! (−H + μI) s = g, with μ raised until the matrix is positive definite and the value rises (Nocedal and
//! Wright, *Numerical Optimization*, 2nd ed., 3.4; Levenberg's damping). Parameters keep within bounds; one
//! that pushes against its bound is held there. Standard errors come from the inverse of −H in the
//! parameters themselves.

use std::array::from_fn;

/// A log-likelihood with its derivatives in the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Point<const N: usize> {
    /// The log-likelihood.
    pub value: f64,
    /// Its first derivatives.
    pub gradient: [f64; N],
    /// Its second derivatives; both halves are filled.
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Point<N> {
    /// Nothing yet.
    pub const ZERO: Self = Self { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] };

    /// The sum of two.
    pub fn plus(mut self, other: &Self) -> Self {
        self.value += other.value;
        for i in 0..N {
            self.gradient[i] += other.gradient[i];
            for j in 0..N {
                self.hessian[i][j] += other.hessian[i][j];
            }
        }
        self
    }
    /// Copies the lower half of the matrix onto the upper one.
    pub fn mirrored(mut self) -> Self {
        for i in 0..N {
            for j in 0..i {
                self.hessian[j][i] = self.hessian[i][j];
            }
        }
        self
    }
    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|g| g.is_finite()) && self.hessian.iter().flatten().all(|h| h.is_finite())
    }
}

/// Where the search ended.
#[derive(Clone, Copy, Debug)]
pub struct Fit<const N: usize> {
    /// The parameters.
    pub at: [f64; N],
    /// The log-likelihood and its derivatives there.
    pub point: Point<N>,
    /// Standard errors; none where the likelihood does not bend down in every direction.
    pub errors: Option<[f64; N]>,
    /// How often the likelihood was computed.
    pub evaluations: u32,
    /// Whether no step could raise the value by more than a billionth.
    pub converged: bool,
    /// Whether a parameter ended at a bound.
    pub at_bound: bool,
}

/// Most evaluations of one search.
const EVALUATIONS_MAX: u32 = 400;
/// Longest step of one logarithm.
const STEP_MAX: f64 = 3.0;
/// The search ends when a step promises less than this.
const GAIN_MIN: f64 = 1e-10;

/// Maximises `likelihood` from `start` within `bounds` (lowest and highest of each parameter).
pub fn maximize<const N: usize>(likelihood: impl Fn(&[f64; N]) -> Point<N>, start: [f64; N], bounds: [(f64, f64); N]) -> Fit<N> {
    let limits: [(f64, f64); N] = from_fn(|i| (bounds[i].0.ln(), bounds[i].1.ln()));
    let mut phi: [f64; N] = from_fn(|i| start[i].ln().clamp(limits[i].0, limits[i].1));
    let theta = |phi: &[f64; N]| -> [f64; N] { from_fn(|i| phi[i].exp()) };
    let mut point = likelihood(&theta(&phi));
    let (mut evaluations, mut damping, mut converged) = (1, 0.0_f64, false);
    while evaluations < EVALUATIONS_MAX && point.is_finite() {
        let (gradient, bend) = in_logarithms(&point, &theta(&phi));
        let free: [bool; N] = from_fn(|i| {
            let (low, high) = limits[i];
            !((phi[i] <= low && gradient[i] < 0.0) || (phi[i] >= high && gradient[i] > 0.0))
        });
        let Some((step, used)) = damped_step(&gradient, &bend, &free, damping) else { break };
        let promise = 0.5 * (0..N).map(|i| gradient[i] * step[i]).sum::<f64>();
        if promise < GAIN_MIN && used <= damping.max(1e-9) {
            converged = true;
            break;
        }
        let longest = step.iter().fold(0.0_f64, |longest, s| longest.max(s.abs()));
        let shorten = if longest > STEP_MAX { STEP_MAX / longest } else { 1.0 };
        let next: [f64; N] = from_fn(|i| (phi[i] + shorten * step[i]).clamp(limits[i].0, limits[i].1));
        let there = likelihood(&theta(&next));
        evaluations += 1;
        let tolerance = 1e-13 * point.value.abs();
        if there.is_finite() && there.value >= point.value - tolerance {
            let gained = there.value - point.value;
            (phi, point) = (next, there);
            damping = if gained > 0.25 * promise * shorten { used / 10.0 } else { used };
            if gained.abs() <= tolerance && promise < 1e-6 {
                converged = true;
                break;
            }
        } else {
            damping = (used * 4.0).max(1e-3 * scale(&bend));
            if damping > 1e14 * scale(&bend).max(1.0) {
                break;
            }
        }
    }
    let at = theta(&phi);
    let at_bound = (0..N).any(|i| phi[i] <= limits[i].0 + 1e-9 || phi[i] >= limits[i].1 - 1e-9);
    Fit { at, point, errors: errors(&point), evaluations, converged, at_bound }
}

/// Gradient and negated second derivatives in the logarithms of the parameters.
fn in_logarithms<const N: usize>(point: &Point<N>, theta: &[f64; N]) -> ([f64; N], [[f64; N]; N]) {
    let gradient: [f64; N] = from_fn(|i| theta[i] * point.gradient[i]);
    let bend = from_fn(|i| from_fn(|j| -(theta[i] * theta[j] * point.hessian[i][j] + if i == j { gradient[i] } else { 0.0 })));
    (gradient, bend)
}

fn scale<const N: usize>(bend: &[[f64; N]; N]) -> f64 {
    (0..N).fold(1e-12, |largest, i| bend[i][i].abs().max(largest))
}

/// The step, and the damping that it took to make the matrix positive definite.
fn damped_step<const N: usize>(gradient: &[f64; N], bend: &[[f64; N]; N], free: &[bool; N], damping: f64) -> Option<([f64; N], f64)> {
    let mut used = damping;
    for _ in 0..80 {
        let matrix: [[f64; N]; N] = from_fn(|i| {
            from_fn(|j| match (i == j, free[i] && free[j]) {
                (true, true) => bend[i][i] + used,
                (true, false) => 1.0,
                (false, true) => bend[i][j],
                (false, false) => 0.0,
            })
        });
        if let Some(factor) = cholesky(&matrix) {
            let held: [f64; N] = from_fn(|i| if free[i] { gradient[i] } else { 0.0 });
            return Some((solve(&factor, &held), used));
        }
        used = (used * 4.0).max(1e-6 * scale(bend));
    }
    None
}

/// The lower triangle L of LLᵀ, or nothing where the matrix is not positive definite.
pub fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut factor = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let sum = matrix[i][j] - (0..j).map(|k| factor[i][k] * factor[j][k]).sum::<f64>();
            if i == j {
                if !(sum > 1e-14 * matrix[i][i].abs()) {
                    return None;
                }
                factor[i][i] = sum.sqrt();
            } else {
                factor[i][j] = sum / factor[j][j];
            }
        }
    }
    Some(factor)
}

/// Solves LLᵀ x = b.
pub fn solve<const N: usize>(factor: &[[f64; N]; N], b: &[f64; N]) -> [f64; N] {
    let mut x = *b;
    for i in 0..N {
        for k in 0..i {
            x[i] -= factor[i][k] * x[k];
        }
        x[i] /= factor[i][i];
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            x[i] -= factor[k][i] * x[k];
        }
        x[i] /= factor[i][i];
    }
    x
}

fn errors<const N: usize>(point: &Point<N>) -> Option<[f64; N]> {
    let negated: [[f64; N]; N] = from_fn(|i| from_fn(|j| -point.hessian[i][j]));
    let factor = cholesky(&negated)?;
    let variance: [f64; N] = from_fn(|i| solve(&factor, &from_fn(|j| if i == j { 1.0 } else { 0.0 }))[i]);
    variance.iter().all(|v| *v > 0.0).then(|| from_fn(|i| variance[i].sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::special::{digamma, ln_gamma, trigamma};

    /// The gamma distribution with shape and rate: known equations, a curved ridge.
    fn gamma_likelihood(n: f64, sum: f64, sum_ln: f64) -> impl Fn(&[f64; 2]) -> Point<2> {
        move |[k, b]| Point {
            value: n * (k * b.ln() - ln_gamma(*k)) + (k - 1.0) * sum_ln - b * sum,
            gradient: [n * (b.ln() - digamma(*k)) + sum_ln, n * k / b - sum],
            hessian: [[-n * trigamma(*k), n / b], [n / b, -n * k / (b * b)]],
        }
    }

    #[test]
    fn a_gamma_is_found_from_anywhere() {
        let data = [0.3, 0.9, 1.4, 2.2, 2.8, 0.1, 0.6, 5.0];
        let (sum, sum_ln) = (data.iter().sum::<f64>(), data.iter().map(|x: &f64| x.ln()).sum::<f64>());
        let likelihood = gamma_likelihood(8.0, sum, sum_ln);
        let bounds = [(1e-6, 1e6); 2];
        let first = maximize(&likelihood, [1.0, 1.0], bounds);
        assert!(first.converged && first.point.gradient.iter().all(|g| g.abs() < 1e-6), "{first:?}");
        for start in [[1e-3, 1e3], [1e3, 1e-3], [50.0, 50.0]] {
            let other = maximize(&likelihood, start, bounds);
            assert!((other.at[0] - first.at[0]).abs() < 1e-6 && other.evaluations < 60, "{other:?}");
        }
    }

    #[test]
    fn a_maximum_beyond_the_bounds_ends_at_the_bound() {
        let rising = |[a]: &[f64; 1]| Point { value: -1.0 / a, gradient: [1.0 / (a * a)], hessian: [[-2.0 / (a * a * a)]] };
        let fit = maximize(rising, [1.0], [(1e-3, 1e3)]);
        assert!(fit.at_bound && (fit.at[0] - 1e3).abs() < 1e-6, "{fit:?}");
    }
}
