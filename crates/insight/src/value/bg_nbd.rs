//! BG/NBD: members buy at rates that differ and may leave after any purchase.
//!
//! Fader, Hardie and Lee, *"Counting Your Customers" the Easy Way*, Marketing Science 24 (2005): likelihood
//! (6), P(alive) from it, conditional expectation (10). Published on CDNOW: r .243, α 4.414, a .793, b 2.426,
//! log-likelihood −9582.4.
//!
//! The gamma functions of whole x are sums of logarithms, so the likelihood needs no special function. The
//! expectation is not computed by ₂F₁, which overflows for heavy buyers and is undefined at a = 1, but as the
//! sum of chances that the next purchase, the one after it, … happen: a member who is alive makes purchase
//! j + 1 within t if the Poisson process comes so far, which is negative binomial, and she stayed after each
//! of the j before, which is a product of beta means. All terms are positive.
//!
//! Do not trust it where buying is seasonal or by contract, where less than a year is seen, or where the
//! hold-out check departs; a member can leave only after a purchase, so who bought once counts as alive.

use super::Estimate;
use super::customer::{Rows, by_day};
use super::nbd::rising;
use crate::numeric::newton::{Fit, Point, maximize};
use crate::numeric::quadrature::FORTY_EIGHT;
use crate::numeric::special::{ln_beta, sigmoid, softplus};

/// The model; rates are per week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgNbd {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate of the purchase rates, in weeks.
    pub alpha: f64,
    /// First parameter of the chance to leave.
    pub a: f64,
    /// Second parameter of the chance to leave.
    pub b: f64,
}

/// Where searches begin: half a purchase of shape, the shop's own rate.
pub(super) fn start(rows: &Rows) -> [f64; 2] {
    let rate = rows.mean_repeats().max(1e-3) / rows.mean_age().max(1e-3);
    [0.5, (0.5 / rate).clamp(1e-3, 1e5)]
}

/// Terms of the sum of the expectation beyond which quadrature takes over.
const TERMS_MAX: usize = 200_000;

impl BgNbd {
    /// Maximum likelihood.
    pub fn fit(rows: &Rows) -> (Self, Estimate) {
        let [r, alpha] = start(rows);
        let bounds = [(1e-5, 1e5), (1e-6, 1e7), (1e-7, 1e6), (1e-7, 1e6)];
        let fit: Fit<4> = maximize(|theta| likelihood(rows, theta), [r, alpha, 0.5, 1.5], bounds);
        let [r, alpha, a, b] = fit.at;
        (Self { r, alpha, a, b }, Estimate::of(&["r", "alpha", "a", "b"], &fit))
    }

    /// The log-likelihood of the members.
    pub fn log_likelihood(&self, rows: &Rows) -> f64 {
        likelihood(rows, &[self.r, self.alpha, self.a, self.b]).value
    }

    /// ln of the odds to have left against being alive, after at least one repeat.
    fn ln_odds_left(&self, repeats: f64, last: f64, age: f64) -> f64 {
        self.a.ln() - (self.b + repeats - 1.0).ln() + (self.r + repeats) * ((self.alpha + age) / (self.alpha + last)).ln()
    }

    /// The chance that a member is still there. Times in weeks.
    pub fn alive(&self, repeats: u32, last: f64, age: f64) -> f64 {
        if repeats == 0 { 1.0 } else { sigmoid(-self.ln_odds_left(f64::from(repeats), last, age)) }
    }

    /// Expected purchases in the next `t` weeks.
    pub fn expected(&self, repeats: u32, last: f64, age: f64, t: f64) -> f64 {
        self.alive(repeats, last, age) * self.expected_if_alive(f64::from(repeats), age, t)
    }

    /// Expected repeat purchases of somebody who has just bought for the first time.
    pub fn expected_of_new(&self, t: f64) -> f64 {
        self.expected_if_alive(0.0, 0.0, t)
    }

    fn expected_if_alive(&self, repeats: f64, age: f64, t: f64) -> f64 {
        if !(t > 0.0) {
            return 0.0;
        }
        let (shape, rate) = (self.r + repeats, self.alpha + age);
        let expected = shape * t / rate;
        // The sum is as long as purchases can be: some forty tails of the negative binomial beyond its mean.
        let terms = expected + 40.0 * (1.0 + t / rate) + 12.0 * (expected * (1.0 + t / rate)).sqrt();
        if terms < TERMS_MAX as f64 { self.by_sum(repeats, shape, rate, t) } else { self.by_quadrature(repeats, shape, rate, t) }
    }

    /// Σ P(K > j) · Π_{i<j} (b + x + i) ÷ (a + b + x + i), K negative binomial.
    fn by_sum(&self, repeats: f64, shape: f64, rate: f64, t: f64) -> f64 {
        let z = t / (rate + t);
        let ln_z = z.ln();
        let mut ln_weight = -shape * (t / rate).ln_1p();
        let mut tail = -ln_weight.exp_m1();
        let (mut stay, mut sum, mut weight) = (1.0, 0.0, ln_weight.exp());
        for j in 0..2 * TERMS_MAX {
            let step = j as f64;
            let term = tail * stay;
            sum += term;
            // What is left is below the geometric sum of what the tail loses with each step.
            if tail <= 0.0 || term * (1.0 + t / rate) * 4.0 < sum * 1e-16 {
                break;
            }
            stay *= (self.b + repeats + step) / (self.a + self.b + repeats + step);
            let ratio = (shape + step) / (step + 1.0);
            if weight > 1e-280 {
                weight *= ratio * z;
            } else {
                ln_weight += ratio.ln() + ln_z;
                weight = ln_weight.exp();
            }
            if weight > 1e-280 {
                ln_weight = weight.ln();
            }
            tail -= weight;
        }
        sum
    }

    /// ∫ beta(p; a, b + x) (1 − (1 + pt ÷ rate)^−shape) ÷ p dp, in the logit of p.
    fn by_quadrature(&self, repeats: f64, shape: f64, rate: f64, t: f64) -> f64 {
        let (a, b) = (self.a, self.b + repeats);
        let front = ln_beta(a, b);
        let (low, high) = (-(60.0 / a.min(1.0)) - (t / rate).ln().max(0.0), 60.0 / b.min(1.0));
        let pieces = ((high - low) / 4.0).ceil().clamp(1.0, 50_000.0);
        let width = (high - low) / pieces;
        let ln_p = |v: f64| -softplus(-v);
        let ln_q = |v: f64| -softplus(v);
        let first = (shape * t / rate).ln();
        let term = |v: f64| {
            // ln of what is bought, over p: for the smallest p that is its first purchase alone.
            let ln_bought = match ln_p(v) {
                small if small + first < -40.0 => first,
                p => (-(-shape * (p.exp() * t / rate).ln_1p()).exp_m1()).ln() - p,
            };
            // p^(a−1) (1−p)^(b−1) · p(1−p) dv.
            (a * ln_p(v) + b * ln_q(v) - front + ln_bought).exp()
        };
        (0..pieces as usize).map(|piece| low + width * piece as f64).map(|from| FORTY_EIGHT.integrate(from, from + width, term)).sum()
    }
}

fn likelihood(rows: &Rows, theta: &[f64; 4]) -> Point<4> {
    let [r, alpha, a, b] = *theta;
    let ln_day = by_day(rows.age_max, |day| (alpha + day).ln());
    let inverse_day = by_day(rows.age_max, |day| 1.0 / (alpha + day));
    let ln_a = a.ln();
    let ln_stay: Vec<f64> = (0..=rows.above.len()).map(|x| (b + x as f64 - 1.0).ln()).collect();
    let mut sum = rows.sum(|row| {
        let x = f64::from(row.repeats);
        let shape = r + x;
        let (ln_t, it) = (ln_day[row.age_days as usize], inverse_day[row.age_days as usize]);
        let mut term = Point { value: -shape * ln_t, gradient: [-ln_t, -shape * it, 0.0, 0.0], hessian: [[0.0; 4]; 4] };
        term.hessian[1][0] = -it;
        term.hessian[1][1] = shape * it * it;
        if row.repeats == 0 {
            return term;
        }
        let (ln_x, ix) = (ln_day[row.last_days as usize], inverse_day[row.last_days as usize]);
        let rest = b + x - 1.0;
        let odds = ln_a - ln_stay[row.repeats as usize] + shape * (ln_t - ln_x);
        let (left, soft) = sigmoid_and_softplus(odds);
        let slope = [ln_t - ln_x, shape * (it - ix), 1.0 / a, -1.0 / rest];
        term.value += soft;
        let bend = left * (1.0 - left);
        for i in 0..4 {
            term.gradient[i] += left * slope[i];
            for j in 0..=i {
                term.hessian[i][j] += bend * slope[i] * slope[j];
            }
        }
        term.hessian[1][0] += left * (it - ix);
        term.hessian[1][1] += left * shape * (ix * ix - it * it);
        term.hessian[2][2] -= left / (a * a);
        term.hessian[3][3] += left / (rest * rest);
        term
    });
    sum.value += rows.members * r * alpha.ln();
    sum.gradient[0] += rows.members * alpha.ln();
    sum.gradient[1] += rows.members * r / alpha;
    sum.hessian[1][0] += rows.members / alpha;
    sum.hessian[1][1] -= rows.members * r / (alpha * alpha);
    rising(&mut sum, rows, r, 0);
    rising(&mut sum, rows, b, 3);
    falling(&mut sum, rows, a + b);
    sum.mirrored()
}

/// Both at the price of one exponential.
fn sigmoid_and_softplus(d: f64) -> (f64, f64) {
    let e = (-d.abs()).exp();
    let small = e / (1.0 + e);
    if d > 0.0 { (1.0 - small, d + e.ln_1p()) } else { (small, e.ln_1p()) }
}

/// Subtracts Σ ln Γ(a + b + x) − ln Γ(a + b).
fn falling(sum: &mut Point<4>, rows: &Rows, both: f64) {
    let (mut value, mut slope, mut bend) = (0.0, 0.0, 0.0);
    for (j, members) in rows.above.iter().enumerate() {
        let at = both + j as f64;
        value += members * at.ln();
        slope += members / at;
        bend += members / (at * at);
    }
    sum.value -= value;
    for i in 2..4 {
        sum.gradient[i] -= slope;
        for j in 2..=i {
            sum.hessian[i][j] += bend;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Customer;

    fn close(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() <= tolerance * wanted.abs() + 1e-300, "{found} is not {wanted}");
    }

    /// r, α, a, b, x, t_x, T, t, E\[Y(t)\], P(alive): computed with forty digits.
    type Case = ([f64; 4], u32, f64, f64, f64, f64, f64);
    const CASES: [Case; 11] = [
        ([0.243, 4.414, 0.793, 2.426], 2, 30.43, 38.86, 39.0, 1.226_028_174_767_14, 0.726_578_570_080_673),
        ([0.11, 2.24, 0.31, 0.5], 0, 0.0, 1.0, 30.0, 0.564_588_615_532_785, 1.0),
        (TINY, 0, 0.0, 50.0, 30.0, 0.256_549_884_071_111, 1.0),
        (TINY, 1, 10.0, 50.0, 30.0, 0.652_934_232_874_304, 0.893_155_773_456_137),
        ([0.1, 50.16, 0.4, 0.81], 400, 499.0, 500.0, 39.0, 27.915_394_945_222_7, 0.997_932_561_796_244),
        ([0.1, 50.16, 0.4, 0.81], 1000, 500.0, 501.0, 365.0, 592.755_090_602_298, 0.997_546_226_088_937),
        ([0.243, 4.414, 1.0, 2.426], 3, 20.0, 38.0, 39.0, 0.993_423_279_332_978, 0.424_657_337_244_668),
        ([0.243, 4.414, 1.000_000_001, 2.426], 3, 20.0, 38.0, 39.0, 0.993_423_278_563_035, 0.424_657_337_000_344),
        (CDNOW, 3, 20.0, 38.0, 5000.0, 17.211_364_364_765_6, 0.482_139_512_258_22),
        (CDNOW, 29, 38.0, 38.857_142_857, 39.0, 19.455_461_736_182, 0.955_308_418_287_927),
        (CDNOW, 0, 0.0, 0.0, 39.0, 1.195_010_040_516_88, 1.0),
    ];
    const TINY: [f64; 4] = [0.545_874_124_739_118_9, 13.409_316_394_557_274, 0.000_999_494_379_934_432_3, 0.038_990_221_433_788_01];
    const CDNOW: [f64; 4] = [0.242_594_522_4, 4.413_602_019, 0.792_922_017_2, 2.425_906_776_7];

    fn model([r, alpha, a, b]: [f64; 4]) -> BgNbd {
        BgNbd { r, alpha, a, b }
    }

    #[test]
    fn edge_cases_agree_with_forty_digits() {
        for (theta, x, last, age, t, expected, alive) in CASES {
            let model = model(theta);
            close(model.alive(x, last, age), alive, 1e-12);
            close(model.expected(x, last, age, t), expected, 2e-12);
        }
        let gone = model([0.1, 50.16, 0.4, 0.81]);
        assert!(gone.alive(400, 10.0, 500.0) < 1e-300 && gone.expected(400, 10.0, 500.0, 39.0) < 1e-300);
        assert_eq!(model(CDNOW).expected(3, 20.0, 38.0, 0.0), 0.0);
    }

    #[test]
    fn quadrature_agrees_with_the_sum() {
        for (theta, x, _, age, t, ..) in CASES {
            let model = model(theta);
            let x = f64::from(x);
            close(model.by_quadrature(x, model.r + x, model.alpha + age, t), model.by_sum(x, model.r + x, model.alpha + age, t), 1e-10);
        }
        let far = model(CDNOW).expected(3, 20.0, 38.0, 1e9);
        assert!(far > 17.3 && far.is_finite());
    }

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let customer = |repeats, last_days, age_days| Customer { repeats, last_days, age_days };
        let rows = Rows::of(&[customer(0, 0, 200), customer(3, 90, 200), customer(1, 20, 150), customer(40, 199, 200), customer(2, 0, 0)]);
        let theta = [0.3, 4.0, 0.8, 2.5];
        let point = likelihood(&rows, &theta);
        for i in 0..4 {
            let h = 1e-6 * theta[i];
            let at = |step: f64| {
                let mut moved = theta;
                moved[i] += step;
                likelihood(&rows, &moved)
            };
            close((at(h).value - at(-h).value) / (2.0 * h), point.gradient[i], 1e-6);
            for j in 0..4 {
                let slope = (at(h).gradient[j] - at(-h).gradient[j]) / (2.0 * h);
                assert!((slope - point.hessian[i][j]).abs() < 1e-5 * (1.0 + slope.abs()), "{i} {j}: {slope} {}", point.hessian[i][j]);
            }
        }
    }
}
