//! Gaps, what is due, weekdays and hours.

use crate::orders::{NO_MINUTE, Orders, dates};
use crate::summary::Summary;
use serde::Serialize;

/// A member with an interval of her own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The member's number.
    pub member: u32,
    /// Days with a purchase.
    pub days: u32,
    /// Median days between them.
    pub interval_days: i32,
    /// The last one.
    pub last_day: i32,
    /// When the next is due.
    pub due_day: i32,
    /// Minor units so far.
    pub money: i64,
    /// The weekday on which she buys most, 0 for Monday.
    pub weekday: u8,
    /// The hour in which she buys most; none where no times are known.
    pub hour: Option<u8>,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Rhythm {
    /// Gaps between purchases.
    pub gaps: u64,
    /// Their sum in days.
    pub days: u64,
    /// The median.
    pub median_days: usize,
    /// Nine of ten are at most this long.
    pub ninety_percent_days: usize,
    /// Gaps by days, as far as they go.
    #[serde(skip)]
    pub histogram: Vec<u64>,
    /// Purchases by weekday (Monday first) and hour.
    pub when: Vec<[u64; 24]>,
    /// Members with an interval; empty where only the summary is known.
    #[serde(skip)]
    pub due: Vec<Due>,
    /// Of them, due within the next seven days.
    pub due_this_week: usize,
    /// Of them, late by more than half an interval.
    pub late: usize,
}

/// Fewest days with a purchase for an interval of one's own.
const DAYS_MIN: usize = 3;

impl Due {
    /// A member who bought on these days (rising, each once), so often on each weekday and in each hour; none below three days.
    pub fn of(member: u32, days: &[i32], weekdays: &[u64; 7], hours: &[u64; 24], money: i64) -> Option<Self> {
        let last_day = *days.last().filter(|_| days.len() >= DAYS_MIN)?;
        let mut gaps: Vec<i32> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        let interval_days = gaps[gaps.len() / 2];
        Some(Self {
            member,
            days: u32::try_from(days.len()).unwrap_or(u32::MAX),
            interval_days,
            last_day,
            due_day: last_day.saturating_add(interval_days),
            money,
            weekday: most(weekdays).unwrap_or(0),
            hour: most(hours),
        })
    }

    /// Whether the next visit is late by more than half an interval.
    pub const fn is_late(&self, as_of: i32) -> bool {
        as_of > self.due_day.saturating_add(self.interval_days / 2)
    }
}

/// The rhythm of a summary as of a day, and of the members whose own is known.
pub fn rhythm(summary: &Summary, due: Vec<Due>, as_of: i32) -> Rhythm {
    let gaps: u64 = summary.gaps.iter().sum();
    let days = summary.gaps.iter().enumerate().map(|(days, count)| days as u64 * count).sum();
    let mut when = vec![[0; 24]; 7];
    for (at, count) in summary.when.iter().enumerate() {
        when[at / 24][at % 24] = *count;
    }
    let due_this_week = due.iter().filter(|due| (as_of..as_of.saturating_add(7)).contains(&due.due_day)).count();
    let late = due.iter().filter(|due| due.is_late(as_of)).count();
    let histogram =
        summary.gaps.iter().take(summary.gaps.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1)).copied().collect();
    Rhythm {
        gaps,
        days,
        median_days: quantile(&summary.gaps, gaps, 1, 2),
        ninety_percent_days: quantile(&summary.gaps, gaps, 9, 10),
        histogram,
        when,
        due,
        due_this_week,
        late,
    }
}

/// The least number of days that at least this part of the gaps does not exceed.
fn quantile(counts: &[u64], all: u64, part: u64, of: u64) -> usize {
    let mut below = 0;
    for (days, count) in counts.iter().enumerate() {
        below += count;
        if all > 0 && below * of >= all * part {
            return days;
        }
    }
    0
}

/// The rhythm of each member of these orders who has one.
pub fn intervals(summary: &Summary, orders: &Orders, as_of: i32) -> Vec<Due> {
    let mut visits: Vec<(u32, i32, u16)> = orders
        .of_members()
        .filter(|order| order.purchase && order.day <= as_of)
        .map(|order| (order.member, order.day, order.minute))
        .collect();
    visits.sort_unstable();
    let mut found = Vec::new();
    for group in visits.chunk_by(|a, b| a.0 == b.0) {
        let mut days: Vec<i32> = group.iter().map(|(_, day, _)| *day).collect();
        days.dedup();
        let (mut weekdays, mut hours) = ([0; 7], [0; 24]);
        for (_, day, minute) in group {
            weekdays[dates::weekday(*day)] += 1;
            if *minute != NO_MINUTE {
                hours[usize::from(minute / 60).min(23)] += 1;
            }
        }
        found.extend(Due::of(group[0].0, &days, &weekdays, &hours, summary.members[group[0].0 as usize].money));
    }
    found
}

/// The place of the first largest count; none where all are zero.
fn most(counts: &[u64]) -> Option<u8> {
    let largest = *counts.iter().max()?;
    let place = counts.iter().position(|count| *count == largest && largest > 0)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_whole_days() {
        let mut counts = vec![0; 120];
        counts[1] = 5;
        counts[22] = 3;
        counts[103] = 2;
        assert_eq!((quantile(&counts, 10, 1, 2), quantile(&counts, 10, 9, 10), quantile(&[], 0, 1, 2)), (1, 103, 0));
    }

    #[test]
    fn late_is_half_an_interval_after_due() {
        let due = Due { member: 0, days: 4, interval_days: 20, last_day: 100, due_day: 120, money: 0, weekday: 0, hour: None };
        assert!(!due.is_late(130) && due.is_late(131));
        assert_eq!((most(&[0, 3, 3]), most(&[0, 0])), (Some(1), None));
    }
}
