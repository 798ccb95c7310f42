//! A batch, and its numbers.

use crate::design::{CardDesignId, Element};
use crate::member::number::check_digit;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, id, text_enum};
use shuke_org::StoreId;
use utoipa::ToSchema;

id!(CardBatchId, "A batch of printed cards.");

/// Cards of one batch.
const CARDS_MAX: i64 = 10_000;
/// The last number of eight digits.
const LAST: i64 = 99_999_999;
/// Who may share a card at most.
const SHARED_MAX: i64 = 100;

text_enum! {
    /// Where a card of the stock is.
    pub enum StockState {
        /// Nobody has it yet.
        Blank = "blank",
        /// It belongs to a member.
        Bound = "bound",
        /// It will never belong to anybody.
        Void = "void",
    }
}

/// A batch to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardBatchDraft {
    /// Its name.
    pub name: String,
    /// Up to eight letters and digits before the number.
    #[serde(default)]
    pub prefix: String,
    /// The first number, 1 to 99,999,999; after the last batch of this prefix without it.
    #[serde(default)]
    pub first: Option<i64>,
    /// How many, 1 to 10,000.
    pub cards: i64,
    /// What is printed on them.
    #[serde(default)]
    pub design: Option<CardDesignId>,
    /// Where they are kept.
    #[serde(default)]
    pub store: Option<StoreId>,
    /// By how many other members each may be shared, 0 to 100.
    #[serde(default)]
    pub shared_max: i64,
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardBatch {
    /// Its id.
    pub id: CardBatchId,
    /// Its name.
    pub name: String,
    /// What stands before the numbers.
    pub prefix: String,
    /// The first number.
    pub first: i64,
    /// How many cards.
    pub cards: i64,
    /// How many of them are blank.
    pub left_over: i64,
    /// What is printed on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design: Option<CardDesignId>,
    /// Where they are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// By how many other members each may be shared.
    pub shared_max: i64,
    /// When it was made.
    pub created_at: Instant,
}

/// A card in stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockCard {
    /// Its number.
    #[schema(example = "VIP000000018")]
    pub number: String,
    /// Where it is.
    pub state: StockState,
    /// The card that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<crate::CardId>,
}

/// What is printed on one card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardSheet {
    /// Its number.
    pub number: String,
    /// What stands on it.
    pub elements: Vec<Element>,
}

/// Cards that will never belong to anybody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidDraft {
    /// Their numbers, 1 to 500.
    pub numbers: Vec<String>,
}

/// How many cards were taken out of stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VoidedCards {
    /// Blank ones that are void now; the others had been used already.
    pub voided: i64,
}

/// The number of a card: prefix, eight digits, check digit.
pub(super) fn number(prefix: &str, count: i64) -> String {
    let digits = format!("{count:08}");
    let check = check_digit(&digits);
    format!("{prefix}{digits}{check}")
}

impl CardBatchDraft {
    /// The prefix in capitals. Refuses what can't be: `card_batch_malformed`, with the place.
    pub fn check(&self) -> Result<String> {
        let fault = |place: &str, detail: &str| {
            Err(Error::invalid("card_batch_malformed", "this batch can't be made").field(place, "card_batch_malformed", detail))
        };
        let prefix = self.prefix.trim().to_ascii_uppercase();
        if prefix.len() > 8 || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return fault("/prefix", "a prefix has up to eight letters and digits");
        }
        if !(1..=CARDS_MAX).contains(&self.cards) {
            return fault("/cards", "a batch has 1 to 10,000 cards");
        }
        if !(0..=SHARED_MAX).contains(&self.shared_max) {
            return fault("/shared_max", "a card is shared by at most 100 members");
        }
        if self.first.is_some_and(|first| !(1..=LAST).contains(&first)) {
            return fault("/first", "a number has eight digits, from 1 on");
        }
        Ok(prefix)
    }

    /// Refuses a batch whose last number has more than eight digits.
    pub(super) fn check_end(&self, first: i64) -> Result<()> {
        if first + self.cards - 1 <= LAST {
            return Ok(());
        }
        Err(Error::invalid("card_batch_malformed", "this prefix has no more numbers of eight digits; take another prefix"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_check_digit() {
        // Luhn over 79927398 with the digit 2 would be another; computed by hand for 00000001: 8.
        assert_eq!(number("VIP", 1), "VIP000000018");
        let all: std::collections::HashSet<String> = (1..=1_000).map(|count| number("", count)).collect();
        assert_eq!(all.len(), 1_000);
    }

    #[test]
    fn a_batch_stays_within_its_bounds() {
        let draft = CardBatchDraft {
            name: "首批".to_owned(),
            prefix: "vip".to_owned(),
            first: None,
            cards: 100,
            design: None,
            store: None,
            shared_max: 0,
        };
        assert_eq!(draft.check().unwrap(), "VIP");
        for wrong in [
            CardBatchDraft { prefix: "VIP-1".to_owned(), ..draft.clone() },
            CardBatchDraft { cards: 0, ..draft.clone() },
            CardBatchDraft { cards: CARDS_MAX + 1, ..draft.clone() },
            CardBatchDraft { first: Some(0), ..draft.clone() },
            CardBatchDraft { shared_max: -1, ..draft.clone() },
        ] {
            assert_eq!(wrong.check().unwrap_err().code(), "card_batch_malformed", "{wrong:?}");
        }
        assert!(draft.check_end(LAST - 99).is_ok() && draft.check_end(LAST - 98).is_err());
    }
}
