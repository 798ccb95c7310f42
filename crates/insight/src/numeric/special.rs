//! Special functions, in logarithms where the plain value would overflow.
//!
//! Sources: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 6.1.41 (ln Γ), 6.3.18 (ψ),
//! 6.4.12 (ψ′); Numerical Recipes, 3rd ed., 6.2 (incomplete gamma) and 6.4 (incomplete beta, modified
//! Lentz); Wichura, *Algorithm AS 241*, Applied Statistics 37 (1988) (normal quantile). Checked against
//! values computed with thirty digits.

/// Below this argument, series for large arguments are reached by recurrence.
const LARGE: f64 = 10.0;
/// ln √(2π).
const LN_SQRT_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// ln Γ(x) for x above zero.
pub fn ln_gamma(x: f64) -> f64 {
    if !(x > 0.0) {
        return f64::NAN;
    }
    let (mut x, mut product) = (x, 1.0_f64);
    while x < LARGE {
        product *= x;
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse
        * (1.0 / 12.0
            - square
                * (1.0 / 360.0
                    - square
                        * (1.0 / 1260.0
                            - square * (1.0 / 1680.0 - square * (1.0 / 1188.0 - square * (691.0 / 360_360.0 - square / 156.0))))));
    (x - 0.5) * x.ln() - x + LN_SQRT_TWO_PI + series - product.ln()
}

/// ψ(x), the derivative of ln Γ, for x above zero.
pub fn digamma(x: f64) -> f64 {
    if !(x > 0.0) {
        return f64::NAN;
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < LARGE {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0
                    - square
                        * (1.0 / 252.0 - square * (1.0 / 240.0 - square * (1.0 / 132.0 - square * (691.0 / 32_760.0 - square / 12.0))))));
    sum + x.ln() - 0.5 / x - series
}

/// ψ′(x), for x above zero.
pub fn trigamma(x: f64) -> f64 {
    if !(x > 0.0) {
        return f64::NAN;
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < LARGE {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = square
        * inverse
        * (1.0 / 6.0
            - square
                * (1.0 / 30.0
                    - square
                        * (1.0 / 42.0 - square * (1.0 / 30.0 - square * (5.0 / 66.0 - square * (691.0 / 2730.0 - square * 7.0 / 6.0))))));
    sum + inverse + 0.5 * square + series
}

/// ln(1 + eᵈ), for any d.
pub fn softplus(d: f64) -> f64 {
    if d > 0.0 { d + (-d).exp().ln_1p() } else { d.exp().ln_1p() }
}

/// 1 ÷ (1 + e⁻ᵈ), for any d.
pub fn sigmoid(d: f64) -> f64 {
    if d >= 0.0 {
        1.0 / (1.0 + (-d).exp())
    } else {
        let e = d.exp();
        e / (1.0 + e)
    }
}

/// ln(eᵃ + eᵇ), for any a and b, minus infinity included.
pub fn ln_add_exp(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    if high == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

/// ln B(a, b).
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// Q(a, x), the upper regularised incomplete gamma function: the chance that a Poisson of mean x is below a.
pub fn gamma_upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let scale = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        for _ in 0..10_000 {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        return (1.0 - scale * sum).max(0.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut h = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / nonzero(an * d + b);
        c = nonzero(b + an / c);
        h *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (scale * h).clamp(0.0, 1.0)
}

fn nonzero(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}

/// I_x(a, b), the regularised incomplete beta function.
pub fn beta_regularised(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta(a, b)).exp();
    if x < (a + 1.0) / (a + b + 2.0) { front * beta_fraction(a, b, x) / a } else { 1.0 - front * beta_fraction(b, a, 1.0 - x) / b }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        h *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h
}

/// The chance that a chi-squared of so many degrees of freedom exceeds x.
pub fn chi_squared_above(x: f64, degrees: f64) -> f64 {
    if degrees <= 0.0 { 1.0 } else { gamma_upper(degrees / 2.0, x / 2.0) }
}

/// Φ(z), the standard normal distribution function.
pub fn normal_cdf(z: f64) -> f64 {
    let tail = 0.5 * gamma_upper(0.5, z * z / 2.0);
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// Coefficients of AS 241.
const A: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
/// Coefficients of AS 241.
const B: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
/// Coefficients of AS 241.
const C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
/// Coefficients of AS 241.
const D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
/// Coefficients of AS 241.
const E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
/// Coefficients of AS 241.
const F: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

/// Φ⁻¹(p), accurate to about 1e-15 for p strictly between 0 and 1.
pub fn normal_quantile(p: f64) -> f64 {
    let ratio = |up: &[f64; 8], down: &[f64; 8], r: f64| {
        let at = |terms: &[f64; 8]| terms.iter().rev().fold(0.0, |sum, term| sum * r + term);
        at(up) / at(down)
    };
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&A, &B, 0.180_625 - q * q);
    }
    let r = (-(if q < 0.0 { p } else { 1.0 - p }).ln()).sqrt();
    let z = if r <= 5.0 { ratio(&C, &D, r - 1.6) } else { ratio(&E, &F, r - 5.0) };
    if q < 0.0 { -z } else { z }
}

/// The two-sided quantile of Student's t: the t that |T| exceeds with chance `alpha`.
pub fn student_two_sided(alpha: f64, degrees: f64) -> f64 {
    let above = |t: f64| beta_regularised(degrees / 2.0, 0.5, degrees / (degrees + t * t));
    let (mut low, mut high) = (0.0, 2.0);
    while above(high) > alpha && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if above(middle) > alpha { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The chance that |T| of Student's t exceeds t.
pub fn student_above(t: f64, degrees: f64) -> f64 {
    beta_regularised(degrees / 2.0, 0.5, degrees / (degrees + t * t))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() <= tolerance * wanted.abs().max(1e-300), "{found} is not {wanted}");
    }

    #[test]
    fn values_agree_with_thirty_digits() {
        close(ln_gamma(0.5), 0.572_364_942_924_700_1, 1e-14);
        close(ln_gamma(1e-6), 13.815_509_980_749_432, 1e-14);
        close(ln_gamma(100.5), 361.435_540_467_777_4, 1e-14);
        close(digamma(1.0), -0.577_215_664_901_532_9, 1e-14);
        close(digamma(30.25), 3.392_876_200_343_285, 1e-13);
        close(trigamma(1.0), 1.644_934_066_848_226_4, 1e-13);
        close(trigamma(0.25), 17.197_329_154_507_11, 1e-13);
        close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-14);
        close(normal_quantile(1e-10), -6.361_340_902_404_056, 1e-13);
        close(chi_squared_above(3.841_458_820_694_124, 1.0), 0.05, 1e-12);
        close(student_two_sided(0.05, 10.0), 2.228_138_851_964_938_5, 1e-9);
        close(beta_regularised(2.0, 3.0, 0.4), 0.5248, 1e-13);
    }

    #[test]
    fn derivatives_are_those_of_what_they_derive() {
        for x in [0.02, 0.7, 3.3, 9.99, 10.01, 55.0] {
            let h = 1e-5 * x;
            close((ln_gamma(x + h) - ln_gamma(x - h)) / (2.0 * h), digamma(x), 1e-7);
            close((digamma(x + h) - digamma(x - h)) / (2.0 * h), trigamma(x), 1e-7);
        }
    }

    #[test]
    fn nothing_overflows() {
        assert_eq!(softplus(1e6), 1e6);
        assert_eq!(softplus(-1e6), 0.0);
        assert_eq!(sigmoid(-1e6), 0.0);
        assert_eq!(ln_add_exp(f64::NEG_INFINITY, f64::NEG_INFINITY), f64::NEG_INFINITY);
        close(ln_add_exp(-2000.0, -2000.0), -2000.0 + std::f64::consts::LN_2, 1e-15);
        assert!(ln_gamma(-1.0).is_nan());
    }
}
