//! Instants, local dates, zones and the one clock.

use crate::{Date, Error, Result};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use utoipa::ToSchema;

/// A moment, as Unix milliseconds in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, example = 1_763_800_000_000_i64)]
pub struct Instant(pub i64);

impl Instant {
    /// This moment plus a number of milliseconds.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
    /// Milliseconds from `earlier` to this moment.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.timestamp().fmt(f)
    }
}

/// An IANA time zone, in which local dates begin and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone with this IANA name (`Asia/Shanghai`), or `zone_unknown`.
    pub fn parse(name: &str) -> Result<Self> {
        TimeZone::get(name)
            .map(Self)
            .map_err(|_| Error::invalid("zone_unknown", format!("{name:?} is not an IANA time zone such as Asia/Shanghai")))
    }
    /// UTC.
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }
    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
    /// The local date at a moment.
    pub fn date(&self, at: Instant) -> Date {
        at.timestamp().to_zoned(self.0.clone()).date()
    }
    /// The local date and time at a moment.
    pub fn local(&self, at: Instant) -> jiff::civil::DateTime {
        at.timestamp().to_zoned(self.0.clone()).datetime()
    }
    /// The first moment of a local day, daylight saving or not.
    pub fn start(&self, date: Date) -> Instant {
        match date.to_zoned(self.0.clone()) {
            Ok(zoned) => Instant(zoned.timestamp().as_millisecond()),
            Err(_) => Instant(i64::MAX),
        }
    }
    /// The first moment after a local day: what expires on `date` is gone from here on.
    pub fn end(&self, date: Date) -> Instant {
        date.tomorrow().map_or(Instant(i64::MAX), |next| self.start(next))
    }
    /// The moment of a local date and time; in a gap the later side, in a fold the earlier moment.
    pub fn at(&self, local: jiff::civil::DateTime) -> Instant {
        local.to_zoned(self.0.clone()).map_or(Instant(i64::MAX), |zoned| Instant(zoned.timestamp().as_millisecond()))
    }
}

/// `date` plus whole months; a day that the month lacks becomes its last day.
pub fn add_months(date: Date, months: i32) -> Date {
    date.saturating_add(months.months())
}

/// `date` plus days.
pub fn add_days(date: Date, days: i32) -> Date {
    date.saturating_add(days.days())
}

/// Whole days from `from` to `to`.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until((jiff::Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

/// The birthday in a year: 29 February falls on 28 February in other years.
pub fn birthday_in(birth: Date, year: i16) -> Date {
    Date::new(year, birth.month(), birth.day()).unwrap_or_else(|_| Date::constant(year, birth.month(), 28))
}

/// Parses `2026-11-22`, or says how a date is written.
pub fn parse_date(text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::invalid("date_malformed", format!("{text:?} is not a date; write it like 2026-11-22")))
}

/// The only source of the current time. Tests hold one that they set.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(None)
    }
    /// A clock that stands still until it is set.
    pub fn manual(at: Instant) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }
    /// The time now.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Some(manual) => Instant(manual.load(Ordering::SeqCst)),
            #[expect(clippy::disallowed_methods, reason = "the one clock")]
            None => Instant(Timestamp::now().as_millisecond()),
        }
    }
    /// Sets a manual clock; the machine's clock is left alone.
    pub fn set(&self, at: Instant) {
        if let Some(manual) = &self.0 {
            manual.store(at.0, Ordering::SeqCst);
        }
    }
    /// Moves a manual clock on.
    pub fn advance_ms(&self, ms: i64) {
        if let Some(manual) = &self.0 {
            manual.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_clamp_and_leap_birthdays_fall_on_the_28th() {
        assert_eq!(add_months(date(2026, 1, 31), 1), date(2026, 2, 28));
        assert_eq!(add_months(date(2024, 1, 31), 1), date(2024, 2, 29));
        assert_eq!(birthday_in(date(2024, 2, 29), 2026), date(2026, 2, 28));
        assert_eq!(birthday_in(date(2024, 2, 29), 2028), date(2028, 2, 29));
    }

    #[test]
    fn a_local_day_ends_when_it_ends_daylight_saving_or_not() {
        let zone = Zone::parse("America/New_York").unwrap_or(Zone::utc());
        let long = zone.end(date(2026, 11, 1)).since_ms(zone.start(date(2026, 11, 1)));
        assert_eq!(long, 25 * 3_600_000);
        let short = zone.end(date(2026, 3, 8)).since_ms(zone.start(date(2026, 3, 8)));
        assert_eq!(short, 23 * 3_600_000);
        assert_eq!(days_between(date(2011, 9, 10), date(2011, 12, 10)), 91);
    }
}
