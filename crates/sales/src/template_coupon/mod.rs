//! The coupons that a template has issued, each with whose it is and where it was used last: what somebody looks
//! through who asks what has become of them.
//!
//! Invariants: none of its own, for it keeps nothing. A use without a sale is the coupon's redemption; a use in a sale
//! is what that order saved by it. An order that was taken back whole used nothing.
//!
//! Deliberately here and not beside the coupon: only sales know the orders.

pub mod api;
mod ops;

pub use ops::{CouponUse, TemplateCoupon, list};
