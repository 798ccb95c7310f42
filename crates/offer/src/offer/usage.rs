//! Counting what offers give, in the transaction of the sale, and giving it back in the refund's.
//!
//! Rows are written in the order of offer and period, after the member's accounts and coupons and
//! before stock: two sales that need the same counters wait for each other in one order.

use super::{CouponGrant, Guard, OfferId, store};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_kernel::{Cx, Money, Result, Uuid};
use utoipa::ToSchema;

/// An offer that applied to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppliedOffer {
    /// The offer.
    pub offer: OfferId,
    /// The version that priced the order.
    pub version: i64,
    /// What it was called.
    pub name: String,
    /// What it took off, in minor units.
    pub saved: Money,
    /// Whether the use was taken from a budget.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub budget: bool,
    /// The member's counters that the use was taken from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// Coupons that are issued for it after the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupons: Option<CouponGrant>,
}

impl AppliedOffer {
    /// Whether any counter knows of it.
    pub const fn is_counted(&self) -> bool {
        self.budget || !self.guards.is_empty()
    }
}

/// A counter that a use takes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counter {
    pub(super) offer: OfferId,
    /// The period of a member's counter; [`store::BUDGET`] for the offer's budget.
    pub(super) period: String,
    pub(super) money: Money,
    pub(super) max: i64,
}

impl Counter {
    pub(super) fn is_budget(&self) -> bool {
        self.period == store::BUDGET
    }
}

fn counters<'a>(applied: impl IntoIterator<Item = (&'a AppliedOffer, Money)>) -> Vec<Counter> {
    let mut counters = Vec::new();
    for (applied, money) in applied {
        if applied.budget {
            counters.push(Counter { offer: applied.offer, period: store::BUDGET.to_owned(), money, max: 0 });
        }
        let guard = |guard: &Guard| Counter { offer: guard.offer, period: guard.period.clone(), money: Money::ZERO, max: guard.max };
        counters.extend(applied.guards.iter().map(guard));
    }
    counters.sort();
    // The first purchase is one, however many offers are for it.
    counters.dedup();
    counters
}

/// Takes the uses of an order from the counters. Without counted offers it writes nothing.
///
/// Errors: `offer_budget_exhausted`, `offer_member_limit` (at the latest with the commit).
pub async fn take(tx: &mut Tx, cx: &Cx, order: Uuid, member: Option<Uuid>, applied: &[AppliedOffer]) -> Result<()> {
    let counters = counters(applied.iter().map(|applied| (applied, applied.saved)));
    if counters.is_empty() {
        return Ok(());
    }
    tx.queue(store::uses_stmt(cx.merchant, order, member, &counters)).await?;
    for counter in counters.iter().filter(|counter| counter.is_budget()) {
        tx.queue(store::spend_stmt(cx.merchant, counter.offer, 1, counter.money)).await?;
    }
    let guards: Vec<&Counter> = counters.iter().filter(|counter| !counter.is_budget()).collect();
    if let Some(member) = member.filter(|_| !guards.is_empty()) {
        tx.queue(store::count_stmt(cx.merchant, member, &guards)).await?;
    }
    Ok(())
}

/// What a refund gives back of an offer.
#[derive(Clone, Debug)]
pub struct GivenBack<'a> {
    /// The offer.
    pub applied: &'a AppliedOffer,
    /// The part of its saving that is undone now, in minor units.
    pub money: Money,
    /// Whether nothing is left of its use now, and something was before.
    pub whole: bool,
}

/// Gives uses back to their counters. With `undone`, nothing is left of the order: only then a first
/// purchase is none.
pub async fn give_back(
    tx: &mut Tx,
    cx: &Cx,
    order: (Uuid, &[AppliedOffer]),
    member: Option<Uuid>,
    back: &[GivenBack<'_>],
    undone: bool,
) -> Result<()> {
    let (order, applied) = order;
    let budgets = counters(back.iter().map(|back| (back.applied, back.money)));
    for counter in budgets.iter().filter(|counter| counter.is_budget()) {
        let whole = back.iter().any(|back| back.applied.offer == counter.offer && back.whole);
        tx.queue(store::back_stmt(cx.merchant, order, counter, whole)).await?;
        tx.queue(store::spend_stmt(cx.merchant, counter.offer, -i64::from(whole), -counter.money)).await?;
    }
    let Some(member) = member else { return Ok(()) };
    let first = Guard::first_purchase();
    let is_first = |counter: &Counter| (counter.offer, &counter.period) == (first.offer, &first.period);
    let mut guards = counters(back.iter().filter(|back| back.whole).map(|back| (back.applied, Money::ZERO)));
    guards.retain(|counter| !counter.is_budget() && !is_first(counter));
    if undone {
        guards.extend(counters(applied.iter().map(|applied| (applied, Money::ZERO))).into_iter().filter(is_first));
        guards.sort();
    }
    for counter in &guards {
        tx.queue(store::back_stmt(cx.merchant, order, counter, true)).await?;
        tx.queue(store::free_stmt(cx.merchant, member, counter)).await?;
    }
    Ok(())
}
