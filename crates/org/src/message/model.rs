//! A message, and what becomes of messages.

use crate::setting::Section;
use crate::text;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Result};
use utoipa::ToSchema;

shuke_kernel::id!(MessageId, "A message.");

/// How often a message is tried.
pub(super) const ATTEMPTS_MAX: i64 = 5;
const SIGN_CHARS_MAX: usize = 20;

shuke_kernel::text_enum! {
    /// By what a message goes.
    pub enum MessageChannel {
        /// 短信.
        Sms = "sms",
    }
}

shuke_kernel::text_enum! {
    /// How far a message is.
    pub enum MessageState {
        /// To be sent, at once or later.
        Waiting = "waiting",
        /// Handed over to the gateway, or written into the log.
        Sent = "sent",
        /// Tried until it was of no use any more.
        Failed = "failed",
        /// Never to be sent.
        Withheld = "withheld",
    }
}

shuke_kernel::text_enum! {
    /// What becomes of text messages.
    pub enum SmsWay {
        /// None are sent: what needs one is switched off.
        Off = "off",
        /// They are written into the server's log and shown to owners: for trying things out.
        Log = "log",
        /// The merchant's gateway sends them.
        Gateway = "gateway",
    }
}

/// What becomes of messages. Settings section `messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MessagePolicy {
    /// What becomes of text messages.
    pub sms: SmsWay,
    /// The name that text messages begin with, between 【 and 】: as it is registered with the sender. The
    /// merchant's name where it is empty.
    #[schema(example = "熟客母婴")]
    pub sign: String,
}

impl Default for MessagePolicy {
    fn default() -> Self {
        Self { sms: SmsWay::Off, sign: String::new() }
    }
}

impl Section for MessagePolicy {
    const NAME: &'static str = "messages";
    fn check(&self) -> Result<()> {
        text::optional_line("sign", &self.sign, SIGN_CHARS_MAX).map(|_| ())
    }
}

/// A message to be posted.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// By what.
    pub channel: MessageChannel,
    /// What it is for: `sign_in_code`.
    pub purpose: &'a str,
    /// To where: a phone in E.164.
    pub to: &'a str,
    /// What it says, without the sign.
    pub text: &'a str,
    /// The moment from which it is of no use.
    pub ends_at: Instant,
    /// Whether it is kept back.
    pub withheld: bool,
}

/// A message as owners see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// By what it goes.
    pub channel: MessageChannel,
    /// What it is for: `sign_in_code`.
    pub purpose: String,
    /// To where; the last four digits only, but in full where it goes to the log.
    #[schema(example = "+8613800000042")]
    pub to: String,
    /// What it says; only where it goes to the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How far it is.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_fault: Option<String>,
    /// When it was posted.
    pub at: Instant,
}

/// The program that sends text messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gateway {
    /// Where messages are posted to; none where there is no gateway.
    #[schema(example = "https://sms.shop.example/send")]
    pub url: Option<String>,
    /// The secret that signs, `whsec_…`: shown once, when the gateway is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// An address of which the last four characters are left.
pub(super) fn masked(address: &str) -> String {
    let count = address.chars().count();
    address.chars().enumerate().map(|(place, c)| if place + 4 < count { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_of_an_address_are_left() {
        assert_eq!(masked("+8613800000042"), "**********0042");
        assert_eq!(masked("42"), "42");
    }
}
