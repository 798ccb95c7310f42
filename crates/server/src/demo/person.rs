//! Who a member is: everything that is told at enrolment, made up from their place in the list.

use super::dice::Dice;
use super::goods::Range;
use super::names;
use serde_json::Value;
use shuke_kernel::Date;
use shuke_kernel::time::{add_days, days_between};
use shuke_member::member::Gender;
use shuke_org::Trade;
use shuke_org::preset::{self, PresetFieldKind};
use std::collections::BTreeMap;

/// A child of a member.
#[derive(Clone, Debug)]
pub(super) struct Child {
    /// As the parents call it; none before it is born.
    pub(super) name: Option<&'static str>,
    /// The birthday, or the day on which it is due.
    pub(super) born_on: Date,
    /// Its gender.
    pub(super) gender: Option<Gender>,
}

/// A member of the demo shop.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The place in the list of members, from 0.
    pub(super) place: u64,
    /// The full name.
    pub(super) name: String,
    /// The gender.
    pub(super) gender: Gender,
    /// The mobile number, eleven digits.
    pub(super) mobile: String,
    /// The birthday.
    pub(super) birthday: Option<Date>,
    /// Whether the birthday is counted in the lunar calendar.
    pub(super) lunar: bool,
    /// The district.
    pub(super) district: &'static str,
    /// Where the member came from.
    pub(super) source: &'static str,
    /// Which store they belong to.
    pub(super) store: usize,
    /// Children, the youngest last.
    pub(super) children: Vec<Child>,
    /// Custom fields.
    pub(super) fields: BTreeMap<String, Value>,
    /// Whether they agree to text messages about offers.
    pub(super) consents: bool,
    /// Whether they top their wallet up.
    pub(super) tops_up: bool,
    /// Products that they buy again and again: places in [`Range::products`].
    pub(super) staples: Vec<usize>,
}

/// Shares of the three stores.
pub(super) const STORE_SHARES: [i64; 3] = [44, 33, 23];

fn back(day: Date, days: i64) -> Date {
    add_days(day, i32::try_from(-days).unwrap_or(0))
}

impl Person {
    /// The member with this place, enrolled on a day.
    pub(super) fn of(seed: u64, trade: Trade, range: &Range, place: u64, enrolled: Date) -> Self {
        let dice = Dice::of(seed, "person", place);
        let (women, youngest, oldest) = match trade {
            Trade::MotherAndBaby => (860, 23, 40),
            Trade::Beauty => (930, 20, 52),
            Trade::Fashion => (820, 19, 48),
            Trade::Grocery => (580, 22, 70),
        };
        let gender = if dice.chance(women) { Gender::Female } else { Gender::Male };
        let name = format!("{}{}", names::surname(&dice), names::given(gender, &dice));
        let born = back(enrolled, dice.between(youngest * 365, oldest * 365));
        let birthday = dice.chance(780).then_some(born);
        let district = dice.weighted(names::DISTRICTS.iter().map(|(_, share)| *share));
        Self {
            place,
            name,
            gender,
            mobile: names::mobile(place),
            birthday,
            lunar: birthday.is_some_and(|day| day.day() <= 29) && dice.chance(90),
            district: names::DISTRICTS.get(district).map_or("静安区", |(name, _)| name),
            source: ["store", "wechat", "referral"].get(dice.weighted([70, 22, 8])).copied().unwrap_or("store"),
            store: dice.weighted(STORE_SHARES),
            children: if trade == Trade::MotherAndBaby { children(&dice, enrolled) } else { Vec::new() },
            fields: fields(&dice, trade, enrolled),
            consents: dice.chance(720),
            tops_up: dice.chance(170),
            staples: staples(&dice, range),
        }
    }

    /// The age of the youngest child on a day, in months; below zero before it is born.
    pub(super) fn child_months(&self, day: Date) -> Option<i64> {
        self.children.last().map(|child| days_between(child.born_on, day) * 12 / 365)
    }
}

/// Most come with a baby, some before it is born, some with a second one.
fn children(dice: &Dice, enrolled: Date) -> Vec<Child> {
    let gender = |dice: &Dice| Some(if dice.chance(515) { Gender::Male } else { Gender::Female });
    let mut children = Vec::new();
    if dice.chance(160) {
        let born_on = back(enrolled, dice.between(900, 2_600));
        children.push(Child { name: Some(names::child(dice)), born_on, gender: gender(dice) });
    }
    if dice.chance(170) {
        let born_on = add_days(enrolled, i32::try_from(dice.between(10, 240)).unwrap_or(100));
        children.push(Child { name: None, born_on, gender: None });
    } else if dice.chance(950) {
        let born_on = back(enrolled, dice.between(5, 800));
        children.push(Child { name: Some(names::child(dice)), born_on, gender: gender(dice) });
    }
    children
}

fn fields(dice: &Dice, trade: Trade, enrolled: Date) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    for field in preset::of(trade).fields {
        let value = match field.kind {
            PresetFieldKind::Choice => dice.pick(field.choices).map(|choice| Value::from(choice.zh)),
            PresetFieldKind::Number => Some(Value::from(number(dice, field.key))),
            PresetFieldKind::Date => Some(Value::from(back(enrolled, dice.between(3, 120)).to_string())),
            PresetFieldKind::Text => text(dice, field.key).map(Value::from),
        };
        if let Some(value) = value.filter(|_| dice.chance(550)) {
            out.insert(field.key.to_owned(), value);
        }
    }
    out
}

fn number(dice: &Dice, key: &str) -> i64 {
    match key {
        "height" => dice.between(152, 178),
        "size_shoe" => dice.between(35, 41),
        _ => dice.between(1, 6),
    }
}

fn text(dice: &Dice, key: &str) -> Option<&'static str> {
    let texts: &[&str] = match key {
        "formula_brand" => &["月芽湾", "棉朵家", "初禾"],
        "estate" => &["梧桐里", "云栖苑", "海棠湾", "锦绣坊", "春和里"],
        _ => &["无", "无", "无", "牛奶蛋白", "鸡蛋", "花粉", "酒精"],
    };
    dice.pick(texts).copied()
}

/// Two to five products with a rhythm, those that are bought oftener being likelier.
fn staples(dice: &Dice, range: &Range) -> Vec<usize> {
    let weight = |repeat_days: i64| if repeat_days > 0 { 4_000 / (repeat_days + 12) } else { 0 };
    let mut staples = Vec::new();
    for _ in 0..dice.between(2, 5) {
        let place = dice.weighted(range.products.iter().map(|product| weight(product.repeat_days)));
        if !staples.contains(&place) {
            staples.push(place);
        }
    }
    staples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_believable() {
        let day = Date::constant(2025, 9, 1);
        let range = Range::of(Trade::MotherAndBaby);
        let people: Vec<Person> = (0..600).map(|place| Person::of(1, Trade::MotherAndBaby, &range, place, day)).collect();
        let names: std::collections::BTreeSet<_> = people.iter().map(|person| &person.name).collect();
        assert!(names.len() > 400, "{} different names", names.len());
        assert!(people.iter().filter(|person| person.child_months(day).is_some_and(|months| months < 0)).count() > 60);
        assert!(people.iter().filter(|person| !person.children.is_empty()).count() > 550);
        for person in &people {
            assert!(!person.staples.is_empty());
            assert!(person.staples.iter().all(|place| range.products[*place].repeat_days > 0));
            assert!(person.birthday.is_none_or(|born| (22..=41).contains(&(days_between(born, day) / 365))));
        }
    }
}
