//! Card stock 卡库存: printed cards before they belong to somebody.
//!
//! A batch is a run of numbers with one design: made, printed, kept at a store. Life cycle of a card
//! in stock: `blank` → `bound` to a member ([`crate::card`]), or → `void` where it was spoilt or lost
//! before. A number has a prefix, eight digits that count up, and a check digit, so that a mistyped one is noticed.
//!
//! Invariants: a number is in stock once; a blank card is bound once (one guarded statement); the
//! batch counts its blank cards, which `verify` counts again. Where the merchant's settings say so,
//! printed cards come from stock only.
//!
//! Deliberately not here: value on cards (gift cards belong to the wallet), and what the blanks cost.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{CardBatch, CardBatchDraft, CardBatchId, CardSheet, StockCard, StockState, VoidDraft, VoidedCards};
