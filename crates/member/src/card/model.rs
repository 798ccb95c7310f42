//! A card.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, id, text_enum};
use utoipa::ToSchema;

id!(CardId, "A card of a member.");

text_enum! {
    /// What a card is made of.
    pub enum CardKind {
        /// On the member's phone.
        Digital = "digital",
        /// Plastic or paper.
        Physical = "physical",
    }
}

text_enum! {
    /// Whether a card identifies its member.
    pub enum CardState {
        /// It does.
        Active = "active",
        /// Reported lost; it doesn't.
        Lost = "lost",
        /// Another one took its place.
        Replaced = "replaced",
    }
}

/// A card's number: 4 to 32 letters and digits, in capitals. It can't be invalid.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardNumber(String);

impl CardNumber {
    /// Reads a number; spaces and dashes that are only printed are left out.
    ///
    /// Errors: `card_number_malformed`.
    pub fn parse(text: &str) -> Result<Self> {
        let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_uppercase()).collect();
        if (4..=32).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Ok(Self(number));
        }
        Err(Error::invalid("card_number_malformed", "a card number has 4 to 32 letters and digits"))
    }
    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a chip's id: 4 to 10 bytes in hexadecimal, with or without colons.
pub(crate) fn nfc_uid(text: &str) -> Result<String> {
    let uid: String = text.chars().filter(|c| !matches!(c, ':' | ' ' | '-')).map(|c| c.to_ascii_uppercase()).collect();
    if (8..=20).contains(&uid.len()) && uid.len().is_multiple_of(2) && uid.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(uid);
    }
    Err(Error::invalid("nfc_uid_malformed", "a chip's id is 4 to 10 bytes in hexadecimal, such as 04:A2:3B:11"))
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Card {
    /// Its id.
    pub id: CardId,
    /// Digital or physical.
    pub kind: CardKind,
    /// Its number.
    pub number: String,
    /// Its chip's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nfc_uid: Option<String>,
    /// Whether it identifies its member.
    pub state: CardState,
    /// When it was bound to the member.
    pub bound_at: Instant,
    /// When it was lost or replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// What took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<CardId>,
    /// How many other members use it too.
    pub shared: i64,
    /// How many may.
    pub shared_max: i64,
}

/// By how many other members a card may be shared.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardSharing {
    /// 0 to 100.
    pub shared_max: i64,
}

impl CardSharing {
    /// Refuses a number that can't be: `card_sharing_malformed`.
    pub fn check(self) -> Result<Self> {
        if (0..=100).contains(&self.shared_max) {
            return Ok(self);
        }
        Err(Error::invalid("card_sharing_malformed", "a card can't be shared like this").field(
            "/shared_max",
            "out_of_range",
            "must be 0 to 100",
        ))
    }
}

/// Somebody with whom a card is shared.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardShareDraft {
    /// Who.
    pub member: crate::MemberId,
}

/// A card to be bound.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardDraft {
    /// Digital or physical.
    pub kind: CardKind,
    /// Its number; a digital card without one gets one.
    #[serde(default)]
    pub number: Option<String>,
    /// Its chip's id, in hexadecimal.
    #[serde(default)]
    pub nfc_uid: Option<String>,
    /// The member's card whose place it takes.
    #[serde(default)]
    pub replaces: Option<CardId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_chips_are_read_as_printed() {
        assert_eq!(CardNumber::parse("vip-0001").unwrap().as_str(), "VIP0001");
        assert_eq!(CardNumber::parse("8800 1234").unwrap().as_str(), "88001234");
        assert!(CardNumber::parse("12").is_err() && CardNumber::parse("卡1234").is_err());
        assert_eq!(nfc_uid("04:a2:3b:11").unwrap(), "04A23B11");
        assert!(nfc_uid("04A2").is_err() && nfc_uid("04A23B1").is_err() && nfc_uid("04A23BXX").is_err());
    }
}
