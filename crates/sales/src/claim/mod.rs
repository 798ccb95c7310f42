//! Claims 支付即会员: an order that had no buyer becomes a member's.
//!
//! The customer pays first and joins then: within the days that the merchant sets, a member of staff
//! gives an anonymous order to a member who is known, or enrols one with it. From then on it is as if
//! the order had been theirs: it earns the points that it would have earned, by the rules of today and the moment of the
//! sale; it counts as their purchase, because `sale.completed` is told again, now with the member; a
//! refund takes the points back from the very lot.
//!
//! Invariants: an order is claimed once (the order's own guarded UPDATE, and the key of the claim);
//! one of which something was taken back can't be claimed, so that what it earned and what is left of
//! it always fit; the price stays what was paid. `verify` holds claims against their orders.
//!
//! By the customer's own phone: the till shows a code of the order that had no buyer ([`code`]); whoever
//! scans it and signs in on the card claims the order for themselves.
//!
//! Deliberately not here: signing in.

pub mod api;
pub mod code;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{Buyer, ClaimAsk, ClaimPolicy};
