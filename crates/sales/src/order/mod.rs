//! Orders: what was sold to whom, at which price and why, and how it was paid.
//!
//! Life cycle: an order comes into being paid ([`checkout`](ops::checkout)) and is never changed,
//! but for the counters of what was refunded; see [`crate::refund`]. A cart that is not paid yet is
//! the till's, or a quote.
//!
//! Checkout takes two round trips: it reads all that the price depends on, prices the cart with the
//! pure engine, and writes order, lines, journal, coupons, stock, event and answer together with
//! COMMIT. Nothing in it waits for other sales but the member's own account, the coupon, and the
//! stock of the variants sold; whatever would go below zero refuses the whole sale.
//!
//! Where the merchant's identity policy asks for it, a sale that spends much of a member's value needs a
//! proof that the member is there ([`shuke_member::pin`]); an order that had no buyer can be claimed by
//! one ([`crate::claim`]).
//! What was paid before (passes, gift cards) pays beside the payments: see `prepaid.rs`.
//!
//! Invariants: gross − Σ savings = total = Σ payments; the lines' shares add up to each saving; the
//! journal's entries of the order are its payments and its points.
//!
//! Deliberately absent: a counter for order numbers that all sales would wait for. The number is
//! computed from the order's moment and id ([`number`](model::number)).

pub mod api;
pub mod conduct;
pub mod export;
pub mod import;
pub mod lake;
pub mod model;
pub mod ops;
pub(crate) mod past;
pub(crate) mod prepaid;
mod promise;
pub mod reasons;
pub(crate) mod search;
pub mod store;

pub use model::{Checkout, CheckoutLine, Identity, Order, OrderId, OrderLine, Payment, Tender};
pub use ops::{checkout, checkout_proven};
pub use prepaid::{PassUse, Prepaid};
pub use promise::{Promise, PromisedLine};
