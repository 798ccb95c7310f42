//! A group held against the others.

use crate::attribute::{Contrast, Group, contrasts};
use crate::report::{Text, says};
use crate::summary::Summary;
use crate::uplift::{Arm, MeanUplift, of_means};
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// A figure of both sides.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What it is.
    pub name: Text,
    /// Whether it is minor units.
    pub money: bool,
    /// Mean of the group.
    pub group: f64,
    /// Mean of the others.
    pub others: f64,
    /// The difference.
    pub difference: MeanUplift,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Portrait {
    /// Members of the group with a purchase.
    pub members: u64,
    /// Other members with a purchase.
    pub others: u64,
    /// Figures.
    pub figures: Vec<Figure>,
    /// Values, the most striking first.
    pub contrasts: Vec<Contrast>,
}

/// A figure's name, whether it is money, and how it is read from a member.
type Asked<'a> = (Text, bool, &'a dyn Fn(&crate::summary::Member) -> f64);

/// Describes the members of a group.
///
/// Errors: `groups_too_few` where the group or the others are fewer than two.
pub fn portrait(summary: &Summary, groups: &[Group], chosen: &[bool], as_of: i32) -> Result<Portrait> {
    let buys: Vec<bool> = summary.members.iter().map(|member| member.orders > 0).collect();
    let inside = |member: usize| chosen.get(member).copied().unwrap_or(false);
    let members = (0..buys.len()).filter(|member| buys[*member] && inside(*member)).count() as u64;
    let others = buys.iter().filter(|buys| **buys).count() as u64 - members;
    if members < 2 || others < 2 {
        return Err(Error::refused(
            "groups_too_few",
            format!("the group has {members} members with a purchase and there are {others} others; it takes two of each"),
        ));
    }
    let figures: [Asked<'_>; 5] = [
        (says("来过几次", "purchases"), false, &|member| f64::from(member.orders)),
        (says("一共花了", "spent in all"), true, &|member| member.money as f64),
        (says("每次花", "spent a visit"), true, &|member| member.money as f64 / f64::from(member.orders)),
        (says("几天没来", "days since the last visit"), false, &|member| f64::from(as_of - member.last_day)),
        (says("认识多少天", "days since the first visit"), false, &|member| f64::from(as_of - member.first_day)),
    ];
    let figures = figures.into_iter().map(|(name, money, pick)| {
        let (mut own, mut rest) = (Vec::new(), Vec::new());
        for (number, member) in summary.buyers() {
            if inside(number as usize) { own.push(pick(member)) } else { rest.push(pick(member)) }
        }
        let (own, rest) = (Arm::of(&own), Arm::of(&rest));
        Ok(Figure { name, money, group: own.mean, others: rest.mean, difference: of_means(&own, &rest)? })
    });
    let figures = figures.collect::<Result<Vec<_>>>()?;
    Ok(Portrait { members, others, figures, contrasts: contrasts(groups, chosen, &buys) })
}

/// How large a customer is among those of the same store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// 大客户: one of the fewest who make half of the money.
    Large,
    /// 一般客户.
    General,
    /// 小客户: one of those who make the last tenth.
    Small,
}

/// The size of each member of a class (a store, a region), from her money; members without a class are one of their own.
pub fn sizes(money: &[i64], class: &[u32]) -> Vec<Size> {
    let mut order: Vec<usize> = (0..money.len()).collect();
    order.sort_by_key(|at| (class[*at], std::cmp::Reverse(money[*at]), *at));
    let mut sizes = vec![Size::General; money.len()];
    for own in order.chunk_by(|a, b| class[*a] == class[*b]) {
        let all: i128 = own.iter().map(|at| i128::from(money[*at].max(0))).sum();
        let mut before = 0_i128;
        for at in own {
            // By what those before her make: whoever crosses the half still belongs to it.
            sizes[*at] = match before {
                _ if money[*at] <= 0 => Size::Small,
                made if made * 2 < all => Size::Large,
                made if made * 10 < all * 9 => Size::General,
                _ => Size::Small,
            };
            before += i128::from(money[*at].max(0));
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::Pass;

    #[test]
    fn sizes_are_cut_within_a_store() {
        let money = [500, 300, 100, 60, 40, 10, 7, 0, -5];
        let class = [0, 0, 0, 0, 0, 1, 1, 1, 1];
        let found = sizes(&money, &class);
        use Size::{General, Large, Small};
        assert_eq!(found, [Large, General, General, Small, Small, Large, General, Small, Small]);
        assert!(sizes(&[], &[]).is_empty());
    }

    #[test]
    fn the_group_and_the_others_are_described() {
        let mut pass = Pass::new(41, true, i32::MAX);
        for day in 0..3 {
            for member in 0..40 {
                if day == 0 || member < 10 {
                    pass.push(member, 20_000 + day * 10, 600, true, if member < 10 { 900 + i64::from(member) } else { 100 }, 0);
                }
            }
        }
        let summary = pass.finish();
        let store = Group::single(says("门店", "store"), vec![says("A", "A"), says("B", "B")], (0..41).map(|i| Some(u32::from(i >= 12))));
        let chosen: Vec<bool> = (0..41).map(|i| i < 10 || i == 40).collect();
        let found = portrait(&summary, &[store], &chosen, 20_030).unwrap();
        assert_eq!((found.members, found.others), (10, 30), "who never bought is in neither");
        let visits = &found.figures[0];
        assert!((visits.group - 3.0).abs() < 1e-12 && (visits.others - 1.0).abs() < 1e-12 && visits.difference.p < 1e-6);
        let a = found.contrasts.iter().find(|contrast| contrast.value == 0).unwrap();
        assert!((a.share_of_set() - 1.0).abs() < 1e-12 && (a.share_of_rest() - 2.0 / 30.0).abs() < 1e-12 && a.is_found());
        assert!((a.lift - (10.0 / 10.0) / (12.0 / 40.0)).abs() < 1e-12);
        assert_eq!(portrait(&summary, &[], &[false; 41], 20_030).unwrap_err().code(), "groups_too_few");
    }
}
