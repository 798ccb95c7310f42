//! What the readers of this crate take from a sale's events.

use serde::Deserialize;
use shuke_kernel::{Date, Money, Points, Uuid};
use shuke_member::MemberId;

/// What of `sale.completed` is read here. What an older event lacks counts as none.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Completed {
    pub(crate) order: Uuid,
    pub(crate) member: Option<MemberId>,
    pub(crate) date: Date,
    #[serde(default)]
    pub(crate) points_spent: Points,
}

/// What of `sale.refunded` is read here: the parts say what of the order is undone by now.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Refunded {
    pub(crate) order: Uuid,
    pub(crate) member: Option<MemberId>,
    pub(crate) whole: bool,
    #[serde(default)]
    pub(crate) undone: Undone,
}

/// What of an order all its refunds have undone until now, beside what it was.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Undone {
    pub(crate) points_earned: Part<Points>,
    pub(crate) points_spent: Part<Points>,
    pub(crate) total: Part<Money>,
}

/// `done` of `whole`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Part<T: Default> {
    pub(crate) done: T,
    pub(crate) whole: T,
}
