//! Discounts by member, elasticity by item and of all.

use crate::numeric::special::student_two_sided;
use crate::orders::{NONE, Orders};
use crate::uplift::wilson;
use serde::Serialize;
use shuke_kernel::{Error, Result};
use std::collections::BTreeMap;

/// What can be said of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Buys at a discount more than others.
    Sensitive,
    /// Buys at a discount less than others.
    NotSensitive,
    /// Too few purchases to say.
    Unknown,
}

/// A member's purchases.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Habit {
    /// The member's number.
    pub member: u32,
    /// Lines with a price to compare with.
    pub lines: u64,
    /// Of them, at a discount.
    pub discounted: u64,
    /// Minor units saved.
    pub saved: i64,
    /// Minor units before discounts.
    pub list: i64,
    /// The 95 % interval of the share.
    pub interval: (f64, f64),
    /// What can be said.
    pub sensitivity: Sensitivity,
}

/// How much more is sold when a price falls.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Elasticity {
    /// Percent more pieces for one percent more of price: below zero as a rule.
    pub slope: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// Items whose price changed.
    pub items: usize,
    /// Weeks of them.
    pub weeks: usize,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Prices {
    /// Whether the file says what was taken off.
    pub listed: bool,
    /// Lines with a price to compare with.
    pub lines: u64,
    /// Of them, at a discount.
    pub discounted: u64,
    /// Members with such a line.
    #[serde(skip)]
    pub habits: Vec<Habit>,
    /// Members by what can be said: sensitive, not, not known.
    pub members: [u64; 3],
    /// Over all items; none where too few changed their price.
    pub elasticity: Option<Elasticity>,
    /// By item, the most sensitive first: item and slope.
    #[serde(skip)]
    pub items: Vec<(u32, Elasticity)>,
}

/// Days of the period in which an item has a usual price.
const PERIOD_DAYS: i32 = 91;

/// The usual price of each item in each period: that of most lines, of two the higher one. Pieces are thousandths.
fn usual(orders: &Orders, as_of: i32) -> BTreeMap<(u32, i32), i64> {
    let mut seen: Vec<((u32, i32), i64)> = orders
        .lines
        .iter()
        .filter(|line| line.amount > 0 && line.pieces > 0)
        .map(|line| (line, orders.orders[line.order as usize].day))
        .filter(|(_, day)| *day <= as_of)
        .map(|(line, day)| ((line.item, day.div_euclid(PERIOD_DAYS)), unit(line.amount, line.pieces)))
        .collect();
    seen.sort_unstable();
    let mut best: BTreeMap<(u32, i32), (usize, i64)> = BTreeMap::new();
    for same in seen.chunk_by(|a, b| a == b) {
        let (key, price) = same[0];
        let own = best.entry(key).or_insert((0, 0));
        *own = (*own).max((same.len(), price));
    }
    best.into_iter().filter(|(_, (lines, _))| *lines > 1).map(|(key, (_, price))| (key, price)).collect()
}

/// Minor units for one piece, half away from zero.
fn unit(amount: i64, pieces: i64) -> i64 {
    let (amount, pieces) = (i128::from(amount) * 1_000, i128::from(pieces.max(1)));
    i64::try_from((amount * 2 + pieces) / (pieces * 2)).unwrap_or(i64::MAX)
}

/// Who buys at a discount.
///
/// Errors: `column_missing` where the file has no items, `members_too_few` where no line has a price to compare with.
pub fn prices(orders: &Orders, as_of: i32) -> Result<Prices> {
    if orders.lines.is_empty() {
        return Err(Error::invalid("column_missing", "the file has no column for item; say which it is with --item COLUMN"));
    }
    let listed = orders.lines.iter().any(|line| line.list > 0);
    let usual = if listed { BTreeMap::new() } else { usual(orders, as_of) };
    let mut by_member: BTreeMap<u32, Habit> = BTreeMap::new();
    let (mut lines, mut discounted) = (0, 0);
    for line in orders.lines.iter().filter(|line| line.amount > 0 && line.pieces > 0) {
        let order = &orders.orders[line.order as usize];
        if order.day > as_of {
            continue;
        }
        let before = if listed {
            line.list
        } else {
            let price = usual.get(&(line.item, order.day.div_euclid(PERIOD_DAYS))).copied().unwrap_or(0);
            i64::try_from(i128::from(price) * i128::from(line.pieces) / 1_000).unwrap_or(0)
        };
        if before <= 0 {
            continue;
        }
        let off = i128::from(line.amount) * 20 <= i128::from(before) * 19;
        lines += 1;
        discounted += u64::from(off);
        if order.member != NONE {
            let new = Habit {
                member: order.member,
                lines: 0,
                discounted: 0,
                saved: 0,
                list: 0,
                interval: (0.0, 1.0),
                sensitivity: Sensitivity::Unknown,
            };
            let own = by_member.entry(order.member).or_insert(new);
            own.lines += 1;
            own.discounted += u64::from(off);
            own.list = own.list.saturating_add(before);
            own.saved = own.saved.saturating_add((before - line.amount).max(0));
        }
    }
    if lines == 0 {
        return Err(Error::refused("members_too_few", "no line has a price to compare with; add a column with the list price (原价)"));
    }
    let shop = discounted as f64 / lines as f64;
    let mut habits: Vec<Habit> = by_member.into_values().collect();
    let mut members = [0; 3];
    for habit in &mut habits {
        habit.interval = wilson(habit.discounted as f64, habit.lines as f64);
        habit.sensitivity = match habit.interval {
            (low, _) if low > shop => Sensitivity::Sensitive,
            (_, high) if high < shop => Sensitivity::NotSensitive,
            _ => Sensitivity::Unknown,
        };
        members[habit.sensitivity as usize] += 1;
    }
    let weeks = weeks(orders, as_of);
    let mut items: Vec<(u32, Elasticity)> = weeks.chunk_by(|a, b| a.0 == b.0).filter_map(|own| Some((own[0].0, within(&[own])?))).collect();
    items.sort_by(|a, b| a.1.slope.total_cmp(&b.1.slope).then(a.0.cmp(&b.0)));
    Ok(Prices { listed, lines, discounted, habits, members, elasticity: elasticity(&weeks), items })
}

/// Item, ln price, ln pieces of each week with a sale; by item.
fn weeks(orders: &Orders, as_of: i32) -> Vec<(u32, f64, f64)> {
    let mut sums: BTreeMap<(u32, i32), (i64, i64)> = BTreeMap::new();
    for line in orders.lines.iter().filter(|line| line.amount > 0 && line.pieces > 0) {
        let day = orders.orders[line.order as usize].day;
        if day <= as_of {
            let own = sums.entry((line.item, day.div_euclid(7))).or_insert((0, 0));
            *own = (own.0.saturating_add(line.amount), own.1.saturating_add(line.pieces));
        }
    }
    sums.into_iter().map(|((item, _), (amount, pieces))| (item, (amount as f64 / pieces as f64).ln(), (pieces as f64).ln())).collect()
}

/// Fewest weeks of an item, and fewest items of the whole.
const WEEKS_MIN: usize = 8;
/// Fewest items for errors clustered by item.
const ITEMS_MIN: usize = 10;

/// The elasticity over all items that sold in enough weeks at different prices; rows are item, ln price, ln pieces, by item.
pub fn elasticity(weeks: &[(u32, f64, f64)]) -> Option<Elasticity> {
    let groups: Vec<&[(u32, f64, f64)]> = weeks.chunk_by(|a, b| a.0 == b.0).collect();
    let found = within(&groups)?;
    (found.items >= ITEMS_MIN).then_some(found)
}

/// The slope within groups; errors clustered by group, or by week where there is one group.
fn within(groups: &[&[(u32, f64, f64)]]) -> Option<Elasticity> {
    let centred: Vec<Vec<(f64, f64)>> = groups
        .iter()
        .filter(|own| own.len() >= WEEKS_MIN)
        .map(|own| {
            let n = own.len() as f64;
            let (x, y) = (own.iter().map(|row| row.1).sum::<f64>() / n, own.iter().map(|row| row.2).sum::<f64>() / n);
            own.iter().map(|row| (row.1 - x, row.2 - y)).collect::<Vec<_>>()
        })
        // A price that hardly moved says nothing.
        .filter(|own: &Vec<(f64, f64)>| own.iter().map(|(x, _)| x * x).sum::<f64>() / own.len() as f64 > 1e-4)
        .collect();
    let rows: usize = centred.iter().map(Vec::len).sum();
    let (xx, xy) = centred.iter().flatten().fold((0.0, 0.0), |(xx, xy), (x, y)| (xx + x * x, xy + x * y));
    if !(xx > 0.0) {
        return None;
    }
    let slope = xy / xx;
    let score = |own: &[(f64, f64)]| own.iter().map(|(x, y)| x * (y - slope * x)).sum::<f64>();
    let clusters = centred.len();
    let (meat, degrees) = if clusters > 1 {
        let g = clusters as f64;
        // Item effects are nested in the clusters and use up no degrees of their own.
        (g / (g - 1.0) * centred.iter().map(|own| score(own).powi(2)).sum::<f64>(), g - 1.0)
    } else {
        let n = rows as f64;
        let rest = centred.iter().flatten().map(|(x, y)| (y - slope * x).powi(2)).sum::<f64>() / (n - 2.0).max(1.0);
        (rest * xx, n - 2.0)
    };
    let spread = student_two_sided(0.05, degrees.max(1.0)) * meat.sqrt() / xx;
    Some(Elasticity { slope, interval: (slope - spread, slope + spread), items: clusters, weeks: rows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::Dice;
    use crate::orders::{Line, Order};

    fn order(member: u32, day: i32) -> Order {
        Order { member, day, minute: 0, purchase: true, sold: 0, returned: 0, lines: (1, 0), store: NONE, staff: NONE }
    }

    fn shop(lines: &[(u32, i32, u32, i64, i64, i64)]) -> Orders {
        let mut orders = Orders::default();
        for (at, (member, day, item, pieces, amount, list)) in (0_u32..).zip(lines) {
            orders.orders.push(order(*member, *day));
            orders.lines.push(Line { order: at, item: *item, pieces: pieces * 1_000, amount: *amount, list: *list });
        }
        orders
    }

    #[test]
    fn discounts_are_told_from_the_usual_price() {
        // Item 0 sells at 100 as a rule; member 1 buys only when it is 80, member 2 never.
        let mut lines = Vec::new();
        (0..60).for_each(|i| lines.push((2, 20_000 + i % 30, 0, 1, 100, 0)));
        (0..20).for_each(|i| lines.push((1, 20_000 + i, 0, 2, 160, 0)));
        lines.push((3, 20_005, 0, 1, 96, 0));
        let found = prices(&shop(&lines), 30_000).unwrap();
        assert_eq!((found.listed, found.lines, found.discounted, found.members), (false, 81, 20, [1, 1, 1]));
        assert_eq!((found.habits[0].saved, found.habits[0].list), (800, 4_000));
        assert_eq!(found.habits[0].sensitivity, Sensitivity::Sensitive);
        assert_eq!(found.habits[2].discounted, 0, "four percent are no discount");
    }

    #[test]
    fn a_list_price_is_taken_at_its_word() {
        let found = prices(&shop(&[(1, 1, 0, 1, 90, 100), (1, 2, 0, 1, 100, 100), (1, 3, 0, 1, 50, 0)]), 10).unwrap();
        assert_eq!((found.listed, found.lines, found.discounted), (true, 2, 1));
        assert_eq!(prices(&Orders::default(), 10).unwrap_err().code(), "column_missing");
        assert_eq!(prices(&shop(&[(1, 1, 0, 1, 90, 0)]), 10).unwrap_err().code(), "members_too_few");
    }

    #[test]
    fn the_slope_is_found_again() {
        let mut dice = Dice::new(5);
        let mut rows = Vec::new();
        for item in 0..60 {
            let level = 3.0 + dice.normal();
            for _ in 0..40 {
                let price = 0.2 * dice.normal();
                rows.push((item, 2.0 + price, level - 1.8 * price + 0.5 * dice.normal()));
            }
        }
        let found = elasticity(&rows).unwrap();
        assert!(found.interval.0 < -1.8 && -1.8 < found.interval.1 && found.interval.1 - found.interval.0 < 0.3, "{found:?}");
        assert_eq!((found.items, found.weeks), (60, 2_400));
        assert!(elasticity(&rows[..200]).is_none(), "five items are too few");
        assert!(elasticity(&[]).is_none());
    }

    #[test]
    fn errors_are_those_of_the_formula() {
        // Worked out by hand: twelve items of eight weeks.
        let mut rows = Vec::new();
        for item in 0..12_u32 {
            for week in 0..8 {
                let x = f64::from(week) - 3.5;
                let y = -2.0 * x + if item % 2 == 0 { 0.1 * x } else { -0.1 * x };
                rows.push((item, x, y));
            }
        }
        let found = elasticity(&rows).unwrap();
        assert!((found.slope + 2.0).abs() < 1e-12);
        // Each item's score is ±0.1 · 42; the meat is 12/11 · 12 · 4.2², the bread 12 · 42.
        let error = (12.0 / 11.0 * 12.0 * 4.2_f64.powi(2)).sqrt() / (12.0 * 42.0);
        let spread = student_two_sided(0.05, 11.0) * error;
        assert!((found.interval.1 - found.slope - spread).abs() < 1e-12, "{found:?} {spread}");
    }
}
