//! Tiers 等级: levels that members earn by what they buy, with benefits.
//!
//! Life cycle: a member is at a tier from a day until a day. Reaching a higher tier raises them at
//! once. Falling short lowers them only after the tier's validity and the scheme's grace are over;
//! whoever still qualifies at the end of the validity keeps the tier for another period. A refund
//! takes back the rise that the refunded purchase had brought. A tier set by hand stays until its
//! lock ends.
//!
//! Invariants: every change carries a [`TierSnapshot`] of what it was computed from; the totals are
//! net of returns. The upgrades that a refund may still undo are remembered on the member's row, so
//! that refunds in any order lead back to where the member was; only a refund can make the purchases
//! since an upgrade's window began fall short of it, time can't.
//!
//! A member without a row has never moved: they are at the highest tier that asks for nothing
//! ([`TierScheme::effective`]). A paid membership's tier lies beside the earned one until its last day
//! ([`Overlay`]); the higher of the two holds. Whoever is about to lose a tier is warned once
//! (`tier.downgrade_near`), so many days before. A tier's gift is given on the rise, once in a validity, and
//! taken back with a rise that a refund undoes. [`TierReader`] follows the member's purchases, [`midnight`] the days on
//! which time alone may change a tier.
//!
//! Deliberately not here: what was bought (the member slice's projection of purchases), growth
//! (`growth`), selling memberships (`membership`), and moving everybody when the scheme changes: members
//! follow with their next purchase or on their day.

pub mod api;
mod gifts;
mod model;
pub mod ops;
mod reader;
pub mod store;
#[cfg(test)]
mod tests;
mod why;

pub use model::*;
pub use ops::midnight;
pub use reader::TierReader;
pub use store::TierEntry;
pub use why::{TierStep, TierWhy};
