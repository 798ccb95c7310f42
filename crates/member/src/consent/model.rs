//! Terms, acceptances, consents.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, Uuid, text_enum};
use shuke_org::text;
use std::collections::BTreeMap;
use utoipa::ToSchema;

text_enum! {
    /// By what a member may be reached.
    pub enum ConsentChannel {
        /// Text message.
        Sms = "sms",
        /// WeChat.
        Wechat = "wechat",
        /// E-mail.
        Email = "email",
        /// A call.
        Phone = "phone",
    }
}

/// Whether a member may be reached by which channel; channels left out stay as they are.
pub type Consents = BTreeMap<ConsentChannel, bool>;

/// Published terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// Their version.
    #[schema(example = "2026-11")]
    pub version: String,
    /// Their title.
    pub title: String,
    /// Their text.
    pub body: String,
    /// When they were published.
    pub published_at: Instant,
}

/// Terms to be published.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsDraft {
    /// Their version.
    pub version: String,
    /// Their title.
    pub title: String,
    /// Their text, at most 100,000 characters.
    pub body: String,
}

impl TermsDraft {
    /// The terms that this makes: `text_malformed`, `terms_malformed`.
    pub(crate) fn terms(&self, now: Instant) -> Result<Terms> {
        let body = self.body.trim();
        if body.is_empty() || body.chars().count() > 100_000 {
            return Err(Error::invalid("terms_malformed", "terms have a text of 1 to 100,000 characters"));
        }
        Ok(Terms {
            version: text::line("version", &self.version, 40)?,
            title: text::line("title", &self.title, 120)?,
            body: body.to_owned(),
            published_at: now,
        })
    }
}

/// That a member accepted terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acceptance {
    /// Which version.
    pub version: String,
    /// When.
    pub at: Instant,
    /// Who entered it.
    pub actor: String,
}

/// A consent as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    /// For which channel.
    pub channel: ConsentChannel,
    /// Given, or withdrawn.
    pub granted: bool,
    /// Since when.
    pub at: Instant,
}

/// Whether a member wants nobody to get in touch: they said no to being called, and left no other way open. Who has said
/// nothing yet may be called by somebody of the shop; what goes to many at once asks for more (see reach).
pub fn wants_no_contact(said: &[Consent]) -> bool {
    let no = |consent: &Consent| consent.channel == ConsentChannel::Phone && !consent.granted;
    said.iter().any(no) && !said.iter().any(|consent| consent.granted)
}

/// One word of a member on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentChange {
    /// Its id.
    pub id: Uuid,
    /// For which channel.
    pub channel: ConsentChannel,
    /// Given, or withdrawn.
    pub granted: bool,
    /// When.
    pub at: Instant,
    /// Who entered it.
    pub actor: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_no_to_calls_and_to_all_else_wants_no_contact() {
        let said = |words: &[(ConsentChannel, bool)]| {
            let consent = |(channel, granted): &(ConsentChannel, bool)| Consent { channel: *channel, granted: *granted, at: Instant(0) };
            wants_no_contact(&words.iter().map(consent).collect::<Vec<_>>())
        };
        use ConsentChannel::{Phone, Sms, Wechat};
        assert!(!said(&[]));
        assert!(!said(&[(Sms, false)]));
        assert!(!said(&[(Phone, true), (Sms, false)]));
        assert!(!said(&[(Phone, false), (Wechat, true)]));
        assert!(said(&[(Phone, false)]));
        assert!(said(&[(Phone, false), (Wechat, false), (Sms, false)]));
    }
}
