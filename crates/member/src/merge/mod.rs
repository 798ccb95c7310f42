//! Merges 会员合并: two records of one customer become one.
//!
//! Life cycle: done → undone, within the days that the merchant's settings give, as long as nothing
//! of what came over was used since. The absorbed member stays as a row that leads to the survivor:
//! its number, its phone and its cards open the survivor from then on. Everything else follows in the
//! same transaction, part by part ([`crate::belonging`]): value by a journal that carries the very lots
//! over (so that a refund of an old order is as exact as before), orders, coupons, cards, tags,
//! dependents, consents, notes, preferences, groups. Where the survivor lacks something of the
//! profile, it takes the absorbed one's.
//!
//! Invariants: a member is absorbed once at a time (a unique index says so); an account that was
//! merged away takes nothing any more (a CHECK on it), so a sale that had read the member before is
//! refused; each part keeps what undoing it needs, and undoing puts back exactly that, with what readers counted
//! for the survivor only later of sales to the absorbed member ([`ops::heir`] notes it).
//!
//! Deliberately not here: finding duplicates, and merging a person with a group.

pub mod api;
mod model;
pub mod ops;
mod own;
mod store;

pub use model::{Merge, MergeDraft, MergeId};
pub use own::OwnPart;
