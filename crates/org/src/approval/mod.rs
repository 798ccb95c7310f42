//! Approval 复核: a second person's word for a write above the merchant's limit.
//!
//! Life cycle: asked for (`waiting`), then given or declined by somebody else, then used by the write
//! itself. Who decides may do it from their own session, or with their name and password at the device
//! of the one who asks; either way they hold `approval:give` and the permission of the write, in its
//! store. What is neither decided nor used in the policy's time has run out.
//!
//! Invariants: an approval is good for one kind of write, one thing (an order, a member) and one amount,
//! for the one who asked for it, once: the write takes it by a guarded UPDATE in its own transaction.
//! Nobody decides about what they asked for (a constraint). Every step is in the audit log.
//!
//! A slice whose write may need one calls [`ops::require`] before it moves anything. What is held
//! against the limit may be more than this write's amount, so that a large sum can't be split into
//! small ones: a refund counts what the order has given back before.
//!
//! Deliberately absent: chains of several approvers.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Approval, ApprovalAsk, ApprovalId, ApprovalKind, ApprovalPolicy, ApprovalState, Wanted};
