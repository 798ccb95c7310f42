//! Cards 会员卡: what identifies a member at the till.
//!
//! Life cycle: `active` → `lost` (found again: `active`), or → `replaced` by another card. Every
//! member has a digital card from enrolment on, whose number is the member's own; plastic cards with
//! a printed number, a QR of it or a chip are bound at any time. Several cards may open one member.
//!
//! Invariants: a number and a chip's id belong to one card of the merchant. A lost or replaced card
//! identifies nobody.
//!
//! Deliberately not here: value on a card. Value is in the member's accounts, whatever the card.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Card, CardDraft, CardId, CardKind, CardNumber, CardState};
pub(crate) use store::{by_text_stmt, card, insert_stmt, of_member_stmt, printed, taken};
