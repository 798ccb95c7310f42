//! What members who bought the same bought next.

use super::model::Bought;
use crate::numeric::random::Dice;
use rayon::prelude::*;
use serde::Serialize;

/// Items that a member is given.
pub const TOP: usize = 10;
/// Most items of a member that are looked at, the latest ones.
const HISTORY_MAX: usize = 60;
/// Most members whose pairs are counted.
const MEMBERS_MAX: usize = 200_000;
/// Pairs that are counted before they are put together.
const PAIRS_AT_ONCE: usize = 20_000_000;
/// Followers that are kept of an item.
const FOLLOWERS_MAX: usize = 200;
/// How much a follower's own frequency counts against it; the one that did best before is taken.
const POWERS: [f64; 4] = [0.0, 0.25, 0.5, 0.75];

/// Each member's items by the day on which she first bought them.
struct Histories {
    members: Vec<u32>,
    starts: Vec<usize>,
    items: Vec<(i32, u32)>,
}

impl Histories {
    /// Of what was bought before `until`; `bought` is sorted by member, item, day.
    fn of(bought: &[Bought], until: i32) -> Self {
        let mut all = Self { members: Vec::new(), starts: vec![0], items: Vec::new() };
        for own in bought.chunk_by(|a, b| a.member == b.member) {
            let from = all.items.len();
            let firsts = own.chunk_by(|a, b| a.item == b.item).map(|same| (same[0].day, same[0].item));
            all.items.extend(firsts.filter(|(day, _)| *day < until));
            if all.items.len() > from {
                all.items[from..].sort_unstable();
                all.members.push(own[0].member);
                all.starts.push(all.items.len());
            }
        }
        all
    }
    fn of_member(&self, at: usize) -> &[(i32, u32)] {
        &self.items[self.starts[at]..self.starts[at + 1]]
    }
}

/// What follows what.
#[derive(Debug)]
pub struct Followers {
    /// Members who bought each item.
    counts: Vec<u32>,
    starts: Vec<usize>,
    /// Follower, and members who bought it later than the item.
    next: Vec<(u32, u32)>,
    /// Items by members, the most popular first.
    popular: Vec<u32>,
}

fn merged(counted: Vec<(u64, u32)>, mut keys: Vec<u64>) -> Vec<(u64, u32)> {
    keys.par_sort_unstable();
    let new = keys.chunk_by(|a, b| a == b).map(|same| (same[0], u32::try_from(same.len()).unwrap_or(u32::MAX)));
    if counted.is_empty() {
        return new.collect();
    }
    let mut both: Vec<(u64, u32)> = counted.into_iter().chain(new).collect();
    both.sort_unstable_by_key(|(key, _)| *key);
    both.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0 };
        same
    });
    both
}

impl Followers {
    fn of(histories: &Histories, items: usize) -> Self {
        let mut counts = vec![0_u32; items];
        histories.items.iter().for_each(|(_, item)| counts[*item as usize] += 1);
        let mut chosen: Vec<usize> = (0..histories.members.len()).collect();
        if chosen.len() > MEMBERS_MAX {
            Dice::new(1).sample(&mut chosen, MEMBERS_MAX);
            chosen.truncate(MEMBERS_MAX);
        }
        let (mut pairs, mut keys) = (Vec::new(), Vec::new());
        for at in chosen {
            let own = histories.of_member(at);
            let own = &own[own.len().saturating_sub(HISTORY_MAX)..];
            for (place, (day, item)) in own.iter().enumerate() {
                // Of one day nothing comes before the other; they go together all the same.
                let later = own.iter().enumerate().filter(|(other, (then, _))| *other != place && then >= day);
                keys.extend(later.map(|(_, (_, next))| u64::from(*item) << 32 | u64::from(*next)));
            }
            if keys.len() > PAIRS_AT_ONCE {
                pairs = merged(pairs, std::mem::take(&mut keys));
            }
        }
        pairs = merged(pairs, keys);
        let (mut starts, mut next) = (vec![0], Vec::new());
        let mut rest = pairs.as_slice();
        for item in 0..items as u64 {
            let (own, others) = rest.split_at(rest.partition_point(|(key, _)| key >> 32 <= item));
            rest = others;
            // What two members did once is no habit.
            let mut followers: Vec<(u32, u32)> =
                own.iter().filter(|(_, count)| *count > 1).map(|(key, count)| (*key as u32, *count)).collect();
            followers.sort_unstable_by_key(|(item, count)| (std::cmp::Reverse(*count), *item));
            followers.truncate(FOLLOWERS_MAX);
            next.extend(followers);
            starts.push(next.len());
        }
        let mut popular: Vec<u32> = (0..u32::try_from(items).unwrap_or(u32::MAX)).collect();
        popular.sort_by_key(|item| (std::cmp::Reverse(counts[*item as usize]), *item));
        Self { counts, starts, next, popular }
    }

    /// The best items for somebody with this history that are not in it: item, score, and what speaks most for it.
    fn best(&self, own: &[(i32, u32)], power: f64, scratch: &mut Scratch) -> Vec<(u32, f64, u32)> {
        for (_, item) in &own[own.len().saturating_sub(HISTORY_MAX)..] {
            let item = *item as usize;
            let times = f64::from(self.counts[item].max(1));
            for (next, count) in &self.next[self.starts[item]..self.starts[item + 1]] {
                let score = f64::from(*count) / (times * f64::from(self.counts[*next as usize].max(1)).powf(power));
                scratch.add(*next, score, item as u32);
            }
        }
        scratch.take(own)
    }
}

/// Sums of one member, used again for the next.
struct Scratch {
    scores: Vec<f64>,
    reasons: Vec<(f64, u32)>,
    touched: Vec<u32>,
}

impl Scratch {
    fn new(items: usize) -> Self {
        Self { scores: vec![0.0; items], reasons: vec![(0.0, 0); items], touched: Vec::new() }
    }
    fn add(&mut self, item: u32, score: f64, reason: u32) {
        let at = item as usize;
        if self.scores[at] == 0.0 {
            self.touched.push(item);
        }
        self.scores[at] += score;
        if score > self.reasons[at].0 {
            self.reasons[at] = (score, reason);
        }
    }
    fn take(&mut self, own: &[(i32, u32)]) -> Vec<(u32, f64, u32)> {
        own.iter().for_each(|(_, item)| self.scores[*item as usize] = 0.0);
        let mut best: Vec<(u32, f64, u32)> = self
            .touched
            .iter()
            .filter(|item| self.scores[**item as usize] > 0.0)
            .map(|item| (*item, self.scores[*item as usize], self.reasons[*item as usize].1))
            .collect();
        let order = |a: &(u32, f64, u32), b: &(u32, f64, u32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if best.len() > TOP {
            best.select_nth_unstable_by(TOP, order);
            best.truncate(TOP);
        }
        best.sort_unstable_by(order);
        for item in self.touched.drain(..) {
            self.scores[item as usize] = 0.0;
            self.reasons[item as usize] = (0.0, 0);
        }
        best
    }
}

/// How often one of ten recommended items was then bought, on the last days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Trial {
    /// Members who bought something that was new to them.
    pub members: usize,
    /// Of them, with one of the recommended.
    pub hits: usize,
    /// Of them, with one of the ten most popular that they did not have.
    pub popular_hits: usize,
    /// Of them, with one recommended and none of the popular; and the other way round.
    pub only: (usize, usize),
    /// The power that was taken.
    pub power: f64,
}

impl Trial {
    /// Share of members with a hit.
    pub fn hit_rate(&self) -> f64 {
        self.hits as f64 / self.members.max(1) as f64
    }
    /// The same of the most popular.
    pub fn popular_rate(&self) -> f64 {
        self.popular_hits as f64 / self.members.max(1) as f64
    }
    /// The difference's 95 % interval, for pairs (Agresti, *Categorical Data Analysis*, 2nd ed., 10.1.1).
    pub fn interval(&self) -> (f64, f64) {
        let n = self.members.max(1) as f64;
        let (b, c) = (self.only.0 as f64, self.only.1 as f64);
        let difference = (b - c) / n;
        let spread = 1.959_963_984_540_054 * ((b + c - (b - c).powi(2) / n).max(0.0)).sqrt() / n;
        (difference - spread, difference + spread)
    }
}

/// New items of each member from a day on, as far as `until`.
fn truth(bought: &[Bought], from: i32, until: i32) -> Vec<(u32, Vec<u32>)> {
    let own = |own: &[Bought]| {
        let new = own.chunk_by(|a, b| a.item == b.item).filter(|same| (from..until).contains(&same[0].day)).map(|same| same[0].item);
        (own[0].member, new.collect::<Vec<_>>())
    };
    bought.chunk_by(|a, b| a.member == b.member).map(own).filter(|(_, new)| !new.is_empty()).collect()
}

/// Recommends on what was known at `from` and looks at what was new to members until `until`.
fn try_out(bought: &[Bought], items: usize, from: i32, until: i32, powers: &[f64]) -> Vec<Trial> {
    let histories = Histories::of(bought, from);
    let followers = Followers::of(&histories, items);
    let cases: Vec<(usize, Vec<u32>)> = truth(bought, from, until)
        .into_iter()
        .filter_map(|(member, new)| Some((histories.members.binary_search(&member).ok()?, new)))
        .collect();
    let one = |power: f64| {
        let add = |(scratch, mut sum): (Scratch, Trial), (at, new): &(usize, Vec<u32>)| {
            let mut scratch = scratch;
            let own = histories.of_member(*at);
            let hit = followers.best(own, power, &mut scratch).iter().any(|(item, ..)| new.contains(item));
            let has = |item: &u32| own.iter().any(|(_, had)| had == item);
            let popular = followers.popular.iter().filter(|item| !has(item)).take(TOP).any(|item| new.contains(item));
            sum.members += 1;
            sum.hits += usize::from(hit);
            sum.popular_hits += usize::from(popular);
            sum.only.0 += usize::from(hit && !popular);
            sum.only.1 += usize::from(popular && !hit);
            (scratch, sum)
        };
        let parts: Vec<Trial> =
            cases.par_chunks(512).map(|part| part.iter().fold((Scratch::new(items), Trial::default()), add).1).collect();
        parts.into_iter().fold(Trial { power, ..Trial::default() }, |mut sum, part| {
            sum.members += part.members;
            sum.hits += part.hits;
            sum.popular_hits += part.popular_hits;
            sum.only = (sum.only.0 + part.only.0, sum.only.1 + part.only.1);
            sum
        })
    };
    powers.iter().map(|power| one(*power)).collect()
}

/// The power is chosen on the days before the last ones, the trial is made on the last ones.
pub fn tried(bought: &[Bought], items: usize, until: i32, days: i32) -> Trial {
    let before = try_out(bought, items, until - 2 * days, until - days, &POWERS);
    let power = before.iter().fold((0, 0.5), |best, trial| if trial.hits > best.0 { (trial.hits, trial.power) } else { best }).1;
    try_out(bought, items, until - days, until, &[power])[0]
}

/// A recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Recommended {
    /// The member.
    pub member: u32,
    /// From 1.
    pub rank: u32,
    /// The item.
    pub item: u32,
    /// The score.
    pub score: f64,
    /// What she bought that speaks most for it.
    pub because: u32,
}

/// The best few for each member who bought since `since`.
pub fn recommend(bought: &[Bought], items: usize, power: f64, since: i32, few: usize) -> Vec<Recommended> {
    let histories = Histories::of(bought, i32::MAX);
    let followers = Followers::of(&histories, items);
    let mut late = vec![false; bought.last().map_or(0, |last| last.member as usize + 1)];
    bought.iter().filter(|b| b.day >= since).for_each(|b| late[b.member as usize] = true);
    let active: Vec<usize> = (0..histories.members.len()).filter(|at| late[histories.members[*at] as usize]).collect();
    let of = |scratch: &mut Scratch, at: usize| {
        let best = followers.best(histories.of_member(at), power, scratch);
        let member = histories.members[at];
        (1..)
            .zip(best)
            .take(few)
            .map(|(rank, (item, score, because))| Recommended { member, rank, item, score, because })
            .collect::<Vec<_>>()
    };
    let parts: Vec<Vec<Recommended>> = active
        .par_chunks(512)
        .map(|part| {
            let mut scratch = Scratch::new(items);
            part.iter().flat_map(|at| of(&mut scratch, *at)).collect()
        })
        .collect();
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Members of four kinds: each goes through her kind's ten items in order, one every ten days.
    fn shop() -> Vec<Bought> {
        let mut bought = Vec::new();
        for member in 0..400_u32 {
            let steps = 3 + member / 4 % 8;
            for step in 0..steps {
                bought.push(Bought { member, item: member % 4 * 10 + step, day: 300 - 10 * i32::try_from(steps - step).unwrap() });
            }
            bought.push(Bought { member, item: 40, day: 190 });
        }
        bought.sort_unstable();
        bought
    }

    #[test]
    fn the_next_step_is_recommended() {
        let bought = shop();
        let found = recommend(&bought, 41, 0.5, 250, 3);
        let first = |member: u32| found.iter().find(|r| r.member == member && r.rank == 1).unwrap().item;
        assert_eq!((first(0), first(1), first(4)), (3, 13, 4), "members 0 and 1 had three steps, member 4 four");
        assert!(found.iter().all(|r| !bought.iter().any(|b| (b.member, b.item) == (r.member, r.item))), "nothing she has");
        assert!(found.iter().all(|r| r.because == 40 || r.because / 10 == r.item / 10));
        assert!(recommend(&[], 0, 0.5, 0, 3).is_empty());
    }

    #[test]
    fn a_trial_beats_the_most_popular_where_there_is_something_to_know() {
        let trial = tried(&shop(), 41, 300, 10);
        assert!(trial.members == 400 && trial.hit_rate() > 0.8 && trial.interval().0 > 0.2, "{trial:?}");
        assert_eq!(trial.hits as i64 - trial.popular_hits as i64, trial.only.0 as i64 - trial.only.1 as i64);
        assert_eq!(tried(&[], 3, 300, 10).members, 0);
    }

    #[test]
    fn counts_are_those_of_going_through_all_pairs() {
        let mut dice = Dice::new(2);
        let mut bought: Vec<Bought> =
            (0..600).map(|_| Bought { member: dice.below(40) as u32, item: dice.below(12) as u32, day: dice.below(30) as i32 }).collect();
        bought.sort_unstable();
        bought.dedup();
        let followers = Followers::of(&Histories::of(&bought, 25), 12);
        let first = |member: u32, item: u32| {
            bought.iter().filter(|b| (b.member, b.item) == (member, item)).map(|b| b.day).min().filter(|day| *day < 25)
        };
        for a in 0..12 {
            for b in (0..12).filter(|b| *b != a) {
                let wanted = (0..40).filter(|m| matches!((first(*m, a), first(*m, b)), (Some(x), Some(y)) if y >= x)).count();
                let own = &followers.next[followers.starts[a as usize]..followers.starts[a as usize + 1]];
                let found = own.iter().find(|(item, _)| *item == b).map_or(0, |(_, count)| *count as usize);
                assert_eq!(found, if wanted > 1 { wanted } else { 0 }, "{a} {b}");
            }
        }
    }
}
