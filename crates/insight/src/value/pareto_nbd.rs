//! Pareto/NBD: members buy at rates that differ and may leave at any moment.
//!
//! Schmittlein, Morrison and Colombo, *Counting Your Customers*, Management Science 33 (1987); likelihood as
//! in Fader and Hardie, *A Note on Deriving the Pareto/NBD Model* (2005), equation 17; conditional
//! expectation equation 41; discounted residual transactions (DERT) as in Fader, Hardie and Lee, *RFM and
//! CLV*, JMR 42 (2005), equation 2. Published on CDNOW: r .553, α 10.578, s .606, β 11.669, −9595.0.
//!
//! The ₂F₁ of the papers overflows for heavy buyers and changes its form at α = β. Here the integral that it
//! stands for, ∫ (α+y)^−(r+x) (β+y)^−(s+1) dy from t_x to T, is taken by Gauss–Legendre in
//! w = ln((α+y) ÷ (α+t_x)); gradient and second derivatives are means over the same nodes.
//!
//! Do not trust it where buying is seasonal or by contract, or where the hold-out check departs.

use super::Estimate;
use super::customer::{Rows, UNIT_DAYS, by_day};
use super::nbd::rising;
use crate::numeric::newton::{Fit, Point, maximize};
use crate::numeric::quadrature::{FORTY_EIGHT, Rule, SIX, TWELVE, TWENTY_FOUR};
use crate::numeric::special::ln_add_exp;

/// The model; rates are per week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParetoNbd {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate of the purchase rates, in weeks.
    pub alpha: f64,
    /// Shape of the rates at which members leave.
    pub s: f64,
    /// Rate of the rates at which members leave, in weeks.
    pub beta: f64,
}

impl ParetoNbd {
    /// Maximum likelihood.
    pub fn fit(rows: &Rows) -> (Self, Estimate) {
        let [r, alpha] = super::bg_nbd::start(rows);
        let bounds = [(1e-5, 1e5), (1e-6, 1e7), (1e-6, 1e5), (1e-6, 1e7)];
        let start = [r, alpha, 0.5, rows.mean_age().clamp(0.1, 1e4)];
        // Most of the way is gone on some of the members with a rough integral, then on all of them, and only the end exactly.
        let search = |rows: &Rows, nodes: Nodes, from: [f64; 4]| maximize(|theta| likelihood(rows, theta, nodes), from, bounds);
        let near = |fit: &Fit<4>, from: [f64; 4]| if fit.converged && !fit.at_bound { fit.at } else { from };
        let some = search(&rows.thinned(SOME_ROWS), Nodes::Few, start);
        let rough = search(rows, Nodes::Few, near(&some, start));
        let mut fit: Fit<4> = search(rows, Nodes::Enough, near(&rough, start));
        fit.evaluations += some.evaluations + rough.evaluations;
        let [r, alpha, s, beta] = fit.at;
        (Self { r, alpha, s, beta }, Estimate::of(&["r", "alpha", "s", "beta"], &fit))
    }

    fn theta(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    /// The log-likelihood of the members.
    pub fn log_likelihood(&self, rows: &Rows) -> f64 {
        likelihood(rows, &self.theta(), Nodes::Enough).value
    }

    /// The log-likelihood of one member. Times in weeks.
    pub fn log_likelihood_of(&self, repeats: u32, last: f64, age: f64) -> f64 {
        let rising: f64 = (0..repeats).map(|j| (self.r + f64::from(j)).ln()).sum();
        let (alive, gone) = self.ln_parts(repeats, last, age);
        rising + self.r * self.alpha.ln() + self.s * self.beta.ln() + ln_add_exp(alive, gone)
    }

    /// ln of the two parts of the likelihood: still alive at T, left before.
    fn ln_parts(&self, repeats: u32, last: f64, age: f64) -> (f64, f64) {
        let shape = self.r + f64::from(repeats);
        let alive = -shape * (self.alpha + age).ln() - self.s * (self.beta + age).ln();
        (alive, Gone::new(&self.theta(), shape, last, age, Nodes::Enough).ln_value)
    }

    /// The chance that a member is still there. Times in weeks.
    pub fn alive(&self, repeats: u32, last: f64, age: f64) -> f64 {
        let (alive, gone) = self.ln_parts(repeats, last, age);
        (alive - ln_add_exp(alive, gone)).exp()
    }

    /// Expected purchases in the next `t` weeks.
    pub fn expected(&self, repeats: u32, last: f64, age: f64, t: f64) -> f64 {
        let rate = (self.r + f64::from(repeats)) / (self.alpha + age);
        self.alive(repeats, last, age) * rate * self.time_alive(age, t)
    }

    /// Expected repeat purchases of somebody who has just bought for the first time.
    pub fn expected_of_new(&self, t: f64) -> f64 {
        self.r / self.alpha * self.time_alive(0.0, t)
    }

    /// Expected weeks alive within the next `t` of a member who is alive at this age; s = 1 is no exception.
    fn time_alive(&self, age: f64, t: f64) -> f64 {
        let rate = self.beta + age;
        let ln = (t / rate).ln_1p();
        let power = (1.0 - self.s) * ln;
        rate * ln * if power.abs() < 1e-12 { 1.0 + power / 2.0 } else { power.exp_m1() / power }
    }

    /// Discounted expected residual transactions at a continuous rate per week.
    pub fn discounted(&self, repeats: u32, last: f64, age: f64, rate_per_week: f64) -> f64 {
        let purchases = (self.r + f64::from(repeats)) / (self.alpha + age);
        self.alive(repeats, last, age) * purchases * self.discounted_time(age, rate_per_week)
    }

    /// ∫ e^(−δt) (B ÷ (B + t))^s dt, B = β + T, by pieces in u = ln(1 + t ÷ B).
    fn discounted_time(&self, age: f64, delta: f64) -> f64 {
        let rate = self.beta + age;
        let (mut sum, mut from) = (0.0, 0.0);
        let width = 0.5_f64;
        let term = |u: f64| rate * ((1.0 - self.s) * u - delta * rate * u.exp_m1()).exp();
        for _ in 0..4_000 {
            let piece = TWENTY_FOUR.integrate(from, from + width, term);
            sum += piece;
            from += width;
            if piece < sum * 1e-17 {
                break;
            }
        }
        sum
    }
}

/// ln(s · ∫ (α+y)^−shape (β+y)^−(s+1) dy) over (t_x, T), with its derivatives.
struct Gone {
    ln_value: f64,
    gradient: [f64; 4],
    hessian: [[f64; 4]; 4],
}

/// How exactly the integral is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nodes {
    /// To a thousandth or so: enough to find the way.
    Few,
    /// To the last digits.
    Enough,
}

/// Rows on which a search begins.
const SOME_ROWS: usize = 400;

/// Where the integrand is below e⁻⁴⁵ of its height.
const TRUNCATE: f64 = 45.0;

impl Gone {
    fn new(theta: &[f64; 4], shape: f64, last: f64, age: f64, nodes: Nodes) -> Self {
        let [_, alpha, s, beta] = *theta;
        let (start, ratio) = (alpha + last, ((age - last) / (alpha + last)).ln_1p());
        let nothing = Self { ln_value: f64::NEG_INFINITY, gradient: [0.0; 4], hessian: [[0.0; 4]; 4] };
        if !(ratio > 0.0) {
            return nothing;
        }
        let decay = shape - 1.0 + (s + 1.0) * (start / (beta + last)).min(1.0);
        let width = if decay > 0.0 { ratio.min(TRUNCATE / decay) } else { ratio };
        let rule: &Rule = match width * (shape + s).max(1.0) {
            _ if nodes == Nodes::Few => &SIX,
            span if span < 2.0 && width < 1.5 => &TWELVE,
            span if span < 14.0 && width < 3.0 => &TWENTY_FOUR,
            _ => &FORTY_EIGHT,
        };
        let (ln_start, ln_beta) = (start.ln(), (beta + last).ln());
        // Moments of g: 1, ln(α+y), 1/(α+y), ln(β+y), 1/(β+y), and products of two of the four.
        let (mut mass, mut first, mut second) = (0.0, [0.0; 4], [[0.0; 4]; 4]);
        for (node, weight) in &rule.nodes {
            let w = node * width;
            let grown = start * w.exp_m1();
            let (a, b) = (start + grown, beta + last + grown);
            let ln_b = b.ln() - ln_beta;
            let g = weight * ((1.0 - shape) * w - (s + 1.0) * ln_b).exp();
            let v = [w, 1.0 / a, ln_b, 1.0 / b];
            mass += g;
            for i in 0..4 {
                let gv = g * v[i];
                first[i] += gv;
                for j in 0..=i {
                    second[i][j] += gv * v[j];
                }
            }
        }
        if !(mass > 0.0) {
            return nothing;
        }
        let ln_value = s.ln() + (1.0 - shape) * ln_start - (s + 1.0) * ln_beta + (width * mass).ln();
        Self::from_moments(ln_value, shape, s, [ln_start, 0.0, ln_beta, 0.0], mass, first, second)
    }

    /// h = −shape ln(α+y) − (s+1) ln(β+y): the mean of its slopes, and their spread plus the mean of its bends.
    fn from_moments(ln_value: f64, shape: f64, s: f64, base: [f64; 4], mass: f64, first: [f64; 4], second: [[f64; 4]; 4]) -> Self {
        let mean: [f64; 4] = std::array::from_fn(|i| first[i] / mass);
        let factor = [-1.0, -shape, -1.0, -(s + 1.0)];
        let mut gradient: [f64; 4] = std::array::from_fn(|i| factor[i] * (mean[i] + base[i]));
        let mut hessian = [[0.0; 4]; 4];
        for i in 0..4 {
            for j in 0..=i {
                hessian[i][j] = factor[i] * factor[j] * (second[i][j] / mass - mean[i] * mean[j]);
            }
        }
        hessian[1][0] -= mean[1];
        hessian[1][1] += shape * second[1][1] / mass;
        hessian[3][2] -= mean[3];
        hessian[3][3] += (s + 1.0) * second[3][3] / mass;
        gradient[2] += 1.0 / s;
        hessian[2][2] -= 1.0 / (s * s);
        Self { ln_value, gradient, hessian }
    }
}

fn likelihood(rows: &Rows, theta: &[f64; 4], nodes: Nodes) -> Point<4> {
    let [r, alpha, s, beta] = *theta;
    let ln_alpha = by_day(rows.age_max, |day| (alpha + day).ln());
    let ln_beta = by_day(rows.age_max, |day| (beta + day).ln());
    let mut sum = rows.sum(|row| {
        let shape = r + f64::from(row.repeats);
        let (last, age) = (f64::from(row.last_days) / UNIT_DAYS, f64::from(row.age_days) / UNIT_DAYS);
        let (la, lb) = (ln_alpha[row.age_days as usize], ln_beta[row.age_days as usize]);
        let (ia, ib) = (1.0 / (alpha + age), 1.0 / (beta + age));
        let alive = -shape * la - s * lb;
        let gone = Gone::new(theta, shape, last, age, nodes);
        let value = ln_add_exp(alive, gone.ln_value);
        let (here, away) = ((alive - value).exp(), (gone.ln_value - value).exp());
        let slope = [-la, -shape * ia, -lb, -s * ib];
        let mut bend = [[0.0; 4]; 4];
        bend[1][0] = -ia;
        bend[1][1] = shape * ia * ia;
        bend[3][2] = -ib;
        bend[3][3] = s * ib * ib;
        let gradient: [f64; 4] = std::array::from_fn(|i| here * slope[i] + away * gone.gradient[i]);
        let mut hessian = [[0.0; 4]; 4];
        for i in 0..4 {
            for j in 0..=i {
                let apart = (slope[i] - gone.gradient[i]) * (slope[j] - gone.gradient[j]);
                hessian[i][j] = here * bend[i][j] + away * gone.hessian[i][j] + here * away * apart;
            }
        }
        Point { value, gradient, hessian }
    });
    let n = rows.members;
    sum.value += n * (r * alpha.ln() + s * beta.ln());
    let ends = [alpha.ln(), r / alpha, beta.ln(), s / beta];
    for (i, end) in ends.iter().enumerate() {
        sum.gradient[i] += n * end;
    }
    sum.hessian[1][0] += n / alpha;
    sum.hessian[1][1] -= n * r / (alpha * alpha);
    sum.hessian[3][2] += n / beta;
    sum.hessian[3][3] -= n * s / (beta * beta);
    rising(&mut sum, rows, r, 0);
    sum.mirrored()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Customer;

    fn close(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() <= tolerance * wanted.abs(), "{found} is not {wanted}");
    }

    const CDNOW: [f64; 4] = [0.553_277_046_8, 10.577_683_463_3, 0.606_239_989_1, 11.668_735_289];

    /// r, α, s, β; x, t_x, T, t; E\[Y(t)\], P(alive), log-likelihood: computed with forty digits.
    type Case = ([f64; 4], u32, f64, f64, f64, f64, f64, f64);
    const CASES: [Case; 10] = [
        ([0.553, 10.578, 0.606, 11.669], 2, 30.43, 38.86, 39.0, 1.455_123_193_257_6, 0.869_167_559_153_011, -9.554_283_245_150_41),
        (CDNOW, 221, 103.428_57, 103.571_43, 39.0, 69.027_590_550_571_8, 0.999_133_726_328_276, -76.966_391_486_366),
        (CDNOW, 161, 94.714_29, 98.0, 39.0, 34.335_656_946_893_9, 0.650_988_058_479_655, -99.078_334_549_494_9),
        (CDNOW, 204, 98.571_43, 99.428_57, 39.0, 65.228_626_524_855_8, 0.988_498_486_166_438, -79.935_651_085_047_3),
        (CDNOW, 300, 50.0, 100.0, 39.0, 9.571_931_970_857_22e-75, 9.919_393_562_326_39e-77, 172.504_342_162_709),
        ([0.553, 10.0, 0.606, 10.0], 3, 20.0, 38.0, 39.0, 1.264_307_456_406_69, 0.530_982_904_669_761, -12.013_543_023_765_7),
        (CDNOW, 5, 38.0, 38.0, 39.0, 3.696_297_678_968_47, 1.0, -17.567_796_857_523_3),
        ([0.553, 10.578, 1.0, 11.669], 3, 20.0, 38.0, 39.0, 0.832_859_866_239_507, 0.395_599_299_539_016, -12.228_533_741_573_5),
        (CDNOW, 0, 0.0, 38.0, 39.0, 0.110_561_668_875_796, 0.300_223_257_571_663, -0.518_312_433_556_394),
        (
            [1.414_274_1, 1.375_585_4, 12.987, 14_721.3],
            92,
            38.0,
            38.5,
            13.0,
            30.255_511_854_172_9,
            0.999_161_612_335_89,
            -14.702_983_134_307_4,
        ),
    ];

    #[test]
    fn edge_cases_agree_with_forty_digits() {
        for ([r, alpha, s, beta], x, last, age, t, expected, alive, likelihood) in CASES {
            let model = ParetoNbd { r, alpha, s, beta };
            close(model.alive(x, last, age), alive, 1e-11);
            close(model.expected(x, last, age, t), expected, 1e-11);
            close(model.log_likelihood_of(x, last, age), likelihood, 1e-12);
        }
    }

    #[test]
    fn fewer_nodes_lose_nothing() {
        let [_, alpha, s, beta] = CDNOW;
        for x in [0_u32, 1, 4, 20, 120] {
            for (last, age) in [(0.0, 39.0), (10.0, 39.0), (38.0, 39.0), (5.0, 200.0)] {
                let shape = CDNOW[0] + f64::from(x);
                let found = Gone::new(&CDNOW, shape, last, age, Nodes::Enough).ln_value;
                let pieces: f64 = (0..400)
                    .map(|i| {
                        let at = |k: i32| last + (age - last) * (f64::from(k) / 400.0).powi(3);
                        let h =
                            |y: f64| (-shape * ((alpha + y) / (alpha + last)).ln() - (s + 1.0) * ((beta + y) / (beta + last)).ln()).exp();
                        FORTY_EIGHT.integrate(at(i), at(i + 1), h)
                    })
                    .sum();
                let wanted = s.ln() - shape * (alpha + last).ln() - (s + 1.0) * (beta + last).ln() + pieces.ln();
                assert!((found - wanted).abs() < 1e-12, "x {x}, {last} of {age}: {found} {wanted}");
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let customer = |repeats, last_days, age_days| Customer { repeats, last_days, age_days };
        let rows = Rows::of(&[customer(0, 0, 200), customer(3, 90, 200), customer(1, 20, 150), customer(40, 199, 200), customer(2, 0, 0)]);
        let theta = [0.6, 9.0, 0.7, 12.0];
        let point = likelihood(&rows, &theta, Nodes::Enough);
        for i in 0..4 {
            let h = 1e-6 * theta[i];
            let at = |step: f64| {
                let mut moved = theta;
                moved[i] += step;
                likelihood(&rows, &moved, Nodes::Enough)
            };
            close((at(h).value - at(-h).value) / (2.0 * h), point.gradient[i], 1e-5);
            for j in 0..4 {
                let slope = (at(h).gradient[j] - at(-h).gradient[j]) / (2.0 * h);
                assert!((slope - point.hessian[i][j]).abs() < 1e-5 * (1.0 + slope.abs()), "{i} {j}: {slope} {}", point.hessian[i][j]);
            }
        }
    }
}
