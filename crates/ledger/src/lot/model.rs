//! Which lot is taken, and how much.

use crate::AccountKind;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Uuid, Zone};
use utoipa::ToSchema;

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
    /// What was taken back of it while it was spent, and became debt: owed when it comes back.
    pub short: i64,
    /// What of it ran out of time, and was not taken back since.
    pub expired: i64,
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

/// A lot as it is shown. Amounts are points, or minor units.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LotView {
    /// Its id.
    pub id: LotId,
    /// What it holds.
    pub kind: AccountKind,
    /// What it was granted with.
    pub granted: i64,
    /// What is left.
    pub remaining: i64,
    /// Not before this moment.
    pub available_at: Instant,
    /// The last local day on which it can be used.
    #[schema(value_type = Option<String>, format = Date)]
    pub expires_on: Option<Date>,
    /// The moment from which it can't.
    pub expires_at: Option<Instant>,
    /// What granted it.
    pub source_id: Uuid,
    /// When.
    pub created_at: Instant,
}

impl From<Lot> for LotView {
    fn from(lot: Lot) -> Self {
        Self {
            id: lot.id,
            kind: lot.kind,
            granted: lot.granted,
            remaining: lot.remaining,
            available_at: lot.available_at,
            expires_on: lot.expires_on,
            expires_at: lot.expires_at,
            source_id: lot.source_id,
            created_at: lot.created_at,
        }
    }
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

/// Takes `amount` from the usable lots of a kind, by expiry and age. The caller has made sure that
/// there is enough; what is missing is not taken.
pub(crate) fn take(lots: &mut [Lot], kind: AccountKind, amount: i64, now: Instant) -> Vec<Allocation> {
    let mut order: Vec<usize> = (0..lots.len()).filter(|index| lots[*index].kind == kind && lots[*index].usable(now)).collect();
    order.sort_by_key(|index| lots[*index].order());
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
            short: 0,
            expired: 0,
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
        let taken = take(&mut lots, AccountKind::Points, 35, Instant(200));
        let ids: Vec<u128> = taken.iter().map(|t| t.lot.0.as_u128()).collect();
        assert_eq!(ids, [4, 3, 2, 1], "lot 5 expired at 100; lots 3 and 4 end together and 4 is older");
        assert_eq!(taken.iter().map(|t| t.amount).sum::<i64>(), -35);
        assert_eq!(lots[0].remaining, 5);
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
