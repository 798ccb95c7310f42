//! What is bought at which age of a child.
//!
//! An age-specific rate, as in demography: of the members whose child was in a month of age while they were
//! members, the share who bought the item in it. Members who came late or are not there yet count only for
//! the months in which they could have bought. A rate is taken over three months, with Wilson's interval.

use super::model::Bought;
use crate::attribute::months;
use crate::uplift::wilson;
use serde::Serialize;
use std::collections::BTreeMap;

/// Months of age that are looked at: from the last three before birth up to eight years.
pub const AGES: std::ops::Range<i32> = -3..96;
/// Months that a rate is taken over.
const SPAN: usize = 3;

/// An item by the child's age.
#[derive(Clone, Debug, Serialize)]
pub struct ByAge {
    /// The item.
    pub item: u32,
    /// Members who bought it while the child's age was known.
    pub members: usize,
    /// Ages in months at the first purchase: a tenth is younger, half, a tenth is older.
    pub months: (i32, i32, i32),
    /// Buyers by month of age, from the first of [`AGES`].
    #[serde(skip)]
    pub buyers: Vec<u32>,
}

/// All items, and how many members were there in each month of age.
#[derive(Clone, Debug, Serialize)]
pub struct Ages {
    /// Members whose child's day of birth is known.
    pub members: usize,
    /// Members by month of age.
    #[serde(skip)]
    pub there: Vec<u32>,
    /// The items, the one for the youngest first.
    pub items: Vec<ByAge>,
}

/// A need that comes with the child's age.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coming {
    /// The member.
    pub member: u32,
    /// The item.
    pub item: u32,
    /// Months of age now.
    pub age: i32,
    /// Share of members who buy it in the three months that begin with the next one.
    pub rate: f64,
    /// How many times the rate over all ages.
    pub lift: f64,
}

/// Fewest members of an item, and fewest there at an age.
const MEMBERS_MIN: usize = 10;
/// The same of an age.
const THERE_MIN: u32 = 20;

fn place(age: i32) -> Option<usize> {
    AGES.contains(&age).then(|| usize::try_from(age - AGES.start).unwrap_or(0))
}

/// The rates. `born` is the child's day by member; `bought` is sorted by member, item, day.
pub fn ages(bought: &[Bought], born: &[Option<i32>], as_of: i32) -> Ages {
    let mut there = vec![0_u32; AGES.len()];
    let mut members = 0;
    let mut by_item: BTreeMap<u32, (Vec<u32>, Vec<i32>)> = BTreeMap::new();
    for own in bought.chunk_by(|a, b| a.member == b.member) {
        let Some(birth) = born.get(own[0].member as usize).copied().flatten() else { continue };
        let first = own.iter().map(|b| b.day).min().unwrap_or(as_of);
        let (from, to) = (months(birth, first).max(AGES.start), months(birth, as_of).min(AGES.end - 1));
        if from > to {
            continue;
        }
        members += 1;
        (from..=to).filter_map(place).for_each(|at| there[at] += 1);
        for same in own.chunk_by(|a, b| a.item == b.item) {
            let mut at: Vec<i32> = same.iter().map(|b| months(birth, b.day)).filter(|age| AGES.contains(age)).collect();
            at.sort_unstable();
            at.dedup();
            let Some(first) = at.first() else { continue };
            let (buyers, firsts) = by_item.entry(same[0].item).or_insert_with(|| (vec![0; AGES.len()], Vec::new()));
            firsts.push(*first);
            at.iter().filter_map(|age| place(*age)).for_each(|at| buyers[at] += 1);
        }
    }
    let mut items: Vec<ByAge> =
        by_item.into_iter().filter(|(_, (_, firsts))| firsts.len() >= MEMBERS_MIN).map(|(item, of)| by_age(item, of)).collect();
    items.sort_by_key(|item| (item.months.1, item.item));
    Ages { members, there, items }
}

fn by_age(item: u32, (buyers, mut firsts): (Vec<u32>, Vec<i32>)) -> ByAge {
    firsts.sort_unstable();
    let at = |tenths: usize| firsts[(firsts.len() - 1) * tenths / 10];
    ByAge { item, members: firsts.len(), months: (at(1), at(5), at(9)), buyers }
}

impl Ages {
    /// Buyers and members there, summed over the months of a span that begins with an age.
    fn span(&self, item: &ByAge, age: i32) -> (u32, u32) {
        let months = (0..SPAN).filter_map(|step| place(age + i32::try_from(step).unwrap_or(0)));
        months.fold((0, 0), |(buyers, there), at| (buyers + item.buyers[at], there + self.there[at]))
    }

    /// The items whose time comes with the months after an age: rate and lift, the highest lift first.
    pub fn coming(&self, age: i32) -> Vec<(u32, f64, f64)> {
        let whole: u32 = self.there.iter().sum();
        let mut found = Vec::new();
        for item in &self.items {
            let (buyers, there) = self.span(item, age + 1);
            let all = f64::from(item.buyers.iter().sum::<u32>()) / f64::from(whole.max(1));
            let (low, _) = wilson(f64::from(buyers), f64::from(there.max(1)));
            if there >= THERE_MIN && low > all && all > 0.0 {
                let rate = f64::from(buyers) / f64::from(there);
                found.push((item.item, rate, rate / all));
            }
        }
        found.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        found
    }

    /// Of each member with a child of a known age: the few items whose time comes and that she does not buy yet.
    pub fn needs(&self, bought: &[Bought], born: &[Option<i32>], as_of: i32, few: usize) -> Vec<Coming> {
        let by_age: BTreeMap<i32, Vec<(u32, f64, f64)>> = AGES.map(|age| (age, self.coming(age))).collect();
        let mut needs = Vec::new();
        for own in bought.chunk_by(|a, b| a.member == b.member) {
            let member = own[0].member;
            let Some(age) = born.get(member as usize).copied().flatten().map(|born| months(born, as_of)) else { continue };
            let Some(items) = by_age.get(&age) else { continue };
            let new = items.iter().filter(|(item, ..)| own.binary_search_by_key(item, |b| b.item).is_err()).take(few);
            needs.extend(new.map(|(item, rate, lift)| Coming { member, item: *item, age, rate: *rate, lift: *lift }));
        }
        needs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::dates;

    /// Children born month after month; every mother buys item 0 in the third month and item 1 in the ninth.
    fn shop(as_of: i32) -> (Vec<Bought>, Vec<Option<i32>>) {
        let (mut bought, mut born) = (Vec::new(), Vec::new());
        for member in 0..240_u32 {
            let (year, month, _) = dates::calendar(as_of - 30 * i32::try_from(member % 24).unwrap() - 15);
            let birth = dates::day_of(year, month, 1).unwrap();
            born.push((member % 12 != 11).then_some(birth));
            for (item, day) in [(2, birth + 5), (0, birth + 3 * 31), (1, birth + 9 * 31)] {
                if day < as_of {
                    bought.push(Bought { member, item, day });
                }
            }
        }
        bought.sort_unstable();
        (bought, born)
    }

    #[test]
    fn what_comes_with_the_age_is_known() {
        let as_of = dates::day_of(2026, 11, 22).unwrap();
        let (bought, born) = shop(as_of);
        let found = ages(&bought, &born, as_of);
        assert_eq!(found.members, 220);
        let of = |item: u32| found.items.iter().find(|of| of.item == item).unwrap();
        assert_eq!((of(0).months, of(1).months), ((3, 3, 3), (9, 9, 9)));
        assert!(of(0).members > of(1).members && found.items[0].item == 2);
        assert_eq!(found.coming(1)[0].0, 0);
        assert_eq!(found.coming(7)[0].0, 1);
        assert!(found.coming(5).is_empty() && found.coming(90).is_empty());
        // In months two to four everybody buys item 0 once: a third of the months that members were there.
        assert!((found.coming(1)[0].1 - 1.0 / 3.0).abs() < 0.03, "{:?}", found.coming(1));
        let needs = found.needs(&bought, &born, as_of, 2);
        assert!(!needs.is_empty());
        assert!(needs.iter().all(|need| !bought.iter().any(|b| (b.member, b.item) == (need.member, need.item)) && need.lift > 1.0));
        assert_eq!(ages(&bought, &[], as_of).members, 0);
    }
}
