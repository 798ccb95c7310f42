//! Secrets: encryption of personal data, blind indexes, signatures.
//!
//! Personal text is sealed with AES-256-GCM under a key that is derived for its merchant; the
//! merchant and the field's name are authenticated with it, so a sealed text can't be moved to
//! another row's field. An exact search goes over a blind index: an HMAC of the normalised text,
//! per merchant and field. Format: `1.` (the key's generation) and base64url of nonce and text.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use shuke_kernel::{Error, MerchantId, Random, Result};

/// Holds the master key; everything else is derived from it.
#[derive(Clone)]
pub struct Vault {
    master: [u8; 32],
    random: Random,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; the error can't happen and an all-zero key would be refused below.
    let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl Vault {
    /// A vault over a master key of 32 bytes.
    pub const fn new(master: [u8; 32], random: Random) -> Self {
        Self { master, random }
    }

    /// A key for a purpose of a merchant.
    pub fn derive(&self, purpose: &str, merchant: MerchantId) -> [u8; 32] {
        mac(&self.master, &[purpose.as_bytes(), &merchant.0.to_be_bytes()])
    }

    /// Seals a personal text.
    pub fn seal(&self, merchant: MerchantId, field: &str, text: &str) -> Result<String> {
        let key = self.derive("seal", merchant);
        let cipher = Aes256Gcm::new_from_slice(&key).map_err(|_| Error::internal("the vault's key has a wrong length"))?;
        let nonce: [u8; 12] = self.random.bytes();
        let payload = Payload { msg: text.as_bytes(), aad: field.as_bytes() };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| Error::internal("sealing failed"))?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!("1.{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens a sealed text.
    pub fn open(&self, merchant: MerchantId, field: &str, sealed: &str) -> Result<String> {
        let broken = || Error::internal(format!("a sealed {field} can't be opened: wrong key, or damaged"));
        let bytes = sealed.strip_prefix("1.").and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok()).ok_or_else(broken)?;
        let (nonce, text) = bytes.split_at_checked(12).ok_or_else(broken)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| broken())?;
        let cipher = Aes256Gcm::new_from_slice(&self.derive("seal", merchant)).map_err(|_| broken())?;
        let payload = Payload { msg: text, aad: field.as_bytes() };
        let opened = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| broken())?;
        String::from_utf8(opened).map_err(|_| broken())
    }

    /// The blind index of a normalised text: equal texts have equal indexes, nothing else shows.
    pub fn index(&self, merchant: MerchantId, field: &str, text: &str) -> String {
        let key = self.derive("index", merchant);
        URL_SAFE_NO_PAD.encode(&mac(&key, &[field.as_bytes(), text.as_bytes()])[..16])
    }

    /// A signature over parts, for rotating codes and the like: 128 bits.
    pub fn sign(&self, merchant: MerchantId, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let key = self.derive(purpose, merchant);
        let mut out = [0; 16];
        out.copy_from_slice(&mac(&key, parts)[..16]);
        out
    }

    /// A hash of a secret that we made ourselves (a session, an API key): high entropy, so no salt.
    pub fn secret_hash(&self, secret: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.master, &[b"secret", secret.as_bytes()]))
    }

    /// What tells this key from another without telling the key.
    pub(crate) fn check_value(&self) -> String {
        URL_SAFE_NO_PAD.encode(&mac(&self.master, &[b"check"])[..16])
    }

    /// A new secret of 256 bits.
    pub fn new_secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random.bytes::<32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_only_where_it_belongs() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let sealed = vault.seal(MerchantId(1), "phone", "+8613800000042").unwrap();
        assert!(!sealed.contains("0042"));
        assert_eq!(vault.open(MerchantId(1), "phone", &sealed).unwrap(), "+8613800000042");
        assert!(vault.open(MerchantId(2), "phone", &sealed).is_err());
        assert!(vault.open(MerchantId(1), "name", &sealed).is_err());
        assert_ne!(sealed, vault.seal(MerchantId(1), "phone", "+8613800000042").unwrap());
        assert_eq!(vault.index(MerchantId(1), "phone", "x"), vault.index(MerchantId(1), "phone", "x"));
        assert_ne!(vault.index(MerchantId(1), "phone", "x"), vault.index(MerchantId(2), "phone", "x"));
    }
}
