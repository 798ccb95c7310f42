//! Which lot is taken, and how much.

use crate::AccountKind;
use shuke_kernel::{Date, Instant, Uuid, Zone};

shuke_kernel::id!(LotId, "A lot of points, principal or bonus.");

/// When a new lot can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotTerms {
    /// Not before this moment.
    pub available_at: Instant,
    /// Last local day and the moment at which it ends; none never expires.
    pub expires: Option<(Date, Instant)>,
}

impl LotTerms {
    /// Usable from now on; expires when a local day ends.
    pub fn until(now: Instant, last_day: Option<Date>, zone: &Zone) -> Self {
        Self { available_at: now, expires: last_day.map(|day| (day, zone.end(day))) }
    }
}

/// A lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// What it holds.
    pub kind: AccountKind,
    /// Its id.
    pub id: LotId,
    /// What it was granted with.
    pub granted: i64,
    /// What is left.
    pub remaining: i64,
    /// Not before this moment.
    pub available_at: Instant,
    /// Not from this moment on.
    pub expires_at: Option<Instant>,
    /// The local day at whose end it expires.
    pub expires_on: Option<Date>,
    /// What granted it.
    pub source_id: Uuid,
    /// When.
    pub created_at: Instant,
}

impl Lot {
    /// Whether it can be spent from now.
    pub fn usable(&self, now: Instant) -> bool {
        self.remaining > 0 && self.available_at <= now && self.expires_at.is_none_or(|end| end > now)
    }
    /// Gives it a new end.
    pub(crate) const fn expire(&mut self, until: (Date, Instant)) {
        (self.expires_on, self.expires_at) = (Some(until.0), Some(until.1));
    }
    pub(crate) fn order(&self) -> (bool, Instant, Instant, LotId) {
        (self.expires_at.is_none(), self.expires_at.unwrap_or_default(), self.created_at, self.id)
    }
}

/// An amount taken from a lot (negative) or given back to it (positive).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The lot.
    pub lot: LotId,
    /// Below zero: taken; above: given back.
    pub amount: i64,
}

/// Takes `amount` from the usable lots of a kind by expiry and age. Those that the source `first`
/// granted go before all others, even where they are not usable; these very first, because no hold
/// counts on them. The caller has made sure that there is enough; what is missing is not taken.
pub(crate) fn take(lots: &mut [Lot], kind: AccountKind, amount: i64, now: Instant, first: Option<Uuid>) -> Vec<Allocation> {
    let own = |lot: &Lot| first == Some(lot.source_id);
    let can = |lot: &Lot| lot.kind == kind && lot.remaining > 0 && (lot.usable(now) || own(lot));
    let mut order: Vec<usize> = (0..lots.len()).filter(|index| can(&lots[*index])).collect();
    order.sort_by_key(|index| (!own(&lots[*index]), lots[*index].usable(now), lots[*index].order()));
    let mut left = amount;
    let mut taken = Vec::new();
    for index in order {
        if left == 0 {
            break;
        }
        let part = left.min(lots[index].remaining);
        lots[index].remaining -= part;
        left -= part;
        taken.push(Allocation { lot: lots[index].id, amount: -part });
    }
    taken
}

/// Splits what goes back over the lots it was taken from: the last taken is restored first, none
/// gets more than was taken from it and not yet given back. `taken` is the net per lot, in the order
/// in which lots are taken, below zero where something is out.
pub(crate) fn give_back(taken: &[Allocation], amount: i64) -> Vec<Allocation> {
    let mut left = amount;
    let mut back = Vec::new();
    for allocation in taken.iter().rev() {
        let part = left.min(-allocation.amount);
        if part > 0 {
            back.push(Allocation { lot: allocation.lot, amount: part });
            left -= part;
        }
    }
    back
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lot(id: u128, remaining: i64, expires: Option<i64>, created: i64) -> Lot {
        Lot {
            kind: AccountKind::Points,
            id: LotId(Uuid::from_u128(id)),
            granted: remaining,
            remaining,
            available_at: Instant(0),
            expires_at: expires.map(Instant),
            expires_on: None,
            source_id: Uuid::from_u128(id + 100),
            created_at: Instant(created),
        }
    }

    #[test]
    fn the_soonest_expiry_goes_first_then_the_oldest_then_what_never_expires() {
        let mut lots =
            [lot(1, 10, None, 0), lot(2, 10, Some(500), 3), lot(3, 10, Some(300), 5), lot(4, 10, Some(300), 4), lot(5, 10, Some(100), 0)];
        let taken = take(&mut lots, AccountKind::Points, 35, Instant(200), None);
        let ids: Vec<u128> = taken.iter().map(|t| t.lot.0.as_u128()).collect();
        assert_eq!(ids, [4, 3, 2, 1], "lot 5 expired at 100; lots 3 and 4 end together and 4 is older");
        assert_eq!(taken.iter().map(|t| t.amount).sum::<i64>(), -35);
        assert_eq!(lots[0].remaining, 5);
    }

    #[test]
    fn a_claw_back_takes_the_lot_that_the_order_granted_first() {
        let mut lots = [lot(1, 10, Some(300), 0), lot(2, 10, Some(900), 0)];
        let taken = take(&mut lots, AccountKind::Points, 12, Instant(0), Some(Uuid::from_u128(102)));
        assert_eq!(taken.iter().map(|t| (t.lot.0.as_u128(), t.amount)).collect::<Vec<_>>(), [(2, -10), (1, -2)]);
    }

    #[test]
    fn what_goes_back_goes_to_the_lots_it_came_from() {
        let a = LotId(Uuid::from_u128(1));
        let b = LotId(Uuid::from_u128(2));
        let taken = [Allocation { lot: a, amount: -50 }, Allocation { lot: b, amount: -30 }];
        assert_eq!(give_back(&taken, 40), [Allocation { lot: b, amount: 30 }, Allocation { lot: a, amount: 10 }]);
        assert_eq!(
            give_back(&[Allocation { lot: a, amount: -40 }, Allocation { lot: b, amount: 0 }], 40),
            [Allocation { lot: a, amount: 40 }]
        );
    }
}
