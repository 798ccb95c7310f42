//! Secrets, codes and time steps.

use crate::setting::Section;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use shuke_http::Role;
use shuke_kernel::{Error, Instant, Random, Result};
use totp_rs::{Algorithm, Secret, TOTP};
use utoipa::ToSchema;

const STEP_MS: i64 = 30_000;
/// How many steps a phone's clock may be off.
const SKEW_STEPS: i64 = 1;
const SECRET_BYTES: usize = 20;
/// Recovery codes that are given out at once.
pub(super) const RECOVERY_CODES: usize = 10;

/// Who needs a second factor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInPolicy {
    /// Roles that sign in with a code of an authenticator app.
    #[serde(default)]
    #[schema(example = json!(["owner"]))]
    pub totp_roles: Vec<Role>,
}

impl Section for SignInPolicy {
    const NAME: &'static str = "sign_in";
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Whether you have a second factor.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct TotpStatus {
    /// Whether signing in needs a code.
    pub enrolled: bool,
    /// Whether your role needs one.
    pub required: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: u32,
}

/// What to put into an authenticator app.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Enrolment {
    /// The secret, in base32, to type in.
    pub secret: String,
    /// The same as an address that apps know.
    #[schema(example = "otpauth://totp/Shuke:owner?secret=…")]
    pub url: String,
    /// The same as a picture to scan: SVG.
    pub qr_svg: String,
}

/// A secret that both sides know.
#[derive(Clone)]
pub(super) struct Shared(Vec<u8>);

impl Shared {
    pub(super) fn new(random: &Random) -> Self {
        Self(random.bytes::<SECRET_BYTES>().to_vec())
    }
    pub(super) fn text(&self) -> String {
        Secret::Raw(self.0.clone()).to_encoded().to_string()
    }
    pub(super) fn parse(text: &str) -> Result<Self> {
        let bytes = Secret::Encoded(text.to_owned()).to_bytes();
        bytes.map(Self).map_err(|_| Error::internal("a stored TOTP secret is not base32"))
    }
    fn code(&self, step: i64) -> Result<String> {
        let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, self.0.clone()).map_err(|error| Error::internal(error.to_string()))?;
        Ok(totp.generate(u64::try_from(step * STEP_MS / 1000).unwrap_or(0)))
    }
    /// The time step of a code, where it is one of now.
    pub(super) fn step_of(&self, code: &str, now: Instant) -> Result<Option<i64>> {
        let here = now.0.div_euclid(STEP_MS);
        let mut found = None;
        for step in here - SKEW_STEPS..=here + SKEW_STEPS {
            // Every step is looked at, so that the time says nothing.
            if same(&self.code(step)?, code) {
                found = Some(step);
            }
        }
        Ok(found)
    }
    pub(super) fn enrolment(&self, merchant: &str, account: &str) -> Result<Enrolment> {
        let (secret, issuer) = (self.text(), escaped(merchant));
        let url = format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30", escaped(account));
        let picture = QrCode::new(&url).map_err(|error| Error::internal(format!("a QR code: {error}")))?;
        let qr_svg = picture.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
        Ok(Enrolment { secret, url, qr_svg })
    }
}

fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// What a person types, without the spaces that an app shows.
pub(super) fn tidied(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase()
}

/// New recovery codes: 80 bits each, `XXXX-XXXX-XXXX-XXXX` in base32.
pub(super) fn recovery_codes(random: &Random) -> Vec<String> {
    let one = || {
        let text = Secret::Raw(random.bytes::<10>().to_vec()).to_encoded().to_string();
        text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
    };
    std::iter::repeat_with(one).take(RECOVERY_CODES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 6238, appendix B, SHA-1, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let shared = Shared(b"12345678901234567890".to_vec());
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(shared.code(seconds / 30).unwrap(), code);
            assert_eq!(shared.step_of(code, Instant(seconds * 1000)).unwrap(), Some(seconds / 30));
        }
        assert_eq!(shared.step_of("287082", Instant(89_000)).unwrap(), Some(1), "a clock may be 30 seconds behind");
        assert_eq!(shared.step_of("287082", Instant(90_000)).unwrap(), None);
        assert_eq!(shared.step_of("", Instant(59_000)).unwrap(), None);
    }

    #[test]
    fn what_an_app_scans_holds_the_secret_and_the_names() {
        let shared = Shared::new(&Random::seeded(1));
        let shown = shared.enrolment("熟客 A", "lin@x").unwrap();
        assert!(shown.url.starts_with("otpauth://totp/%E7%86%9F%E5%AE%A2%20A:lin%40x?secret="), "{}", shown.url);
        assert!(shown.url.contains(&shown.secret) && shown.qr_svg.contains("<svg"));
        assert_eq!(Shared::parse(&shown.secret).unwrap().0, shared.0);
        let codes = recovery_codes(&Random::seeded(2));
        assert!(codes.len() == RECOVERY_CODES && codes[0].len() == 19 && codes[0] != codes[1], "{codes:?}");
        assert_eq!(tidied(&codes[0].to_lowercase()).len(), 16);
    }
}
