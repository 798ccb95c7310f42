//! The Chinese lunar calendar (农历), as far as birthdays need it. The tables are tyme4rs's.

use crate::Date;
use tyme4rs::tyme::lunar::{LunarDay, LunarMonth};

/// Years that are computed; outside them a lunar birthday has no day.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// The solar date of a day of an ordinary (not leap) lunar month; the 30th of a month of 29 days is
/// its 29th. None where there is no such month or day.
pub fn day_in(year: i16, month: i8, day: i8) -> Option<Date> {
    if !YEARS.contains(&year) || !(1..=12).contains(&month) || !(1..=30).contains(&day) {
        return None;
    }
    let (year, month, day) = (isize::from(year), isize::from(month), usize::try_from(day).ok()?);
    let last = LunarMonth::new(year, month).ok()?.get_day_count();
    let solar = LunarDay::new(year, month, day.min(last)).ok()?.get_solar_day();
    let (year, month, day) = (solar.get_year(), solar.get_month(), solar.get_day());
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
