//! A batch, a card, what it is used for.

use crate::coupon::CouponCode;
use crate::prepaid::PrepaidPayment;
use serde::{Deserialize, Serialize};
use shuke_http::Vault;
use shuke_kernel::{Date, Error, Instant, MerchantId, Money, Result, Uuid, id, text_enum};
use shuke_ledger::{AccountKind, Holdings};
use utoipa::ToSchema;

id!(GiftCardBatchId, "A batch of gift cards.");
id!(GiftCardId, "A gift card.");

/// Cards of one batch.
pub const CARDS_MAX: i64 = 5_000;
const FACE_MAX: Money = Money(1_000_000_000);

/// Cards to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardBatchDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: GiftCardBatchId,
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// What each card is sold for and then holds, in minor units.
    pub face: Money,
    /// How many cards, 1 to 5,000.
    pub cards: i64,
    /// For how many months after its sale a card can be used; none for ever.
    #[serde(default)]
    pub months: Option<i32>,
}

impl GiftCardBatchDraft {
    /// Checks a batch at the door.
    ///
    /// Errors: `gift_card_batch_invalid`.
    pub fn check(&self) -> Result<()> {
        let fault = match self {
            _ if !(1..=FACE_MAX.0).contains(&self.face.0) => Some(("/face", "must be above 0")),
            _ if !(1..=CARDS_MAX).contains(&self.cards) => Some(("/cards", "must be 1 to 5000")),
            _ if self.months.is_some_and(|months| !(1..=1_200).contains(&months)) => Some(("/months", "must be 1 to 1200")),
            _ => None,
        };
        fault.map_or(Ok(()), |(field, detail)| {
            Err(Error::invalid("gift_card_batch_invalid", "these gift cards can't be made").field(field, "out_of_range", detail))
        })
    }
}

/// A batch of cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftCardBatch {
    /// The batch.
    pub id: GiftCardBatchId,
    /// What people call it.
    pub name: String,
    /// What each card holds once it is sold, in minor units.
    pub face: Money,
    /// How many cards it has.
    pub cards: i64,
    /// How many of them were sold.
    pub sold: i64,
    /// For how many months after its sale a card can be used.
    pub months: Option<i32>,
    /// When it was made.
    pub at: Instant,
}

text_enum! {
    /// Where a card is in its life.
    pub enum GiftCardState {
        /// Not sold yet; worth nothing.
        New = "new",
        /// Can be used.
        Active = "active",
        /// Blocked, until it is found.
        Blocked = "blocked",
        /// Taken back.
        Returned = "returned",
        /// Its last day is over.
        Expired = "expired",
    }
}

/// A card as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftCard {
    /// The card.
    pub id: GiftCardId,
    /// Its batch.
    pub batch: GiftCardBatchId,
    /// Its number in the batch, from 1.
    pub number: i64,
    /// What it held when it was sold.
    pub face: Money,
    /// For how many months after its sale it can be used.
    pub months: Option<i32>,
    /// When it was sold.
    pub sold_at: Option<Instant>,
    /// Where.
    pub sold_store: Option<Uuid>,
    /// To whom, where that is known.
    pub buyer: Option<Uuid>,
    /// How it was paid.
    pub payments: Vec<PrepaidPayment>,
    /// The last local day.
    pub expires_on: Option<Date>,
    /// When it was blocked.
    pub blocked_at: Option<Instant>,
    /// When it was taken back.
    pub returned_at: Option<Instant>,
}

/// A card as it is shown; never its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftCardView {
    /// The card.
    pub id: GiftCardId,
    /// Its batch.
    pub batch: GiftCardBatchId,
    /// Its number in the batch, from 1.
    pub number: i64,
    /// Where it is in its life.
    pub state: GiftCardState,
    /// What it held when it was sold, in minor units.
    pub face: Money,
    /// What it holds, in minor units.
    pub balance: Money,
    /// The last local day on which it can be used.
    #[schema(value_type = Option<String>, format = Date)]
    pub expires_on: Option<Date>,
    /// When it was sold.
    pub sold_at: Option<Instant>,
    /// How it was paid.
    pub payments: Vec<PrepaidPayment>,
}

impl GiftCard {
    /// Where it is in its life, on a local day.
    pub fn state(&self, today: Date) -> GiftCardState {
        match self {
            _ if self.returned_at.is_some() => GiftCardState::Returned,
            _ if self.blocked_at.is_some() => GiftCardState::Blocked,
            _ if self.sold_at.is_none() => GiftCardState::New,
            _ if self.expires_on.is_some_and(|last| last < today) => GiftCardState::Expired,
            _ => GiftCardState::Active,
        }
    }
    /// Ok where it can be used on a local day, else `gift_card_not_usable` with its state.
    pub fn must_be_usable(&self, today: Date) -> Result<()> {
        match self.state(today) {
            GiftCardState::Active => Ok(()),
            state => {
                let text = format!("this gift card can't be used: it is {}", state.as_str());
                Err(Error::refused("gift_card_not_usable", text).field("/gift_cards", "gift_card_not_usable", state.as_str()))
            }
        }
    }
    /// As it is shown, with what it holds.
    pub fn view(&self, holdings: &Holdings, today: Date) -> GiftCardView {
        GiftCardView {
            id: self.id,
            batch: self.batch,
            number: self.number,
            state: self.state(today),
            face: self.face,
            balance: Money(holdings.balance(AccountKind::GiftCard).balance),
            expires_on: self.expires_on,
            sold_at: self.sold_at,
            payments: self.payments.clone(),
        }
    }
}

/// A card of a batch with its code, for those who print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GiftCardCode {
    /// Its number in the batch, from 1.
    pub number: i64,
    /// The card.
    pub card: GiftCardId,
    /// The code.
    pub code: String,
    /// When it was sold.
    pub sold_at: Option<Instant>,
}

/// The code of a card.
pub fn code_of(vault: &Vault, merchant: MerchantId, batch: GiftCardBatchId, number: i64) -> CouponCode {
    CouponCode::of_bits(vault.sign(merchant, "gift_card", &[batch.0.as_bytes(), &number.to_be_bytes()]))
}

/// What a code is found by.
pub fn hash_of(vault: &Vault, merchant: MerchantId, code: &CouponCode) -> String {
    vault.index(merchant, "gift_card", code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_has_one_state() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let new = GiftCard {
            id: GiftCardId(Uuid::nil()),
            batch: GiftCardBatchId(Uuid::nil()),
            number: 1,
            face: Money(100),
            months: None,
            sold_at: None,
            sold_store: None,
            buyer: None,
            payments: Vec::new(),
            expires_on: None,
            blocked_at: None,
            returned_at: None,
        };
        assert_eq!(new.must_be_usable(day("2026-11-22")).unwrap_err().code(), "gift_card_not_usable");
        let sold = GiftCard { sold_at: Some(Instant(1)), expires_on: Some(day("2026-11-22")), ..new };
        assert!(sold.must_be_usable(day("2026-11-22")).is_ok(), "until its last day ends");
        assert_eq!(sold.state(day("2026-11-23")), GiftCardState::Expired);
        let blocked = GiftCard { blocked_at: Some(Instant(2)), ..sold.clone() };
        assert_eq!(blocked.state(day("2026-11-22")), GiftCardState::Blocked);
        assert_eq!(GiftCard { returned_at: Some(Instant(3)), ..blocked }.state(day("2026-11-22")), GiftCardState::Returned);
    }

    #[test]
    fn a_batch_names_its_fault() {
        let draft =
            GiftCardBatchDraft { id: GiftCardBatchId(Uuid::nil()), name: "x".to_owned(), face: Money(10_000), cards: 10, months: Some(36) };
        assert!(draft.check().is_ok());
        let fault = |draft: GiftCardBatchDraft| draft.check().unwrap_err().fields()[0].field.clone();
        assert_eq!(fault(GiftCardBatchDraft { face: Money::ZERO, ..draft.clone() }), "/face");
        assert_eq!(fault(GiftCardBatchDraft { cards: 5_001, ..draft.clone() }), "/cards");
        assert_eq!(fault(GiftCardBatchDraft { months: Some(0), ..draft }), "/months");
    }
}
