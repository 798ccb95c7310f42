//! Exchange 换货: goods come back and others go out, in one transaction.
//!
//! It is a refund and a sale that belong together. What the refund gives back stays in the shop up to the
//! new total and pays for it with the tenders it was paid with before (*carried*; prepaid value goes back
//! to its lots and is spent again by the wallet's policy). Where the new goods cost more, the difference is
//! paid; where they cost less, it goes back to where it came from. Coupons, points, stock and tier follow
//! as in any refund and any sale, and each of the two can be refunded and exchanged further.
//!
//! Invariants: carried + paid = the new total; carried + given back = the refund's amount; stock changes
//! by the net of both, under one guard; either both happen or neither.
//!
//! An approval is needed for what leaves the shop, not for what is carried.

pub mod api;
pub(crate) mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{Exchange, ExchangeAsk, ExchangeId, Exchanged};
pub use ops::exchange;
