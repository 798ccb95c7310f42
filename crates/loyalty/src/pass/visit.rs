//! Which item of a pass a visit takes, and what it is worth.

use super::model::{HeldItem, Pass, PassId};
use crate::rule::Item;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Result, Uuid, money};
use shuke_ledger::{Holdings, LotId};
use utoipa::ToSchema;

/// Why a pass can't be used; the code is the translation key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PassWhyNot {
    /// It is another member's, or there is none.
    NotHeld,
    /// It rests.
    Frozen,
    /// Its last day is over.
    Expired {
        /// The last local day on which it could be used.
        #[schema(value_type = String, format = Date)]
        expires_on: Date,
    },
    /// What was left of it was refunded or given away.
    Ended,
    /// It is for other stores.
    WrongStore,
    /// None of its items pays for this.
    NoItem,
    /// Fewer visits are left than are asked for.
    UsedUp {
        /// Visits that are left.
        visits_left: i64,
    },
    /// A pass pays for whole visits.
    NotWhole,
}

/// What is to be paid with a pass.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The line of the order; 0 where there is none.
    pub line: i64,
    /// The pass.
    pub pass: PassId,
    /// The service; none where the item is named.
    pub item: Option<Item<'a>>,
    /// Which item of the pass; none for the first that pays for the service.
    pub index: Option<usize>,
    /// How many visits.
    pub visits: i64,
}

/// Where and when passes are used.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The store.
    pub store: Uuid,
    /// The local day in its zone.
    pub today: Date,
    /// The moment.
    pub now: Instant,
}

/// A visit that can be made: what it takes from which lots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The line of the order; 0 where there is none.
    pub line: i64,
    /// The pass.
    pub pass: PassId,
    /// Its place among those that were looked at.
    pub(super) place: usize,
    /// Which item of it.
    pub item: usize,
    /// How many visits.
    pub visits: i64,
    /// How many of them are taken from the lot of visits: all, or of an unlimited item those that still
    /// have a value.
    pub counted: i64,
    /// What is recognised, in minor units.
    pub value: Money,
    pub(super) visits_lot: LotId,
    pub(super) value_lot: Option<LotId>,
}

/// Chooses an item for each of what is wanted, one after the other: what one takes the next finds gone.
///
/// Errors: `pass_not_usable`, with the line and the reason.
pub fn choose(passes: &[Pass], holdings: &Holdings, wanted: &[Wanted<'_>], at: At) -> Result<Vec<Chosen>> {
    let mut chosen: Vec<Chosen> = Vec::with_capacity(wanted.len());
    for want in wanted {
        let one = choose_one(passes, holdings, want, at, &chosen).map_err(|why| {
            let why = serde_json::to_string(&why).unwrap_or_default();
            Error::refused("pass_not_usable", "a pass can't pay for this; take it off and try again").field(
                format!("/lines/{}/pass", want.line),
                "pass_not_usable",
                why,
            )
        })?;
        chosen.push(one);
    }
    Ok(chosen)
}

fn choose_one(passes: &[Pass], holdings: &Holdings, want: &Wanted<'_>, at: At, before: &[Chosen]) -> Result<Chosen, PassWhyNot> {
    if want.visits < 1 {
        return Err(PassWhyNot::NotWhole);
    }
    let place = passes.iter().position(|pass| pass.id == want.pass && pass.member == holdings.owner).ok_or(PassWhyNot::NotHeld)?;
    let pass = &passes[place];
    pass.why_not(at)?;
    let pays = |index: usize, held: &HeldItem| match (want.index, want.item) {
        (Some(named), _) => named == index,
        (None, Some(item)) => held.terms.services.contains(item),
        (None, None) => pass.items.len() == 1,
    };
    let mut missing = PassWhyNot::NoItem;
    for (index, held) in pass.items.iter().enumerate().filter(|(index, held)| pays(*index, held)) {
        let taken = before.iter().filter(|other| other.visits_lot == held.visits_lot);
        let (visits_gone, value_gone) = taken.fold((0, 0), |(n, v), other| (n + other.counted, v + other.value.0));
        let left = Pass::visits_left(held, holdings) - visits_gone;
        let usable = holdings.lot(held.visits_lot).is_none_or(|lot| lot.remaining == 0 || lot.usable(at.now));
        let counted = if held.terms.visits.is_some() { want.visits } else { want.visits.min(left) };
        if !usable || left < counted || (held.terms.visits.is_none() && pass.ended_on.is_some()) {
            missing = PassWhyNot::UsedUp { visits_left: if usable { left } else { 0 } };
            continue;
        }
        let value = recognised(Pass::value_left(held, holdings).0 - value_gone, left, counted);
        let (visits_lot, value_lot) = (held.visits_lot, held.value_lot);
        return Ok(Chosen {
            line: want.line,
            pass: want.pass,
            place,
            item: index,
            visits: want.visits,
            counted,
            value,
            visits_lot,
            value_lot,
        });
    }
    Err(missing)
}

impl Pass {
    fn why_not(&self, at: At) -> Result<(), PassWhyNot> {
        match (self.frozen_on, self.expires_on) {
            (Some(_), _) => Err(PassWhyNot::Frozen),
            (_, Some(expires_on)) if expires_on < at.today => Err(PassWhyNot::Expired { expires_on }),
            _ if self.ended_on.is_some() && self.items.iter().all(|item| item.terms.visits.is_none()) => Err(PassWhyNot::Ended),
            _ if !self.stores.is_empty() && !self.stores.contains(&at.store) => Err(PassWhyNot::WrongStore),
            _ => Ok(()),
        }
    }
}

/// What so many of the visits that are left recognise of the value that is left: an equal part, half
/// rounded away from zero, so that whatever is undone in between the last visit takes the last cent.
pub(super) fn recognised(value_left: i64, visits_left: i64, visits: i64) -> Money {
    if visits_left <= 0 {
        return Money::ZERO;
    }
    Money(money::mul_div(value_left, visits, visits_left).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever visits are made and undone in whatever order, what is recognised adds up to the price
        /// when none is left, and no visit is a cent further from its share than it must be.
        #[test]
        fn the_last_visit_takes_the_last_cent(price in 0_i64..1_000_000, visits in 1_i64..60, steps in prop::collection::vec((any::<bool>(), 0_usize..60, 1_i64..4), 0..80)) {
            let (mut value, mut left) = (price, visits);
            let mut made: Vec<(i64, i64)> = Vec::new();
            for (undo, which, count) in steps {
                if undo && !made.is_empty() {
                    let (n, worth) = made.swap_remove(which % made.len());
                    (value, left) = (value + worth, left + n);
                } else if left > 0 {
                    let n = count.min(left);
                    let worth = recognised(value, left, n).0;
                    prop_assert!(worth >= 0 && (worth * visits - price * n).abs() <= (n + 1) * visits * 2, "{worth} for {n} of {visits} at {price}");
                    made.push((n, worth));
                    (value, left) = (value - worth, left - n);
                }
                prop_assert!(value >= 0);
            }
            while left > 0 {
                let worth = recognised(value, left, 1).0;
                (value, left) = (value - worth, left - 1);
            }
            prop_assert_eq!(value, 0);
        }
    }

    #[test]
    fn an_empty_item_is_worth_nothing() {
        assert_eq!(recognised(0, 0, 1), Money::ZERO);
        assert_eq!((recognised(100, 3, 1), recognised(67, 2, 1), recognised(33, 1, 1)), (Money(33), Money(34), Money(33)));
    }
}
