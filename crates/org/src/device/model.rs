//! Devices, PINs, and how long a session at a till lasts.

use crate::merchant::Merchant;
use crate::setting::Section;
use crate::store::Store;
use crate::till::Till;
use crate::{StaffId, TillId};
use serde::{Deserialize, Serialize};
use shuke_http::{Role, Vault};
use shuke_kernel::{Error, Instant, MerchantId, Result, Uuid};
use utoipa::ToSchema;

shuke_kernel::id!(DeviceId, "A device that stands at a till.");

/// The cookie that says which device it is.
pub const DEVICE_COOKIE: &str = "shuke_device";
/// How long a browser keeps the cookie.
pub(super) const COOKIE_S_MAX: i64 = 400 * 86_400;
/// Wrong tries after which a PIN is locked.
pub(super) const TRIES_MAX: i64 = 5;
/// For how long.
pub(super) const WINDOW_MS: i64 = 15 * 60_000;
const IDLE_MINUTES_MAX: i64 = 720;

/// How long a session at a till lasts. Settings section `till_sign_in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TillSignIn {
    /// Minutes without a request after which whoever signed in with a PIN signs in again, 1 to 720.
    pub idle_minutes: i64,
}

impl Default for TillSignIn {
    fn default() -> Self {
        Self { idle_minutes: 30 }
    }
}

impl Section for TillSignIn {
    const NAME: &'static str = "till_sign_in";
    fn check(&self) -> Result<()> {
        if (1..=IDLE_MINUTES_MAX).contains(&self.idle_minutes) {
            return Ok(());
        }
        let error = Error::invalid("till_sign_in_invalid", "a session at a till can't last like this");
        Err(error.field("/idle_minutes", "out_of_range", format!("must be 1 to {IDLE_MINUTES_MAX}")))
    }
}

/// A device that stands at a till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The till where it stands.
    pub till: TillId,
    /// What it is called.
    #[schema(example = "前台平板")]
    pub name: String,
    /// Who registered it, such as `staff:…`.
    pub registered_by: String,
    /// When.
    pub created_at: Instant,
    /// Since when it is out of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
}

/// What a device is made of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceDraft {
    /// The till where it stands.
    pub till: TillId,
    /// What it is called.
    pub name: String,
}

/// Somebody who can sign in at a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// Who: send it as `staff`.
    pub id: StaffId,
    /// The name to show.
    #[schema(example = "王芳")]
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// A device as it sees itself before anybody signs in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceView {
    /// The device.
    pub device: Device,
    /// Its till.
    pub till: Till,
    /// The till's store.
    pub store: Store,
    /// The merchant.
    pub merchant: Merchant,
    /// Who can sign in here with a PIN, by name.
    pub people: Vec<Person>,
    /// Minutes without a request after which whoever signed in signs in again.
    pub idle_minutes: i64,
}

/// What the cookie holds.
#[derive(Clone)]
pub struct DeviceToken {
    /// Whose merchant.
    pub merchant: MerchantId,
    /// Which device.
    pub device: DeviceId,
    text: String,
}

impl std::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceToken({}, {})", self.merchant, self.device)
    }
}

impl DeviceToken {
    /// A new one.
    pub fn new(vault: &Vault, merchant: MerchantId, device: DeviceId) -> Self {
        Self { merchant, device, text: format!("{merchant}.{}.{}", device.0.simple(), vault.new_secret()) }
    }
    /// Reads one, where the text could be one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let merchant = parts.next()?.parse().ok().map(MerchantId)?;
        let device = DeviceId(Uuid::parse_str(parts.next()?).ok()?);
        parts.next().filter(|secret| !secret.is_empty())?;
        Some(Self { merchant, device, text: text.to_owned() })
    }
    /// The text of the cookie.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    pub(super) fn hash(&self, vault: &Vault) -> String {
        vault.secret_hash(&format!("device {}", self.text))
    }
}

/// Four to six digits that not everybody tries first.
///
/// Errors: `staff_pin_weak`.
pub(super) fn pin(text: &str) -> Result<&str> {
    let weak =
        |detail: &str| Err(Error::invalid("staff_pin_weak", "this PIN can't be taken").field("/pin", "staff_pin_weak", detail.to_owned()));
    let digits: Vec<u8> = text.bytes().collect();
    if !(4..=6).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return weak("take four to six digits");
    }
    let steps: Vec<i16> = digits.windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect();
    let straight = steps.iter().all(|step| *step == steps[0]) && (-1..=1).contains(&steps[0]);
    let halves = digits.len().is_multiple_of(2) && digits.chunks(2).all(|pair| pair == &digits[..2]);
    if straight || halves || text.starts_with("19") || text.starts_with("20") {
        return weak("everybody would try this one first; take no row, no repetition and no year");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_six_digits_that_are_not_tried_first() {
        for good in ["4817", "90241", "902417", "1357"] {
            assert_eq!(pin(good).unwrap(), good);
        }
        for weak in ["", "123", "1234567", "12a4", "1111", "1234", "9876", "654321", "1212", "121212", "1990", "2024", "１２３４"] {
            assert_eq!(pin(weak).map_err(|error| error.code()), Err("staff_pin_weak"), "{weak}");
        }
    }

    #[test]
    fn a_token_is_told_from_what_cant_be_one() {
        let vault = Vault::new([7; 32], shuke_kernel::Random::seeded(1));
        let token = DeviceToken::new(&vault, MerchantId(7), DeviceId(Uuid::from_u128(5)));
        assert_eq!(DeviceToken::parse(token.as_str()).unwrap().hash(&vault), token.hash(&vault));
        assert!(DeviceToken::parse("7.x.y").is_none());
    }
}
