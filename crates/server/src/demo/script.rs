//! The whole history as a plan: who does what on which day, worked out before anything is written.
//!
//! The plan follows from the [`Story`] alone. It never looks into the database, so a run that was
//! interrupted, or that goes on weeks later, works from the same plan; looking further ahead only
//! adds days. What depends on a member's balances (a top-up, paying from the wallet, a coupon) is
//! decided when the day is lived, from that member's rows only.

use super::basket::{Item, Shopping};
use super::calendar;
use super::dice::Dice;
use super::goods::Range;
use super::life::Life;
use super::person::{Person, STORE_SHARES};
use serde::{Deserialize, Serialize};
use shuke_kernel::time::{add_days, add_months, days_between};
use shuke_kernel::{Date, Instant, Zone};
use shuke_org::Trade;
use std::collections::BTreeMap;

/// What the history follows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Story {
    /// Names every stream of chance.
    pub(super) seed: u64,
    /// The trade.
    pub(super) trade: Trade,
    /// Members at the end of the first `months`; more come at the same pace afterwards.
    pub(super) members: u64,
    /// Months of history at the first start.
    pub(super) months: i32,
    /// The first day.
    pub(super) first: Date,
}

/// One thing that somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Becomes a member.
    Enrol,
    /// Buys.
    Buy(Visit),
    /// Brings back what was bought.
    Return(Visit),
    /// Gets points from the manager, for something that went wrong.
    Adjust,
    /// Gets a coupon.
    Issue(Reason),
}

/// Why a coupon is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Reason {
    /// At enrolment.
    Welcome,
    /// On the first of the month of the birthday.
    Birthday,
    /// To some, on the first of a month.
    Monthly,
}

/// A purchase, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    /// Unique in the demo.
    pub(super) number: u64,
    /// When.
    pub(super) at: Instant,
    /// The local day.
    pub(super) day: Date,
    /// Which store.
    pub(super) store: usize,
}

/// What one member, or one passer-by, does on a day, in the order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Task {
    /// The member's place; none for a passer-by.
    pub(super) member: Option<u64>,
    /// What, and when.
    pub(super) steps: Vec<(Instant, Step)>,
}

/// A day.
#[derive(Clone, Debug)]
pub(super) struct Day {
    /// The local day.
    pub(super) date: Date,
    /// Days since the first.
    pub(super) index: u64,
    /// Who does what.
    pub(super) tasks: Vec<Task>,
    /// What comes in before the store opens: store, and goods with pieces.
    pub(super) deliveries: Vec<(usize, Vec<Item>)>,
}

/// The plan.
#[derive(Debug)]
pub(super) struct Script {
    /// What it follows from.
    pub(super) story: Story,
    /// What is sold.
    pub(super) range: Range,
    /// The members by place.
    pub(super) people: Vec<Person>,
    /// The days from the first on.
    pub(super) days: Vec<Day>,
}

/// Visits of one member are numbered within so many.
const VISITS_MAX: u64 = 10_000;
/// Where the numbers of passers-by begin.
const PASSERS: u64 = 1 << 40;
/// Days that one delivery must last.
const WEEK_DAYS: usize = 7;
/// Pieces in a carton.
const CARTON_PIECES: i64 = 6;
/// Pieces of everything that stand on the shelf at the beginning.
const SHELF_PIECES: i64 = 12;

impl Script {
    /// Plans every day up to `last`.
    pub(super) fn write(story: &Story, zone: &Zone, last: Date) -> Self {
        let range = Range::of(story.trade);
        let enrolments = enrolments(story, add_days(last, 7));
        let people: Vec<Person> =
            (0_u64..).zip(&enrolments).map(|(place, enrolled)| Person::of(story.seed, story.trade, &range, place, *enrolled)).collect();
        let mut script = Self { story: story.clone(), range, people, days: Vec::new() };
        // A delivery is for the week ahead, so the plan looks a week further than it is asked to.
        let until = add_days(last, 7);
        let mut days: BTreeMap<Date, BTreeMap<Option<u64>, Task>> = BTreeMap::new();
        let mut walks: BTreeMap<Date, Vec<Task>> = BTreeMap::new();
        for (person, enrolled) in script.people.iter().zip(&enrolments) {
            for (day, at, step) in script.life(person, *enrolled, until, zone) {
                let task = days.entry(day).or_default().entry(Some(person.place)).or_default();
                task.member = Some(person.place);
                task.steps.push((at, step));
            }
        }
        for index in 0..=days_between(story.first, until) {
            let day = add_days(story.first, i32::try_from(index).unwrap_or(0));
            for (day, at, step) in script.passers(u64::try_from(index).unwrap_or(0), day, zone) {
                walks.entry(day).or_default().push(Task { member: None, steps: vec![(at, step)] });
            }
        }
        for index in 0..=days_between(story.first, until) {
            let date = add_days(story.first, i32::try_from(index).unwrap_or(0));
            let mut tasks: Vec<Task> = days.remove(&date).unwrap_or_default().into_values().collect();
            tasks.extend(walks.remove(&date).unwrap_or_default());
            for task in &mut tasks {
                task.steps.sort_by_key(|(at, _)| *at);
            }
            tasks.sort_by_key(|task| task.steps.first().map(|(at, _)| *at));
            script.days.push(Day { date, index: u64::try_from(index).unwrap_or(0), tasks, deliveries: Vec::new() });
        }
        script.deliver();
        script.days.retain(|day| day.date <= last);
        script
    }

    /// A member's whole life.
    fn life(&self, person: &Person, enrolled: Date, until: Date, zone: &Zone) -> Vec<(Date, Instant, Step)> {
        let seed = self.story.seed;
        let visits = Life::of(seed, self.story.trade, person.place).visits(enrolled, until);
        let mut steps = Vec::with_capacity(visits.len() + 4);
        let joined = match visits.first() {
            // At the till, just before the first purchase.
            Some(_) => self.visit(person, 0, enrolled, zone).at.plus_ms(-240_000),
            None => calendar::moment(enrolled, zone, &Dice::of(seed, "joined", person.place)),
        };
        steps.push((enrolled, joined, Step::Enrol));
        steps.push((enrolled, joined.plus_ms(1_000), Step::Issue(Reason::Welcome)));
        for (nth, day) in (0_u64..).zip(&visits) {
            let visit = self.visit(person, nth, *day, zone);
            steps.push((*day, visit.at, Step::Buy(visit)));
            steps.extend(self.comes_back(visit, zone));
        }
        steps.extend(self.mornings(person, enrolled, until, zone));
        steps.retain(|(day, _, _)| *day <= until);
        steps
    }

    /// What a member gets on the first of a month, and now and then by hand.
    fn mornings(&self, person: &Person, enrolled: Date, until: Date, zone: &Zone) -> Vec<(Date, Instant, Step)> {
        let seed = self.story.seed;
        let mut steps = Vec::new();
        let mut month = add_months(enrolled.first_of_month(), 1);
        while month <= until {
            let nth = u64::try_from(days_between(self.story.first, month)).unwrap_or(0);
            let dice = Dice::of(seed, "month", person.place * VISITS_MAX + nth);
            let at = zone.start(month).plus_ms(8 * 3_600_000);
            if person.birthday.is_some_and(|born| born.month() == month.month()) {
                steps.push((month, at, Step::Issue(Reason::Birthday)));
            }
            if dice.chance(160) {
                steps.push((month, at.plus_ms(1_000), Step::Issue(Reason::Monthly)));
            }
            if dice.chance(4) {
                let day = add_days(month, i32::try_from(dice.between(0, 27)).unwrap_or(0));
                steps.push((day, zone.start(day).plus_ms(20 * 3_600_000), Step::Adjust));
            }
            month = add_months(month, 1);
        }
        steps
    }

    fn visit(&self, person: &Person, nth: u64, day: Date, zone: &Zone) -> Visit {
        let number = person.place * VISITS_MAX + nth;
        let dice = Dice::of(self.story.seed, "visit", number);
        let store = if dice.chance(880) { person.store } else { dice.weighted(STORE_SHARES) };
        Visit { number, at: calendar::moment(day, zone, &dice), day, store }
    }

    /// Two or three of a hundred purchases come back, wholly or in part.
    fn comes_back(&self, visit: Visit, zone: &Zone) -> Option<(Date, Instant, Step)> {
        let dice = Dice::of(self.story.seed, "return", visit.number);
        if !dice.chance(25) {
            return None;
        }
        let day = add_days(visit.day, i32::try_from(dice.between(1, 9)).unwrap_or(1));
        Some((day, calendar::moment(day, zone, &dice), Step::Return(visit)))
    }

    fn passers(&self, index: u64, day: Date, zone: &Zone) -> Vec<(Date, Instant, Step)> {
        let dice = Dice::of(self.story.seed, "passers", index);
        // About a sixth of all sales, in shops of every size.
        let members = i64::try_from(self.story.members).unwrap_or(0);
        let expected = calendar::weight(day) * members * dice.between(60, 140) / 48_000;
        let count = u64::try_from(expected / 100).unwrap_or(0) + u64::from(dice.chance(expected % 100 * 10));
        (0..count.min(1_000))
            .flat_map(|nth| {
                let number = PASSERS + index * 1_000 + nth;
                let dice = Dice::of(self.story.seed, "visit", number);
                let visit = Visit { number, at: calendar::moment(day, zone, &dice), day, store: dice.weighted(STORE_SHARES) };
                [Some((day, visit.at, Step::Buy(visit))), self.comes_back(visit, zone)].into_iter().flatten()
            })
            .collect()
    }

    /// What somebody buys on a visit.
    pub(super) fn basket(&self, member: Option<u64>, visit: &Visit) -> Vec<Item> {
        let person = member.and_then(|place| self.people.get(usize::try_from(place).ok()?));
        let (seed, trade) = (self.story.seed, self.story.trade);
        Shopping { seed, trade, range: &self.range, person, visit: visit.number, day: visit.day }.basket()
    }

    /// Orders for each week what that week will sell, in whole cartons: no shelf is ever empty.
    fn deliver(&mut self) {
        let mut owed: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for first in (0..self.days.len()).step_by(WEEK_DAYS) {
            let week = self.days.get(first..(first + WEEK_DAYS).min(self.days.len())).unwrap_or_default();
            for (member, visit) in week.iter().flat_map(|day| &day.tasks).flat_map(purchases) {
                for (good, pieces) in self.basket(member, visit) {
                    *owed.entry((visit.store, good)).or_default() += pieces;
                }
            }
            let mut deliveries: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
            for store in 0..STORE_SHARES.len() {
                for good in (0..self.range.goods.len()).filter(|good| !self.range.is_service(*good)) {
                    let owed = owed.entry((store, good)).or_default();
                    let shelf = if first == 0 { SHELF_PIECES } else { 0 };
                    let cartons = (*owed).max(0).div_euclid(CARTON_PIECES) + i64::from((*owed).max(0).rem_euclid(CARTON_PIECES) > 0);
                    let pieces = cartons * CARTON_PIECES + shelf;
                    *owed -= cartons * CARTON_PIECES;
                    if pieces > 0 {
                        deliveries.entry(store).or_default().push((good, pieces));
                    }
                }
            }
            if let Some(day) = self.days.get_mut(first) {
                day.deliveries = deliveries.into_iter().collect();
            }
        }
    }
}

fn purchases(task: &Task) -> impl Iterator<Item = (Option<u64>, &Visit)> {
    task.steps.iter().filter_map(|(_, step)| match step {
        Step::Buy(visit) => Some((task.member, visit)),
        _ => None,
    })
}

/// The day of enrolment of each member, in order: a quarter in the first fortnight, who were
/// customers before there was a system; the others as busy as the days are.
fn enrolments(story: &Story, until: Date) -> Vec<Date> {
    let end = add_months(story.first, story.months);
    let span = days_between(story.first, end).max(1);
    let weights = |from: i64, to: i64| -> i64 { (from..to).map(|index| calendar::weight(nth(story.first, index))).sum() };
    let whole = weights(0, span).max(1);
    let members = i64::try_from(story.members).unwrap_or(0);
    let old_hands = members / 4;
    let mut days = Vec::new();
    let mut passed = 0;
    for index in 0..=days_between(story.first, until) {
        let day = nth(story.first, index);
        passed += calendar::weight(day);
        let target = old_hands * (index + 1).min(14) / 14 + (members - old_hands) * passed / whole;
        while i64::try_from(days.len()).unwrap_or(i64::MAX) < target {
            days.push(day);
        }
    }
    days
}

fn nth(first: Date, index: i64) -> Date {
    add_days(first, i32::try_from(index).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(members: u64) -> Story {
        Story { seed: 11, trade: Trade::MotherAndBaby, members, months: 18, first: Date::constant(2025, 1, 20) }
    }

    fn count(script: &Script, what: impl Fn(&Step) -> bool) -> usize {
        script.days.iter().flat_map(|day| &day.tasks).flat_map(|task| &task.steps).filter(|(_, step)| what(step)).count()
    }

    #[test]
    fn the_full_size_is_what_was_promised() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let script = Script::write(&story(2_150), &zone, Date::constant(2026, 7, 19));
        let enrolled = count(&script, |step| *step == Step::Enrol);
        let sold = count(&script, |step| matches!(step, Step::Buy(_)));
        let returned = count(&script, |step| matches!(step, Step::Return(_)));
        let walked = script.days.iter().flat_map(|day| &day.tasks).filter(|task| task.member.is_none()).count();
        assert_eq!(script.days.len(), 546);
        assert!((2_130..=2_170).contains(&enrolled), "{enrolled}");
        assert!((15_500..22_000).contains(&sold), "{sold}");
        assert!((sold / 50..sold / 30).contains(&returned), "{returned} of {sold}");
        assert!((sold / 10..sold / 4).contains(&walked), "{walked} of {sold}");
        println!("{enrolled} members, {sold} sales, {walked} passers-by, {returned} returns");
    }

    #[test]
    fn a_longer_plan_begins_like_the_shorter_one() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let short = Script::write(&story(60), &zone, Date::constant(2025, 3, 20));
        let long = Script::write(&story(60), &zone, Date::constant(2025, 6, 1));
        for (one, other) in short.days.iter().zip(&long.days) {
            assert_eq!(format!("{one:?}"), format!("{other:?}"));
        }
        assert!(long.days.len() > short.days.len() + 60);
    }

    #[test]
    fn no_shelf_is_ever_empty() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let script = Script::write(&story(300), &zone, Date::constant(2026, 3, 1));
        let mut stock: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for day in &script.days {
            for (store, goods) in &day.deliveries {
                for (good, pieces) in goods {
                    *stock.entry((*store, *good)).or_default() += pieces;
                }
            }
            for (member, visit) in day.tasks.iter().flat_map(purchases) {
                for (good, pieces) in script.basket(member, visit).into_iter().filter(|(good, _)| !script.range.is_service(*good)) {
                    let left = stock.entry((visit.store, good)).or_default();
                    *left -= pieces;
                    assert!(*left >= 0, "{} is sold out on {}", script.range.goods[good].sku, day.date);
                }
            }
        }
        assert!(stock.values().sum::<i64>() < 30 * stock.len() as i64, "and the store room does not overflow");
    }
}
