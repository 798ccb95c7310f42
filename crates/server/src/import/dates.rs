//! Dates and times as shops' files write them.
//!
//! A date with its year first is read as year, month, day. With the year last and dots it is day first
//! (`13.12.2010`); with slashes or dashes the file decides ([`DateOrder::of`] looks at its dates), and
//! where it cannot, month first, as Excel writes in most places. Five digits are a spreadsheet's day
//! number. Years from 1900 to 2100 are taken; years of two digits are not, since nobody can know them.

use super::values::narrow;
use jiff::SignedDuration;
use jiff::civil::{DateTime, Time};
use shuke_kernel::{Date, Error, Instant, Result, Zone, time};

const YEAR_MIN: i16 = 1900;
const YEAR_MAX: i16 = 2100;
/// Day numbers from 1927-05-18 to 2100-12-31. Lower ones look like other numbers.
const DAY_NUMBER_MIN: i32 = 10_000;
const DAY_NUMBER_MAX: i32 = 73_415;
/// Day number 0: two days before 1900-01-01, because Excel counts a 29 February 1900 that never was.
const DAY_ZERO: Date = jiff::civil::date(1899, 12, 30);
const MILLIS_PER_DAY: i64 = 86_400_000;

/// Which comes first in `12/1/2010`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// 1 December.
    #[default]
    MonthFirst,
    /// 12 January.
    DayFirst,
}

impl DateOrder {
    /// The order in which a file writes its dates, learned from some of them: a first number above 12
    /// says day first, a second one says month first, neither says nothing.
    ///
    /// Errors: `date_order_mixed` where the dates contradict each other.
    pub fn of<'a>(dates: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let (mut day_first, mut month_first) = (false, false);
        for text in dates {
            let text = narrow(text);
            let mut parts = text.trim().split([' ', 'T']).next().unwrap_or("").split(['/', '-']);
            let (Some(first), Some(second), Some(year)) = (parts.next(), parts.next(), parts.next()) else { continue };
            if first.len() > 2 || year.len() != 4 {
                continue;
            }
            let above_12 = |part: &str| part.parse::<u8>().is_ok_and(|number| number > 12);
            day_first |= above_12(first);
            month_first |= above_12(second);
        }
        match (day_first, month_first) {
            (true, true) => {
                let detail = "the file writes some dates with the day first and some with the month first; write them like 2026-11-22";
                Err(Error::invalid("date_order_mixed", detail))
            }
            (true, false) => Ok(Self::DayFirst),
            (false, _) => Ok(Self::MonthFirst),
        }
    }
}

/// Reads a date; a time that stands with it is left out.
///
/// Errors: `date_malformed`, `date_out_of_range`.
pub fn date(text: &str, order: DateOrder) -> Result<Date> {
    read(text, order).map(|(local, _)| local.date())
}

/// Reads a moment: a date and time of the zone, or of the offset that is written with it. A date alone
/// is its first moment.
///
/// Errors: `date_malformed`, `date_out_of_range`.
pub fn moment(text: &str, order: DateOrder, zone: &Zone) -> Result<Instant> {
    let (local, offset_ms) = read(text, order)?;
    Ok(match offset_ms {
        Some(offset_ms) => Zone::utc().at(local).plus_ms(-offset_ms),
        None => zone.at(local),
    })
}

/// The local date and time, and the offset from UTC in milliseconds where one is written.
fn read(text: &str, order: DateOrder) -> Result<(DateTime, Option<i64>)> {
    let malformed = || Error::invalid("date_malformed", format!("{text:?} is no date; write it like 2026-11-22 or 2026-11-22 18:30:00"));
    let plain = plain(text);
    let (local, offset) = read_plain(&plain, order).ok_or_else(malformed)?;
    if !(YEAR_MIN..=YEAR_MAX).contains(&local.year()) {
        let detail = format!("{text:?} is not between the years {YEAR_MIN} and {YEAR_MAX}");
        return Err(Error::invalid("date_out_of_range", detail));
    }
    Ok((local, offset))
}

/// Chinese and full-width dates and times as plain ones.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in narrow(text).trim().chars() {
        match c {
            '年' | '月' => plain.push('-'),
            '日' | '号' | '秒' => plain.push(' '),
            '时' | '点' | '分' => plain.push(':'),
            c => plain.push(c.to_ascii_uppercase()),
        }
    }
    let plain = plain.replace("上午", " AM ").replace("下午", " PM ").replace("晚上", " PM ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read_plain(text: &str, order: DateOrder) -> Option<(DateTime, Option<i64>)> {
    if text.bytes().all(|b| b.is_ascii_digit()) && matches!(text.len(), 8 | 12 | 14) {
        let (hour, minute, second) = (text.get(8..10), text.get(10..12), text.get(12..14));
        let number = |part: Option<&str>| part.map_or(Some(0), |digits| digits.parse::<i8>().ok());
        let time = Time::new(number(hour)?, number(minute)?, number(second)?, 0).ok()?;
        return Some((from_parts(&text[..4], &text[4..6], &text[6..8])?.to_datetime(time), None));
    }
    if let Some(local) = day_number(text) {
        return Some((local, None));
    }
    // The T of ISO stands between digits; that of OCT does not.
    let iso = text.as_bytes().get(10) == Some(&b'T');
    let (day, rest) = if iso { (&text[..10], &text[11..]) } else { text.split_once(' ').unwrap_or((text, "")) };
    let date = calendar_day(day.trim_end_matches('-'), order)?;
    let (time, offset) = time_of_day(rest)?;
    Some((date.to_datetime(time), offset))
}

fn from_parts(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |part: &str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year) || !digits(day) {
        return None;
    }
    Date::new(year.parse().ok()?, month_number(month)?, day.parse().ok()?).ok()
}

fn month_number(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    if text.len() == 3
        && let Some(index) = NAMES.iter().position(|name| *name == text)
    {
        return i8::try_from(index + 1).ok();
    }
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

fn calendar_day(text: &str, order: DateOrder) -> Option<Date> {
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = text.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 {
        return from_parts(first, second, third);
    }
    let named_month = second.starts_with(|c: char| c.is_ascii_alphabetic());
    if separator == '.' || named_month || order == DateOrder::DayFirst {
        return from_parts(third, second, first);
    }
    from_parts(third, first, second)
}

/// A spreadsheet's day number, with the time of day as its fraction.
fn day_number(text: &str) -> Option<DateTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 5 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let days = whole.parse::<i32>().ok().filter(|days| (DAY_NUMBER_MIN..=DAY_NUMBER_MAX).contains(days))?;
    let fraction = &fraction[..fraction.len().min(12)];
    let part = fraction.parse::<i64>().ok()?;
    let whole = 10_i64.pow(u32::try_from(fraction.len()).ok()?);
    // Fifteen digits hold a day number to about a millisecond: the nearest second is what was meant.
    let millis = shuke_kernel::money::mul_div(part, MILLIS_PER_DAY, whole).ok()?;
    let seconds = (millis + 500) / 1_000;
    let date = time::add_days(DAY_ZERO, days);
    date.to_datetime(Time::midnight()).checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// `8:26`, `08:26:00.5`, `3:20 PM`, `PM 3:20`, with `Z` or `+08:00` after it.
fn time_of_day(text: &str) -> Option<(Time, Option<i64>)> {
    if text.is_empty() {
        return Some((Time::midnight(), None));
    }
    let (text, offset) = cut_offset(text)?;
    let half = ["AM", "PM"].into_iter().find(|half| text.starts_with(half) || text.ends_with(half));
    let text = half.map_or(text, |half| text.trim_start_matches(half).trim_end_matches(half)).trim().trim_end_matches(':');
    let mut parts = text.split(':').map(str::trim);
    let (hour, minute) = (parts.next()?, parts.next().unwrap_or("0"));
    let (second, fraction) = parts.next().map_or(("0", ""), |second| second.split_once('.').unwrap_or((second, "")));
    let all_digits = [hour, minute, second].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if parts.next().is_some() || !all_digits || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hour = hour.parse::<i8>().ok()?;
    let hour = match half {
        Some("PM") if (1..12).contains(&hour) => hour + 12,
        Some("AM") if hour == 12 => 0,
        _ => hour,
    };
    let nanos = format!("{fraction:0<9}")[..9].parse().ok()?;
    Some((Time::new(hour, minute.parse().ok()?, second.parse().ok()?, nanos).ok()?, offset))
}

/// Takes the offset from the end of a time, in milliseconds.
fn cut_offset(text: &str) -> Option<(&str, Option<i64>)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time.trim(), Some(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let sign = if text[at..].starts_with('-') { -1 } else { 1 };
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours = digits[..2].parse::<i64>().ok().filter(|hours| *hours <= 14)?;
    let minutes = digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Some(0), |rest| rest.parse::<i64>().ok())?;
    Some((text[..at].trim(), Some(sign * (hours * 60 + minutes) * 60_000)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date as day, datetime};

    fn local(text: &str) -> Option<DateTime> {
        read(text, DateOrder::MonthFirst).ok().map(|(local, _)| local)
    }

    #[test]
    fn every_common_spelling() {
        let morning = datetime(2010, 12, 1, 8, 26, 0, 0);
        for text in [
            "2010-12-01 08:26:00",
            "2010-12-01 8:26:00",
            "2010-12-01T08:26:00",
            "2010/12/1 8:26",
            "12/1/2010 8:26",
            "12/1/2010 8:26 AM",
            "1.12.2010 08:26",
            "01-Dec-2010 08:26:00",
            "2010年12月1日 8时26分",
            "2010年12月1日8点26分00秒",
            "2010年12月1日 上午8:26",
            "20101201082600",
            "201012010826",
            "40513.3513888889",
            "２０１０－１２－０１　０８：２６",
        ] {
            assert_eq!(local(text), Some(morning), "{text}");
        }
        for text in ["2026-01-05", "2026/1/5", "2026.1.5", "2026年1月5日", "20260105", "1/5/2026", "46027", "2026-01-05 00:00:00.000"] {
            assert_eq!(local(text), Some(day(2026, 1, 5).at(0, 0, 0, 0)), "{text}");
        }
        assert_eq!(local("2026/1/5 下午 3:20"), Some(datetime(2026, 1, 5, 15, 20, 0, 0)));
        assert_eq!(local("1/5/2026 12:05 AM"), Some(datetime(2026, 1, 5, 0, 5, 0, 0)));
        assert_eq!(local("2026-01-05 08:26:00.25"), Some(datetime(2026, 1, 5, 8, 26, 0, 250_000_000)));
        assert_eq!(local("5-OCT-2026"), Some(day(2026, 10, 5).at(0, 0, 0, 0)));
    }

    #[test]
    fn the_range_ends_at_1900_and_2100() {
        let code = |text| date(text, DateOrder::MonthFirst).map_err(|error| error.code());
        assert_eq!(code("1900-01-01"), Ok(day(1900, 1, 1)));
        assert_eq!(code("2100-12-31"), Ok(day(2100, 12, 31)));
        assert_eq!(code("73415"), Ok(day(2100, 12, 31)));
        assert_eq!(code("1899-12-31"), Err("date_out_of_range"));
        assert_eq!(code("2101-01-01"), Err("date_out_of_range"));
        for bad in ["", "x", "2026-13-01", "2026-02-30", "0000-00-00", "26-1-5", "2026-1", "2010.12", "12", "13/13/2026", "2026-1-5 25:00"]
        {
            assert_eq!(code(bad), Err("date_malformed"), "{bad}");
        }
    }

    #[test]
    fn a_file_says_which_number_is_the_day() {
        assert_eq!(DateOrder::of(["1/2/2010", "13/2/2010 8:26"]).ok(), Some(DateOrder::DayFirst));
        assert_eq!(DateOrder::of(["1/2/2010", "2/13/2010"]).ok(), Some(DateOrder::MonthFirst));
        assert_eq!(DateOrder::of(["1/2/2010", "2026-13-01"]).ok(), Some(DateOrder::MonthFirst));
        assert_eq!(DateOrder::of(["13/2/2010", "2/13/2010"]).unwrap_err().code(), "date_order_mixed");
        assert_eq!(date("13/2/2010", DateOrder::DayFirst).ok(), Some(day(2010, 2, 13)));
        assert_eq!(date("13/2/2010", DateOrder::MonthFirst).ok(), None);
    }

    #[test]
    fn moments_are_of_the_zone_unless_they_say_otherwise() {
        let shanghai = Zone::parse("Asia/Shanghai").unwrap();
        let at = |text| moment(text, DateOrder::MonthFirst, &shanghai).unwrap();
        assert_eq!(at("2010-12-01 08:26:00"), at("2010-12-01T00:26:00Z"));
        assert_eq!(at("2010-12-01 08:26:00"), at("2010-12-01T08:26:00+08:00"));
        assert_eq!(at("2010-12-01 08:26:00"), at("2010-11-30 19:26:00-0500"));
        assert_eq!(at("2010-12-01"), at("2010-11-30T16:00:00.000Z"));
    }
}
