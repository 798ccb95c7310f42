//! Attributes that orders and the table of members give.

use super::model::{Group, bands};
use crate::orders::{NO_MINUTE, NONE, Orders, People, Values, dates};
use crate::report::{Text, says};
use crate::summary::Summary;
use shuke_kernel::Currency;

/// A member's first purchase and her last one up to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    /// The first order, an index.
    pub order: usize,
    /// Its day.
    pub day: i32,
    /// The day of the last purchase.
    pub last_day: i32,
}

/// Of each member; none without a purchase up to the day.
pub fn firsts(orders: &Orders, as_of: i32) -> Vec<Option<First>> {
    let mut firsts: Vec<Option<First>> = vec![None; orders.members.len()];
    for (at, order) in orders.orders.iter().enumerate() {
        if order.member != NONE && order.purchase && order.day <= as_of {
            let first = firsts[order.member as usize].get_or_insert(First { order: at, day: order.day, last_day: order.day });
            first.last_day = first.last_day.max(order.day);
        }
    }
    firsts
}

/// Most goods that are looked at one by one.
const ITEMS_MAX: usize = 60;

fn money(currency: Currency) -> impl Fn(f64) -> String {
    move |minor| currency.show(shuke_kernel::Money(minor.round() as i64))
}

/// What was known when a member bought for the first time.
pub fn at_joining(orders: &Orders, people: Option<&People>, firsts: &[Option<First>], currency: Currency) -> Vec<Group> {
    let order = |first: &Option<First>| first.map(|first| &orders.orders[first.order]);
    let named = |name: Text, names: &crate::orders::Names, pick: &dyn Fn(&crate::orders::Order) -> u32| {
        let values = (0..u32::try_from(names.len()).unwrap_or(0)).map(|n| says(names.text(n), names.text(n))).collect();
        Group::single(name, values, firsts.iter().map(|first| order(first).map(pick).filter(|n| *n != NONE)))
    };
    let mut groups = vec![
        named(says("首单门店", "first store"), &orders.stores, &|order| order.store),
        named(says("首单员工", "first staff"), &orders.staff, &|order| order.staff),
        Group::single(
            says("首单在周几", "first visit on"),
            vec![says("周一到周五", "a weekday"), says("周末", "a weekend")],
            firsts.iter().map(|first| first.map(|first| u32::from(dates::weekday(first.day) >= 5))),
        ),
        Group::single(
            says("首单在几月", "first visit in"),
            ["一到三月", "四到六月", "七到九月", "十到十二月"]
                .into_iter()
                .zip(["Jan–Mar", "Apr–Jun", "Jul–Sep", "Oct–Dec"])
                .map(|(zh, en)| says(zh, en))
                .collect(),
            firsts.iter().map(|first| first.map(|first| (dates::calendar(first.day).1 - 1) / 3)),
        ),
        hours(says("首单时段", "first visit at"), firsts.iter().map(|first| order(first).map(|order| order.minute))),
    ];
    let amounts: Vec<Option<f64>> = firsts.iter().map(|first| order(first).map(|order| order.sold as f64)).collect();
    groups.extend(Group::quarters(says("首单金额", "first amount"), &amounts, &money(currency)));
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (member, first) in (0_u32..).zip(firsts) {
        if let Some(first) = first {
            let at = u32::try_from(first.order).unwrap_or(NONE);
            let start = orders.baskets.partition_point(|(order, _)| *order < at);
            pairs.extend(orders.baskets[start..].iter().take_while(|(order, _)| *order == at).map(|(_, item)| (member, *item)));
        }
    }
    groups.extend(goods(says("首单买了", "first bought"), pairs, orders));
    groups.extend(of_people(people, Some(firsts)));
    groups.retain(|group| group.values.len() > 1 || !group.single);
    groups
}

/// What a member has done until now.
pub fn so_far(orders: &Orders, people: Option<&People>, summary: &Summary, as_of: i32, currency: Currency) -> Vec<Group> {
    let buyers = |pick: &dyn Fn(&crate::summary::Member) -> f64| -> Vec<Option<f64>> {
        summary.members.iter().map(|member| (member.orders > 0).then(|| pick(member))).collect()
    };
    let whole = |number: f64| format!("{number:.0}");
    let mut groups = vec![
        bands(says("来过几次", "purchases"), &buyers(&|m| f64::from(m.orders)), &[1.0, 3.0, 7.0], &whole),
        bands(says("几天没来", "days since the last"), &buyers(&|m| f64::from(as_of - m.last_day)), &[30.0, 90.0, 180.0, 365.0], &whole),
    ];
    groups.extend(Group::quarters(says("一共花了", "spent in all"), &buyers(&|m| m.money as f64), &money(currency)));
    groups.extend(Group::quarters(says("每次花", "spent a visit"), &buyers(&|m| m.money as f64 / f64::from(m.orders)), &money(currency)));
    groups.push(usual(orders, as_of, says("常去门店", "usual store"), &orders.stores, |order| order.store));
    groups.push(usual(orders, as_of, says("常找员工", "usual staff"), &orders.staff, |order| order.staff));
    groups.push(habits(orders, as_of));
    let mut pairs: Vec<(u32, u32)> = orders
        .baskets
        .iter()
        .filter_map(|(order, item)| {
            let order = &orders.orders[*order as usize];
            (order.member != NONE && order.day <= as_of).then_some((order.member, *item))
        })
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    groups.extend(goods(says("买过", "has bought"), pairs, orders));
    groups.extend(of_people(people, None));
    groups.retain(|group| group.values.len() > 1 || !group.single);
    groups
}

/// Where or with whom a member buys most; of two the one that comes first in the file.
fn usual(orders: &Orders, as_of: i32, name: Text, names: &crate::orders::Names, pick: fn(&crate::orders::Order) -> u32) -> Group {
    let mut visits: Vec<(u32, u32)> = orders
        .of_members()
        .filter(|order| order.purchase && order.day <= as_of)
        .map(|order| (order.member, pick(order)))
        .filter(|(_, n)| *n != NONE)
        .collect();
    visits.sort_unstable();
    let mut of: Vec<(u32, u32)> = Vec::new();
    for own in visits.chunk_by(|a, b| a.0 == b.0) {
        let most = own.chunk_by(|a, b| a == b).fold((0, 0), |best, same| if same.len() > best.1 { (same[0].1, same.len()) } else { best });
        of.push((own[0].0, most.0));
    }
    let values = (0..u32::try_from(names.len()).unwrap_or(0)).map(|n| says(names.text(n), names.text(n))).collect();
    Group { name, single: true, values, of }
}

/// Whether a member comes mostly on weekends.
fn habits(orders: &Orders, as_of: i32) -> Group {
    let mut counts = vec![[0_u32; 2]; orders.members.len()];
    for order in orders.of_members().filter(|order| order.purchase && order.day <= as_of) {
        counts[order.member as usize][usize::from(dates::weekday(order.day) >= 5)] += 1;
    }
    let of = counts.into_iter().map(|[week, end]| (week + end > 0).then(|| u32::from(end > week)));
    Group::single(says("常在", "comes mostly on"), vec![says("周一到周五", "weekdays"), says("周末", "weekends")], of)
}

/// By the time of day.
fn hours(name: Text, minutes: impl Iterator<Item = Option<u16>>) -> Group {
    let values = vec![says("上午", "the morning"), says("下午", "the afternoon"), says("晚上", "the evening")];
    let of = minutes.map(|minute| {
        minute.filter(|minute| *minute != NO_MINUTE).map(|minute| match minute / 60 {
            0..12 => 0,
            12..18 => 1,
            _ => 2,
        })
    });
    let mut group = Group::single(name, values, of);
    if group.of.is_empty() {
        group.values.clear();
    }
    group
}

/// The goods that most members have; pairs of member and item, each once.
fn goods(name: Text, mut pairs: Vec<(u32, u32)>, orders: &Orders) -> Option<Group> {
    let mut counts = vec![0_usize; orders.items.len()];
    pairs.iter().for_each(|(_, item)| counts[*item as usize] += 1);
    let mut most: Vec<u32> = (0..u32::try_from(counts.len()).unwrap_or(0)).filter(|item| counts[*item as usize] > 1).collect();
    most.sort_by_key(|item| (std::cmp::Reverse(counts[*item as usize]), *item));
    most.truncate(ITEMS_MAX);
    let mut place = vec![NONE; counts.len()];
    (0_u32..).zip(&most).for_each(|(at, item)| place[*item as usize] = at);
    pairs.iter_mut().for_each(|(_, item)| *item = place[*item as usize]);
    pairs.retain(|(_, item)| *item != NONE);
    pairs.sort_unstable();
    let values = most.iter().map(|item| says(orders.items.text(*item), orders.items.text(*item))).collect();
    (!most.is_empty()).then_some(Group { name, single: false, values, of: pairs })
}

/// Months of age that a child's stages end with.
const CHILD_MONTHS: [i32; 6] = [0, 6, 12, 24, 36, 72];

/// The table's columns. Days become ages: at the first purchase where those are given, else nothing is made of them.
fn of_people(people: Option<&People>, firsts: Option<&[Option<First>]>) -> Vec<Group> {
    let mut groups = Vec::new();
    for attribute in people.map(|people| people.attributes.as_slice()).unwrap_or_default() {
        let name = says(attribute.name.clone(), attribute.name.clone());
        match &attribute.values {
            Values::Kinds(kinds, of) => {
                let values = kinds.iter().map(|kind| says(kind.clone(), kind.clone())).collect();
                groups.push(Group::single(name, values, of.iter().map(|n| (*n != NONE).then_some(*n))));
            }
            Values::Numbers(numbers) => groups.extend(Group::quarters(name, numbers, &|n| format!("{n}"))),
            Values::Days(days) => {
                let Some(firsts) = firsts else { continue };
                let ages: Vec<Option<f64>> = days
                    .iter()
                    .zip(firsts)
                    .map(|(born, first)| Some(f64::from(months(born.as_ref().copied()?, first.as_ref()?.day))))
                    .collect();
                let young = ages.iter().flatten().filter(|age| (-10.0..=120.0).contains(*age)).count() * 2 > ages.iter().flatten().count();
                let (zh, en) = (format!("首单时的月龄（{}）", attribute.name), format!("months at the first visit ({})", attribute.name));
                if young {
                    // The month of the cut itself is the first of the next stage.
                    let cuts = CHILD_MONTHS.map(|month| f64::from(month) - 1.0);
                    groups.push(bands(says(zh, en), &ages, &cuts, &|month| format!("{month:.0}")));
                } else {
                    groups.extend(Group::quarters(says(zh, en), &ages, &|month| format!("{month:.0}")));
                }
            }
        }
    }
    groups
}

/// Whole calendar months from one day to another; below zero where the second comes first.
pub(crate) fn months(from: i32, to: i32) -> i32 {
    let ((y1, m1, d1), (y2, m2, d2)) = (dates::calendar(from), dates::calendar(to));
    let whole = (y2 - y1) * 12 + i32::try_from(m2).unwrap_or(0) - i32::try_from(m1).unwrap_or(0);
    whole - i32::from(d2 < d1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_months() {
        let day = |y, m, d| dates::day_of(y, m, d).unwrap();
        assert_eq!(months(day(2026, 1, 31), day(2026, 2, 28)), 0);
        assert_eq!(months(day(2026, 1, 15), day(2026, 2, 15)), 1);
        assert_eq!(months(day(2026, 1, 15), day(2025, 12, 20)), -1);
        assert_eq!(months(day(2024, 2, 29), day(2026, 2, 28)), 23);
    }
}
