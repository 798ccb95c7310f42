//! Chance that comes out the same every time: a stream of its own for each thing that is decided.
//!
//! Nothing in the demo takes numbers from one long stream: then a run that goes on after a break
//! would have to know how far the stream was. Each decision has a purpose and an index instead, and
//! the seed, purpose and index name its stream.

use shuke_kernel::{Instant, Random, Uuid};

/// A stream of random numbers for one decision.
#[derive(Clone, Debug)]
pub(super) struct Dice(Random);

/// The seed of the stream for a purpose and an index (FNV-1a over all three).
fn stream(seed: u64, purpose: &str, index: u64) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(purpose.bytes()).chain(index.to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The source of ids and codes that one operation draws from.
pub(super) fn random(seed: u64, purpose: &str, index: u64) -> Random {
    Random::seeded(stream(seed, purpose, index))
}

/// The id of one thing: the same in every run.
pub(super) fn uuid(seed: u64, purpose: &str, index: u64, at: Instant) -> Uuid {
    random(seed, purpose, index).uuid(at)
}

impl Dice {
    /// The stream for a purpose and an index.
    pub(super) fn of(seed: u64, purpose: &str, index: u64) -> Self {
        Self(random(seed, purpose, index))
    }
    /// A whole number from `from` to `to`, both included.
    pub(super) fn between(&self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to.saturating_sub(from)).unwrap_or(0).saturating_add(1);
        from.saturating_add(i64::try_from(self.0.below(span)).unwrap_or(0))
    }
    /// Whether something happens that happens so many times in a thousand.
    pub(super) fn chance(&self, per_mille: i64) -> bool {
        self.between(0, 999) < per_mille
    }
    /// A place in something that has so many.
    pub(super) fn index(&self, length: usize) -> usize {
        usize::try_from(self.0.below(u64::try_from(length).unwrap_or(1))).unwrap_or(0)
    }
    /// One of several, each as likely.
    pub(super) fn pick<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.index(of.len()))
    }
    /// A place in a list of weights, as likely as its weight; the first where all are zero.
    pub(super) fn weighted(&self, weights: impl IntoIterator<Item = i64> + Clone) -> usize {
        let sum: i64 = weights.clone().into_iter().map(|weight| weight.max(0)).sum();
        let mut left = self.between(0, sum.max(1) - 1);
        for (place, weight) in weights.into_iter().enumerate() {
            if left < weight.max(0) {
                return place;
            }
            left -= weight.max(0);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_its_own_and_comes_out_the_same_again() {
        let draw = |purpose, index| {
            let dice = Dice::of(7, purpose, index);
            (0..8).map(|_| dice.between(0, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw("visit", 3), draw("visit", 3));
        assert_ne!(draw("visit", 3), draw("visit", 4));
        assert_ne!(draw("visit", 3), draw("basket", 3));
        assert_eq!(uuid(1, "order", 2, Instant(5)), uuid(1, "order", 2, Instant(5)));
    }

    #[test]
    fn weights_are_kept_to() {
        let dice = Dice::of(1, "weights", 0);
        let mut hits = [0; 3];
        for _ in 0..3_000 {
            hits[dice.weighted([1, 0, 2])] += 1;
        }
        assert_eq!(hits[1], 0);
        assert!((800..1_200).contains(&hits[0]), "{hits:?}");
    }
}
