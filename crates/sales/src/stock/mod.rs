//! Stock 库存: what every store has on hand, and the append-only movements that made it so.
//!
//! A row of stock is one variant in one store; it is made when the variant first comes to the store
//! (or is sold there below zero, where its policy allows that) and never deleted. It changes only
//! together with a movement, in one transaction, so that on hand is always the sum of the
//! movements: `ops::verify` recomputes all of it and names the first row that differs.
//!
//! Taking is one guarded statement in the sale's own transaction: the constraint
//! `stock_insufficient` refuses what isn't there, so the last piece is sold once. Rows are locked in
//! the order of their variants; a transfer changes the two stores in the order of their ids.
//!
//! Deliberately absent: suppliers and purchase orders as things of their own (a receipt names its
//! supplier in a text), reservations (a sale takes at once), valuation by layers.

pub mod model;
pub mod store;

pub use model::{Delta, Movement, MovementKind, StockDocumentId};
