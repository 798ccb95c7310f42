//! NBD: members buy at rates that differ, and nobody ever leaves.
//!
//! Ehrenberg 1959; Schmittlein, Morrison and Colombo (1987), equation 7 without death. It is the yardstick:
//! where BG/NBD or Pareto/NBD fit no better than this, the data do not show drop-out.

use super::Estimate;
use super::customer::{Rows, by_day};
use crate::numeric::newton::{Fit, Point, maximize};

/// The model: purchases are Poisson, rates are gamma with shape r and rate α (per week).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nbd {
    /// Shape.
    pub r: f64,
    /// Rate, in weeks.
    pub alpha: f64,
}

impl Nbd {
    /// Maximum likelihood.
    pub fn fit(rows: &Rows) -> (Self, Estimate) {
        let start = super::bg_nbd::start(rows);
        let fit: Fit<2> = maximize(|[r, alpha]| likelihood(rows, *r, *alpha), [start[0], start[1]], [(1e-5, 1e5), (1e-6, 1e7)]);
        (Self { r: fit.at[0], alpha: fit.at[1] }, Estimate::of(&["r", "alpha"], &fit))
    }

    /// Expected purchases in the next `t` weeks of a member with x repeats at age T.
    pub fn expected(&self, repeats: u32, age: f64, t: f64) -> f64 {
        (self.r + f64::from(repeats)) / (self.alpha + age) * t
    }
}

fn likelihood(rows: &Rows, r: f64, alpha: f64) -> Point<2> {
    let ln_age = by_day(rows.age_max, |age| (alpha + age).ln());
    let mut sum = rows.sum(|row| {
        let (shape, ln) = (r + f64::from(row.repeats), ln_age[row.age_days as usize]);
        let inverse = (-ln).exp();
        Point { value: -shape * ln, gradient: [-ln, -shape * inverse], hessian: [[0.0, 0.0], [-inverse, shape * inverse * inverse]] }
    });
    sum.value += rows.members * r * alpha.ln();
    sum.gradient[0] += rows.members * alpha.ln();
    sum.gradient[1] += rows.members * r / alpha;
    sum.hessian[1][0] += rows.members / alpha;
    sum.hessian[1][1] -= rows.members * r / (alpha * alpha);
    rising(&mut sum, rows, r, 0);
    sum.mirrored()
}

/// Adds Σ ln Γ(r + x) − ln Γ(r), a sum of logarithms since x is whole.
pub(super) fn rising<const N: usize>(sum: &mut Point<N>, rows: &Rows, r: f64, at: usize) {
    for (j, members) in rows.above.iter().enumerate() {
        let shape = r + j as f64;
        sum.value += members * shape.ln();
        sum.gradient[at] += members / shape;
        sum.hessian[at][at] -= members / (shape * shape);
    }
}
