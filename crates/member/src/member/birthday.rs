//! Birthdays: solar or lunar, with or without the year.

use shuke_kernel::{Date, Error, Result};
use std::fmt;
use std::str::FromStr;

/// A birthday: `1990-08-15`, or `--08-15` where the year isn't known. In a lunar birthday (农历)
/// year, month and day are those of the lunar calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthday {
    /// The year, if it is known.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31; 1 to 30 in a lunar month.
    pub day: i8,
    /// Whether it is counted in the lunar calendar.
    pub lunar: bool,
}

impl Birthday {
    /// Reads a birthday; a solar one must be a day of the calendar.
    ///
    /// Errors: `birthday_malformed`.
    pub fn parse(text: &str, lunar: bool) -> Result<Self> {
        let malformed = || Error::invalid("birthday_malformed", "write a birthday like 1990-08-15, or --08-15 without the year");
        let (year, rest) = match text.strip_prefix("--") {
            Some(rest) => (None, rest),
            None => {
                let (year, rest) = text.split_once('-').ok_or_else(malformed)?;
                (Some(i16::from_str(year).map_err(|_| malformed())?), rest)
            }
        };
        let (month, day) = rest.split_once('-').ok_or_else(malformed)?;
        let number = |text: &str| if text.len() == 2 { i8::from_str(text).map_err(|_| malformed()) } else { Err(malformed()) };
        let (month, day) = (number(month)?, number(day)?);
        // Without a year a leap year is meant, so that 29 February may be said.
        let possible =
            if lunar { (1..=12).contains(&month) && (1..=30).contains(&day) } else { Date::new(year.unwrap_or(2000), month, day).is_ok() };
        if !possible || year.is_some_and(|year| !(1880..=2200).contains(&year)) {
            return Err(malformed());
        }
        Ok(Self { year, month, day, lunar })
    }

    /// `08-15`, which lists of birthdays go by.
    pub fn month_day(&self) -> String {
        format!("{:02}-{:02}", self.month, self.day)
    }

    /// Whole years on a day. A 29 February birthday falls on 28 February in other years; none
    /// without the year, and none for a lunar one.
    pub fn age_on(&self, today: Date) -> Option<i64> {
        let year = self.year.filter(|_| !self.lunar)?;
        let born = Date::new(year, self.month, self.day).ok()?;
        let reached = today >= shuke_kernel::time::birthday_in(born, today.year());
        Some(i64::from(today.year()) - i64::from(year) - i64::from(!reached)).filter(|age| *age >= 0)
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-{}", self.month_day()),
            None => write!(f, "--{}", self.month_day()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn birthdays_are_read_and_written_alike() {
        for (text, lunar) in [("1990-08-15", false), ("--02-29", false), ("1990-02-30", true), ("--12-30", true)] {
            assert_eq!(Birthday::parse(text, lunar).unwrap().to_string(), text);
        }
        for (text, lunar) in
            [("1990-02-30", false), ("1990-13-01", false), ("90-08-15", false), ("1990-8-15", false), ("--12-31", true), ("", false)]
        {
            assert_eq!(Birthday::parse(text, lunar).map_err(|e| e.code()), Err("birthday_malformed"), "{text}");
        }
    }

    #[test]
    fn age_turns_on_the_birthday() {
        let born = Birthday::parse("1990-08-15", false).unwrap();
        assert_eq!(born.age_on(date(2026, 8, 14)), Some(35));
        assert_eq!(born.age_on(date(2026, 8, 15)), Some(36));
        assert_eq!(Birthday::parse("2004-02-29", false).unwrap().age_on(date(2026, 2, 28)), Some(22));
        assert_eq!(Birthday::parse("1990-08-15", true).unwrap().age_on(date(2026, 8, 15)), None);
        assert_eq!(Birthday::parse("--08-15", false).unwrap().age_on(date(2026, 8, 15)), None);
    }
}
