//! A contact.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Uuid, text_enum};
use utoipa::ToSchema;

text_enum! {
    /// By what way.
    pub enum ContactChannel {
        /// Text message.
        Sms = "sms",
        /// WeChat.
        Wechat = "wechat",
        /// E-mail.
        Email = "email",
        /// A call.
        Phone = "phone",
        /// Face to face.
        Store = "store",
        /// On the member's card.
        Card = "card",
        /// On paper.
        Print = "print",
    }
}

text_enum! {
    /// What it was.
    pub enum ContactKind {
        /// A message.
        Message = "message",
        /// A coupon issued or used.
        Coupon = "coupon",
        /// A campaign or an activity joined.
        Campaign = "campaign",
        /// A talk.
        Talk = "talk",
    }
}

text_enum! {
    /// What came of it.
    pub enum ContactOutcome {
        /// Sent, issued.
        Sent = "sent",
        /// Arrived.
        Delivered = "delivered",
        /// Opened, read.
        Opened = "opened",
        /// Answered, joined.
        Answered = "answered",
        /// Used, bought.
        Used = "used",
        /// The member doesn't want it.
        Refused = "refused",
        /// It didn't arrive.
        Failed = "failed",
        /// It was not sent, by a rule.
        Withheld = "withheld",
    }
}

/// A contact to be recorded.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactDraft {
    /// By what way.
    pub channel: ContactChannel,
    /// What it was.
    pub kind: ContactKind,
    /// What it was about: a campaign's name, a coupon's id. At most 120 characters; no personal data.
    pub subject: String,
    /// What came of it.
    pub outcome: ContactOutcome,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// Its id.
    pub id: Uuid,
    /// By what way.
    pub channel: ContactChannel,
    /// What it was.
    pub kind: ContactKind,
    /// What it was about.
    pub subject: String,
    /// What came of it.
    pub outcome: ContactOutcome,
    /// When.
    pub at: Instant,
    /// Who recorded it.
    pub actor: String,
}
