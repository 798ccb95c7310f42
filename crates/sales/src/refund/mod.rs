//! Refunds: any line, any part, in any order, exactly.
//!
//! What a piece gives back is its part of the line's net and of every stage's share, by cumulative
//! rounding: the parts of a line, however it is cut, add up to it. Money goes back to the payments it
//! came from in proportion to what is left of each; wallet parts to the very lots they were taken
//! from; points spent to theirs; points earned are taken back (what is gone becomes debt, or is
//! forgiven by the merchant's policy); a coupon goes back when every line it lowered is taken back;
//! coupons that the order granted are revoked when the whole order is undone. Stock returns unless
//! the goods are damaged.
//!
//! The order's row is locked first, so that two refunds of one order follow each other; counters
//! with CHECKs stand behind that.
//!
//! Invariant: refunding everything, in any split and order, leaves every balance, lot, coupon and
//! stock as it was before the sale.

pub mod api;
pub mod model;
pub mod ops;
pub(crate) mod prepaid;
pub(crate) mod store;

pub use model::{Refund, RefundAsk, RefundId, RefundLine};
pub use ops::refund;
