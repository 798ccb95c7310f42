//! Coupons 优惠券: terms that a template offers, and issued copies that froze them.
//!
//! Life cycle: a template's [`CouponTerms`] are copied onto the coupon when it is issued, together
//! with the days they resolve to; changing the template later changes no issued coupon. An active
//! coupon is held while an order is being paid, then used, or active again when the order falls
//! through. A coupon with several uses stays active until the last. A refund that undoes its whole
//! use makes it active again; a coupon that a refunded order had granted is revoked if unused.
//!
//! Invariants, held by the database: `uses_left` is never below zero, so of two that use one coupon
//! one is refused; what one order holds no other uses; a cause issues to a member once; taking a
//! coupon back leaves no use. A coupon is applied only where [`Coupon::why_not`] has no reason against it.
//!
//! A coupon that its terms let go can be given to another member while it is unused; it stays its
//! cause's, so that a refund finds it.
//!
//! A code is as good as the coupon: 80 random bits, throttled lookups, and never in the event log.
//!
//! Deliberately not here: how savings are spread over lines and which coupons go together best (the
//! price engine, in the `offer` crate); budgets and members' limits (`template`).

pub mod api;
mod benefit;
mod code;
pub(crate) mod guess;
mod model;
pub mod ops;
pub mod store;
mod verify;

pub use benefit::*;
pub use code::CouponCode;
pub use model::*;
pub use ops::{Issue, IssuedCoupon, issue, issue_missing, revoke, revoke_by_source};
pub use verify::check;
