//! Bands and movement.

use crate::orders::dates;
use crate::value::Histories;
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// Where a buyer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 活跃.
    Active,
    /// 边缘.
    Marginal,
    /// 沉睡.
    Dormant,
    /// 流失.
    Lost,
}

impl Stage {
    /// All, from active to lost.
    pub const ALL: [Self; 4] = [Self::Active, Self::Marginal, Self::Dormant, Self::Lost];
}

/// Calendar months since the last purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bands {
    /// Up to which a member is active.
    pub active_months: i32,
    /// Up to which marginal.
    pub marginal_months: i32,
    /// Up to which dormant; then lost.
    pub dormant_months: i32,
}

impl Default for Bands {
    fn default() -> Self {
        Self { active_months: 3, marginal_months: 6, dormant_months: 12 }
    }
}

impl Bands {
    /// Reads `3,6,12`. Errors: `bands_malformed`.
    pub fn parse(text: &str) -> Result<Self> {
        let months: Vec<i32> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        match months[..] {
            [active_months, marginal_months, dormant_months]
                if 0 < active_months && active_months < marginal_months && marginal_months < dormant_months && dormant_months <= 120 =>
            {
                Ok(Self { active_months, marginal_months, dormant_months })
            }
            _ => {
                Err(Error::invalid("bands_malformed", format!("{text:?} is not three rising numbers of months up to 120, such as 3,6,12")))
            }
        }
    }
}

/// The earliest last purchase that still counts as active, marginal and dormant on a day.
pub fn boundaries(bands: &Bands, day: i32) -> [i32; 3] {
    [bands.active_months, bands.marginal_months, bands.dormant_months].map(|months| earliest(day, months))
}

/// The first day to which adding `months` reaches `day`.
fn earliest(day: i32, months: i32) -> i32 {
    let (year, month, of_month) = dates::calendar(day);
    let total = year * 12 + i32::try_from(month).unwrap_or(1) - 1 - months;
    let (year, month) = (total.div_euclid(12), u32::try_from(total.rem_euclid(12) + 1).unwrap_or(1));
    let reached = |of_month: u32| dates::day_of(year, month, of_month);
    // 30 November + 3 months is the last of February: on that day and before it, 30 November is within.
    let start = reached(of_month).unwrap_or_else(|| reached(28).unwrap_or(day) + 4);
    let mut earliest = start.min((1..=31).rev().find_map(reached).unwrap_or(start) + 1);
    while added(earliest - 1, months) >= day {
        earliest -= 1;
    }
    earliest
}

/// A day plus months; a day that the month lacks becomes its last day.
fn added(day: i32, months: i32) -> i32 {
    let (year, month, of_month) = dates::calendar(day);
    let total = year * 12 + i32::try_from(month).unwrap_or(1) - 1 + months;
    let (year, month) = (total.div_euclid(12), u32::try_from(total.rem_euclid(12) + 1).unwrap_or(1));
    (28..=of_month.max(28))
        .rev()
        .chain([of_month])
        .filter(|d| *d <= of_month)
        .find_map(|d| dates::day_of(year, month, d))
        .unwrap_or(i32::MAX)
}

/// The stage of a last purchase.
pub fn stage_of(last_day: i32, boundaries: &[i32; 3]) -> Stage {
    match last_day {
        day if day >= boundaries[0] => Stage::Active,
        day if day >= boundaries[1] => Stage::Marginal,
        day if day >= boundaries[2] => Stage::Dormant,
        _ => Stage::Lost,
    }
}

/// How many members were in each stage on a day.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Snapshot {
    /// The day.
    pub day: i32,
    /// Members by stage.
    pub members: [u64; 4],
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Stages {
    /// The bands.
    pub bands: Bands,
    /// On the day of the analysis.
    pub now: Snapshot,
    /// Month by month up to it, oldest first; empty where only the last purchases are known.
    pub history: Vec<Snapshot>,
    /// Since one active band ago: members by stage then (the fifth: not yet there) and stage now.
    pub moves: Option<[[u64; 4]; 5]>,
    /// The day from which they moved.
    pub moved_since: i32,
    /// The stage of each member, in the order of numbers; none without a purchase.
    #[serde(skip)]
    pub of_member: Vec<Option<Stage>>,
}

/// Months of history that are shown.
const HISTORY_MONTHS: i32 = 12;

/// Stages from the members' last purchases, and their movement where the days of their purchases are given.
///
/// Errors: `members_too_few`.
pub fn stages(last_days: &[Option<i32>], histories: Option<&Histories>, bands: Bands, as_of: i32) -> Result<Stages> {
    let of_member = staged(last_days, &bands, as_of);
    let now = Snapshot { day: as_of, members: counted(&of_member) };
    if now.members.iter().sum::<u64>() == 0 {
        return Err(Error::refused("members_too_few", "no member has a purchase up to this day"));
    }
    let moved_since = added(as_of, -bands.active_months);
    let mut found = Stages { bands, now, history: Vec::new(), moves: None, moved_since, of_member };
    let Some(histories) = histories else { return Ok(found) };
    let mut days: Vec<i32> = (0..=HISTORY_MONTHS).rev().map(|back| added(as_of, -back)).chain([moved_since]).collect();
    days.sort_unstable();
    days.dedup();
    for day in days {
        let last: Vec<Option<i32>> = (0..histories.len()).map(|member| histories.last_day(member, day)).collect();
        let then = staged(&last, &bands, day);
        if day == moved_since {
            let mut moves = [[0; 4]; 5];
            for (then, now) in then.iter().zip(&found.of_member) {
                if let Some(now) = now {
                    moves[then.map_or(4, |stage| stage as usize)][*now as usize] += 1;
                }
            }
            found.moves = Some(moves);
        }
        found.history.push(Snapshot { day, members: counted(&then) });
    }
    found.history.retain(|snapshot| snapshot.members.iter().sum::<u64>() > 0);
    Ok(found)
}

fn staged(last_days: &[Option<i32>], bands: &Bands, day: i32) -> Vec<Option<Stage>> {
    let boundaries = boundaries(bands, day);
    last_days.iter().map(|last| last.map(|last| stage_of(last, &boundaries))).collect()
}

fn counted(stages: &[Option<Stage>]) -> [u64; 4] {
    let mut counts = [0; 4];
    stages.iter().flatten().for_each(|stage| counts[*stage as usize] += 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> i32 {
        dates::day_of(year, month, day).unwrap()
    }

    #[test]
    fn a_band_ends_with_its_last_day() {
        let bounds = boundaries(&Bands::default(), day(2011, 12, 10));
        assert_eq!(bounds.map(dates::iso), ["2011-09-10", "2011-06-10", "2010-12-10"]);
        assert_eq!(stage_of(day(2011, 9, 10), &bounds), Stage::Active);
        assert_eq!(stage_of(day(2011, 9, 9), &bounds), Stage::Marginal);
        // 30 November + 3 months is 28 February.
        let bounds = boundaries(&Bands::default(), day(2027, 2, 28));
        assert_eq!(dates::iso(bounds[0]), "2026-11-28");
        assert_eq!(dates::iso(boundaries(&Bands::default(), day(2027, 3, 1))[0]), "2026-12-01");
    }

    proptest! {
        #[test]
        fn boundaries_agree_with_adding_months(at in 0_i32..40_000, months in 1_i32..30, back in 0_i32..1_200) {
            let bands = Bands { active_months: months, marginal_months: months + 1, dormant_months: months + 2 };
            let last = at - back;
            let kernel = |day: i32| shuke_kernel::Date::constant(1970, 1, 1).saturating_add(jiff::ToSpan::days(day));
            let within = kernel(at) <= shuke_kernel::time::add_months(kernel(last), months);
            prop_assert_eq!(stage_of(last, &boundaries(&bands, at)) == Stage::Active, within);
        }
    }

    #[test]
    fn bands_are_read() {
        assert_eq!(Bands::parse("3, 6,12").unwrap(), Bands::default());
        for text in ["", "3,6", "6,3,12", "0,6,12", "3,6,999", "a,b,c"] {
            assert_eq!(Bands::parse(text).unwrap_err().code(), "bands_malformed", "{text}");
        }
    }
}
