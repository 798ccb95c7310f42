//! Purchases and refunds as values.

use crate::MemberId;
use shuke_kernel::{Date, Money, Uuid};
use shuke_org::StoreId;

/// An order of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// The buyer.
    pub member: MemberId,
    /// The order.
    pub order: Uuid,
    /// Where.
    pub store: Option<StoreId>,
    /// The store's local date.
    pub date: Date,
    /// What was sold, in minor units; negative for a return without its order.
    pub amount: Money,
    /// Whether it is a purchase for count, dates and stage; false for a return without its order.
    pub counts: bool,
}

/// What was given back of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The buyer.
    pub member: MemberId,
    /// The order.
    pub order: Uuid,
    /// What was given back by this refund, in minor units.
    pub amount: Money,
    /// Whether nothing is left of the order now.
    pub whole: bool,
}

/// What purchases add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Purchases that count.
    pub orders: i64,
    /// Net of refunds and returns.
    pub amount: Money,
    /// Date of the first that counts.
    pub first_on: Option<Date>,
    /// Date of the last that counts.
    pub last_on: Option<Date>,
}

/// A member whose stored figures (first) are not what the orders add up to (second).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Who.
    pub member: MemberId,
    /// Purchases that count.
    pub orders: (i64, i64),
    /// Net of refunds.
    pub amount: (Money, Money),
    /// Date of the first purchase; empty where there is none.
    pub first_on: (String, String),
    /// Date of the last one.
    pub last_on: (String, String),
}
