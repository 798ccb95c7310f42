//! Days and times of day as files write them.
//!
//! Year first, or day and month first with `/` or `-` (the file's other dates decide, or `--day-first`), or
//! day first with dots; 年月日; month names in English; eight digits; a spreadsheet's day number; Unix
//! seconds or milliseconds; ISO with an offset. Years from 1900 to 2200; years of two digits are refused,
//! since nobody can know them.

use super::NO_MINUTE;
use super::names::decode;
use shuke_kernel::{Instant, Zone};

/// A local day (days since 1970-01-01) and minute of the day, [`NO_MINUTE`] where none is written.
pub type Moment = (i32, u16);

/// The day number of a calendar day; none where there is no such day.
pub fn day_of(year: i32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = *LENGTHS.get(month.checked_sub(1)? as usize)? + u32::from(leap && month == 2);
    if day == 0 || day > length || !(1900..=2200).contains(&year) {
        return None;
    }
    // Hinnant's days_from_civil: years begin in March, so that a leap day is the last one.
    let (y, m) = (i64::from(year) - i64::from(month <= 2), i64::from(month));
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    i32::try_from(days).ok()
}

/// The calendar day of a day number: year, month, day.
pub fn calendar(day: i32) -> (i32, u32, u32) {
    let z = i64::from(day) + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let number = |n: i64| u32::try_from(n).unwrap_or(1);
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (i32::try_from(year).unwrap_or(1970), number(month), number(of_year - (153 * shifted + 2) / 5 + 1))
}

/// The day as `2026-11-22`.
pub fn iso(day: i32) -> String {
    let (year, month, day) = calendar(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Months since 1970-01.
pub fn month_of(day: i32) -> i32 {
    let (year, month, _) = calendar(day);
    (year - 1970) * 12 + i32::try_from(month).unwrap_or(1) - 1
}

/// The weekday, 0 for Monday.
pub fn weekday(day: i32) -> usize {
    usize::try_from((i64::from(day) + 3).rem_euclid(7)).unwrap_or(0)
}

/// The local moment of a moment in UTC.
pub fn local(at_ms: i64, zone: &Zone) -> Option<Moment> {
    let local = zone.local(Instant(at_ms));
    let day = day_of(i32::from(local.year()), u32::from(local.month().unsigned_abs()), u32::from(local.day().unsigned_abs()))?;
    let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
    Some((day, minute))
}

/// A text's numbers and what stands between them.
#[derive(Default)]
struct Parts {
    numbers: [(u64, usize); 8],
    marks: [u8; 8],
    count: usize,
    month: Option<(u32, usize)>,
    afternoon: Option<bool>,
    zulu: bool,
    minus: bool,
}

/// Reads a moment. `day_first` decides `3/4/2026`.
pub fn parse(bytes: &[u8], day_first: bool, zone: &Zone) -> Option<Moment> {
    let bytes = bytes.trim_ascii();
    if let Some(simple) = plain(bytes) {
        return Some(simple);
    }
    let parts = split(bytes)?;
    let day = day_of_parts(&parts, day_first);
    match day {
        Some((day, used)) => {
            let (minute, offset) = time_of_parts(&parts, used)?;
            match offset {
                Some(offset) => {
                    let minutes = i64::from(day) * 1440 + i64::from(if minute == NO_MINUTE { 0 } else { minute }) - offset;
                    local(minutes * 60_000, zone)
                }
                None => Some((day, minute)),
            }
        }
        None => lone_number(bytes, zone),
    }
}

/// `2026-11-22` and `2026-11-22 18:30…` without anything special, which most files are.
fn plain(b: &[u8]) -> Option<Moment> {
    let two = |at: usize| -> Option<u32> {
        let (high, low) = (b.get(at)?.wrapping_sub(b'0'), b.get(at + 1)?.wrapping_sub(b'0'));
        (high < 10 && low < 10).then(|| u32::from(high) * 10 + u32::from(low))
    };
    let between = |at: usize| matches!(b.get(at), Some(b'-' | b'/'));
    if !(between(4) && between(7)) {
        return None;
    }
    let year = i32::try_from(two(0)? * 100 + two(2)?).ok()?;
    let day = day_of(year, two(5)?, two(8)?)?;
    match b.len() {
        10 => Some((day, NO_MINUTE)),
        16 | 19 if matches!(b[10], b' ' | b'T') && b[13] == b':' => {
            let (hour, minute) = (two(11)?, two(14)?);
            let seconds = b.len() == 16 || (b[16] == b':' && two(17)? < 61);
            (hour < 24 && minute < 60 && seconds).then(|| (day, u16::try_from(hour * 60 + minute).unwrap_or(NO_MINUTE)))
        }
        _ => None,
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn split(bytes: &[u8]) -> Option<Parts> {
    let text = decode(bytes);
    if text.len() > 64 {
        return None;
    }
    let text = text.replace(['年', '月'], "-").replace(['日', '号', '秒'], " ").replace(['时', '点', '分', '：'], ":");
    let text = text.replace("上午", " AM ").replace(['下', '晚'], " PM ").replace(['午', '上'], " ");
    let mut parts = Parts::default();
    let mut chars = text.char_indices().peekable();
    let mut mark = 0_u8;
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_digit() {
            let mut end = at + 1;
            while chars.peek().is_some_and(|(_, next)| next.is_ascii_digit()) {
                end += 1;
                chars.next();
            }
            if parts.count == 8 || end - at > 18 {
                return None;
            }
            parts.numbers[parts.count] = (text[at..end].parse().ok()?, end - at);
            parts.marks[parts.count] = mark;
            parts.count += 1;
            mark = 0;
        } else if c.is_ascii_alphabetic() {
            let mut end = at + 1;
            while chars.peek().is_some_and(|(_, next)| next.is_ascii_alphabetic()) {
                end += 1;
                chars.next();
            }
            word(&mut parts, &text[at..end].to_ascii_lowercase())?;
        } else if c.is_ascii() {
            mark = if mark == 0 || mark == b' ' { u8::try_from(c).ok()? } else { mark };
            parts.minus |= at == 0 && c == '-';
        } else {
            return None;
        }
    }
    Some(parts)
}

fn word(parts: &mut Parts, word: &str) -> Option<()> {
    let month = MONTHS.iter().position(|name| word.len() >= 3 && word.starts_with(name));
    match (word, month) {
        ("t", _) => {}
        ("z" | "utc" | "gmt", _) => parts.zulu = true,
        ("am", _) => parts.afternoon = Some(false),
        ("pm", _) => parts.afternoon = Some(true),
        (_, Some(month)) if parts.month.is_none() => parts.month = Some((u32::try_from(month).ok()? + 1, parts.count)),
        (day, _) if ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|name| day.starts_with(name)) => {}
        _ => return None,
    }
    Some(())
}

/// The day, and how many of the numbers it took.
fn day_of_parts(parts: &Parts, day_first: bool) -> Option<(i32, usize)> {
    if parts.minus {
        return None;
    }
    let n = |i: usize| (i < parts.count).then(|| parts.numbers[i]);
    let small = |i: usize| n(i).filter(|(_, digits)| *digits <= 2).and_then(|(value, _)| u32::try_from(value).ok());
    let year = |i: usize| n(i).filter(|(_, digits)| *digits == 4).and_then(|(value, _)| i32::try_from(value).ok());
    if let Some((month, _)) = parts.month {
        return match (year(0), small(0)) {
            (Some(y), _) => Some((day_of(y, month, small(1)?)?, 2)),
            (None, Some(day)) => Some((day_of(year(1)?, month, day)?, 2)),
            _ => None,
        };
    }
    if let Some((digits, 8 | 12 | 14)) = n(0).filter(|_| parts.count == 1 || (parts.marks[1] != b'.' && n(0).is_some_and(|(_, d)| d == 8)))
    {
        let width = parts.numbers[0].1;
        let date = if width == 8 {
            digits
        } else if width == 12 {
            digits / 10_000
        } else {
            digits / 1_000_000
        };
        let whole = |n: u64| u32::try_from(n).unwrap_or(0);
        let day = day_of(i32::try_from(date / 10_000).ok()?, whole(date / 100 % 100), whole(date % 100))?;
        return Some((day, 1));
    }
    if let Some(y) = year(0) {
        return Some((day_of(y, small(1)?, small(2)?)?, 3));
    }
    let (first, second, y) = (small(0)?, small(1)?, year(2)?);
    let (month, day) = match (parts.marks[1], day_first) {
        (b'.', _) | (_, true) => (second, first),
        _ => (first, second),
    };
    Some((day_of(y, month, day)?, 3))
}

/// The minute of the day, and the offset from UTC in minutes where one is written.
fn time_of_parts(parts: &Parts, used: usize) -> Option<(u16, Option<i64>)> {
    let zulu = parts.zulu.then_some(0);
    if used == parts.count {
        let (digits, width) = parts.numbers[0];
        let minute = match (used, width) {
            (1, 12) => Some(digits % 10_000),
            (1, 14) => Some(digits % 1_000_000 / 100),
            _ => None,
        };
        return match minute {
            Some(clock) if clock / 100 < 24 && clock % 100 < 60 => Some((u16::try_from(clock / 100 * 60 + clock % 100).ok()?, zulu)),
            Some(_) => None,
            None => Some((NO_MINUTE, zulu)),
        };
    }
    let number = |i: usize| (i < parts.count).then(|| parts.numbers[i].0);
    let mut hour = number(used)?;
    let timed = used + 1 < parts.count && parts.marks[used + 1] == b':';
    let minute = if timed { number(used + 1)? } else { 0 };
    if !timed && parts.afternoon.is_none() {
        return None;
    }
    if let Some(afternoon) = parts.afternoon {
        if hour > 12 && !afternoon || hour > 23 {
            return None;
        }
        hour = if hour > 12 { hour } else { hour % 12 + if afternoon { 12 } else { 0 } };
    }
    if hour > 23 || minute > 59 {
        return None;
    }
    let offset = (used + 2..parts.count).find(|i| matches!(parts.marks[*i], b'+' | b'-')).map(|i| {
        let (value, width) = parts.numbers[i];
        let (hours, minutes) = if width == 4 { (value / 100, value % 100) } else { (value, number(i + 1).unwrap_or(0)) };
        let total = i64::try_from(hours * 60 + minutes).unwrap_or(0);
        if parts.marks[i] == b'-' { -total } else { total }
    });
    if offset.is_some_and(|offset| offset.abs() > 18 * 60) {
        return None;
    }
    Some((u16::try_from(hour * 60 + minute).ok()?, offset.or(zulu)))
}

/// A spreadsheet's day number, or seconds or milliseconds since 1970.
fn lone_number(bytes: &[u8], zone: &Zone) -> Option<Moment> {
    let decimal = super::decimal::Decimal::parse(bytes).filter(|decimal| decimal.mantissa > 0)?;
    let whole = decimal.units(0)?;
    if decimal.scale == 0 && (1_000_000_000_000..8_000_000_000_000).contains(&whole) {
        return local(whole, zone);
    }
    if decimal.scale == 0 && (100_000_000..8_000_000_000).contains(&whole) {
        return local(whole * 1_000, zone);
    }
    let minutes = decimal.times(super::decimal::Decimal { mantissa: 1440, scale: 0 }, 0)?;
    // 25,569 is 1970-01-01; from 1927 to 2100.
    (10_000..=73_415).contains(&(minutes / 1440)).then(|| {
        let minute = if decimal.scale == 0 { NO_MINUTE } else { u16::try_from(minutes % 1440).unwrap_or(NO_MINUTE) };
        (i32::try_from(minutes / 1440 - 25_569).unwrap_or(0), minute)
    })
}

/// What a date with its year last says about the order of day and month: day first, month first, or nothing.
pub fn tells(bytes: &[u8]) -> Option<bool> {
    let parts = split(bytes.trim_ascii())?;
    let [(first, a), (second, b), (_, 4), ..] = parts.numbers else { return None };
    if parts.count < 3 || a > 2 || b > 2 || parts.marks[1] == b'.' || parts.month.is_some() {
        return None;
    }
    match (first > 12, second > 12) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, day_first: bool) -> Option<(String, u16)> {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        parse(text.as_bytes(), day_first, &zone).map(|(day, minute)| (iso(day), minute))
    }

    #[test]
    fn a_day_in_every_dress() {
        for text in [
            "2026-11-22",
            "2026/11/22",
            "2026.11.22",
            "20261122",
            "22.11.2026",
            "11/22/2026",
            "2026年11月22日",
            "22-Nov-2026",
            "Nov 22, 2026",
            "46348",
            "2026/11/22 ",
            "Sunday, 22 November 2026",
        ] {
            assert_eq!(read(text, false), Some(("2026-11-22".into(), NO_MINUTE)), "{text}");
        }
        assert_eq!(read("3/4/2026", false).unwrap().0, "2026-03-04");
        assert_eq!(read("3/4/2026", true).unwrap().0, "2026-04-03");
    }

    #[test]
    fn a_time_in_every_dress() {
        for text in [
            "2026-11-22 18:30",
            "2026-11-22T18:30:05",
            "2026/11/22 6:30 PM",
            "20261122183005",
            "2026年11月22日 下午6时30分",
            "2026-11-22 18:30:05.123",
            "2026-11-22T10:30:00Z",
            "2026-11-22T11:30:00+01:00",
            "2026-11-22T18:30:00+0800",
            "46348.770833333",
            "1795343400",
            "1795343400000",
            "22/11/2026 18:30",
        ] {
            assert_eq!(read(text, true), Some(("2026-11-22".into(), 18 * 60 + 30)), "{text}");
        }
        assert_eq!(read("2026-11-22T20:00:00Z", false), Some(("2026-11-23".into(), 240)));
        assert_eq!(read("2026-11-22 12:05 AM", false), Some(("2026-11-22".into(), 5)));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in
            ["", "abc", "2026-02-30", "2026-13-01", "1/2/26", "2026-11-22 25:00", "99", "-46348", "2026-11-22 18", "1899-12-31", "0.5"]
        {
            assert_eq!(read(text, false), None, "{text}");
        }
    }

    #[test]
    fn a_file_tells_its_order() {
        assert_eq!(tells(b"13/1/2026"), Some(true));
        assert_eq!(tells(b"1/13/2026 10:00"), Some(false));
        assert_eq!(tells(b"1/12/2026"), None);
        assert_eq!(tells(b"2026-01-13"), None);
    }

    proptest! {
        #[test]
        fn days_are_numbered_as_the_calendar(day in -25_000_i32..84_000) {
            let (year, month, of_month) = calendar(day);
            prop_assert_eq!(day_of(year, month, of_month), Some(day));
            let date = shuke_kernel::Date::constant(1970, 1, 1).saturating_add(jiff::ToSpan::days(day));
            prop_assert_eq!(date.to_string(), iso(day));
            prop_assert_eq!(date.weekday().to_monday_zero_offset().unsigned_abs() as usize, weekday(day));
        }

        #[test]
        fn anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40), first in any::<bool>()) {
            let _ = (parse(&bytes, first, &Zone::utc()), tells(&bytes));
        }

        #[test]
        fn anything_like_a_date_is_read_or_refused(text in "[0-9TZ:/ .+年月日下午apm-]{0,30}", first in any::<bool>()) {
            let _ = (parse(text.as_bytes(), first, &Zone::utc()), tells(text.as_bytes()));
        }
    }
}
