//! A small generator of random numbers: the same seed gives the same numbers on every machine.
//!
//! `SplitMix64` (Steele, Lea, Flood 2014). For sampling and restarts, never for secrets.

/// The generator.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A generator from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
    /// A number below `n`; 0 where n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }
    /// An exponential of mean 1.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }
    /// A standard normal (Box–Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (2.0 * self.exponential()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
    /// A gamma of this shape and rate 1 (Marsaglia and Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - self.unit()).powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let z = self.normal();
            let v = (1.0 + c * z).powi(3);
            if v > 0.0 && (1.0 - self.unit()).ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
    /// A beta.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        if x + y > 0.0 { x / (x + y) } else { 0.5 }
    }
    /// Shuffles the first `count` of the items into a random sample.
    pub fn sample<T>(&mut self, items: &mut [T], count: usize) {
        let n = items.len();
        for i in 0..count.min(n) {
            let j = i + self.below(n - i);
            items.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_right_and_seeds_repeat() {
        let mut dice = Dice::new(7);
        let n = 40_000;
        let mean = |draw: &mut dyn FnMut() -> f64| (0..n).map(|_| draw()).sum::<f64>() / f64::from(n);
        assert!((mean(&mut || dice.gamma(0.3)) - 0.3).abs() < 0.01);
        assert!((mean(&mut || dice.gamma(4.0)) - 4.0).abs() < 0.05);
        assert!((mean(&mut || dice.beta(0.8, 2.4)) - 0.25).abs() < 0.01);
        assert!(mean(&mut || dice.normal()).abs() < 0.02);
        assert_eq!(Dice::new(9).bits(), Dice::new(9).bits());
        assert_ne!(Dice::new(9).bits(), Dice::new(10).bits());
        assert_eq!(Dice::new(1).below(0), 0);
    }
}
