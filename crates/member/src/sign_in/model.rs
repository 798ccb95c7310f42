//! Codes, tokens and what members may do by themselves.

use crate::MemberId;
use crate::consent::Consents;
use crate::member::Gender;
use serde::{Deserialize, Serialize};
use shuke_http::Vault;
use shuke_kernel::{Instant, MerchantId, Random, Result, Uuid};
use shuke_org::StoreId;
use shuke_org::setting::Section;
use utoipa::ToSchema;

/// How long a code is good.
pub(super) const CODE_MS: i64 = 5 * 60_000;
/// How often a code may be tried.
pub(super) const TRIES: i64 = 5;
/// A session ends this long after it began.
pub const SESSION_MS_MAX: i64 = 400 * 86_400_000;
/// A session ends this long after its last request.
pub(super) const IDLE_MS_MAX: i64 = 90 * 86_400_000;
/// How far the stored time of the last request may be behind: what a request need not write.
pub(super) const SEEN_LAG_MS_MAX: i64 = 3_600_000;

/// What members may do by themselves on the card. Settings section `card`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CardPolicy {
    /// Whether somebody who is no member yet may join with their own phone.
    pub join: bool,
}

impl Default for CardPolicy {
    fn default() -> Self {
        Self { join: true }
    }
}

impl Section for CardPolicy {
    const NAME: &'static str = "card";
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Somebody who joins with their own phone.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Join {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `1990-08-15`, or `--08-15` without the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// Whether the birthday is counted in the lunar calendar.
    pub birthday_lunar: bool,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// The store where they stand, if they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// The version of the shop's terms that they accept; needed where the shop has published any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_version: Option<String>,
    /// By which channel they may be reached.
    pub consents: Consents,
}

/// A new code: six digits.
pub(super) fn draw(random: &Random) -> String {
    format!("{:06}", random.below(1_000_000))
}

/// What the database holds of a code.
pub(super) fn code_hash(vault: &Vault, merchant: MerchantId, phone_index: &str, code: &str) -> String {
    vault.secret_hash(&format!("member code {merchant} {phone_index} {code}"))
}

/// Digits as people type them.
pub(super) fn tidied(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// What a member's cookie holds.
#[derive(Clone)]
pub struct MemberToken {
    /// Whose merchant.
    pub merchant: MerchantId,
    /// Who.
    pub member: MemberId,
    text: String,
}

impl std::fmt::Debug for MemberToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemberToken({}, {})", self.merchant, self.member)
    }
}

impl MemberToken {
    /// A new one.
    pub fn new(vault: &Vault, merchant: MerchantId, member: MemberId) -> Self {
        let text = format!("{merchant}.{}.{}", member.0.simple(), vault.new_secret());
        Self { merchant, member, text }
    }
    /// Reads one, where the text could be one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let merchant = parts.next()?.parse().ok().map(MerchantId)?;
        let member = MemberId(Uuid::parse_str(parts.next()?).ok()?);
        parts.next().filter(|secret| !secret.is_empty())?;
        Some(Self { merchant, member, text: text.to_owned() })
    }
    /// The text of the cookie.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// What the database holds of it.
    pub(super) fn hash(&self, vault: &Vault) -> String {
        vault.secret_hash(&format!("member session {}", self.text))
    }
}

/// A session's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    pub(super) member: MemberId,
    pub(super) created_at: Instant,
    pub(super) seen_at: Instant,
}

impl Session {
    /// Whether it counts at this moment.
    pub(super) const fn lives(&self, now: Instant) -> bool {
        now.since_ms(self.created_at) < SESSION_MS_MAX && now.since_ms(self.seen_at) < IDLE_MS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_from_what_cant_be_one() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let token = MemberToken::new(&vault, MerchantId(7), MemberId(Uuid::from_u128(5)));
        let read = MemberToken::parse(token.as_str()).unwrap();
        assert_eq!((read.merchant, read.member), (MerchantId(7), MemberId(Uuid::from_u128(5))));
        assert!(!format!("{token:?}").contains(token.as_str().rsplit('.').next().unwrap()));
        for wrong in ["", "7", "7.x.y", "x.00000000000000000000000000000005.y", "7.00000000000000000000000000000005."] {
            assert!(MemberToken::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_session_ends_by_age_and_by_idleness() {
        let session = Session { member: MemberId(Uuid::nil()), created_at: Instant(0), seen_at: Instant(SESSION_MS_MAX - 1) };
        assert!(session.lives(Instant(SESSION_MS_MAX - 1)) && !session.lives(Instant(SESSION_MS_MAX)));
        let idle = Session { seen_at: Instant(0), ..session };
        assert!(idle.lives(Instant(IDLE_MS_MAX - 1)) && !idle.lives(Instant(IDLE_MS_MAX)));
    }

    #[test]
    fn a_code_is_bound_to_its_phone_and_shop() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let hash = |merchant, phone: &str, code: &str| code_hash(&vault, MerchantId(merchant), phone, &tidied(code));
        assert_eq!(hash(1, "a", " 012-345 "), hash(1, "a", "012345"));
        for other in [hash(2, "a", "012345"), hash(1, "b", "012345"), hash(1, "a", "012346")] {
            assert_ne!(hash(1, "a", "012345"), other);
        }
        assert_eq!(draw(&Random::seeded(3)).len(), 6);
    }
}
