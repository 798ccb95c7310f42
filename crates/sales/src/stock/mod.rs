//! Stock 库存: what every store has on hand, and the append-only movements that made it so.
//!
//! A row of stock is one variant in one store. It is made with nothing on hand when the variant is
//! made, for every store; when a store is opened, for every variant ([`StoreReader`]); and by any
//! document that finds it missing. It is never deleted, and it changes only together with a movement,
//! in one transaction, so that on hand is always the sum of the movements: [`verify`] recomputes all
//! of it and names the first row that differs.
//!
//! Taking is one guarded statement in the sale's own transaction: the constraint
//! `stock_insufficient` refuses what isn't there, so the last piece is sold once. Rows are locked in
//! the order of their variants; a transfer changes the two stores in the order of their ids.
//!
//! A variant that may be oversold falls below zero; a store's rule ([`limit`]) says how far, for a variant or
//! for all of the store, and the constraint `stock_oversold` holds it. What is below zero shows as that.
//!
//! Deliberately absent: suppliers and purchase orders as things of their own (a receipt names its
//! supplier in a text), reservations (a sale takes at once), valuation by layers.

pub mod api;
pub mod limit;
pub mod model;
pub mod ops;
pub mod store;

pub use model::{Delta, Difference, Movement, MovementKind, StockDocument, StockDocumentId};
pub use ops::{StoreReader, verify};
