//! When people shop: by weekday, by season, by the hour.

use super::dice::Dice;
use shuke_kernel::time::{add_days, days_between};
use shuke_kernel::{Date, Instant, Zone};

/// 春节: the first day of the lunar year.
const SPRING_FESTIVALS: &[Date] = &[
    Date::constant(2024, 2, 10),
    Date::constant(2025, 1, 29),
    Date::constant(2026, 2, 17),
    Date::constant(2027, 2, 6),
    Date::constant(2028, 1, 26),
    Date::constant(2029, 2, 13),
    Date::constant(2030, 2, 3),
    Date::constant(2031, 1, 23),
    Date::constant(2032, 2, 11),
    Date::constant(2033, 1, 31),
];

/// How much is going on on a day; 100 is an ordinary working day.
pub(super) fn weight(day: Date) -> i64 {
    let by_weekday = match day.weekday().to_monday_one_offset() {
        6 => 160,
        7 => 145,
        5 => 115,
        _ => 100,
    };
    by_weekday * season(day) / 100
}

/// The season in percent: 618, 双11, 国庆, the rush before 春节 and the quiet after it.
fn season(day: Date) -> i64 {
    let festival = SPRING_FESTIVALS.iter().map(|first| days_between(*first, day)).find(|days| (-20..=12).contains(days));
    if let Some(days) = festival {
        return match days {
            -20..=-3 => 130,
            -2..=4 => 30,
            _ => 75,
        };
    }
    match (day.month(), day.day()) {
        (6, 1..=18) => 130,
        (11, 1..=11) => 150,
        (10, 1..=7) => 125,
        (12, 20..=31) => 115,
        (3, 5..=8) => 120,
        (7 | 8, _) => 90,
        _ => 100,
    }
}

/// A day near `day`, as likely as it is busy: people come on the Saturday, not on the Thursday.
pub(super) fn near(day: Date, dice: &Dice) -> Date {
    let place = dice.weighted((-2..=2).map(|offset| weight(add_days(day, offset))));
    add_days(day, i32::try_from(place).unwrap_or(2) - 2)
}

/// Shares of the opening hours from 9 to 20, the evening and the late morning first.
const HOURS: [i64; 12] = [4, 8, 11, 8, 6, 8, 9, 9, 9, 12, 11, 5];

/// A moment of a day at which the shop is open.
pub(super) fn moment(day: Date, zone: &Zone, dice: &Dice) -> Instant {
    let hour = i64::try_from(dice.weighted(HOURS)).unwrap_or(0) + 9;
    zone.start(day).plus_ms(hour * 3_600_000 + dice.between(0, 3_599_999))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturdays_and_festivals_are_what_they_are() {
        assert!(weight(Date::constant(2026, 5, 16)) > weight(Date::constant(2026, 5, 13)));
        assert!(weight(Date::constant(2026, 11, 11)) > weight(Date::constant(2026, 11, 18)));
        assert!(weight(Date::constant(2026, 2, 17)) < weight(Date::constant(2026, 3, 17)) / 2);
    }

    #[test]
    fn sales_are_made_while_the_shop_is_open() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let day = Date::constant(2026, 5, 16);
        for index in 0..500 {
            let at = zone.local(moment(day, &zone, &Dice::of(1, "moment", index)));
            assert_eq!(at.date(), day);
            assert!((9..21).contains(&at.hour()), "{at}");
        }
    }
}
