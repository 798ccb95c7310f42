//! The number of a coupon: what people read out, type and scan.

use shuke_kernel::{Error, Random, Result};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;

/// A coupon's code: 16 characters of Crockford's base 32 in groups of four, which is 80 random bits.
/// Whoever knows it may use the coupon, so it can't be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponCode(String);

impl CouponCode {
    /// A new code.
    pub fn random(random: &Random) -> Self {
        Self::of_bits(random.bytes())
    }

    /// The code that five bits of each byte make.
    pub(crate) fn of_bits(bytes: [u8; LENGTH]) -> Self {
        Self::group(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])))
    }

    /// Reads what somebody typed: case, spaces and hyphens don't matter, O is 0, I and L are 1.
    ///
    /// Errors: `coupon_code_malformed`.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || Error::invalid("coupon_code_malformed", "a coupon code has 16 letters and digits, such as 7K2M-9QXT-40AB-C5DE");
        let mut read = Vec::with_capacity(LENGTH);
        for char in text.chars().filter(|char| !char.is_whitespace() && *char != '-') {
            let char = match char.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !char.is_ascii() || !ALPHABET.iter().any(|known| char::from(*known) == char) {
                return Err(malformed());
            }
            read.push(char);
        }
        if read.len() == LENGTH { Ok(Self::group(read.into_iter())) } else { Err(malformed()) }
    }

    fn group(chars: impl Iterator<Item = char>) -> Self {
        let mut text = String::with_capacity(LENGTH + 3);
        for (index, char) in chars.enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push('-');
            }
            text.push(char);
        }
        Self(text)
    }

    /// As it is shown and stored: `7K2M-9QXT-40AB-C5DE`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = CouponCode::random(&Random::seeded(1));
        assert_eq!(code.as_str().len(), 19);
        assert_eq!(CouponCode::parse(&code.as_str().to_lowercase().replace('-', " ")).unwrap(), code);
        assert_eq!(CouponCode::parse("oOil-0000-0000-0000").unwrap().as_str(), "0011-0000-0000-0000");
        for wrong in ["", "7K2M", "7K2M-9QXT-40AB-C5DU", "7K2M-9QXT-40AB-C5DE0", "７K2M-9QXT-40AB-C5DE"] {
            assert_eq!(CouponCode::parse(wrong).unwrap_err().code(), "coupon_code_malformed", "{wrong}");
        }
    }
}
