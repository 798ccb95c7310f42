//! A pass that was sold.

use super::plan::{PassItem, PassPlanId, PassRefundTerms, PassValidity};
use crate::prepaid::PrepaidPayment;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Money, Result, Uuid, id, money, text_enum, time};
use shuke_ledger::{AccountKind, Holdings, LotId};
use utoipa::ToSchema;

id!(PassId, "A pass that a member bought.");

/// An item of a pass: its terms, what was paid for it, and the lots in which it sits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldItem {
    /// What it gives.
    pub terms: PassItem,
    /// What was paid for it, in minor units.
    pub paid: Money,
    /// The visits over which that is recognised.
    pub counted: i64,
    /// The lot of visits.
    pub visits_lot: LotId,
    /// The lot of value; none where nothing was paid.
    pub value_lot: Option<LotId>,
}

/// A pass as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The pass.
    pub id: PassId,
    /// The plan it was sold by.
    pub plan: PassPlanId,
    /// The plan's name when it was sold.
    pub name: String,
    /// Whose it is.
    pub member: Uuid,
    /// The store that sold it.
    pub store: Uuid,
    /// What was paid, in minor units.
    pub price: Money,
    /// How.
    pub payments: Vec<PrepaidPayment>,
    /// Its items.
    pub items: Vec<HeldItem>,
    /// On which days it can be used.
    pub validity: PassValidity,
    /// In which stores; empty for all.
    pub stores: Vec<Uuid>,
    /// Whether what is left may be given to another member.
    pub transferable: bool,
    /// How it is refunded.
    pub refund: PassRefundTerms,
    /// The first local day; none where it begins with the first visit.
    pub starts_on: Option<Date>,
    /// The last local day; none for ever, or where it has not begun.
    pub expires_on: Option<Date>,
    /// Since when it is frozen.
    pub frozen_on: Option<Date>,
    /// The local day on which what was left of it was refunded or given away.
    pub ended_on: Option<Date>,
    /// Visits made and not undone.
    pub uses: i64,
    /// What was given back of the price.
    pub refunded: Money,
    /// The pass that it was given from.
    pub origin: Option<PassId>,
    /// When it was bought.
    pub at: Instant,
}

/// What is frozen with a pass, apart from its own columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Frozen {
    pub(super) items: Vec<HeldItem>,
    pub(super) validity: PassValidity,
    pub(super) stores: Vec<Uuid>,
    pub(super) transferable: bool,
    pub(super) refund: PassRefundTerms,
}

text_enum! {
    /// Where a pass is in its life.
    pub enum PassState {
        /// Can be used, within its days.
        Active = "active",
        /// Its days begin with the first visit, which was not made yet.
        Waiting = "waiting",
        /// Rests until it is thawed.
        Frozen = "frozen",
        /// Nothing is left.
        UsedUp = "used_up",
        /// Its last day is over.
        Expired = "expired",
    }
}

/// An item of a pass as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemView {
    /// What it gives.
    pub terms: PassItem,
    /// What was paid for it, in minor units.
    pub paid: Money,
    /// Visits left; none where any number may be made.
    pub visits_left: Option<i64>,
    /// What of the payment is still to be recognised, in minor units.
    pub value_left: Money,
}

/// A pass as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassView {
    /// The pass.
    pub id: PassId,
    /// The plan it was sold by.
    pub plan: PassPlanId,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub member: Uuid,
    /// The store that sold it.
    pub store: Uuid,
    /// Where it is in its life.
    pub state: PassState,
    /// What was paid, in minor units.
    pub price: Money,
    /// How.
    pub payments: Vec<PrepaidPayment>,
    /// Its items.
    pub items: Vec<ItemView>,
    /// On which days it can be used.
    pub validity: PassValidity,
    /// In which stores; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// The first local day, where it has begun.
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<Date>,
    /// The last local day; none for ever, or where it has not begun.
    #[schema(value_type = Option<String>, format = Date)]
    pub expires_on: Option<Date>,
    /// Since when it is frozen.
    #[schema(value_type = Option<String>, format = Date)]
    pub frozen_on: Option<Date>,
    /// The local day on which what was left of it was refunded or given away.
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<Date>,
    /// Visits made and not undone.
    pub uses: i64,
    /// What was given back of the price, in minor units.
    pub refunded: Money,
    /// The pass that it was given from.
    pub origin: Option<PassId>,
    /// When it was bought.
    pub at: Instant,
}

impl Pass {
    /// Visits left in an item's lot.
    pub(super) fn visits_left(item: &HeldItem, holdings: &Holdings) -> i64 {
        holdings.lot(item.visits_lot).map_or(0, |lot| lot.remaining)
    }
    /// Value left in an item's lot.
    pub(super) fn value_left(item: &HeldItem, holdings: &Holdings) -> Money {
        Money(item.value_lot.and_then(|lot| holdings.lot(lot)).map_or(0, |lot| lot.remaining))
    }
    /// Its lots, of visits and of value.
    pub(super) fn lots(&self) -> Vec<LotId> {
        self.items.iter().flat_map(|item| [Some(item.visits_lot), item.value_lot]).flatten().collect()
    }

    /// As it is shown on a local day, with what its member holds.
    pub fn view(&self, holdings: &Holdings, today: Date) -> PassView {
        let items: Vec<ItemView> = self
            .items
            .iter()
            .map(|item| ItemView {
                terms: item.terms.clone(),
                paid: item.paid,
                visits_left: item.terms.visits.map(|_| Self::visits_left(item, holdings)),
                value_left: Self::value_left(item, holdings),
            })
            .collect();
        // An unlimited item goes on after its value is recognised, until its days are over or it is ended.
        let gone = |item: &HeldItem| Self::visits_left(item, holdings) == 0 && (item.terms.visits.is_some() || self.ended_on.is_some());
        let state = if self.frozen_on.is_some() {
            PassState::Frozen
        } else if self.expires_on.is_some_and(|last| last < today) {
            PassState::Expired
        } else if self.items.iter().all(gone) {
            PassState::UsedUp
        } else if self.starts_on.is_none() {
            PassState::Waiting
        } else {
            PassState::Active
        };
        PassView {
            id: self.id,
            plan: self.plan,
            name: self.name.clone(),
            member: self.member,
            store: self.store,
            state,
            price: self.price,
            payments: self.payments.clone(),
            items,
            validity: self.validity,
            stores: self.stores.clone(),
            starts_on: self.starts_on,
            expires_on: self.expires_on,
            frozen_on: self.frozen_on,
            ended_on: self.ended_on,
            uses: self.uses,
            refunded: self.refunded,
            origin: self.origin,
            at: self.at,
        }
    }
}

/// What a refund would give back, and keep. Minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassRefundQuote {
    /// What is still to be recognised of the price.
    pub value_left: Money,
    /// What is given back.
    pub amount: Money,
    /// What the shop keeps: the fee, and what the terms don't give back.
    pub kept: Money,
}

impl Pass {
    /// What is given back on a local day for what is left, by the plan's terms: never more than is still
    /// to be recognised.
    pub fn refund_quote(&self, holdings: &Holdings, today: Date) -> Result<PassRefundQuote> {
        use super::plan::PassRefundMethod;
        let value_left = Money::sum(self.items.iter().map(|item| Self::value_left(item, holdings)))?;
        let base = match self.refund.method {
            PassRefundMethod::Never => Money::ZERO,
            PassRefundMethod::ProRata => Money::sum(
                self.items.iter().map(|item| self.by_days(item, Self::value_left(item, holdings), today)).collect::<Result<Vec<_>>>()?,
            )?,
            PassRefundMethod::ListPrice => {
                let used = |item: &HeldItem| {
                    let made = item.counted - Self::visits_left(item, holdings);
                    money::mul_div(item.terms.worth.0, made, 1)
                };
                let made: i64 = self.items.iter().map(used).sum::<Result<i64>>()?;
                Money((self.price.0 - self.refunded.0 - made).clamp(0, value_left.0))
            }
        };
        let amount = Money(base.0 - self.refund.fee.of(base)?.0);
        Ok(PassRefundQuote { value_left, amount, kept: Money(value_left.0 - amount.0) })
    }

    /// An unlimited item is worth the days that are left of it, if that is less.
    fn by_days(&self, item: &HeldItem, left: Money, today: Date) -> Result<Money> {
        let (None, Some(first), Some(last)) = (item.terms.visits, self.starts_on, self.expires_on) else { return Ok(left) };
        let all = time::days_between(first, last) + 1;
        let ahead = (time::days_between(today, last) + 1).clamp(0, all);
        Ok(left.min(Money(money::mul_div(item.paid.0, ahead, all.max(1))?)))
    }
}

/// The kinds of a pass's lots: visits, and the value still to be recognised.
pub(super) const VISITS: AccountKind = AccountKind::PassVisits;
pub(super) const VALUE: AccountKind = AccountKind::PassValue;
