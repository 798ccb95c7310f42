//! The pass.

use crate::orders::{NO_MINUTE, dates};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What is kept of a member: 32 bytes, which never lie on two lines of the processor's cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(32))]
pub struct Member {
    /// Minor units, returns taken off where asked for.
    pub money: i64,
    /// Day of the first purchase.
    pub first_day: i32,
    /// Day of the last purchase.
    pub last_day: i32,
    /// Purchases.
    pub orders: u32,
    /// Days with a purchase.
    pub days: u32,
    pub(crate) first_month: u16,
    pub(crate) last_month: u16,
}

impl Member {
    /// Nothing yet.
    pub const NEW: Self = Self { money: 0, first_day: 0, last_day: i32::MIN, orders: 0, days: 0, first_month: 0, last_month: 0 };

    /// A member as a query found her; no purchases, no days.
    #[cfg(feature = "sql")]
    pub(crate) fn of(money: i64, purchases: Option<(i32, i32)>, orders: u32, days: u32) -> Self {
        let Some((first_day, last_day)) = purchases else { return Self { money, ..Self::NEW } };
        let month = |day: i32| MONTH_OF_DAY.get(day.wrapping_sub(FIRST_DAY) as usize).copied().unwrap_or(0);
        Self { money, first_day, last_day, orders, days, first_month: month(first_day), last_month: month(last_day) }
    }
}

/// A cohort's month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct CohortCell {
    /// Members of the cohort who bought in the month.
    pub members: u64,
    /// Minor units that they spent in it.
    pub money: i64,
}

/// A month of the whole shop: the four growth levers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Month {
    /// Members who bought for the first time.
    pub new_members: u64,
    /// Members who bought.
    pub buyers: u64,
    /// Purchases.
    pub orders: u64,
    /// Minor units.
    pub money: i64,
}

/// Day 0 of the tables: 1900-01-01.
pub(crate) const FIRST_DAY: i32 = -25_567;
/// Days from there to 2200-12-31.
pub(crate) const DAYS: usize = 109_938;

/// The month of each day, counted from 1900-01.
static MONTH_OF_DAY: LazyLock<Vec<u16>> = LazyLock::new(|| {
    (0..DAYS).map(|day| u16::try_from(dates::month_of(FIRST_DAY + i32::try_from(day).unwrap_or(0)) + 840).unwrap_or(0)).collect()
});

/// Months of the tables.
pub(crate) const MONTHS: usize = 3_612;

/// Gaps longer than this many days count as this long.
pub(crate) const GAP_MAX: usize = 20_000;

/// Members that are looked at ahead, so that their memory is on its way.
const AHEAD: usize = 32;

/// The month that the pass is in. What happens in it is put together here and added to the others when it ends, since
/// orders that come in the order of time stay in one for long.
#[derive(Debug)]
struct Current {
    month: u16,
    shop: Month,
    /// By the month of the first purchase.
    cohorts: Vec<CohortCell>,
    /// The first and the last of them that was written to.
    touched: (u16, u16),
}

impl Current {
    fn new() -> Self {
        Self { month: 0, shop: Month::default(), cohorts: vec![CohortCell::default(); MONTHS], touched: (u16::MAX, 0) }
    }
    #[inline]
    fn cohort(&mut self, month: u16) -> &mut CohortCell {
        self.touched = (self.touched.0.min(month), self.touched.1.max(month));
        &mut self.cohorts[month as usize]
    }
}

/// Goes over the orders once.
#[derive(Debug)]
pub struct Pass {
    members: Vec<Member>,
    cohorts: Vec<Vec<CohortCell>>,
    months: Vec<Month>,
    gaps: Vec<u64>,
    when: Vec<u64>,
    subtract: bool,
    until: i32,
    disordered: bool,
    month_of: &'static [u16],
    orders: u64,
    returned: i64,
    last_day: i32,
    first_day: i32,
    current: Current,
    /// What members gave back on a day before they had bought anything: day and minor units. It counts to their cohort
    /// where they buy later on that day, so that the order of rows within a day does not matter.
    early: HashMap<u32, (i32, i64)>,
}

impl Pass {
    /// For so many members. `subtract` takes returns off the money; orders after `until` are left out.
    pub fn new(members: usize, subtract: bool, until: i32) -> Self {
        Self {
            members: vec![Member::NEW; members],
            cohorts: vec![Vec::new(); MONTHS],
            months: vec![Month::default(); MONTHS],
            gaps: vec![0; GAP_MAX + 1],
            when: vec![0; 7 * 24],
            subtract,
            until,
            disordered: false,
            month_of: &MONTH_OF_DAY,
            orders: 0,
            returned: 0,
            last_day: i32::MIN,
            first_day: i32::MAX,
            current: Current::new(),
            early: HashMap::new(),
        }
    }

    /// Whether a member's orders did not come in the order of days: gaps and cohorts are then wrong.
    pub const fn is_disordered(&self) -> bool {
        self.disordered
    }

    /// Makes room for a member's number.
    pub fn reserve(&mut self, members: usize) {
        if self.members.len() < members {
            self.members.resize(members, Member::NEW);
        }
    }

    /// Orders of one batch: members' places, days, minutes, minor units (below zero: a return).
    pub fn batch(&mut self, members: &[u32], days: &[i32], minutes: &[u16], amounts: &[i64]) {
        // Touching them first lets the machine fetch all of them at once instead of one after the other.
        let touch = |known: &[Member], from: usize| {
            let touched = members[from.min(members.len())..(from + AHEAD).min(members.len())].iter();
            std::hint::black_box(touched.fold(0_u32, |sum, m| sum.wrapping_add(known[*m as usize].orders)));
        };
        touch(&self.members, 0);
        for at in (0..members.len()).step_by(AHEAD) {
            touch(&self.members, at + AHEAD);
            for i in at..(at + AHEAD).min(members.len()) {
                let amount = amounts[i];
                self.push(members[i], days[i], minutes[i], amount > 0, amount.max(0), (-amount).max(0));
            }
        }
    }

    /// Adds the current month to the others and begins with another.
    #[cold]
    fn turn(&mut self, month: u16) {
        let current = &mut self.current;
        let shop = &mut self.months[current.month as usize];
        shop.new_members += current.shop.new_members;
        shop.buyers += current.shop.buyers;
        shop.orders += current.shop.orders;
        shop.money = shop.money.saturating_add(current.shop.money);
        for first in current.touched.0..=current.touched.1 {
            let own = std::mem::take(&mut current.cohorts[first as usize]);
            if own != CohortCell::default() {
                let sum = cell(&mut self.cohorts[first as usize], current.month.saturating_sub(first));
                sum.members += own.members;
                sum.money = sum.money.saturating_add(own.money);
            }
        }
        current.shop = Month::default();
        current.touched = (u16::MAX, 0);
        current.month = month;
    }

    /// One order.
    #[inline]
    pub fn push(&mut self, member: u32, day: i32, minute: u16, purchase: bool, sold: i64, returned: i64) {
        let index = day.wrapping_sub(FIRST_DAY) as usize;
        if day > self.until || index >= DAYS {
            return;
        }
        let money = if self.subtract { sold.saturating_sub(returned) } else { sold };
        self.last_day = self.last_day.max(day);
        self.returned = self.returned.saturating_add(returned);
        let month = self.month_of[index];
        if month != self.current.month {
            self.turn(month);
        }
        let state = &mut self.members[member as usize];
        state.money = state.money.saturating_add(money);
        self.current.shop.money = self.current.shop.money.saturating_add(money);
        if !purchase {
            if state.orders > 0 {
                self.disordered |= day < state.last_day;
                let of_cohort = self.current.cohort(state.first_month);
                of_cohort.money = of_cohort.money.saturating_add(money);
            } else {
                self.returns_early(member, day, money);
            }
            return;
        }
        self.orders += 1;
        self.current.shop.orders += 1;
        if minute != NO_MINUTE {
            self.when[dates::weekday(day) * 24 + usize::from(minute / 60).min(23)] += 1;
        }
        let new = state.orders == 0;
        if new {
            state.first_day = day;
            state.first_month = month;
            state.days = 1;
            self.current.shop.new_members += 1;
        } else {
            let gap = i64::from(day) - i64::from(state.last_day);
            if gap < 0 {
                self.disordered = true;
                return;
            }
            self.gaps[(gap as usize).min(GAP_MAX)] += 1;
            state.days += u32::from(gap > 0);
        }
        let first_in_month = new || state.last_month != month;
        let of_cohort = self.current.cohort(state.first_month);
        of_cohort.money = of_cohort.money.saturating_add(money);
        if new
            && !self.early.is_empty()
            && let Some((on, early)) = self.early.remove(&member)
        {
            self.disordered |= on > day;
            of_cohort.money = of_cohort.money.saturating_add(if on == day { early } else { 0 });
        }
        of_cohort.members += u64::from(first_in_month);
        self.current.shop.buyers += u64::from(first_in_month);
        state.last_month = month;
        state.orders += 1;
        state.last_day = day;
        self.first_day = self.first_day.min(day);
    }

    /// A return of a member who has bought nothing yet.
    #[cold]
    fn returns_early(&mut self, member: u32, day: i32, money: i64) {
        let early = self.early.entry(member).or_insert((day, 0));
        self.disordered |= day < early.0;
        *early = (day, if early.0 == day { early.1.saturating_add(money) } else { money });
    }

    /// What was found.
    pub fn finish(mut self) -> Summary {
        self.turn(0);
        let months = |month: usize| i32::try_from(month).unwrap_or(0) - 840;
        let first = self.months.iter().position(|month| month.orders > 0);
        let last = self.months.iter().rposition(|month| month.orders > 0);
        let range = match (first, last) {
            (Some(first), Some(last)) => first..last + 1,
            _ => 0..0,
        };
        let cohorts = self.cohorts[range.clone()].to_vec();
        Summary {
            first_month: months(range.start),
            months: self.months[range].to_vec(),
            cohorts,
            members: self.members,
            gaps: self.gaps,
            when: self.when,
            orders: self.orders,
            returned: self.returned,
            first_day: self.first_day,
            last_day: self.last_day,
        }
    }
}

fn cell(row: &mut Vec<CohortCell>, offset: u16) -> &mut CohortCell {
    let offset = usize::from(offset);
    if row.len() <= offset {
        row.resize(offset + 1, CohortCell::default());
    }
    &mut row[offset]
}

/// What one pass found.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The members by their numbers; those without a purchase have no orders.
    pub members: Vec<Member>,
    /// Months since 1970-01 of the first month.
    pub first_month: i32,
    /// The shop's months, from the first with a purchase to the last.
    pub months: Vec<Month>,
    /// By month of the first purchase, then by months since.
    pub cohorts: Vec<Vec<CohortCell>>,
    /// How often two purchases of a member were so many days apart.
    pub gaps: Vec<u64>,
    /// Purchases by weekday (Monday first) and hour.
    pub when: Vec<u64>,
    /// Purchases.
    pub orders: u64,
    /// Minor units given back.
    pub returned: i64,
    /// The first day with a purchase.
    pub first_day: i32,
    /// The last day with a purchase or a return.
    pub last_day: i32,
}

impl Summary {
    /// Members with a purchase, with their numbers.
    pub fn buyers(&self) -> impl Iterator<Item = (u32, &Member)> {
        self.members.iter().enumerate().filter(|(_, m)| m.orders > 0).map(|(n, m)| (u32::try_from(n).unwrap_or(u32::MAX), m))
    }
}

/// The numbers 0 to n − 1 by their keys, equal ones by number: a counting sort where keys are near each other, else by bytes.
pub fn ordered(keys: &[i64]) -> Vec<u32> {
    let n = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let (Some(low), Some(high)) = (keys.iter().min(), keys.iter().max()) else { return Vec::new() };
    let (low, range) = (*low, high.wrapping_sub(*low) as u64);
    let mut order: Vec<u32> = (0..n).collect();
    let mut next = vec![0_u32; order.len()];
    let bits = 64 - range.leading_zeros();
    let passes = bits.div_ceil(11).max(1);
    for pass in 0..passes {
        let digit = |index: u32| ((keys[index as usize].wrapping_sub(low) as u64) >> (pass * 11) & 2047) as usize;
        let mut starts = [0_u32; 2049];
        for index in &order {
            starts[digit(*index) + 1] += 1;
        }
        for at in 1..2049 {
            starts[at] += starts[at - 1];
        }
        for index in &order {
            let place = &mut starts[digit(*index)];
            next[*place as usize] = *index;
            *place += 1;
        }
        std::mem::swap(&mut order, &mut next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_pass_knows_a_member() {
        let mut pass = Pass::new(2, true, i32::MAX);
        let day = |year, month, day| dates::day_of(year, month, day).unwrap();
        pass.push(0, day(2026, 1, 30), 600, true, 1_000, 0);
        pass.push(0, day(2026, 1, 30), 700, true, 500, 0);
        pass.push(0, day(2026, 2, 9), 600, false, 0, 300);
        pass.push(1, day(2026, 2, 1), NO_MINUTE, true, 200, 0);
        pass.push(0, day(2026, 3, 1), 600, true, 700, 0);
        assert!(!pass.is_disordered());
        let found = pass.finish();
        let first = found.members[0];
        assert_eq!((first.money, first.orders, first.days, first.last_day), (1_900, 3, 2, day(2026, 3, 1)));
        assert_eq!((found.gaps[0], found.gaps[30], found.orders), (1, 1, 4));
        let row = &found.cohorts[0];
        assert_eq!(row.iter().map(|cell| (cell.members, cell.money)).collect::<Vec<_>>(), [(1, 1_500), (0, -300), (1, 700)]);
        assert_eq!(found.months[1], Month { new_members: 1, buyers: 1, orders: 1, money: -100 });
        assert_eq!(found.when.iter().sum::<u64>(), 3);
    }

    #[test]
    fn the_order_within_a_day_does_not_matter() {
        let orders = [(100, true, 900, 0), (100, false, 0, 200), (99, false, 0, 50), (101, false, 0, 7)];
        let found = |order: &[usize]| {
            let mut pass = Pass::new(1, true, i32::MAX);
            order.iter().map(|at| orders[*at]).for_each(|(day, purchase, sold, back)| pass.push(0, day, NO_MINUTE, purchase, sold, back));
            pass.finish()
        };
        let (one, other) = (found(&[2, 0, 1, 3]), found(&[2, 1, 0, 3]));
        assert_eq!(one.cohorts[0][0], CohortCell { members: 1, money: 693 }, "what came back the day before is of no cohort");
        assert_eq!((one.cohorts, one.members, one.months), (other.cohorts, other.members, other.months));
    }

    #[test]
    fn disorder_is_noticed() {
        let mut pass = Pass::new(1, true, i32::MAX);
        pass.push(0, 100, NO_MINUTE, true, 1, 0);
        pass.push(0, 90, NO_MINUTE, true, 1, 0);
        assert!(pass.is_disordered());
    }

    #[test]
    fn disorder_of_returns_is_noticed() {
        // Day and whether it is a purchase.
        let disordered = |orders: &[(i32, bool)]| {
            let mut pass = Pass::new(1, true, i32::MAX);
            orders.iter().for_each(|(day, purchase)| pass.push(0, *day, NO_MINUTE, *purchase, 1, 1));
            pass.is_disordered()
        };
        assert!(disordered(&[(100, true), (90, false)]), "a return that came before all purchases");
        assert!(disordered(&[(100, false), (90, true)]), "one that came after the first purchase");
        assert!(disordered(&[(100, false), (90, false), (100, true)]), "one of the day of the first purchase");
        assert!(!disordered(&[(90, false), (100, false), (100, true), (110, false), (110, true)]));
    }

    proptest! {
        #[test]
        fn keys_are_put_in_order(keys in proptest::collection::vec(prop_oneof![any::<i64>(), 0_i64..20], 0..200)) {
            let mut wanted: Vec<u32> = (0..u32::try_from(keys.len()).unwrap()).collect();
            wanted.sort_by_key(|index| keys[*index as usize]);
            prop_assert_eq!(ordered(&keys), wanted);
        }
    }
}
