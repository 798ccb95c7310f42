//! Cards 会员卡: what identifies a member at the till.
//!
//! Life cycle: `active` → `lost` (found again: `active`), or → `replaced` by another card. Every
//! member has a digital card from enrolment on, whose number is the member's own; plastic cards with
//! a printed number, a QR of it or a chip are bound at any time, out of stock ([`crate::batch`]) where
//! the merchant keeps one. Several cards may open one member, and one card may be shared with a
//! number of other members, who then use what is its owner's ([`crate::group`]).
//!
//! Invariants: a number and a chip's id belong to one card of the merchant. A lost or replaced card
//! identifies nobody, from the moment on at which it is said, and nobody shares it any more: with the one
//! that replaces it, its sharers come along. No more share a card than may (a CHECK on its counter).
//!
//! Deliberately not here: value on a card. Value is in the member's accounts, whatever the card.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Card, CardDraft, CardId, CardKind, CardNumber, CardShareDraft, CardSharing, CardState};
pub(crate) use store::{
    by_text_stmt, card, first_difference, insert_stmt, move_all, of_member_stmt, printed, sharers_stmt, shares_stmt, sharing, taken,
};
