//! Passwords: argon2id, off the request's thread, with the same work for a name that nobody has.
//!
//! Parameters: 19 MiB, 2 passes, 1 lane, as OWASP's password storage cheat sheet gives as its
//! minimum for argon2id; about 20 ms on one core. At most [`HASHES_AT_ONCE_MAX`] run at once, so that
//! signing in can take neither the memory nor the cores that selling needs.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use shuke_kernel::{Error, Random, Result};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Characters that a password has at least (OWASP ASVS 5, 6.2.1).
pub const PASSWORD_CHARS_MIN: usize = 8;
const PASSWORD_CHARS_MAX: usize = 128;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASHES_AT_ONCE_MAX: usize = 2;

/// Those that everybody tries first.
const COMMON: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "11111111",
    "00000000",
    "88888888",
    "66666666",
    "password",
    "passw0rd",
    "password1",
    "qwertyui",
    "qwerty123",
    "1qaz2wsx",
    "a1234567",
    "a12345678",
    "abc12345",
    "abcd1234",
    "iloveyou",
    "woaini1314",
    "admin123",
    "5201314520",
];

/// A password that may be set.
#[derive(Clone)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

impl Password {
    /// Reads one for a user.
    ///
    /// Errors: `password_weak` where it is shorter than 8 or longer than 128 characters, the user
    /// name, or one that everybody tries first.
    pub fn parse(text: &str, username: &str) -> Result<Self> {
        let length = text.chars().count();
        let fault = if length < PASSWORD_CHARS_MIN {
            format!("take at least {PASSWORD_CHARS_MIN} characters")
        } else if length > PASSWORD_CHARS_MAX {
            format!("take at most {PASSWORD_CHARS_MAX} characters")
        } else if COMMON.contains(&text.to_lowercase().as_str()) || text.eq_ignore_ascii_case(username) {
            "everybody would try this one first; take another".to_owned()
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Error::invalid("password_weak", "this password can't be taken").field("/password", "password_weak", fault))
    }

    /// Its hash, with a new salt.
    pub async fn hash(&self, random: &Random) -> Result<PasswordHash> {
        hash_secret(&self.0, random).await
    }
}

/// The hash of a secret that somebody remembers (a password, a PIN), with a new salt. Whoever calls it
/// has checked that the secret may be set.
pub async fn hash_secret(text: &str, random: &Random) -> Result<PasswordHash> {
    let (text, salt) = (text.to_owned(), random.bytes::<16>());
    let _turn = turn().await?;
    tokio::task::spawn_blocking(move || hash(&text, &salt)).await.map_err(|error| Error::internal(error.to_string()))?
}

/// The hash of a password, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub(super) String);

impl PasswordHash {
    /// One that was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }
    /// Its text, to be stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// Whether a password is the one of this hash. With no hash (nobody has the name) the same work is
/// done, and the answer is no.
pub async fn verify(text: &str, against: Option<&PasswordHash>) -> Result<bool> {
    // Longer than any that could have been set; hashing it would only be work.
    let text = if text.chars().count() > PASSWORD_CHARS_MAX { String::new() } else { text.to_owned() };
    let known = against.is_some();
    let against = against.cloned();
    let _turn = turn().await?;
    let matches = tokio::task::spawn_blocking(move || {
        let against = match &against {
            Some(hash) => hash,
            None => dummy()?,
        };
        let parsed = Phc::new(&against.0).map_err(|error| Error::internal(format!("a stored password hash: {error}")))?;
        Ok::<_, Error>(engine()?.verify_password(text.as_bytes(), &parsed).is_ok())
    })
    .await
    .map_err(|error| Error::internal(error.to_string()))??;
    Ok(matches && known)
}

async fn turn() -> Result<tokio::sync::SemaphorePermit<'static>> {
    static TURNS: Semaphore = Semaphore::const_new(HASHES_AT_ONCE_MAX);
    TURNS.acquire().await.map_err(|_| Error::unavailable("sign_in_closed", "the server is stopping; try again"))
}

fn engine() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(text: &str, salt: &[u8; 16]) -> Result<PasswordHash> {
    let hash = engine()?.hash_password_with_salt(text.as_bytes(), salt).map_err(|error| Error::internal(error.to_string()))?;
    Ok(PasswordHash(hash.to_string()))
}

/// A hash that no password is known for, made with the parameters in use.
fn dummy() -> Result<&'static PasswordHash> {
    static DUMMY: OnceLock<PasswordHash> = OnceLock::new();
    if let Some(made) = DUMMY.get() {
        return Ok(made);
    }
    let made = hash("nobody has this name", b"a salt of nobody")?;
    Ok(DUMMY.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let random = Random::seeded(1);
        let password = Password::parse("right horse", "wang").unwrap();
        let hash = password.hash(&random).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(verify("right horse", Some(&hash)).await.unwrap());
        assert!(!verify("wrong horse", Some(&hash)).await.unwrap());
        assert!(!verify("nobody has this name", None).await.unwrap());
        assert_ne!(hash, password.hash(&random).await.unwrap(), "a salt of its own each time");
    }

    #[test]
    fn weak_ones_are_refused() {
        for weak in ["short", "12345678", "PASSWORD", "wangfang1", &"x".repeat(129)] {
            assert_eq!(Password::parse(weak, "wangfang1").unwrap_err().code(), "password_weak", "{weak}");
        }
        assert!(!format!("{:?}", Password::parse("right horse", "w").unwrap()).contains("horse"));
    }
}
