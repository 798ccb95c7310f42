//! Gauss–Legendre quadrature with a fixed number of nodes.
//!
//! Nodes by Newton's method on the Legendre polynomials (Davis and Rabinowitz, *Methods of Numerical
//! Integration*, 2.7); a rule of n nodes is exact for polynomials of degree 2n − 1.

use std::sync::LazyLock;

/// Nodes and weights on (0, 1).
#[derive(Clone, Debug)]
pub struct Rule {
    /// Each node with its weight.
    pub nodes: Vec<(f64, f64)>,
}

impl Rule {
    /// The rule of n nodes.
    pub fn legendre(n: usize) -> Self {
        let mut nodes = Vec::with_capacity(n);
        let size = n as f64;
        for i in 0..n {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (size + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut before, mut now) = (1.0, x);
                for k in 2..=n {
                    let k = k as f64;
                    (before, now) = (now, ((2.0 * k - 1.0) * x * now - (k - 1.0) * before) / k);
                }
                slope = size * (x * now - before) / (x * x - 1.0);
                let step = now / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            let weight = 1.0 / ((1.0 - x * x) * slope * slope);
            nodes.push((0.5 * (1.0 - x), weight));
        }
        Self { nodes }
    }

    /// ∫ f over (from, to).
    pub fn integrate(&self, from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
        let width = to - from;
        width * self.nodes.iter().map(|(node, weight)| weight * f(from + width * node)).sum::<f64>()
    }
}

/// Six nodes: rough.
pub static SIX: LazyLock<Rule> = LazyLock::new(|| Rule::legendre(6));
/// Twelve nodes: enough where the integrand hardly changes.
pub static TWELVE: LazyLock<Rule> = LazyLock::new(|| Rule::legendre(12));
/// Twenty-four nodes.
pub static TWENTY_FOUR: LazyLock<Rule> = LazyLock::new(|| Rule::legendre(24));
/// Forty-eight nodes.
pub static FORTY_EIGHT: LazyLock<Rule> = LazyLock::new(|| Rule::legendre(48));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly_and_exponentials_nearly() {
        for rule in [&*TWELVE, &*TWENTY_FOUR, &*FORTY_EIGHT] {
            assert!((rule.integrate(0.0, 2.0, |x| x.powi(23)) - 2_f64.powi(24) / 24.0).abs() < 1e-7);
            assert!((rule.nodes.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-14);
        }
        let decay = FORTY_EIGHT.integrate(0.0, 1.0, |x| (-40.0 * x).exp());
        assert!((decay - (1.0 - (-40.0_f64).exp()) / 40.0).abs() < 1e-15);
    }
}
