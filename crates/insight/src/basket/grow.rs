//! Pattern growth over flat arrays.

use super::model::{Baskets, Sets};
use rayon::prelude::*;
use shuke_kernel::{Error, Result};

/// Most sets that are kept.
const SETS_MAX: usize = 20_000_000;
/// Items that fit a word.
const WORD: usize = 64;

/// A problem: baskets of items numbered from the most frequent, each with how often it occurs.
struct Base {
    /// Items of all baskets, rising within one.
    items: Vec<u32>,
    /// Start, end and number of each basket.
    rows: Vec<(u32, u32, u32)>,
}

/// All sets that stand in at least `least` baskets, by their rarest item. Errors: `sets_too_many`.
pub fn frequent(baskets: &Baskets, least: u32) -> Result<Sets> {
    let least = least.max(1);
    let mut counts = vec![0_u32; baskets.item_count];
    baskets.items.iter().for_each(|item| counts[*item as usize] += 1);
    let mut names: Vec<u32> =
        (0..u32::try_from(baskets.item_count).unwrap_or(u32::MAX)).filter(|item| counts[*item as usize] >= least).collect();
    names.sort_unstable_by_key(|item| (std::cmp::Reverse(counts[*item as usize]), *item));
    let base = ranked(baskets, &names);
    let places = places(&base, names.len());
    let parts: Vec<Sets> = (0..names.len())
        .into_par_iter()
        .rev()
        .map_init(
            || Scratch::new(names.len()),
            |scratch, rank| {
                let mut sets = Sets::default();
                let mut prefix = vec![names[rank]];
                emit(&mut sets, &prefix, counts[names[rank] as usize]);
                grow(&base, places.of(rank), least, &names, scratch, &mut prefix, &mut sets);
                sets
            },
        )
        .collect();
    let total: usize = parts.iter().map(Sets::len).sum();
    if total > SETS_MAX || parts.iter().any(|part| part.len() > SETS_MAX / 4) {
        let detail = format!("more than {SETS_MAX} sets stand in {least} baskets or more; raise the least support");
        return Err(Error::refused("sets_too_many", detail));
    }
    let mut sets = Sets::default();
    for part in parts {
        let offset = sets.items.len();
        sets.items.extend_from_slice(&part.items);
        sets.ends.extend(part.ends.iter().map(|end| end + offset));
        sets.counts.extend_from_slice(&part.counts);
    }
    sets.tidy();
    Ok(sets)
}

/// The baskets with frequent items only, by rank, equal ones merged.
fn ranked(baskets: &Baskets, names: &[u32]) -> Base {
    let mut rank = vec![u32::MAX; baskets.item_count];
    for (at, item) in names.iter().enumerate() {
        rank[*item as usize] = u32::try_from(at).unwrap_or(u32::MAX);
    }
    let mut base = Base { items: Vec::with_capacity(baskets.items.len()), rows: Vec::with_capacity(baskets.len()) };
    for basket in baskets.iter() {
        let start = base.items.len();
        base.items.extend(basket.iter().map(|item| rank[*item as usize]).filter(|rank| *rank != u32::MAX));
        if base.items.len() > start {
            base.items[start..].sort_unstable();
            base.rows.push((start as u32, base.items.len() as u32, 1));
        }
    }
    base
}

/// In which baskets each item stands, and where in them.
struct Places {
    starts: Vec<usize>,
    places: Vec<(u32, u32)>,
}

impl Places {
    fn of(&self, rank: usize) -> &[(u32, u32)] {
        &self.places[self.starts[rank]..self.starts[rank + 1]]
    }
}

fn places(base: &Base, count: usize) -> Places {
    let mut starts = vec![0_usize; count + 2];
    base.items.iter().for_each(|item| starts[*item as usize + 2] += 1);
    for at in 2..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut places = vec![(0, 0); base.items.len()];
    for (row, (start, end, _)) in base.rows.iter().enumerate() {
        for at in *start..*end {
            let next = &mut starts[base.items[at as usize] as usize + 1];
            places[*next] = (row as u32, at);
            *next += 1;
        }
    }
    starts.pop();
    Places { starts, places }
}

/// Memory that is used again.
struct Scratch {
    counts: Vec<u32>,
    rank: Vec<u32>,
    words: Vec<Vec<(u64, u32)>>,
}

impl Scratch {
    fn new(items: usize) -> Self {
        Self { counts: vec![0; items], rank: vec![u32::MAX; items], words: Vec::new() }
    }
}

fn emit(sets: &mut Sets, prefix: &[u32], count: u32) {
    sets.items.extend_from_slice(prefix);
    sets.ends.push(sets.items.len());
    sets.counts.push(count);
}

/// Every frequent set that adds to `prefix` items that stand before these places. `names` are the items' own numbers.
fn grow(base: &Base, places_of: &[(u32, u32)], least: u32, names: &[u32], scratch: &mut Scratch, prefix: &mut Vec<u32>, sets: &mut Sets) {
    let rows = places_of.iter().map(|(row, end)| {
        let (start, _, times) = base.rows[*row as usize];
        (&base.items[start as usize..*end as usize], times)
    });
    let mut highest = 0;
    for (row, times) in rows.clone() {
        row.iter().for_each(|item| scratch.counts[*item as usize] += times);
        highest = highest.max(row.last().map_or(0, |item| item + 1));
    }
    let kept: Vec<(u32, u32)> =
        (0..highest).map(|item| (item, scratch.counts[item as usize])).filter(|(_, count)| *count >= least).collect();
    scratch.counts[..highest as usize].fill(0);
    match kept.len() {
        0 => return,
        1 => {
            prefix.push(names[kept[0].0 as usize]);
            emit(sets, prefix, kept[0].1);
            prefix.pop();
            return;
        }
        _ => {}
    }
    for (at, (item, _)) in kept.iter().enumerate() {
        scratch.rank[*item as usize] = at as u32;
    }
    let own: Vec<u32> = kept.iter().map(|(item, _)| names[*item as usize]).collect();
    if kept.len() <= WORD {
        let mut words: Vec<(u64, u32)> = scratch.words.pop().unwrap_or_default();
        words.clear();
        for (row, times) in rows {
            let word = row.iter().fold(0_u64, |word, item| match scratch.rank[*item as usize] {
                u32::MAX => word,
                rank => word | 1 << rank,
            });
            if word != 0 {
                words.push((word, times));
            }
        }
        kept.iter().for_each(|(item, _)| scratch.rank[*item as usize] = u32::MAX);
        let counts: Vec<u32> = kept.iter().map(|(_, count)| *count).collect();
        grow_words(&mut words, &counts, least, &own, scratch, prefix, sets);
        scratch.words.push(words);
        return;
    }
    let mut smaller = Base { items: Vec::new(), rows: Vec::new() };
    for (row, times) in rows {
        let from = smaller.items.len();
        smaller.items.extend(row.iter().map(|item| scratch.rank[*item as usize]).filter(|rank| *rank != u32::MAX));
        if smaller.items.len() > from {
            smaller.rows.push((from as u32, smaller.items.len() as u32, times));
        }
    }
    kept.iter().for_each(|(item, _)| scratch.rank[*item as usize] = u32::MAX);
    let found = places(&smaller, kept.len());
    for (at, (_, count)) in kept.iter().enumerate() {
        prefix.push(own[at]);
        emit(sets, prefix, *count);
        grow(&smaller, found.of(at), least, &own, scratch, prefix, sets);
        prefix.pop();
    }
}

/// The same where at most 64 items are left: a basket is a word.
fn grow_words(
    words: &mut Vec<(u64, u32)>,
    counts: &[u32],
    least: u32,
    names: &[u32],
    scratch: &mut Scratch,
    prefix: &mut Vec<u32>,
    sets: &mut Sets,
) {
    words.sort_unstable_by_key(|(word, _)| *word);
    words.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    for (at, name) in names.iter().enumerate() {
        if counts[at] < least {
            continue;
        }
        prefix.push(*name);
        emit(sets, prefix, counts[at]);
        let below = (1_u64 << at) - 1;
        let mut inner = [0_u32; WORD];
        let mut next: Vec<(u64, u32)> = scratch.words.pop().unwrap_or_default();
        next.clear();
        for (word, times) in words.iter().filter(|(word, _)| word >> at & 1 == 1 && word & below != 0) {
            let mut bits = word & below;
            next.push((bits, *times));
            while bits != 0 {
                inner[bits.trailing_zeros() as usize] += times;
                bits &= bits - 1;
            }
        }
        let mut mask = (0..at).filter(|i| inner[*i] >= least).fold(0_u64, |mask, i| mask | 1 << i);
        if mask.count_ones() > 1 {
            next.iter_mut().for_each(|(word, _)| *word &= mask);
            next.retain(|(word, _)| *word != 0);
            grow_words(&mut next, &inner[..at], least, &names[..at], scratch, prefix, sets);
            mask = 0;
        }
        if mask != 0 {
            let only = mask.trailing_zeros() as usize;
            prefix.push(names[only]);
            emit(sets, prefix, inner[only]);
            prefix.pop();
        }
        scratch.words.push(next);
        prefix.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basket::rules;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn of(raw: &[Vec<u32>]) -> Baskets {
        let mut baskets = Baskets::default();
        raw.iter().for_each(|basket| baskets.push(&mut basket.clone()));
        baskets
    }

    fn found(baskets: &Baskets, least: u32) -> BTreeMap<Vec<u32>, u32> {
        let sets = frequent(baskets, least).unwrap();
        let map: BTreeMap<Vec<u32>, u32> = sets.iter().map(|(set, count)| (set.to_vec(), count)).collect();
        assert_eq!(map.len(), sets.len(), "no set twice");
        map
    }

    /// Level by level, by counting.
    fn plainly(raw: &[Vec<u32>], least: u32) -> BTreeMap<Vec<u32>, u32> {
        let rows: Vec<BTreeSet<u32>> = raw.iter().map(|basket| basket.iter().copied().collect()).collect();
        let items: BTreeSet<u32> = rows.iter().flatten().copied().collect();
        let mut all = BTreeMap::new();
        let mut level: Vec<Vec<u32>> = vec![Vec::new()];
        while !level.is_empty() {
            let mut next = Vec::new();
            for set in &level {
                for item in items.iter().filter(|item| set.last().is_none_or(|last| *item > last)) {
                    let larger: Vec<u32> = set.iter().copied().chain([*item]).collect();
                    let count = rows.iter().filter(|row| larger.iter().all(|item| row.contains(item))).count() as u32;
                    if count >= least {
                        all.insert(larger.clone(), count);
                        next.push(larger);
                    }
                }
            }
            level = next;
        }
        all
    }

    #[test]
    fn more_than_a_word_of_items() {
        let mut dice = crate::numeric::random::Dice::new(4);
        let raw: Vec<Vec<u32>> =
            (0..300).map(|_| (0..100).filter(|item| dice.unit() < 0.3 / (1.0 + f64::from(*item) / 60.0)).collect()).collect();
        assert_eq!(found(&of(&raw), 18), plainly(&raw, 18));
    }

    #[test]
    fn rules_are_as_computed_by_hand() {
        let raw = [vec![0, 1], vec![0, 1], vec![0, 1, 2], vec![0], vec![2]];
        let baskets = of(&raw);
        let found = rules(&frequent(&baskets, 1).unwrap(), baskets.len(), 0.7).unwrap();
        let rule = found.iter().find(|rule| rule.left == [0] && rule.right == 1).unwrap();
        assert_eq!((rule.count, rule.left_count, rule.right_count), (3, 4, 3));
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        near(rule.confidence, 0.75);
        near(rule.lift, 1.25);
        near(rule.leverage, 0.6 - 0.8 * 0.6);
        near(rule.conviction.unwrap(), 0.4 / 0.25);
        assert_eq!(found.iter().find(|rule| rule.left == [1] && rule.right == 0).unwrap().conviction, None);
        assert!(rules(&Sets::default(), 0, 1.5).is_err() && rules(&Sets::default(), 0, 0.5).unwrap().is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn sets_are_those_of_plain_counting(raw in proptest::collection::vec(proptest::collection::vec(0_u32..9, 0..8), 0..40), least in 1_u32..6) {
            let baskets = of(&raw);
            let wanted = plainly(&raw, least);
            prop_assert_eq!(&found(&baskets, least), &wanted);
            let sets = frequent(&baskets, least).unwrap();
            let (closed, maximal) = sets.closed_and_maximal();
            for (at, (set, count)) in sets.iter().enumerate() {
                let larger = wanted.iter().filter(|(other, _)| other.len() > set.len() && set.iter().all(|item| other.contains(item)));
                let counts: Vec<u32> = larger.map(|(_, count)| *count).collect();
                prop_assert_eq!(maximal[at], counts.is_empty());
                prop_assert_eq!(closed[at], !counts.contains(&count));
            }
        }
    }
}
