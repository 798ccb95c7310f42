//! A webhook, a delivery, the signature, the waits.

use super::target::Target;
use crate::text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use shuke_http::Vault;
use shuke_kernel::{Error, Instant, MerchantId, Random, Result, Uuid};
use utoipa::ToSchema;

shuke_kernel::id!(WebhookId, "A webhook.");
shuke_kernel::id!(DeliveryId, "An event on its way to a webhook.");

/// How often a delivery is tried.
pub const ATTEMPTS_MAX: i64 = 10;
const FIRST_WAIT_MS: i64 = 5_000;
const WAIT_MS_MAX: i64 = 12 * 3_600_000;
const KINDS_MAX: usize = 50;
const KIND_CHARS_MAX: usize = 64;
const FIELD: &str = "webhook";

/// Where a merchant wants to hear of events; without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Where events are posted to.
    #[schema(example = "https://shop.example/hooks/shuke")]
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Kinds of events, whole (`sale.completed`) or by their beginning (`sale.*`); empty means all.
    #[schema(example = json!(["sale.*", "member.enrolled"]))]
    pub kinds: Vec<String>,
    /// Whether it gets events.
    pub active: bool,
    /// Until when the secret before signs too, where it was rotated.
    pub old_secret_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
}

impl Webhook {
    /// Whether it wants a kind of event.
    pub fn wants(&self, kind: &str) -> bool {
        let fits = |wanted: &String| match wanted.strip_suffix('*') {
            Some(beginning) => kind.starts_with(beginning),
            None => kind == wanted,
        };
        self.active && (self.kinds.is_empty() || self.kinds.iter().any(fits))
    }
}

/// What a webhook is made of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookDraft {
    /// Where events are posted to: https, or http where the operator allows private targets.
    pub url: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Kinds of events, whole (`sale.completed`) or by their beginning (`sale.*`); empty means all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Whether it gets events.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

impl WebhookDraft {
    /// The draft as it is kept.
    ///
    /// Errors: `webhook_url_malformed`, `webhook_target_private`, `webhook_kind_malformed`, `text_malformed`.
    pub(super) fn checked(&self, private: bool) -> Result<Self> {
        let url = self.url.trim().to_owned();
        Target::parse(&url, private)?;
        let plain = |kind: &str| {
            let name = kind.strip_suffix('*').unwrap_or(kind);
            kind.len() <= KIND_CHARS_MAX && !kind.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b))
        };
        if self.kinds.len() > KINDS_MAX || !self.kinds.iter().all(|kind| plain(kind)) {
            return Err(Error::invalid(
                "webhook_kind_malformed",
                "a kind is written like sale.completed, or sale.* for all that begin so; at most 50 of them",
            ));
        }
        let mut kinds = self.kinds.clone();
        kinds.sort();
        kinds.dedup();
        Ok(Self { url, description: text::optional_line("description", &self.description, 200)?, kinds, active: self.active })
    }
}

/// A secret of 256 bits, as both sides know it: `whsec_` and base64.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn new(random: &Random) -> Self {
        Self(random.bytes())
    }
    pub(crate) fn text(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }
    pub(crate) fn seal(&self, vault: &Vault, merchant: MerchantId) -> Result<String> {
        vault.seal(merchant, FIELD, &self.text())
    }
    pub(crate) fn open(vault: &Vault, merchant: MerchantId, sealed: &str) -> Result<Self> {
        let text = vault.open(merchant, FIELD, sealed)?;
        let bytes = text.strip_prefix("whsec_").and_then(|rest| STANDARD.decode(rest).ok()).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| Error::internal("a stored webhook secret is malformed"))
    }
    fn sign(&self, message: &str) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0) else { return String::new() };
        mac.update(message.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The header `webhook-signature`: one signature for each secret that counts.
pub(crate) fn signatures(secrets: &[Secret], id: impl std::fmt::Display, at_s: i64, body: &str) -> String {
    let message = format!("{id}.{at_s}.{body}");
    secrets.iter().map(|secret| secret.sign(&message)).collect::<Vec<_>>().join(" ")
}

shuke_kernel::text_enum! {
    /// How far a delivery is.
    pub enum DeliveryState {
        /// It is to be sent, at once or later.
        Waiting = "waiting",
        /// The receiver has taken it.
        Delivered = "delivered",
        /// It was tried as often as it is.
        Dead = "dead",
    }
}

/// An event on its way to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Its id, which is the `webhook-id` of every attempt.
    pub id: DeliveryId,
    /// The kind of event.
    pub kind: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    pub due_at: Instant,
    /// What the last answer was.
    pub last_status: Option<i64>,
    /// Why the last attempt failed.
    pub last_fault: Option<String>,
    /// When it was tried last.
    pub last_at: Option<Instant>,
    /// When the event came to be sent.
    pub created_at: Instant,
}

/// The body of a delivery.
#[derive(Serialize)]
pub(super) struct Message<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    /// RFC 3339.
    pub(super) timestamp: String,
    pub(super) data: Data<'a>,
}

/// What happened to what.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    pub(super) event: Uuid,
    pub(super) subject: Uuid,
    pub(super) actor: &'a str,
    pub(super) payload: serde_json::Value,
}

/// How long to wait after an attempt: four times as long each time, half of it by chance, so that what
/// failed together is not tried together.
pub(super) fn wait_ms(attempts: i64, random: &Random) -> i64 {
    let whole = FIRST_WAIT_MS.saturating_mul(4_i64.saturating_pow(u32::try_from(attempts - 1).unwrap_or(0))).min(WAIT_MS_MAX);
    let half = whole / 2;
    half + i64::try_from(random.below(u64::try_from(half).unwrap_or(0) + 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature of the specification's example.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let key: [u8; 24] = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap().try_into().unwrap();
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&key).unwrap();
        mac.update(b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}");
        assert_eq!(STANDARD.encode(mac.finalize().into_bytes()), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let (one, two) = (Secret([1; 32]), Secret([2; 32]));
        let id = DeliveryId(Uuid::from_u128(5));
        let both = signatures(&[one.clone(), two.clone()], id, 7, "{}");
        assert_eq!(both, format!("{} {}", signatures(&[one], id, 7, "{}"), signatures(&[two], id, 7, "{}")));
    }

    #[test]
    fn waits_grow_and_end_within_three_days() {
        let random = Random::seeded(3);
        let mut whole = 0;
        for attempts in 1..ATTEMPTS_MAX {
            let longest = (FIRST_WAIT_MS * 4_i64.pow(attempts as u32 - 1)).min(WAIT_MS_MAX);
            let wait = wait_ms(attempts, &random);
            assert!((longest / 2..=longest).contains(&wait), "{attempts}: {wait}");
            whole += longest;
        }
        assert!((86_400_000..3 * 86_400_000).contains(&whole), "{whole}");
    }

    #[test]
    fn kinds_are_whole_or_beginnings() {
        let hook = |kinds: &[&str], active| Webhook {
            id: WebhookId(Uuid::nil()),
            url: String::new(),
            description: String::new(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            active,
            old_secret_until: None,
            created_at: Instant(0),
        };
        assert!(hook(&[], true).wants("sale.completed"));
        assert!(!hook(&[], false).wants("sale.completed"));
        assert!(hook(&["sale.*"], true).wants("sale.completed"));
        assert!(!hook(&["sale"], true).wants("sale.completed"));
        let draft = |kind: &str| WebhookDraft {
            url: "https://shop.example/".into(),
            description: String::new(),
            kinds: vec![kind.into()],
            active: true,
        };
        assert!(draft("sale.*").checked(false).is_ok());
        for wrong in ["", "Sale.*", "sale.*.x", "a b"] {
            assert_eq!(draft(wrong).checked(false).unwrap_err().code(), "webhook_kind_malformed", "{wrong}");
        }
    }
}
