//! What the readers of this crate take from a sale's events.

use crate::points_kind::ops::Told;
use crate::rule::Item;
use crate::stamp::StampLine;
use serde::Deserialize;
use shuke_kernel::{Date, Money, Points, Uuid};
use shuke_member::MemberId;

/// What of `sale.completed` is read here. What an older event lacks counts as none.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Completed {
    pub(crate) order: Uuid,
    pub(crate) member: Option<MemberId>,
    #[serde(default)]
    pub(crate) store: Option<Uuid>,
    pub(crate) date: Date,
    pub(crate) amount: Money,
    #[serde(default)]
    pub(crate) points_spent: Points,
    /// What it earned of further kinds of points.
    #[serde(default)]
    pub(crate) kinds: Vec<Told>,
    /// Told only where something follows from them.
    #[serde(default)]
    pub(crate) lines: Vec<SoldLine>,
}

/// A line of a sale.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SoldLine {
    pub(crate) line: i64,
    pub(crate) product: Uuid,
    pub(crate) variant: Option<Uuid>,
    pub(crate) categories: Vec<Uuid>,
    pub(crate) special: bool,
    pub(crate) quantity_milli: i64,
    pub(crate) net: Money,
}

impl SoldLine {
    /// What scopes look at.
    pub(crate) fn item(&self) -> Item<'_> {
        Item { product: self.product, variant: self.variant, categories: &self.categories, special: self.special }
    }
    /// As a stamp card keeps it.
    pub(crate) const fn stamped(&self) -> StampLine {
        StampLine { line: self.line, quantity_milli: self.quantity_milli, net: self.net, refunded_milli: 0 }
    }
}

/// What of `sale.refunded` is read here: the parts say what of the order is undone by now.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Refunded {
    pub(crate) order: Uuid,
    pub(crate) whole: bool,
    #[serde(default)]
    pub(crate) undone: Undone,
    /// The lines that this refund took something back of.
    #[serde(default)]
    pub(crate) lines: Vec<BackLine>,
}

/// How much of a line is taken back by now.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct BackLine {
    pub(crate) line: i64,
    pub(crate) to_milli: i64,
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
