//! When a member comes: a rhythm of their own, until they stop, and sometimes start again.
//!
//! The mixture makes every stage of a customer's life occur: some never buy, some come once, some
//! drift away after weeks, most come about once a month for a year or more, a few every week.

use super::calendar;
use super::dice::Dice;
use shuke_kernel::Date;
use shuke_kernel::time::add_days;
use shuke_org::Trade;

/// What kind of customer somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    Never,
    Once,
    Drifting,
    Regular,
    Frequent,
    Rare,
}

/// Habits, with how many of a thousand members have them.
const HABITS: [(Habit, i64); 6] =
    [(Habit::Never, 30), (Habit::Once, 130), (Habit::Drifting, 215), (Habit::Regular, 450), (Habit::Frequent, 105), (Habit::Rare, 70)];

/// A member's rhythm.
#[derive(Clone, Debug)]
pub(super) struct Life {
    habit: Habit,
    interval_days: i64,
    dice: Dice,
}

impl Life {
    /// The rhythm of the member with this place.
    pub(super) fn of(seed: u64, trade: Trade, place: u64) -> Self {
        let dice = Dice::of(seed, "life", place);
        let habit = HABITS.get(dice.weighted(HABITS.iter().map(|(_, share)| *share))).map_or(Habit::Regular, |(habit, _)| *habit);
        let (least, most) = match habit {
            Habit::Frequent => (10, 18),
            Habit::Rare => (80, 160),
            _ => (28, 66),
        };
        // Clothes are bought more seldom, groceries more often than what a baby needs.
        let percent = match trade {
            Trade::MotherAndBaby => 100,
            Trade::Beauty => 105,
            Trade::Fashion => 140,
            Trade::Grocery => 80,
        };
        Self { habit, interval_days: dice.between(least, most) * percent / 100, dice }
    }

    /// The days on which the member buys, from the day of enrolment up to `last`. A later `last` only
    /// adds days at the end.
    pub(super) fn visits(&self, enrolled: Date, last: Date) -> Vec<Date> {
        if self.habit == Habit::Never {
            return Vec::new();
        }
        let mut visits = vec![enrolled];
        let mut stops = self.stop_after(enrolled);
        let mut at = enrolled;
        while at <= last {
            let gap = self.interval_days * self.dice.between(60, 150) / 100;
            let mut next = calendar::near(add(at, gap.max(4)), &self.dice);
            if next > stops {
                if !self.dice.chance(140) {
                    break;
                }
                next = add(stops, self.dice.between(70, 280));
                stops = add(next, self.dice.between(60, 320));
            }
            visits.push(next);
            at = next;
        }
        visits.retain(|day| *day <= last);
        visits
    }

    fn stop_after(&self, enrolled: Date) -> Date {
        let (least, most) = match self.habit {
            Habit::Never | Habit::Once => (0, 30),
            Habit::Drifting => (30, 190),
            Habit::Regular => (260, 1_100),
            Habit::Frequent | Habit::Rare => (420, 2_400),
        };
        add(enrolled, self.dice.between(least, most))
    }
}

fn add(day: Date, days: i64) -> Date {
    add_days(day, i32::try_from(days).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Date = Date::constant(2025, 5, 1);

    #[test]
    fn a_longer_look_ahead_changes_nothing_before() {
        for place in 0..300 {
            let short = Life::of(3, Trade::MotherAndBaby, place).visits(START, add(START, 200));
            let long = Life::of(3, Trade::MotherAndBaby, place).visits(START, add(START, 700));
            assert_eq!(short, long.iter().copied().filter(|day| *day <= add(START, 200)).collect::<Vec<_>>());
            assert!(long.is_sorted() && long.windows(2).all(|pair| pair[0] != pair[1]), "one visit a day: {long:?}");
        }
    }

    #[test]
    fn the_shop_has_customers_of_every_kind() {
        let last = add(START, 540);
        let lives: Vec<Vec<Date>> = (0..1_000).map(|place| Life::of(5, Trade::MotherAndBaby, place).visits(START, last)).collect();
        let idle = |days: i64| lives.iter().filter(|visits| visits.last().is_some_and(|day| *day < add(last, -days))).count();
        assert!(lives.iter().filter(|visits| visits.is_empty()).count() > 10);
        assert!(idle(365) > 60, "some are long gone: {}", idle(365));
        assert!(idle(180) > idle(365) + 30 && idle(90) > idle(180) + 30);
        assert!(idle(90) < 700, "and most are there");
        let visits: usize = lives.iter().map(Vec::len).sum();
        assert!((5_000..12_000).contains(&visits), "{visits}");
    }
}
