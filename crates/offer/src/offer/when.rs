//! When an offer runs: days of the month, the days around a birthday.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, lunar, time};
use utoipa::ToSchema;

/// Whether a local date is one of these days of the month; none of them stand for all. In a month that
/// lacks a day its last one counts.
pub fn on_day_of_month(days: &[i64], today: Date) -> bool {
    let (day, last) = (i64::from(today.day()), i64::from(today.days_in_month()));
    days.is_empty() || days.iter().any(|wanted| (*wanted).min(last) == day)
}

/// A birthday as prices need it: the year doesn't matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31; 1 to 30 in a lunar month.
    pub day: i8,
    /// Whether it is counted in the lunar calendar (农历).
    #[serde(default)]
    pub lunar: bool,
}

impl MonthDay {
    /// Reads `08-15`.
    pub fn parse(text: &str, lunar: bool) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        Some(Self { month: month.parse().ok()?, day: day.parse().ok()?, lunar })
    }

    /// The day on which it falls in a year of its own calendar. 29 February falls on 28 February in
    /// other years, the 30th of a lunar month of 29 days on the 29th; a leap month has no birthdays of
    /// its own. None outside the years that the lunar calendar is known for.
    pub fn in_year(&self, year: i16) -> Option<Date> {
        if self.lunar {
            return lunar::day_in(year, self.month, self.day);
        }
        let leap = Date::new(2000, self.month, self.day).ok()?;
        Some(time::birthday_in(leap, year))
    }
}

/// The days around the member's birthday on which an offer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BirthdayTerms {
    /// From so many days before, 0 to 60.
    #[serde(default)]
    pub days_before: i32,
    /// Until so many days after, 0 to 60.
    #[serde(default)]
    pub days_after: i32,
    /// The whole calendar month in which the birthday falls (生日当月), the days aside.
    #[serde(default)]
    pub whole_month: bool,
    /// Whether it can be used once for each birthday; true unless said otherwise.
    #[serde(default = "yes")]
    pub once: bool,
}

const fn yes() -> bool {
    true
}

impl BirthdayTerms {
    /// The birthday in whose days `today` is, with its year: of two that fit, the earlier one.
    pub fn birthday(&self, born: MonthDay, today: Date) -> Option<(i16, Date)> {
        let found = |year: i16| born.in_year(year).filter(|day| self.around(*day, today)).map(|day| (year, day));
        (today.year() - 1..=today.year() + 1).find_map(found)
    }

    fn around(&self, birthday: Date, today: Date) -> bool {
        if self.whole_month {
            return (birthday.year(), birthday.month()) == (today.year(), today.month());
        }
        time::add_days(birthday, -self.days_before) <= today && today <= time::add_days(birthday, self.days_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_that_a_month_lacks_is_its_last() {
        let on = |days: &[i64], today: &str| on_day_of_month(days, day(today));
        assert!(on(&[31], "2026-02-28") && on(&[29], "2026-02-28"));
        assert!(!on(&[29], "2028-02-28") && on(&[29, 30], "2028-02-29"));
        assert!(on(&[8, 18], "2026-11-18") && !on(&[8, 18], "2026-11-28"));
        assert!(on(&[31], "2026-11-30") && on(&[], "2026-11-02"));
    }

    #[test]
    fn the_days_around_a_birthday_cross_the_new_year() {
        let terms = BirthdayTerms { days_before: 7, days_after: 3, whole_month: false, once: true };
        let born = MonthDay { month: 1, day: 2, lunar: false };
        let of = |today| terms.birthday(born, day(today)).map(|(year, _)| year);
        assert_eq!([of("2026-12-25"), of("2026-12-26"), of("2027-01-05"), of("2027-01-06")], [None, Some(2027), Some(2027), None]);
        let month = BirthdayTerms { whole_month: true, ..terms };
        assert_eq!(month.birthday(born, day("2027-01-31")).map(|(year, _)| year), Some(2027));
        assert_eq!(month.birthday(born, day("2026-12-31")), None);
    }

    #[test]
    fn the_29th_of_february_falls_on_the_28th_in_other_years() {
        let exact = BirthdayTerms { days_before: 0, days_after: 0, whole_month: false, once: true };
        let born = MonthDay { month: 2, day: 29, lunar: false };
        let of = |today| exact.birthday(born, day(today)).is_some();
        assert!(of("2026-02-28") && !of("2026-03-01") && !of("2028-02-28") && of("2028-02-29"));
    }

    #[test]
    fn a_lunar_birthday_moves_through_the_year() {
        // 中秋 八月十五: 25 September 2026, 15 September 2027; 除夕 of a short twelfth month.
        let autumn = MonthDay { month: 8, day: 15, lunar: true };
        assert_eq!(autumn.in_year(2026), Some(day("2026-09-25")));
        assert_eq!(autumn.in_year(2027), Some(day("2027-09-15")));
        let exact = BirthdayTerms { days_before: 0, days_after: 0, whole_month: false, once: true };
        // 腊月三十 of the year that began in February 2026 falls in February 2027, or on the 29th.
        let eve = MonthDay { month: 12, day: 30, lunar: true };
        assert_eq!(eve.in_year(2026), Some(day("2027-02-05")), "the twelfth month of 2026 has 29 days");
        assert_eq!(exact.birthday(eve, day("2027-02-05")).map(|(year, _)| year), Some(2026));
    }
}
