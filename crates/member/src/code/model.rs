//! Making and checking codes: pure functions of vault, number and time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use shuke_http::Vault;
use shuke_kernel::{Error, Instant, MerchantId, Result};
use utoipa::ToSchema;

/// How long a time step is.
pub const STEP_MS: i64 = 30_000;
/// Steps for which a code is good, its own included.
const STEPS: i64 = 2;
pub(super) const PREFIX: &str = "SK1.";

/// A code, and until when it is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberCode {
    /// The text to show as a QR code.
    #[schema(example = "SK1.4018392755.59843760.Jm0V3b1XKk9aYb0nVQx2Qg")]
    pub text: String,
    /// The same for typing in where nothing can be scanned: six digits that pay once.
    #[schema(example = "402917")]
    pub digits: String,
    /// When to show the next one.
    pub next_at: Instant,
    /// The first moment at which it is no longer good.
    pub expires_at: Instant,
}

fn signature(vault: &Vault, merchant: MerchantId, number: &str, step: i64) -> [u8; 16] {
    vault.sign(merchant, "member-code", &[number.as_bytes(), &step.to_be_bytes()])
}

/// The code of a member at a moment.
pub(super) fn make(vault: &Vault, merchant: MerchantId, number: &str, now: Instant) -> MemberCode {
    let step = now.0.div_euclid(STEP_MS);
    let mac = URL_SAFE_NO_PAD.encode(signature(vault, merchant, number, step));
    MemberCode {
        text: format!("{PREFIX}{number}.{step}.{mac}"),
        digits: digits(vault, merchant, number, step),
        next_at: Instant((step + 1) * STEP_MS),
        expires_at: Instant((step + STEPS) * STEP_MS),
    }
}

/// Six digits of a member in a time step.
fn digits(vault: &Vault, merchant: MerchantId, number: &str, step: i64) -> String {
    let mac = vault.sign(merchant, "member-digits", &[number.as_bytes(), &step.to_be_bytes()]);
    format!("{:06}", u128::from_be_bytes(mac) % 1_000_000)
}

/// The time step in which a member's digits are shown, where they are good at a moment.
pub(crate) fn step_of_digits(vault: &Vault, merchant: MerchantId, number: &str, typed: &str, now: Instant) -> Option<i64> {
    let step = now.0.div_euclid(STEP_MS);
    (step + 1 - STEPS..=step).rev().find(|step| same(digits(vault, merchant, number, *step).as_bytes(), typed.as_bytes()))
}

/// The member number of a code that is good at a moment, and its time step.
///
/// Errors: `code_malformed`; `code_forged`, `code_expired` (refused).
pub(crate) fn verify(vault: &Vault, merchant: MerchantId, text: &str, now: Instant) -> Result<(String, i64)> {
    let malformed = || Error::invalid("code_malformed", "this is not a member's code; scan it again");
    let mut parts = text.strip_prefix(PREFIX).ok_or_else(malformed)?.split('.');
    let (Some(number), Some(step), Some(mac), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(malformed());
    };
    let step: i64 = step.parse().map_err(|_| malformed())?;
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| malformed())?;
    if !same(&mac, &signature(vault, merchant, number, step)) {
        return Err(Error::refused("code_forged", "this code was not made here; ask the member to open the card again"));
    }
    let age = now.0.div_euclid(STEP_MS).saturating_sub(step);
    if !(0..STEPS).contains(&age) {
        return Err(Error::refused("code_expired", "this code is too old; ask the member to open the card again"));
    }
    Ok((number.to_owned(), step))
}

/// Compares without telling by its time where the first difference is.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && std::hint::black_box(a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b))) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    const NOW: Instant = Instant(1_795_312_800_000);

    fn code(vault: &Vault, text: &str, ms: i64) -> Result<String, &'static str> {
        verify(vault, MerchantId(1), text, NOW.plus_ms(ms)).map(|(number, _)| number).map_err(|error| error.code())
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_next() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let made = make(&vault, MerchantId(1), "4018392755", NOW);
        for (ms, answer) in [
            (0, Ok("4018392755".to_owned())),
            (2 * STEP_MS - 1, Ok("4018392755".to_owned())),
            (2 * STEP_MS, Err("code_expired")),
            (-1, Err("code_expired")),
        ] {
            assert_eq!(code(&vault, &made.text, ms), answer, "{ms}");
        }
        assert_eq!(made.expires_at, NOW.plus_ms(2 * STEP_MS));
    }

    #[test]
    fn digits_are_good_as_long_as_their_code() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let made = make(&vault, MerchantId(1), "4018392755", NOW);
        let at = |ms| step_of_digits(&vault, MerchantId(1), "4018392755", &made.digits, NOW.plus_ms(ms));
        let step = NOW.0 / STEP_MS;
        assert_eq!((at(0), at(2 * STEP_MS - 1), at(2 * STEP_MS)), (Some(step), Some(step), None));
        assert_eq!(step_of_digits(&vault, MerchantId(1), "4018392763", &made.digits, NOW), None);
        assert_eq!(made.digits.len(), 6);
    }

    #[test]
    fn every_changed_part_is_noticed() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let made = make(&vault, MerchantId(1), "4018392755", NOW).text;
        let parts: Vec<&str> = made.split('.').collect();
        let step: i64 = parts[2].parse().unwrap();
        for forged in [
            format!("SK1.4018392763.{}.{}", parts[2], parts[3]),
            format!("SK1.{}.{}.{}", parts[1], step + 1, parts[3]),
            format!("SK1.{}.{}.AAAAAAAAAAAAAAAAAAAAAA", parts[1], parts[2]),
            format!("SK1.{}.{}.", parts[1], parts[2]),
        ] {
            assert_eq!(code(&vault, &forged, 0), Err("code_forged"), "{forged}");
        }
        assert_eq!(verify(&vault, MerchantId(2), &made, NOW).map_err(|e| e.code()), Err("code_forged"));
        assert_eq!(code(&Vault::new([8; 32], Random::seeded(1)), &made, 0), Err("code_forged"));
        for broken in ["", "SK1.", "SK1.1.2", "SK1.1.2.3.4", "SK2.1.2.3", "SK1.1.x.AAAA"] {
            assert_eq!(code(&vault, broken, 0), Err("code_malformed"), "{broken}");
        }
    }
}
