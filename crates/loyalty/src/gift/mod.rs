//! Gifts: what rules give beyond the points of a purchase: points and coupons for a full stamp card, a
//! streak of visits, a new tier.
//!
//! Life cycle: given once for its cause and place → taken back when the cause is undone → given again
//! when it comes true again. Points are taken back as a refund takes them (what was spent becomes debt,
//! or is forgiven); coupons only where none of them was used, else the gift stays.
//!
//! Invariants: one gift for a cause and place at a time; what can't be issued (a template that is
//! stopped, used up, or over a member's limit) is left out and told, and doesn't hold up the rest.
//!
//! Deliberately not here: who deserves one (`stamp`, `streak`, `tier`).

mod model;
pub(crate) mod ops;
pub(crate) mod store;
mod verify;

pub use model::{Cause, Gift, Given};
pub use verify::check;
