//! A seal, and how its hash is made.

use sha2::{Digest as _, Sha256};
use shuke_kernel::{Instant, MerchantId, Uuid};
use std::fmt::Write as _;

/// One sealed batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 …
    pub sequence: i64,
    /// The last entry of the batch.
    pub last: (i64, Uuid, i64),
    /// How many entries it has.
    pub entries: i64,
    /// SHA-256 in hexadecimal.
    pub hash: String,
    /// When.
    pub at: Instant,
}

/// The hash of one batch on its way.
pub(crate) struct Chain(Sha256);

impl Chain {
    /// A batch that follows the batch with this hash; the first follows an empty text.
    pub(crate) fn new(merchant: MerchantId, previous: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"shuke seal 1\n");
        hash.update(merchant.0.to_be_bytes());
        hash.update((previous.len() as u64).to_be_bytes());
        hash.update(previous);
        Self(hash)
    }
    /// With entries more, as their canonical bytes.
    pub(crate) fn add(&mut self, entries: &[u8]) {
        self.0.update(entries);
    }
    /// The hash in hexadecimal.
    pub(crate) fn finish(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_the_merchant_the_batch_before_and_the_entries() {
        let hash = |merchant, previous, entries: &[u8]| {
            let mut chain = Chain::new(MerchantId(merchant), previous);
            chain.add(entries);
            chain.finish()
        };
        let all = [hash(1, "", b"a"), hash(2, "", b"a"), hash(1, "a", b""), hash(1, "", b"b")];
        for (index, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(!all[index + 1..].contains(one));
        }
    }
}
