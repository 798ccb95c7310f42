//! Secrets: encryption of personal data, blind indexes, signatures.
//!
//! Everything is derived from the database's root, which only the master key opens (see `confirm`).
//! Personal text is sealed with AES-256-GCM under a key that is derived for its merchant; the
//! merchant and the field's name are authenticated with it, so a sealed text can't be moved to
//! another row's field. An exact search goes over a blind index: an HMAC of the normalised text,
//! per merchant and field. Format: `1.` and base64url of nonce and text.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use shuke_kernel::{Error, MerchantId, Random, Result};

/// The master key, which whoever runs the server keeps beside the data.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

/// What all keys of a database are derived from.
#[derive(Clone)]
pub(crate) struct Root([u8; 32]);

impl Root {
    pub(crate) fn new(random: &Random) -> Self {
        Self(random.bytes())
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// A key of 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// What tells this key from another without telling the key.
    pub(crate) fn check_value(&self) -> String {
        URL_SAFE_NO_PAD.encode(&mac(&self.0, &[b"check"])[..16])
    }
    /// The root of a database from before there were roots.
    pub(crate) const fn as_root(&self) -> Root {
        Root(self.0)
    }
    /// The root, sealed under this key.
    pub(crate) fn wrap(&self, root: &Root, random: &Random) -> Result<String> {
        seal(&mac(&self.0, &[b"wrap"]), b"root", &root.0, random)
    }
    /// The root again.
    pub(crate) fn opened(&self, wrapped: &str) -> Result<Root> {
        let bytes = open(&mac(&self.0, &[b"wrap"]), b"root", wrapped).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Root).ok_or_else(|| Error::internal("the sealed root can't be opened: damaged"))
    }
}

/// AES-256-GCM: the format, and base64url of nonce and text.
fn seal(key: &[u8; 32], aad: &[u8], msg: &[u8], random: &Random) -> Result<String> {
    let cipher = Aes256Gcm::new_from_slice(key).map_err(|_| Error::internal("the vault's key has a wrong length"))?;
    let nonce: [u8; 12] = random.bytes();
    let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg, aad }).map_err(|_| Error::internal("sealing failed"))?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(format!("1.{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn open(key: &[u8; 32], aad: &[u8], sealed: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix("1.")?).ok()?;
    let (nonce, msg) = bytes.split_at_checked(12)?;
    let nonce: [u8; 12] = nonce.try_into().ok()?;
    Aes256Gcm::new_from_slice(key).ok()?.decrypt(&Nonce::from(nonce), Payload { msg, aad }).ok()
}

/// Holds a database's root; everything else is derived from it.
#[derive(Clone)]
pub struct Vault {
    root: [u8; 32],
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
    /// A vault over a root of 32 bytes: for a database that a test or a bench makes and forgets.
    pub const fn new(root: [u8; 32], random: Random) -> Self {
        Self { root, random }
    }
    pub(crate) const fn of(root: Root, random: Random) -> Self {
        Self { root: root.0, random }
    }

    /// A key for a purpose of a merchant.
    pub fn derive(&self, purpose: &str, merchant: MerchantId) -> [u8; 32] {
        mac(&self.root, &[purpose.as_bytes(), &merchant.0.to_be_bytes()])
    }

    /// Seals a personal text.
    pub fn seal(&self, merchant: MerchantId, field: &str, text: &str) -> Result<String> {
        seal(&self.derive("seal", merchant), field.as_bytes(), text.as_bytes(), &self.random)
    }

    /// Opens a sealed text.
    pub fn open(&self, merchant: MerchantId, field: &str, sealed: &str) -> Result<String> {
        let bytes = open(&self.derive("seal", merchant), field.as_bytes(), sealed).and_then(|bytes| String::from_utf8(bytes).ok());
        bytes.ok_or_else(|| Error::internal(format!("a sealed {field} can't be opened: wrong key, or damaged")))
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
        URL_SAFE_NO_PAD.encode(mac(&self.root, &[b"secret", secret.as_bytes()]))
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
    fn the_root_opens_with_its_master_key_only() {
        let random = Random::seeded(3);
        let (master, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        let root = Root::new(&random);
        let wrapped = master.wrap(&root, &random).unwrap();
        assert_eq!(master.opened(&wrapped).unwrap().0, root.0);
        assert!(other.opened(&wrapped).is_err());
        assert!(master.opened(&wrapped.replace('A', "B").replace('a', "b")).is_err());
        assert_ne!(master.check_value(), other.check_value());
    }

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
