//! Tiers 等级: levels that members earn by what they buy, with benefits.
//!
//! Life cycle: a member is at a tier from a day until a day. Reaching a higher tier raises them at
//! once. Falling short lowers them only after the tier's validity and the scheme's grace are over;
//! whoever still qualifies at the end of the validity keeps the tier for another period. A refund
//! takes back the rise that the refunded purchase had brought. A tier set by hand stays until its
//! lock ends.
//!
//! Invariants: every change carries a [`TierSnapshot`] of what it was computed from; the totals are
//! net of returns.
//!
//! Deliberately not here: adding up the totals (the store does), paid membership (a product that
//! overlays the tier), and growth value.

pub mod api;
mod model;
pub mod ops;
mod reader;
pub mod store;

pub use model::*;
pub use ops::midnight;
pub use reader::TierReader;
pub use store::TierEntry;
