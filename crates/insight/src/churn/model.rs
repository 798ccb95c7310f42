//! Who left, and what they had in common.

use crate::attribute::{Contrast, First, Group, contrasts};
use crate::numeric::many::false_discovery;
use crate::stage::Bands;
use crate::survival::{LogRank, Observed, Step, log_rank, survival};
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// An attribute's values compared by how long their members stay.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The attribute, an index.
    pub group: usize,
    /// Its values with the most members, indices.
    pub values: Vec<usize>,
    /// Members of each.
    pub members: Vec<u64>,
    /// The test.
    pub test: LogRank,
    /// At most this share of attributes that look as striking do so by luck.
    pub q: f64,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Churn {
    /// Months without a purchase after which a member has left.
    pub months: i32,
    /// The same in days, up to the day of the analysis.
    pub gone_days: i32,
    /// Whether these are fewer months than asked for, since the file is too short.
    pub shortened: bool,
    /// Members with a purchase.
    pub members: u64,
    /// Members who joined so long ago that they could have left.
    pub could: u64,
    /// Of them, those who left.
    pub gone: u64,
    /// Attributes of those who left, the most striking first.
    pub contrasts: Vec<Contrast>,
    /// Attributes by how long members stay, the most striking first.
    pub compared: Vec<Compared>,
    /// How long members stay.
    #[serde(skip)]
    pub curve: Vec<Step>,
    /// The same for the values of the most striking attribute.
    #[serde(skip)]
    pub curves: Vec<(usize, Vec<Step>)>,
    /// Days after which half have left; none where more than half are still there.
    pub median_days: Option<u32>,
}

/// Fewest members of a value whose curve is compared.
const MEMBERS_MIN: u64 = 20;
/// Most values of an attribute that are compared.
const VALUES_MAX: usize = 8;
/// Most curves that are drawn.
const CURVES_MAX: usize = 4;

/// Days from the day that lies so many months back.
fn days_back(as_of: i32, months: i32) -> i32 {
    as_of - crate::stage::boundaries(&Bands { active_months: months, marginal_months: months, dormant_months: months }, as_of)[0]
}

/// How long each member was seen and whether she left: a purchase, and then `gone_days` without one.
pub fn observed(firsts: &[Option<First>], as_of: i32, gone_days: i32) -> Vec<Option<Observed>> {
    let span = |days: i32| u32::try_from(days).unwrap_or(0);
    let of = |first: &First| match as_of - first.last_day > gone_days {
        true => Observed { time: span(first.last_day - first.day + gone_days + 1), ended: true, group: 0 },
        false => Observed { time: span(as_of - first.day), ended: false, group: 0 },
    };
    firsts.iter().map(|first| first.as_ref().map(of)).collect()
}

/// Looks for what those who left had in common. Where the file is too short for the longest band, a shorter one stands for it.
///
/// Errors: `history_too_short`, `members_too_few`.
pub fn churn(firsts: &[Option<First>], groups: &[Group], bands: Bands, as_of: i32) -> Result<Churn> {
    let members = firsts.iter().flatten().count() as u64;
    let could = |days: i32| -> Vec<bool> { firsts.iter().map(|first| first.is_some_and(|first| as_of - first.day > days)).collect() };
    let tried = [bands.dormant_months, bands.marginal_months, bands.active_months];
    // Half of the members must have joined before the months began; else those who could leave are no fair part of all.
    let chosen = tried
        .into_iter()
        .map(|months| (months, days_back(as_of, months)))
        .find(|(_, days)| could(*days).iter().filter(|could| **could).count() as u64 * 2 >= members);
    let Some((months, gone_days)) = chosen.filter(|_| members > 0) else {
        let detail = format!(
            "most members joined within the last {} months, so nobody can be said to have left; give shorter bands, such as --bands 1,2,3",
            bands.active_months
        );
        return Err(Error::refused("history_too_short", detail));
    };
    let at_risk = could(gone_days);
    let seen = observed(firsts, as_of, gone_days);
    let gone: Vec<bool> = seen.iter().zip(&at_risk).map(|(seen, could)| *could && seen.is_some_and(|seen| seen.ended)).collect();
    let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count() as u64;
    if count(&at_risk) < 10 || count(&gone) == 0 {
        let detail = format!("{} members could have left and {} did; it takes ten and one", count(&at_risk), count(&gone));
        return Err(Error::refused("members_too_few", detail));
    }
    let all: Vec<Observed> = seen.iter().flatten().copied().collect();
    let curve = survival(&all);
    let compared = compared(groups, &seen);
    let curves = compared.first().map(|first| curves(first, groups, &seen)).unwrap_or_default();
    Ok(Churn {
        months,
        gone_days,
        shortened: months != bands.dormant_months,
        members,
        could: count(&at_risk),
        gone: count(&gone),
        contrasts: contrasts(groups, &gone, &at_risk),
        median_days: curve.iter().find(|step| step.survival <= 0.5).map(|step| step.time),
        compared,
        curve,
        curves,
    })
}

/// Members of a value, each once.
fn of_value<'a>(group: &'a Group, value: usize, seen: &'a [Option<Observed>]) -> impl Iterator<Item = Observed> + 'a {
    group.of.iter().filter(move |(_, of)| *of as usize == value).filter_map(|(member, _)| seen.get(*member as usize).copied().flatten())
}

fn compared(groups: &[Group], seen: &[Option<Observed>]) -> Vec<Compared> {
    let mut found = Vec::new();
    for (at, group) in groups.iter().enumerate().filter(|(_, group)| group.single) {
        let mut sizes: Vec<(u64, usize)> =
            (0..group.values.len()).map(|value| (of_value(group, value, seen).count() as u64, value)).collect();
        sizes.sort_by_key(|(size, value)| (std::cmp::Reverse(*size), *value));
        sizes.retain(|(size, _)| *size >= MEMBERS_MIN);
        sizes.truncate(VALUES_MAX);
        sizes.sort_by_key(|(_, value)| *value);
        let named = |(place, (_, value)): (usize, &(u64, usize))| {
            let own = u32::try_from(place).unwrap_or(u32::MAX);
            of_value(group, *value, seen).map(move |of| Observed { group: own, ..of }).collect::<Vec<_>>()
        };
        let all: Vec<Observed> = sizes.iter().enumerate().flat_map(named).collect();
        if let Ok(test) = log_rank(&all, sizes.len()) {
            let (members, values) = sizes.into_iter().unzip();
            found.push(Compared { group: at, values, members, test, q: 1.0 });
        }
    }
    let q = false_discovery(&found.iter().map(|compared| compared.test.p).collect::<Vec<_>>());
    found.iter_mut().zip(q).for_each(|(compared, q)| compared.q = q);
    found.sort_by(|a, b| a.test.p.total_cmp(&b.test.p).then(a.group.cmp(&b.group)));
    found
}

fn curves(compared: &Compared, groups: &[Group], seen: &[Option<Observed>]) -> Vec<(usize, Vec<Step>)> {
    let mut by_size: Vec<(u64, usize)> = compared.members.iter().copied().zip(compared.values.iter().copied()).collect();
    by_size.sort_by_key(|(size, value)| (std::cmp::Reverse(*size), *value));
    let group = &groups[compared.group];
    by_size.into_iter().take(CURVES_MAX).map(|(_, value)| (value, survival(&of_value(group, value, seen).collect::<Vec<_>>()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::dates;
    use crate::report::says;

    fn day(year: i32, month: u32, of_month: u32) -> i32 {
        dates::day_of(year, month, of_month).unwrap()
    }

    fn first(day: i32, last_day: i32) -> Option<First> {
        Some(First { order: 0, day, last_day })
    }

    #[test]
    fn who_left_is_dated_to_the_day_the_months_were_full() {
        let as_of = day(2026, 11, 22);
        let found = observed(&[first(as_of - 400, as_of - 100), first(as_of - 400, as_of - 90), None], as_of, 90);
        assert_eq!(found[0], Some(Observed { time: 391, ended: true, group: 0 }));
        assert_eq!(found[1], Some(Observed { time: 400, ended: false, group: 0 }));
        assert_eq!(found[2], None);
    }

    /// 400 members who joined two years ago: of those at store A three of four left, at store B one of four.
    fn shop(as_of: i32) -> (Vec<Option<First>>, Group) {
        let firsts = (0..400)
            .map(|i| {
                let leaves = if i % 2 == 0 { i % 8 != 0 } else { i % 8 == 1 };
                first(as_of - 730 + i % 60, if leaves { as_of - 500 + i % 50 } else { as_of - i % 30 })
            })
            .collect();
        let values = vec![says("A", "A"), says("B", "B")];
        (firsts, Group::single(says("门店", "store"), values, (0..400).map(|i| Some(i % 2))))
    }

    #[test]
    fn the_store_that_loses_members_is_found() {
        let as_of = day(2026, 11, 22);
        let (firsts, store) = shop(as_of);
        let found = churn(&firsts, &[store], Bands::default(), as_of).unwrap();
        assert_eq!((found.months, found.could, found.gone, found.shortened), (12, 400, 200, false));
        let worst = &found.contrasts[0];
        assert!((worst.share_of_value() - 0.75).abs() < 1e-12 && (worst.lift - 1.5).abs() < 1e-12 && worst.is_found());
        let test = &found.compared[0];
        assert!(test.test.p < 1e-10 && test.members == [200, 200]);
        let end = |at: usize| found.curves[at].1.last().unwrap().survival;
        assert!((end(0) - 0.25).abs() < 1e-9 && (end(1) - 0.75).abs() < 1e-9);
        assert_eq!(found.curve.iter().map(|step| step.ended).sum::<u64>(), 200);
    }

    #[test]
    fn a_short_file_takes_a_shorter_band_or_says_so() {
        let as_of = day(2026, 11, 22);
        let firsts: Vec<_> = (0..100).map(|i| first(as_of - 250, as_of - if i < 40 { 240 } else { 5 })).collect();
        let found = churn(&firsts, &[], Bands::default(), as_of).unwrap();
        assert_eq!((found.months, found.gone, found.shortened), (6, 40, true));
        let young: Vec<_> = (0..100).map(|_| first(as_of - 20, as_of - 20)).collect();
        assert_eq!(churn(&young, &[], Bands::default(), as_of).unwrap_err().code(), "history_too_short");
        let loyal: Vec<_> = (0..100).map(|_| first(as_of - 800, as_of - 1)).collect();
        assert_eq!(churn(&loyal, &[], Bands::default(), as_of).unwrap_err().code(), "members_too_few");
        assert_eq!(churn(&[], &[], Bands::default(), as_of).unwrap_err().code(), "history_too_short");
    }
}
