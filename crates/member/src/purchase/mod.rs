//! Purchases: what the sales events said, one row per member and order. A projection, not the
//! orders themselves: enough to compute figures, stages and rule tags, and to recompute them.
//!
//! Life cycle: `sale.completed` writes the row, `sale.refunded` adds to what was given back; an order
//! refunded wholly no longer counts as a purchase, its money is zero anyway. Events may come in any
//! order: a refund that is read before its sale leaves a row that the sale completes.
//!
//! Invariants: `member_stat` is what the rows add up to, written in the same transaction; amounts
//! are net of refunds; a return without an order lowers the amount and is no purchase.
//!
//! Deliberately not here: lines, products, payments (sales).

mod model;
pub mod ops;
mod reader;
mod store;

pub use model::{Difference, Purchase, Refund, Totals};
pub use reader::{MemberReader, PurchasesChanged};
pub use store::{COUNTED, totals_since, totals_since_stmt, visits, visits_stmt};
pub(crate) use store::{facts_until, loyal_anchors};
