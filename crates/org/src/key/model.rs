//! A key and its token.

use crate::StoreId;
use crate::text::{self, NAME_CHARS_MAX};
use serde::{Deserialize, Serialize};
use shuke_http::perm::Permissions;
use shuke_http::{Permission, Vault};
use shuke_kernel::{Error, Instant, MerchantId, Result, Uuid};
use utoipa::ToSchema;

shuke_kernel::id!(KeyId, "An API key.");

/// What every token begins with, so that one that leaked is recognised.
const MARK: &str = "shk";

/// An API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Key {
    /// Its id, which is part of its token.
    pub id: KeyId,
    /// What it is for.
    #[schema(example = "webshop")]
    pub name: String,
    /// What it may do.
    #[schema(example = json!(["member:read"]))]
    pub scopes: Vec<String>,
    /// The stores it may touch; null means all.
    pub stores: Option<Vec<StoreId>>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it runs out; null means never.
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// When it got its present token, where that isn't its first.
    #[serde(default)]
    pub rotated_at: Option<Instant>,
    /// Until when the token before counts too.
    #[serde(default)]
    pub old_until: Option<Instant>,
}

impl Key {
    /// Whether it counts at this moment.
    pub fn lives(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
    /// Its scopes as permissions. A scope that this version doesn't know gives nothing.
    pub fn permissions(&self) -> Permissions {
        Permissions::of(self.scopes.iter().filter_map(|scope| Permission::parse(scope)))
    }
}

/// What a key is made of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyDraft {
    /// What it is for.
    pub name: String,
    /// What it may do: permissions as `show_session` lists them.
    #[schema(example = json!(["member:read"]))]
    pub scopes: Vec<String>,
    /// The stores it may touch; null means all.
    #[serde(default)]
    pub stores: Option<Vec<StoreId>>,
    /// When it runs out; null means never.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

impl KeyDraft {
    /// The key that this makes, for a caller who holds `held`.
    ///
    /// Errors: `scope_unknown`, `scope_not_held`, `expiry_past`, `text_malformed`.
    pub(super) fn key(&self, id: KeyId, created_by: String, now: Instant, held: Permissions) -> Result<Key> {
        let wrong = |code: &'static str, detail: String| Error::refused(code, detail).field("/scopes", code, "choose other scopes");
        if self.scopes.is_empty() {
            return Err(wrong("scope_unknown", "a key needs at least one scope".to_owned()));
        }
        for scope in &self.scopes {
            let known = Permission::parse(scope).ok_or_else(|| wrong("scope_unknown", format!("there is no scope {scope:?}")))?;
            if !held.has(known) {
                return Err(wrong("scope_not_held", format!("you can't give a key what you don't hold: {scope}")));
            }
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::refused("expiry_past", "the key would have run out already").field(
                "/expires_at",
                "expiry_past",
                "take a later moment",
            ));
        }
        let mut scopes = self.scopes.clone();
        scopes.sort();
        scopes.dedup();
        Ok(Key {
            id,
            name: text::line("name", &self.name, NAME_CHARS_MAX)?,
            scopes,
            stores: self.stores.clone(),
            created_by,
            created_at: now,
            expires_at: self.expires_at,
            revoked_at: None,
            rotated_at: None,
            old_until: None,
        })
    }
}

/// How a key gets another token.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyRotation {
    /// Hours in which the token until now counts beside the new one: 0 to 720, 24 where left out.
    #[serde(default = "day")]
    pub overlap_hours: i64,
    /// When the key runs out from now on; null means never.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

const fn day() -> i64 {
    24
}

impl KeyRotation {
    /// Until when the old token counts.
    ///
    /// Errors: `overlap_out_of_range`, `expiry_past`.
    pub(super) fn old_until(&self, now: Instant) -> Result<Instant> {
        if !(0..=720).contains(&self.overlap_hours) {
            return Err(Error::invalid("overlap_out_of_range", "two tokens may count side by side for 0 to 720 hours"));
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::refused("expiry_past", "the key would have run out already; take a later moment"));
        }
        Ok(now.plus_ms(self.overlap_hours * 3_600_000))
    }
}

/// A key's token.
#[derive(Clone)]
pub struct KeyToken {
    /// Whose merchant.
    pub merchant: MerchantId,
    /// Which key.
    pub key: KeyId,
    text: String,
}

impl std::fmt::Debug for KeyToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyToken({}, {})", self.merchant, self.key)
    }
}

impl KeyToken {
    /// A new one for a key.
    pub fn new(vault: &Vault, merchant: MerchantId, key: KeyId) -> Self {
        let text = format!("{MARK}_{merchant}_{}_{}", key.0.simple(), vault.new_secret());
        Self { merchant, key, text }
    }
    /// Reads one, where the text could be one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, '_');
        parts.next().filter(|mark| *mark == MARK)?;
        let merchant = parts.next()?.parse().ok().map(MerchantId)?;
        let key = KeyId(Uuid::parse_str(parts.next()?).ok()?);
        parts.next().filter(|secret| !secret.is_empty())?;
        Some(Self { merchant, key, text: text.to_owned() })
    }
    /// The text that the program sends as `Authorization: Bearer …`.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// What the database holds of it.
    pub fn hash(&self, vault: &Vault) -> String {
        vault.secret_hash(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    #[test]
    fn a_token_is_read_back_even_with_underscores_in_its_secret() {
        let vault = Vault::new([1; 32], Random::seeded(1));
        for _ in 0..100 {
            let token = KeyToken::new(&vault, MerchantId(3), KeyId(Uuid::from_u128(9)));
            let again = KeyToken::parse(token.as_str()).unwrap();
            assert_eq!((again.merchant, again.key, again.hash(&vault)), (MerchantId(3), KeyId(Uuid::from_u128(9)), token.hash(&vault)));
        }
        assert!(KeyToken::parse("shk_3_9").is_none());
    }

    #[test]
    fn a_key_gets_no_more_than_its_maker_holds() {
        let draft = |scopes: &[&str]| KeyDraft {
            name: "webshop".into(),
            scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            stores: None,
            expires_at: None,
        };
        let held = Permissions::of([Permission::OrgRead, Permission::KeyWrite]);
        let make = |draft: KeyDraft| draft.key(KeyId(Uuid::nil()), String::new(), Instant(5), held);
        assert_eq!(make(draft(&["org:read", "org:read"])).unwrap().scopes, ["org:read"]);
        assert_eq!(make(draft(&["org:write"])).unwrap_err().code(), "scope_not_held");
        assert_eq!(make(draft(&["org:dance"])).unwrap_err().code(), "scope_unknown");
        assert_eq!(make(draft(&[])).unwrap_err().code(), "scope_unknown");
        assert_eq!(make(KeyDraft { expires_at: Some(Instant(5)), ..draft(&["org:read"]) }).unwrap_err().code(), "expiry_past");
    }
}
