//! Groups of values, and sets of members held against them.

use crate::numeric::many::false_discovery;
use crate::report::{Text, says};
use crate::uplift::of_shares;
use serde::Serialize;

/// An attribute with its values.
#[derive(Clone, Debug)]
pub struct Group {
    /// What it is.
    pub name: Text,
    /// Whether a member has one value at most.
    pub single: bool,
    /// The values.
    pub values: Vec<Text>,
    /// Member and value, sorted, each pair once.
    pub of: Vec<(u32, u32)>,
}

impl Group {
    /// From each member's value.
    pub fn single(name: Text, values: Vec<Text>, of: impl Iterator<Item = Option<u32>>) -> Self {
        let of = (0_u32..).zip(of).filter_map(|(member, value)| Some((member, value?))).collect();
        Self { name, single: true, values, of }
    }
    /// From numbers, by their quarters; none where they do not differ.
    pub fn quarters(name: Text, numbers: &[Option<f64>], write: &dyn Fn(f64) -> String) -> Option<Self> {
        let mut sorted: Vec<f64> = numbers.iter().flatten().copied().filter(|n| n.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut cuts: Vec<f64> = (1..4).filter_map(|i| sorted.get((sorted.len() * i).div_ceil(4).saturating_sub(1)).copied()).collect();
        cuts.dedup();
        cuts.retain(|cut| Some(cut) != sorted.last());
        (!cuts.is_empty()).then(|| bands(name, numbers, &cuts, write))
    }
}

/// From numbers, by cuts: up to the first, up to the second, …, above the last.
pub fn bands(name: Text, numbers: &[Option<f64>], cuts: &[f64], write: &dyn Fn(f64) -> String) -> Group {
    let values = (0..=cuts.len())
        .map(|at| match (at.checked_sub(1).map(|before| write(cuts[before])), cuts.get(at).map(|cut| write(*cut))) {
            (None, Some(high)) => says(format!("不超过 {high}"), format!("up to {high}")),
            (Some(low), Some(high)) => says(format!("{low} 以上到 {high}"), format!("above {low} to {high}")),
            (Some(low), None) => says(format!("{low} 以上"), format!("above {low}")),
            (None, None) => says("全部", "all"),
        })
        .collect();
    let place = |number: f64| u32::try_from(cuts.partition_point(|cut| *cut < number)).unwrap_or(0);
    Group::single(name, values, numbers.iter().map(|number| number.map(place)))
}

/// A value inside a set of members and outside of it.
#[derive(Clone, Debug, Serialize)]
pub struct Contrast {
    /// The attribute, an index.
    pub group: usize,
    /// The value, an index.
    pub value: usize,
    /// Members of the set with the value.
    pub inside: u64,
    /// Members of the set of whom the attribute is known.
    pub set: u64,
    /// Members outside the set with the value.
    pub outside: u64,
    /// Members outside the set of whom the attribute is known.
    pub rest: u64,
    /// How many times more often both come together than if they had nothing to do with each other.
    pub lift: f64,
    /// The chance of such a difference by luck.
    pub p: f64,
    /// At most this share of the values that look as striking are so by luck.
    pub q: f64,
}

impl Contrast {
    /// Of those with the value, the share in the set.
    pub fn share_of_value(&self) -> f64 {
        self.inside as f64 / (self.inside + self.outside).max(1) as f64
    }
    /// Of the set, the share with the value.
    pub fn share_of_set(&self) -> f64 {
        self.inside as f64 / self.set.max(1) as f64
    }
    /// Of the others, the share with the value.
    pub fn share_of_rest(&self) -> f64 {
        self.outside as f64 / self.rest.max(1) as f64
    }
    /// Whether it is likelier no luck.
    pub fn is_found(&self) -> bool {
        self.q < 0.05
    }
}

/// Fewest members of a value that is spoken of.
pub const MEMBERS_MIN: u64 = 5;

/// Every value of every attribute held against a set, among those who count at all; the most striking first.
pub fn contrasts(groups: &[Group], set: &[bool], all: &[bool]) -> Vec<Contrast> {
    let counts = |member: u32| all.get(member as usize).copied().unwrap_or(false);
    let in_set = |member: u32| set.get(member as usize).copied().unwrap_or(false);
    let whole = (0_u32..).zip(all).filter(|(_, counts)| **counts).fold([0_u64; 2], |mut sums, (member, _)| {
        sums[usize::from(in_set(member))] += 1;
        sums
    });
    let mut found = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let mut sums = vec![[0_u64; 2]; group.values.len()];
        for (member, value) in group.of.iter().filter(|(member, _)| counts(*member)) {
            sums[*value as usize][usize::from(in_set(*member))] += 1;
        }
        // Of whom the attribute is not known says nothing about it.
        let [rest, own] = if group.single { sums.iter().fold([0, 0], |a, b| [a[0] + b[0], a[1] + b[1]]) } else { whole };
        for (value, [outside, inside]) in sums.into_iter().enumerate() {
            let held = inside + outside;
            if held < MEMBERS_MIN || held == own + rest || own == 0 || rest == 0 {
                continue;
            }
            let Ok(test) = of_shares(inside, own, outside, rest) else { continue };
            let expected = held as f64 * own as f64 / (own + rest) as f64;
            let lift = inside as f64 / expected;
            found.push(Contrast { group: at, value, inside, set: own, outside, rest, lift, p: test.p, q: 1.0 });
        }
    }
    let q = false_discovery(&found.iter().map(|contrast| contrast.p).collect::<Vec<_>>());
    found.iter_mut().zip(q).for_each(|(contrast, q)| contrast.q = q);
    found.sort_by(|a, b| a.p.total_cmp(&b.p).then_with(|| (a.group, a.value).cmp(&(b.group, b.value))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(single: bool, values: usize, of: Vec<(u32, u32)>) -> Group {
        Group { name: says("甲", "a"), single, values: (0..values).map(|i| says(i.to_string(), i.to_string())).collect(), of }
    }

    #[test]
    fn lift_is_both_together_over_both_by_chance() {
        // 40 members, 20 in the set; value 0 is held by 10, 8 of them in the set; value 1 by the others.
        let set: Vec<bool> = (0..40).map(|i| i < 20).collect();
        let of = (0..40).map(|i| (i, u32::from(!(i < 8 || i == 20 || i == 21)))).collect();
        let found = contrasts(&[group(true, 2, of)], &set, &[true; 40]);
        let first = found.iter().find(|c| c.value == 0).unwrap();
        assert_eq!((first.inside, first.set, first.outside, first.rest), (8, 20, 2, 20));
        assert!((first.lift - (8.0 / 20.0) / (10.0 / 40.0)).abs() < 1e-12);
        assert!((first.share_of_value() - 0.8).abs() < 1e-12 && (first.share_of_rest() - 0.1).abs() < 1e-12);
        // scipy.stats.fisher_exact([[8, 2], [12, 18]]).
        assert!((first.p - 0.064_833_161_607_355).abs() < 1e-9, "{}", first.p);
    }

    #[test]
    fn of_whom_nothing_is_known_counts_for_nothing() {
        let set: Vec<bool> = (0..40).map(|i| i % 2 == 0).collect();
        let of: Vec<(u32, u32)> = (0..20).map(|i| (i, u32::from(i >= 10))).collect();
        let found = contrasts(&[group(true, 2, of.clone())], &set, &[true; 40]);
        assert!(found.iter().all(|c| (c.set, c.rest) == (10, 10) && (c.lift - 1.0).abs() < 1e-12));
        let found = contrasts(&[group(false, 2, of)], &set, &[true; 40]);
        assert!(found.iter().all(|c| (c.set, c.rest) == (20, 20)));
        assert!(
            contrasts(&[group(false, 1, (0..4).map(|i| (i, 0)).collect())], &set, &[true; 40]).is_empty(),
            "few members are not spoken of"
        );
        assert!(contrasts(&[], &[], &[]).is_empty());
    }

    #[test]
    fn quarters_have_even_sizes() {
        let numbers: Vec<Option<f64>> = (0..100).map(|i| Some(f64::from(i))).chain([None]).collect();
        let found = Group::quarters(says("甲", "a"), &numbers, &|n| format!("{n}")).unwrap();
        let sizes: Vec<usize> = (0..4).map(|value| found.of.iter().filter(|(_, v)| *v == value).count()).collect();
        assert_eq!((sizes, found.values[1].en.as_str()), (vec![25; 4], "above 24 to 49"));
        assert!(Group::quarters(says("甲", "a"), &[Some(3.0); 9], &|n| format!("{n}")).is_none());
        let skewed: Vec<Option<f64>> = (0..100).map(|i| Some(if i < 90 { 1.0 } else { 2.0 })).collect();
        assert_eq!(Group::quarters(says("甲", "a"), &skewed, &|n| format!("{n}")).unwrap().values.len(), 2);
    }
}
