//! Questions that need more than the orders: a table of members, a list, a trial.

use super::model::Ask;
use super::ops::day_number;
use crate::next::{Found, ages, bought, recommend, replenish};
use crate::orders::{Attribute, NONE, Orders, People, Values, people};
use crate::report::{Report, says};
use crate::{attribute, churn as leaving, next as coming, portrait as picture, summary, uplift as campaign};
use shuke_kernel::{Error, Result};

/// The table of members, where one is given.
fn table(ask: &Ask, orders: &Orders) -> Result<Option<People>> {
    ask.people.as_deref().map(|path| people::read(&ask.source, path, &orders.members)).transpose()
}

/// What the table held that was not used.
fn left_out(report: &mut Report, people: Option<&People>) {
    let Some(people) = people else { return };
    if people.known == 0 {
        report.warnings.push(says(
            "会员表里没有一位在订单里，检查会员号是不是同一种。",
            "None of the members of the table has an order: check that both files use the same member numbers.",
        ));
    }
    if !people.left_out.is_empty() {
        let names = people.left_out.join("、");
        report.warnings.push(says(
            format!("会员表里这些列是文字或只有个别人有，没有用：{names}。"),
            format!("These columns of the table hold free text and were not used: {names}."),
        ));
    }
}

pub(super) fn churn(ask: &Ask, orders: &Orders, as_of: i32) -> Result<Report> {
    let people = table(ask, orders)?;
    let currency = ask.source.currency;
    let firsts = attribute::firsts(orders, as_of);
    let groups = attribute::at_joining(orders, people.as_ref(), &firsts, currency);
    let found = leaving::churn(&firsts, &groups, ask.bands, as_of)?;
    let mut report = leaving::report(&found, &groups, as_of, currency);
    left_out(&mut report, people.as_ref());
    Ok(report)
}

pub(super) fn portrait(ask: &Ask, orders: &Orders, as_of: i32) -> Result<Report> {
    let Some(path) = &ask.segment else {
        return Err(Error::invalid("segment_missing", "say which members with --segment FILE: a CSV with a column of members"));
    };
    let people = table(ask, orders)?;
    let (chosen, unknown) = people::list(&ask.source, path, &orders.members)?;
    let found = summary::from_orders(orders, ask.subtract_returns, as_of);
    let groups = attribute::so_far(orders, people.as_ref(), &found, as_of, ask.source.currency);
    let described = picture::portrait(&found, &groups, &chosen, as_of)?;
    let money: Vec<i64> = found.members.iter().map(|member| member.money).collect();
    let sizes = picture::sizes(&money, &classes(orders, people.as_ref(), &groups));
    let listed = picture::Listed { chosen: &chosen, sizes: &sizes, unknown };
    let name = |number: u32| orders.members.text(number);
    let mut report = picture::report(&described, &groups, listed, &found, &name, as_of, ask.source.currency);
    left_out(&mut report, people.as_ref());
    Ok(report)
}

/// Within what sizes are compared: the region of the table of members, else the usual store, else all together.
fn classes(orders: &Orders, people: Option<&People>, groups: &[attribute::Group]) -> Vec<u32> {
    let region =
        |attribute: &&Attribute| ["region", "区域", "地区", "大区", "城市", "city"].contains(&attribute.name.to_lowercase().as_str());
    let attributes = people.map(|people| people.attributes.as_slice()).unwrap_or_default();
    if let Some(Attribute { values: Values::Kinds(_, of), .. }) = attributes.iter().find(region) {
        return of.clone();
    }
    let mut classes = vec![NONE; orders.members.len()];
    if let Some(stores) = groups.iter().find(|group| group.name.en == "usual store") {
        stores.of.iter().for_each(|(member, store)| classes[*member as usize] = *store);
    }
    classes
}

pub(super) fn uplift(ask: &Ask, orders: &Orders, as_of: i32) -> Result<Report> {
    let Some(path) = &ask.trial else {
        return Err(Error::invalid(
            "trial_missing",
            "say who was treated with --trial FILE: a CSV with member and group (treated, held_out)",
        ));
    };
    let Some(from) = ask.from else {
        return Err(Error::invalid("trial_missing", "say when the campaign began with --from DATE"));
    };
    let sides = people::sides(&ask.source, path, &orders.members)?;
    Ok(campaign::report(&campaign::trial(orders, &sides, day_number(from)?, as_of)?, ask.source.currency))
}

/// Recommendations of a member.
const FEW: usize = 5;
/// Needs by age of a member.
const FEW_BY_AGE: usize = 3;
/// Days without a purchase after which a member is recommended nothing.
const ACTIVE_DAYS: i32 = 365;

pub(super) fn next(ask: &Ask, orders: &Orders, as_of: i32) -> Result<Report> {
    if orders.items.is_empty() {
        return Err(Error::invalid("column_missing", "the file has no column for item; say which it is with --item COLUMN"));
    }
    let people = table(ask, orders)?;
    let days = i32::try_from(ask.days.clamp(1, 365)).unwrap_or(28);
    let all = bought(orders, as_of);
    if all.is_empty() {
        return Err(Error::refused("members_too_few", "no member bought anything up to this day"));
    }
    let items = orders.items.len();
    let (lasting, mut needs) = replenish::needs(&all);
    needs.retain(|need| need.is_due(as_of, days));
    needs.sort_by_key(|need| (need.due_day, need.member, need.item));
    let trial = recommend::tried(&all, items, as_of, days);
    let by_age = people.as_ref().and_then(birth).map(|(name, born)| {
        let ages = ages::ages(&all, born, as_of);
        let needs = ages.needs(&all, born, as_of, FEW_BY_AGE);
        (ages, needs, name)
    });
    let found = Found {
        days,
        items: lasting,
        needs,
        needs_trial: replenish::tried(&all, as_of, days),
        recommended: recommend::recommend(&all, items, trial.power, as_of.saturating_sub(ACTIVE_DAYS), FEW),
        trial,
        ages: by_age.filter(|(ages, ..)| ages.members > 0),
    };
    let mut report = coming::report(&found, &|n| orders.members.text(n), &|n| orders.items.text(n), as_of, ask.source.currency);
    left_out(&mut report, people.as_ref());
    Ok(report)
}

/// The column with a child's day of birth, by its name.
fn birth(people: &People) -> Option<(String, &[Option<i32>])> {
    let days = || {
        people.attributes.iter().filter_map(|attribute| match &attribute.values {
            Values::Days(days) => Some((attribute.name.clone(), days.as_slice())),
            _ => None,
        })
    };
    let words = ["宝宝", "孩子", "预产", "baby", "child", "born", "birth", "due", "生日", "出生"];
    words.iter().find_map(|word| days().find(|(name, _)| name.to_lowercase().contains(word)))
}
