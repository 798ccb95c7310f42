//! A campaign's two sides, from orders.

use super::exact::{Permuted, permuted};
use super::model::{Arm, MeanUplift, ShareUplift, of_means, of_shares};
use crate::orders::people::Side;
use crate::orders::{NONE, Orders};
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// A mean of both sides.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Compared {
    /// The treated.
    pub treated: Arm,
    /// Those held out.
    pub held_out: Arm,
    /// By Welch.
    pub welch: MeanUplift,
    /// By permutation, where a side has few members.
    pub exact: Option<Permuted>,
}

impl Compared {
    /// The interval to go by: exact where a side has few members, else Welch's.
    pub fn interval(&self) -> Option<(f64, f64)> {
        match &self.exact {
            Some(exact) => exact.interval,
            None => Some(self.welch.interval),
        }
    }
    /// The chance to go by.
    pub fn p(&self) -> f64 {
        self.exact.map_or(self.welch.p, |exact| exact.p)
    }
}

/// What a campaign did.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// First day.
    pub from: i32,
    /// The day after the last.
    pub until: i32,
    /// Who bought at all.
    pub buyers: ShareUplift,
    /// Purchases a member.
    pub visits: Compared,
    /// Minor units a member.
    pub spend: Compared,
    /// Spend a member in as many days before: should be alike.
    pub before: Compared,
    /// Members without any order in the file; they count with nothing.
    pub without_orders: usize,
}

/// What a member did in some days.
#[derive(Clone, Copy, Default)]
struct Did {
    visits: u32,
    spend: i64,
}

fn did(orders: &Orders, days: std::ops::Range<i32>) -> Vec<Did> {
    let mut did = vec![Did::default(); orders.members.len()];
    for order in orders.of_members().filter(|order| order.member != NONE && days.contains(&order.day)) {
        let own = &mut did[order.member as usize];
        own.visits += u32::from(order.purchase);
        own.spend = own.spend.saturating_add(order.net());
    }
    did
}

/// Below so many members a side, means are compared exactly.
const FEW: usize = 30;

fn compared(did: &[Did], sides: &[Side], pick: &dyn Fn(&Did) -> f64) -> Result<Compared> {
    let of = |side: bool| -> Vec<f64> {
        let members = sides.iter().filter(|(_, treated)| *treated == side);
        members.map(|(member, _)| member.map_or(0.0, |member| pick(&did[member as usize]))).collect()
    };
    let (treated, held_out) = (of(true), of(false));
    let exact = if treated.len().min(held_out.len()) < FEW { permuted(&treated, &held_out) } else { None };
    let (treated, held_out) = (Arm::of(&treated), Arm::of(&held_out));
    Ok(Compared { treated, held_out, welch: of_means(&treated, &held_out)?, exact })
}

/// Compares both sides from a day on, up to and without `until`.
///
/// Errors: `groups_too_few` where a side has fewer than two members, `trial_days_malformed` where no day lies between.
pub fn trial(orders: &Orders, sides: &[Side], from: i32, until: i32) -> Result<Trial> {
    if from >= until {
        return Err(Error::invalid("trial_days_malformed", "the campaign's first day must lie before the day of the analysis"));
    }
    let during = did(orders, from..until);
    let earlier = did(orders, from.saturating_sub(until.saturating_sub(from))..from);
    let count = |side: bool| sides.iter().filter(|(_, treated)| *treated == side).count() as u64;
    let bought = |side: bool| {
        let buys = |member: &Option<u32>| member.is_some_and(|member| during[member as usize].visits > 0);
        sides.iter().filter(|(member, treated)| *treated == side && buys(member)).count() as u64
    };
    Ok(Trial {
        from,
        until,
        buyers: of_shares(bought(true), count(true), bought(false), count(false))?,
        visits: compared(&during, sides, &|did| f64::from(did.visits))?,
        spend: compared(&during, sides, &|did| did.spend as f64)?,
        before: compared(&earlier, sides, &|did| did.spend as f64)?,
        without_orders: sides.iter().filter(|(member, _)| member.is_none()).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{NO_MINUTE, Order};

    fn order(member: u32, day: i32, sold: i64) -> Order {
        Order {
            member,
            day,
            minute: NO_MINUTE,
            purchase: sold > 0,
            sold: sold.max(0),
            returned: (-sold).max(0),
            lines: (1, 0),
            store: NONE,
            staff: NONE,
        }
    }

    #[test]
    fn both_sides_are_counted_within_the_days() {
        let mut orders = Orders::default();
        (0..6).for_each(|i| {
            orders.members.number(format!("m{i}").as_bytes());
        });
        orders.orders =
            vec![order(0, 99, 700), order(0, 100, 500), order(0, 104, -200), order(1, 109, 300), order(3, 105, 100), order(3, 110, 900)];
        let sides: Vec<Side> = vec![(Some(0), true), (Some(1), true), (None, true), (Some(3), false), (Some(4), false), (None, false)];
        let found = trial(&orders, &sides, 100, 110).unwrap();
        assert_eq!((found.buyers.treated, found.buyers.held_out, found.without_orders), (2.0 / 3.0, 1.0 / 3.0, 2));
        assert_eq!((found.spend.treated.mean, found.spend.held_out.mean), (200.0, 100.0 / 3.0));
        assert_eq!((found.visits.treated.mean, found.before.treated.mean), (2.0 / 3.0, 700.0 / 3.0));
        let exact = found.spend.exact.unwrap();
        assert!(exact.all && exact.choices == 20 && found.spend.p() == exact.p && found.spend.interval().is_none());
        assert_eq!(trial(&orders, &sides, 110, 110).unwrap_err().code(), "trial_days_malformed");
        assert_eq!(trial(&orders, &[(Some(0), true)], 100, 110).unwrap_err().code(), "groups_too_few");
    }
}
