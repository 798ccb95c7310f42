//! Ids that follow from what names a thing in the other system: the same thing comes in once.

use sha2::{Digest, Sha256};
use shuke_kernel::{MerchantId, Uuid};

/// The id of what `parts` name for a merchant: a UUIDv8 (RFC 9562, section 5.8) of 122 bits of
/// SHA-256 over the length and bytes of each part.
pub fn natural(merchant: MerchantId, kind: &str, parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(merchant.0.to_be_bytes());
    for part in std::iter::once(&kind).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    bytes[6] = (bytes[6] & 0x0F) | 0x80;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_any_part_has_another_id() {
        let id = |merchant, kind, parts: &[&str]| natural(MerchantId(merchant), kind, parts);
        let one = id(1, "order", &["a", "bc"]);
        assert_eq!(one, id(1, "order", &["a", "bc"]));
        for other in
            [id(2, "order", &["a", "bc"]), id(1, "member", &["a", "bc"]), id(1, "order", &["ab", "c"]), id(1, "order", &["a", "bc", ""])]
        {
            assert_ne!(one, other);
        }
        assert_eq!(one.get_version_num(), 8);
    }
}
