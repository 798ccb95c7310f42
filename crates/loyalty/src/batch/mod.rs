//! Batches of codes 兑换码: codes to be printed or sent, which a member turns into coupons.
//!
//! Life cycle: a batch makes so many codes of a template. A code is claimed once: it becomes a coupon of
//! the member who shows it, under the template's budget and limits at that moment. A batch that is
//! revoked takes back the coupons that can still be used, and its codes are worth nothing.
//!
//! Invariants, held by the database: a code becomes one coupon; a code has 80 bits that nobody can guess,
//! and who tries has to wait. The code itself is stored nowhere: it is derived from the server's key, the
//! batch and its number, and found by a keyed hash, so a copy of the database gives none away.
//!
//! Deliberately not here: the coupons (`coupon`). A batch reserves nothing of the template's budget.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::*;
