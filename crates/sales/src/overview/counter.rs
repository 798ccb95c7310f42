//! What the till shows at once about who stands there: pure rules for what is near and what is due.

use crate::product::Product;
use serde::{Deserialize, Serialize};
use shuke_kernel::time::{add_days, birthday_in, days_between};
use shuke_kernel::{Date, Uuid, lunar, text_enum};
use shuke_ledger::account::Balances;
use shuke_loyalty::me::MyCoupon;
use shuke_loyalty::pass::PassView;
use shuke_loyalty::tier::ops::TierView;
use shuke_member::dependent::Relation;
use shuke_member::member::Birthday;
use shuke_member::note::Note;
use shuke_member::{MemberBrief, Stage};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How near a birthday is told.
pub(super) const NEAR_DAYS: i64 = 30;
/// How long before a product is due again it is told.
const DUE_DAYS: i64 = 7;
/// Days on which a product was bought, from which a rhythm is read.
const DAYS_MIN: usize = 3;
const REPLENISH_MAX: usize = 5;

text_enum! {
    /// Whose birthday.
    pub enum BirthdayOf {
        /// The member's own.
        Member = "member",
        /// A child's or relative's.
        Dependent = "dependent",
    }
}

/// A birthday that is near.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BirthdayNear {
    /// Whose.
    pub of: BirthdayOf,
    /// What a dependent is to the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// In how many days; 0 is today.
    pub in_days: i64,
}

/// A child, by its age: what is needed next follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChildAge {
    /// What it is to the member.
    pub relation: Relation,
    /// Whole months since the birth; below zero before the day on which it is expected.
    pub months: i64,
}

/// A product that the member buys in a rhythm, and is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Replenish {
    /// The variant that was bought last.
    pub variant: Uuid,
    /// What it was called.
    pub name: String,
    /// The local day on which it was bought last.
    #[schema(value_type = String, format = Date)]
    pub last_on: Date,
    /// Days between two purchases, in the middle.
    pub every_days: i64,
    /// In how many days it is due; below zero where it has been due for so long.
    pub due_in_days: i64,
}

/// What the till shows at once about a member.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TillView {
    /// Who it is, masked.
    pub member: MemberBrief,
    /// Where the member stands.
    pub stage: Stage,
    /// Days since the last purchase; none before the first.
    pub days_since_last: Option<i64>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Points, principal and bonus, each with what ends next; with `ledger:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balances: Option<Balances>,
    /// The tier, what it gives, and what is missing to the next; with `loyalty:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierView>,
    /// Passes that can still be used; with `ledger:read`.
    pub passes: Vec<PassView>,
    /// Coupons that can still be used, now or later, those that end first at the top, each with why it can't
    /// be used now; for a cart ask the quote. With `loyalty:read`.
    pub coupons: Vec<MyCoupon>,
    /// Birthdays within 30 days, the nearest first.
    pub birthdays: Vec<BirthdayNear>,
    /// Children by their age.
    pub children: Vec<ChildAge>,
    /// What staff pinned.
    pub notes: Vec<Note>,
    /// What a new customer is shown; empty where the member isn't new.
    pub starter_picks: Vec<Product>,
    /// What the member buys in a rhythm, and is due or soon will be; with `sale:read`.
    pub replenish: Vec<Replenish>,
}

/// In how many days the next birthday is; a 29 February falls on the 28th in other years, a lunar one on its
/// day of the lunar year.
pub(super) fn next_birthday(born: &Birthday, today: Date) -> Option<i64> {
    let on = |year: i16| {
        if born.lunar {
            return lunar::day_in(year, born.month, born.day);
        }
        Date::new(2000, born.month, born.day).ok().map(|leap| birthday_in(leap, year))
    };
    // A lunar year begins in its solar one and ends in the next.
    (today.year() - 1..=today.year() + 1).filter_map(on).filter(|day| *day >= today).min().map(|day| days_between(today, day))
}

/// Whole months between two days.
pub(super) fn months(from: Date, to: Date) -> i64 {
    let whole = (i64::from(to.year()) - i64::from(from.year())) * 12 + i64::from(to.month()) - i64::from(from.month());
    whole - i64::from(to.day() < from.day())
}

/// Something bought on a day.
pub(super) struct Bought {
    pub(super) product: Uuid,
    pub(super) variant: Uuid,
    pub(super) name: String,
    pub(super) on: Date,
}

/// What is bought in a rhythm and is due: on three days at least, the middle of the days between as the
/// rhythm, due within a week, and not given up (twice the rhythm without it).
pub(super) fn replenish(bought: &[Bought], today: Date) -> Vec<Replenish> {
    let mut by_product: BTreeMap<Uuid, Vec<&Bought>> = BTreeMap::new();
    for one in bought {
        by_product.entry(one.product).or_default().push(one);
    }
    let mut due: Vec<Replenish> = by_product.into_values().filter_map(|all| rhythm(all, today)).collect();
    due.sort_by(|a, b| a.due_in_days.cmp(&b.due_in_days).then_with(|| a.name.cmp(&b.name)));
    due.truncate(REPLENISH_MAX);
    due
}

fn rhythm(mut all: Vec<&Bought>, today: Date) -> Option<Replenish> {
    all.sort_by_key(|one| one.on);
    let last = *all.last()?;
    let mut days: Vec<Date> = all.iter().map(|one| one.on).collect();
    days.dedup();
    if days.len() < DAYS_MIN {
        return None;
    }
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| days_between(pair[0], pair[1])).collect();
    gaps.sort_unstable();
    let every_days = gaps[gaps.len() / 2].max(1);
    let due_on = add_days(last.on, i32::try_from(every_days).ok()?);
    let due_in_days = days_between(today, due_on);
    let given_up = days_between(last.on, today) > 2 * every_days;
    (due_in_days <= DUE_DAYS && !given_up).then(|| Replenish {
        variant: last.variant,
        name: last.name.clone(),
        last_on: last.on,
        every_days,
        due_in_days,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_birthday_is_this_year_or_the_next() {
        let next = |text: &str, lunar: bool, today: &str| next_birthday(&Birthday::parse(text, lunar).unwrap(), day(today));
        assert_eq!(next("1990-11-27", false, "2026-11-22"), Some(5));
        assert_eq!(next("--11-22", false, "2026-11-22"), Some(0));
        assert_eq!(next("1990-11-21", false, "2026-11-22"), Some(364));
        assert_eq!(next("1992-02-29", false, "2026-02-27"), Some(1));
        // 2026's new year's day of the lunar calendar is 17 February, 2027's 6 February.
        assert_eq!(next("--01-01", true, "2026-02-10"), Some(7));
        assert_eq!(next("--01-01", true, "2026-02-18"), Some(353));
    }

    #[test]
    fn months_are_whole() {
        assert_eq!(months(day("2025-09-23"), day("2026-11-22")), 13);
        assert_eq!(months(day("2025-09-22"), day("2026-11-22")), 14);
        assert_eq!(months(day("2027-01-10"), day("2026-11-22")), -2);
    }

    #[test]
    fn what_is_bought_in_a_rhythm_is_due() {
        let bought = |product: u128, on: &str| Bought {
            product: Uuid::from_u128(product),
            variant: Uuid::from_u128(product + 100),
            name: format!("商品{product}"),
            on: day(on),
        };
        let monthly = ["2026-08-20", "2026-09-20", "2026-10-21", "2026-10-21"].map(|on| bought(1, on));
        let given_up = ["2026-01-01", "2026-02-01", "2026-03-01"].map(|on| bought(2, on));
        let twice = ["2026-10-01", "2026-11-01"].map(|on| bought(3, on));
        let fresh = ["2026-09-20", "2026-10-20", "2026-11-20"].map(|on| bought(4, on));
        let all: Vec<Bought> = monthly.into_iter().chain(given_up).chain(twice).chain(fresh).collect();
        let due = replenish(&all, day("2026-11-22"));
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].variant, due[0].every_days, due[0].due_in_days), (Uuid::from_u128(101), 31, -1));
    }
}
