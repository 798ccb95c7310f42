//! What `verify` says.

use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher as _, Hash, RandomState};
use utoipa::ToSchema;

/// Something that is not as it was computed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// Which rule is broken, as a code: `balance`, `lot`, `seal`.
    pub check: String,
    /// What differs, with ids, in plain words.
    pub text: String,
}

impl Difference {
    /// A difference.
    pub fn new(check: &str, text: impl Into<String>) -> Self {
        Self { check: check.to_owned(), text: text.into() }
    }
}

/// What was checked, and the first thing that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Entries of the ledger.
    pub entries: i64,
    /// Members' accounts.
    pub accounts: i64,
    /// Lots, empty ones included.
    pub lots: i64,
    /// Sealed batches.
    pub seals: i64,
    /// Entries that the worker has not sealed yet.
    pub unsealed_entries: i64,
    /// Nothing where everything agrees. Checks come in a fixed order, and so do the rows of each.
    pub first_difference: Option<Difference>,
}

/// Whether two sides agree group by group, in one number and one pass, whatever the order.
///
/// Every group's key gets a secret random factor of 128 bits (SipHash under keys of this run); the
/// sum of amount × factor is zero where each group sums to zero. Where one doesn't, the sum is zero by
/// chance with a probability below 2⁻⁶⁴: the factor would have to solve one equation modulo 2¹²⁸, and
/// an amount of 64 bits leaves at most 2⁶³ solutions. (A linear fingerprint, as in Freivalds,
/// "Probabilistic machines can use less running time", 1977.)
#[derive(Default)]
pub(super) struct Fold {
    keys: (RandomState, RandomState),
    sum: u128,
}

impl Fold {
    pub(super) fn add(&mut self, key: &impl Hash, amount: i64) {
        self.sum = self.sum.wrapping_add(self.weighed(key, amount));
    }
    pub(super) fn subtract(&mut self, key: &impl Hash, amount: i64) {
        self.sum = self.sum.wrapping_sub(self.weighed(key, amount));
    }
    fn weighed(&self, key: &impl Hash, amount: i64) -> u128 {
        let factor = (u128::from(self.keys.0.hash_one(key)) << 64) | u128::from(self.keys.1.hash_one(key));
        factor.wrapping_mul(i128::from(amount).cast_unsigned())
    }
    pub(super) const fn agrees(&self) -> bool {
        self.sum == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_agree_group_by_group_and_not_only_in_total() {
        let mut fold = Fold::default();
        for (key, amount) in [(1, 5), (2, 7), (1, -2), (2, -7), (1, -3), (3, i64::MIN), (3, 1), (3, i64::MAX)] {
            fold.add(&key, amount);
        }
        assert!(fold.agrees());
        fold.add(&1, 4);
        fold.subtract(&2, 4);
        assert!(!fold.agrees(), "the total is zero, the groups are not");
    }
}
