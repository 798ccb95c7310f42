//! The curve.

use crate::summary::ordered;
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Pareto {
    /// How many there are with anything.
    pub count: usize,
    /// Minor units of all.
    pub total: i64,
    /// The smallest number of them that gives 80 %.
    pub for_eighty: usize,
    /// How many 20 % are, rounded down, at least one.
    pub top_count: usize,
    /// Minor units of the best 20 %.
    pub top_money: i64,
    /// The same as a share.
    pub top_share: f64,
    /// Gini coefficient: 0 all alike, 1 one has all.
    pub gini: f64,
    /// Points of the curve: share of members (best first), share of money.
    pub curve: Vec<(f64, f64)>,
    /// The numbers, best first.
    #[serde(skip)]
    pub order: Vec<u32>,
}

/// Change of the best 20 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The day they are compared with.
    pub since: i32,
    /// How many they were then.
    pub then: usize,
    /// Of those, still among the best.
    pub stayed: usize,
    /// New among the best.
    pub came: usize,
}

/// Points of the curve that are kept.
const POINTS: usize = 100;

/// The curve of minor units by number; numbers without anything (`i64::MIN`) are left out.
///
/// Errors: `members_too_few` where there is no money at all, `amount_too_large`.
pub fn pareto(money: &[i64]) -> Result<Pareto> {
    let there: Vec<u32> = (0..money.len()).filter(|i| money[*i] != i64::MIN).map(|i| u32::try_from(i).unwrap_or(u32::MAX)).collect();
    let keys: Vec<i64> = there.iter().map(|i| -money[*i as usize].max(0)).collect();
    let order: Vec<u32> = ordered(&keys).into_iter().map(|at| there[at as usize]).collect();
    let total: i128 = keys.iter().map(|key| -i128::from(*key)).sum();
    drop(keys);
    if total == 0 {
        return Err(Error::refused("members_too_few", "there is no money to share out: no sale above zero up to this day"));
    }
    let eighty = (total * 4 + 4) / 5;
    let (Ok(total), Ok(eighty)) = (i64::try_from(total), i64::try_from(eighty)) else {
        return Err(Error::invalid("amount_too_large", "the sum is larger than the system can hold"));
    };
    let n = order.len();
    let (top_count, mut running, mut for_eighty, mut top, mut area) = ((n / 5).max(1), 0_i64, n, 0_i64, 0.0);
    let share = |part: i64| part as f64 / total as f64;
    let mut curve = vec![(0.0, 0.0)];
    // The first place at which the next point of the curve stands.
    let mut next = n.div_ceil(POINTS);
    for (at, index) in (1..).zip(&order) {
        running += money[*index as usize].max(0);
        if running >= eighty && for_eighty == n {
            for_eighty = at;
        }
        if at == top_count {
            top = running;
        }
        area += running as f64;
        if at == next || at == n {
            curve.push((at as f64 / n as f64, share(running)));
            next = ((at * POINTS / n + 1) * n).div_ceil(POINTS);
        }
    }
    let gini = (2.0 * area / total as f64 - n as f64 - 1.0) / n as f64;
    Ok(Pareto { count: n, total, for_eighty, top_count, top_money: top, top_share: share(top), gini, curve, order })
}

/// Who of the best 20 % then is still there.
pub fn drift(then: &Pareto, now: &Pareto, since: i32) -> Drift {
    let before: std::collections::HashSet<u32> = then.order[..then.top_count].iter().copied().collect();
    let stayed = now.order[..now.top_count].iter().filter(|number| before.contains(number)).count();
    Drift { since, then: then.top_count, stayed, came: now.top_count - stayed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn eight_of_ten_from_two_of_ten() {
        let found = pareto(&[5, 5, 400, 5, 5, 400, 5, 175, -20, i64::MIN, 0]).unwrap();
        assert_eq!((found.count, found.total, found.top_count, found.top_money), (10, 1_000, 2, 800));
        assert_eq!((found.for_eighty, &found.order[..3]), (2, &[2, 5, 7][..]));
        assert_eq!(pareto(&[0, -5]).unwrap_err().code(), "members_too_few");
        let even = pareto(&[7; 50]).unwrap();
        assert!(even.gini.abs() < 1e-12 && even.for_eighty == 40);
        assert_eq!(drift(&found, &found, 3), Drift { since: 3, then: 2, stayed: 2, came: 0 });
    }

    proptest! {
        #[test]
        fn the_curve_rises_and_bends_down(money in proptest::collection::vec(-10_i64..1_000, 1..300)) {
            if let Ok(found) = pareto(&money) {
                prop_assert!((0.0..1.0).contains(&(found.gini + 1e-12)));
                prop_assert!(found.for_eighty >= 1 && found.for_eighty <= found.count);
                let (x, y) = *found.curve.last().unwrap();
                prop_assert!((x - 1.0).abs() < 1e-12 && (y - 1.0).abs() < 1e-12);
                prop_assert!(found.curve.iter().all(|(x, y)| *y >= *x - 1e-9));
            }
        }
    }
}
