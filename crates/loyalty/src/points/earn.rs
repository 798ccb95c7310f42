//! What a paid order earns.

use super::{CapPeriod, EarnKind, EarnPolicy, EarnRule, EarnRuleId, Room};
use crate::rule::{Item, Occasion};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Points, Rate, Result, split};
use utoipa::ToSchema;

/// What a line earns on.
#[derive(Clone, Copy, Debug)]
pub struct EarnLine<'a> {
    /// What was sold.
    pub item: Item<'a>,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// Money really paid on the line, in minor units: neither points nor bonus.
    pub paid: Money,
}

/// The multipliers that hold for the whole order, in basis points (10,000 is once).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarnMultipliers {
    /// The tier's.
    pub tier: Rate,
    /// The member day's.
    pub day: Rate,
}

impl Default for EarnMultipliers {
    fn default() -> Self {
        Self { tier: Rate::WHOLE, day: Rate::WHOLE }
    }
}

/// Points that one rule gave, and on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarnStep {
    /// The rule.
    pub rule: EarnRuleId,
    /// Its name when the points were granted.
    pub name: String,
    /// Points given.
    pub points: Points,
    /// The money that they were given for, in minor units; 0 for visits and pieces.
    pub paid: Money,
    /// How many times the rule's points, in basis points rounded down: line, tier and member day
    /// multiplied; 10,000 for visits and pieces.
    pub multiplier: Rate,
}

/// Points that a cap left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarnCut {
    /// The rule that would have given them.
    pub rule: EarnRuleId,
    /// The period of the cap.
    pub period: CapPeriod,
    /// The most points of that cap.
    pub max: Points,
    /// How many it left out.
    pub points: Points,
}

/// What an order earns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Earned {
    /// All points.
    pub points: Points,
    /// The points of each line; they add up to all points. A refund claws back by line.
    pub lines: Vec<Points>,
    /// Which rule gave how many; they add up to all points.
    pub steps: Vec<EarnStep>,
    /// The last local day of the lot; none for never.
    #[schema(value_type = Option<String>, format = Date)]
    pub expires_on: Option<Date>,
    /// Points that caps left out, and which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<EarnCut>,
    /// The local day from which the points can be used, where that isn't at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub usable_from: Option<Date>,
    /// Whether the points wait for a confirmation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// One amount rule at one multiplier: lines are added up before rounding.
struct Group<'r> {
    rule: &'r EarnRule,
    points: i64,
    per: i64,
    line_rate: i64,
    paid: i64,
    members: Vec<usize>,
}

fn applies(rule: &EarnRule, occasion: &Occasion) -> bool {
    rule.from.is_none_or(|from| from <= occasion.today)
        && rule.to.is_none_or(|to| occasion.today <= to)
        && occasion.why_not(&rule.stores, &rule.channels, &rule.tiers).is_none()
}

/// What lines earn, by the policy's rules:
///
/// 1. each line takes the first amount rule that it is in the scope of, and the largest of the
///    multipliers that match it (none: once);
/// 2. lines with the same rule and the same multiplier are added up, multiplied by the line's, the
///    tier's and the member day's multiplier, and rounded **down** to whole points once;
/// 3. these points are spread over their lines by money paid (largest remainder);
/// 4. piece rules add their points for each whole piece, all that match, not multiplied;
/// 5. visit rules add theirs once for the order, all that match, not multiplied; they go to the
///    lines in scope by money paid. An order on which no money was paid is no visit.
///
/// Errors: `amount_too_large`.
pub fn earn(policy: &EarnPolicy, lines: &[EarnLine<'_>], multipliers: EarnMultipliers, occasion: &Occasion) -> Result<Earned> {
    earn_within(policy, lines, multipliers, occasion, &mut Room::default())
}

/// The same within caps: what a rule would give beyond what is left of a cap is left out before it is
/// spread over the lines. Rules use up the room in their order.
///
/// Errors: `amount_too_large`.
pub fn earn_within(
    policy: &EarnPolicy,
    lines: &[EarnLine<'_>],
    multipliers: EarnMultipliers,
    occasion: &Occasion,
    room: &mut Room,
) -> Result<Earned> {
    let mut earned =
        Earned { lines: vec![Points::ZERO; lines.len()], expires_on: policy.expiry.expires_on(occasion.today), ..Earned::default() };
    if !occasion.is_member {
        return Ok(earned);
    }
    let rules = || policy.rules.iter().filter(|rule| applies(rule, occasion));
    for group in groups(rules, lines) {
        by_amount(&mut earned, &group, lines, multipliers, room)?;
    }
    for rule in rules() {
        match rule.kind {
            EarnKind::Piece { points } => by_piece(&mut earned, rule, points, lines, room)?,
            EarnKind::Visit { points } => by_visit(&mut earned, rule, points, lines, room)?,
            EarnKind::Amount { .. } | EarnKind::Multiplier { .. } => {}
        }
    }
    Ok(earned)
}

fn groups<'r, I: Iterator<Item = &'r EarnRule>>(rules: impl Fn() -> I, lines: &[EarnLine<'_>]) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'r>> = Vec::new();
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.paid.is_positive()) {
        let amount = rules().find_map(|rule| match rule.kind {
            EarnKind::Amount { points, per } if per.is_positive() && rule.scope.contains(line.item) => Some((rule, points.0, per.0)),
            _ => None,
        });
        let Some((rule, points, per)) = amount else { continue };
        let line_rate = rules()
            .filter_map(|rule| match rule.kind {
                EarnKind::Multiplier { rate } if rule.scope.contains(line.item) => Some(rate.0.max(0)),
                _ => None,
            })
            .max()
            .unwrap_or(Rate::WHOLE.0);
        match groups.iter_mut().find(|group| group.rule.id == rule.id && group.line_rate == line_rate) {
            Some(group) => {
                group.paid += line.paid.0;
                group.members.push(index);
            }
            None => groups.push(Group { rule, points, per, line_rate, paid: line.paid.0, members: vec![index] }),
        }
    }
    groups
}

fn by_amount(earned: &mut Earned, group: &Group<'_>, lines: &[EarnLine<'_>], multipliers: EarnMultipliers, room: &mut Room) -> Result<()> {
    let whole = i128::from(Rate::WHOLE.0);
    let rate = i128::from(group.line_rate) * i128::from(multipliers.tier.0.max(0)) * i128::from(multipliers.day.0.max(0));
    let product = i128::from(group.paid) * i128::from(group.points.max(0));
    let too_large = || Error::invalid("amount_too_large", "the points are more than the system can hold");
    let points = product.checked_mul(rate).ok_or_else(too_large)? / (i128::from(group.per) * whole * whole * whole);
    let points = i64::try_from(points).map_err(|_| too_large())?;
    let multiplier = Rate(i64::try_from(rate / (whole * whole)).unwrap_or(i64::MAX));
    let points = room.grant(&mut earned.cuts, group.rule.id, Points(points));
    give(earned, group.rule, points, Money(group.paid), multiplier, &group.members, lines)
}

fn by_piece(earned: &mut Earned, rule: &EarnRule, points: Points, lines: &[EarnLine<'_>], room: &mut Room) -> Result<()> {
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.paid.is_positive() && rule.scope.contains(line.item)) {
        let granted = room.grant(&mut earned.cuts, rule.id, points.times(line.quantity_milli / 1_000)?);
        give(earned, rule, granted, Money::ZERO, Rate::WHOLE, &[index], lines)?;
    }
    Ok(())
}

fn by_visit(earned: &mut Earned, rule: &EarnRule, points: Points, lines: &[EarnLine<'_>], room: &mut Room) -> Result<()> {
    let members: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.paid.is_positive() && rule.scope.contains(line.item))
        .map(|(index, _)| index)
        .collect();
    if members.is_empty() {
        return Ok(());
    }
    let points = room.grant(&mut earned.cuts, rule.id, points);
    give(earned, rule, points, Money::ZERO, Rate::WHOLE, &members, lines)
}

fn give(
    earned: &mut Earned,
    rule: &EarnRule,
    points: Points,
    paid: Money,
    multiplier: Rate,
    members: &[usize],
    lines: &[EarnLine<'_>],
) -> Result<()> {
    if !points.is_positive() {
        return Ok(());
    }
    let weights: Vec<i64> = members.iter().map(|index| lines[*index].paid.0).collect();
    for (index, share) in members.iter().zip(split::spread(Money(points.0), &weights)?) {
        earned.lines[*index] = earned.lines[*index].plus(Points(share.0))?;
    }
    earned.points = earned.points.plus(points)?;
    match earned.steps.iter_mut().find(|step| step.rule == rule.id && step.multiplier == multiplier) {
        Some(step) => step.points = step.points.plus(points)?,
        None => earned.steps.push(EarnStep { rule: rule.id, name: rule.name.clone(), points, paid, multiplier }),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::{CapPeriod, EarnCap, PointsExpiry};
    use crate::rule::{Channel, Scope};
    use proptest::prelude::*;
    use shuke_kernel::Uuid;

    fn occasion() -> Occasion {
        Occasion {
            today: "2026-11-22".parse().unwrap(),
            minute: 600,
            weekday: 7,
            store: Uuid::from_u128(1),
            channel: Channel::Till,
            is_member: true,
            tier: None,
            order: None,
        }
    }
    fn rule(n: u128, kind: EarnKind, products: &[u128]) -> EarnRule {
        EarnRule {
            id: EarnRuleId(Uuid::from_u128(n)),
            name: format!("rule {n}"),
            kind,
            scope: Scope { products: products.iter().map(|p| Uuid::from_u128(*p)).collect(), ..Scope::ALL },
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            from: None,
            to: None,
        }
    }
    fn line(product: u128, paid: i64, quantity_milli: i64) -> EarnLine<'static> {
        let item = Item { product: Uuid::from_u128(product), variant: None, categories: &[], special: false };
        EarnLine { item, quantity_milli, paid: Money(paid) }
    }
    fn amount(points: i64, per: i64) -> EarnKind {
        EarnKind::Amount { points: Points(points), per: Money(per) }
    }
    fn policy(rules: Vec<EarnRule>) -> EarnPolicy {
        EarnPolicy { rules, principal_earns: false, expiry: PointsExpiry::YearEnd { years: 0 } }
    }
    fn points(earned: &Earned) -> Vec<i64> {
        earned.lines.iter().map(|p| p.0).collect()
    }

    #[test]
    fn lines_of_one_rule_are_added_up_before_rounding_down() {
        let policy = policy(vec![rule(1, amount(1, 300), &[])]);
        let lines = [line(10, 100, 1_000), line(11, 100, 1_000), line(12, 100, 1_000), line(13, 299, 1_000)];
        let earned = earn(&policy, &lines[..3], EarnMultipliers::default(), &occasion()).unwrap();
        assert_eq!((earned.points, points(&earned)), (Points(1), vec![1, 0, 0]));
        let earned = earn(&policy, &lines, EarnMultipliers::default(), &occasion()).unwrap();
        assert_eq!((earned.points, points(&earned)), (Points(1), vec![0, 0, 0, 1]));
        assert_eq!(earned.expires_on, Some("2026-12-31".parse().unwrap()));
    }

    #[test]
    fn the_first_amount_rule_and_the_largest_multiplier_count() {
        let policy = policy(vec![
            rule(1, amount(2, 100), &[10]),
            rule(2, amount(1, 100), &[]),
            rule(3, EarnKind::Multiplier { rate: Rate(20_000) }, &[11]),
            rule(4, EarnKind::Multiplier { rate: Rate(15_000) }, &[]),
        ]);
        let lines = [line(10, 1_000, 1_000), line(11, 1_000, 1_000), line(12, 1_000, 1_000)];
        let multipliers = EarnMultipliers { tier: Rate(12_000), day: Rate(20_000) };
        let earned = earn(&policy, &lines, multipliers, &occasion()).unwrap();
        assert_eq!(points(&earned), vec![72, 48, 36]);
        let steps: Vec<(i64, i64)> = earned.steps.iter().map(|step| (step.points.0, step.multiplier.0)).collect();
        assert_eq!(steps, [(72, 36_000), (48, 48_000), (36, 36_000)]);
    }

    #[test]
    fn visits_and_pieces_are_fixed_and_need_money() {
        let policy =
            policy(vec![rule(1, EarnKind::Visit { points: Points(10) }, &[]), rule(2, EarnKind::Piece { points: Points(5) }, &[10])]);
        let lines = [line(10, 1_000, 2_999), line(11, 3_000, 1_000), line(10, 0, 9_000)];
        let day = EarnMultipliers { tier: Rate(50_000), day: Rate(50_000) };
        let earned = earn(&policy, &lines, day, &occasion()).unwrap();
        assert_eq!(points(&earned), vec![13, 7, 0], "two whole pieces, and the visit by money paid");
        assert_eq!(earned.points, Points(20));
        let unpaid = [line(10, 0, 1_000)];
        assert_eq!(earn(&policy, &unpaid, day, &occasion()).unwrap().points, Points::ZERO);
        let stranger = Occasion { is_member: false, ..occasion() };
        assert_eq!(earn(&policy, &lines, day, &stranger).unwrap().points, Points::ZERO);
    }

    #[test]
    fn a_rule_holds_on_its_days_and_in_its_stores() {
        let rules = [
            EarnRule { from: Some("2026-11-23".parse().unwrap()), ..rule(1, amount(1, 1), &[]) },
            EarnRule { to: Some("2026-11-21".parse().unwrap()), ..rule(2, amount(1, 1), &[]) },
            EarnRule { stores: vec![Uuid::from_u128(2)], ..rule(3, amount(1, 1), &[]) },
            EarnRule { channels: vec![Channel::Online], ..rule(4, amount(1, 1), &[]) },
        ];
        for rule in rules {
            let earned = earn(&policy(vec![rule]), &[line(10, 1_000, 1_000)], EarnMultipliers::default(), &occasion()).unwrap();
            assert_eq!(earned.points, Points::ZERO);
        }
        let today = occasion().today;
        let open = EarnRule { from: Some(today), to: Some(today), ..rule(5, amount(1, 1), &[]) };
        let earned = earn(&policy(vec![open]), &[line(10, 1_000, 1_000)], EarnMultipliers::default(), &occasion()).unwrap();
        assert_eq!(earned.points, Points(1_000));
    }

    proptest! {
        /// A cap would be passed, or lines and steps would no longer add up.
        #[test]
        fn caps_hold_whatever_is_bought(
            paid in prop::collection::vec((1_u128..5, 0_i64..100_000, 1_i64..9_000), 0..8), order in 1_i64..200, rule_max in 1_i64..100, used in 0_i64..250,
        ) {
            let policy = policy(vec![
                rule(1, amount(1, 100), &[1, 2]),
                rule(2, amount(3, 100), &[1, 2, 3]),
                rule(3, EarnKind::Visit { points: Points(40) }, &[]),
                rule(4, EarnKind::Piece { points: Points(7) }, &[4]),
            ]);
            let lines: Vec<EarnLine<'_>> = paid.iter().map(|(product, paid, quantity)| line(*product, *paid, *quantity)).collect();
            let capped = EarnRuleId(Uuid::from_u128(2));
            let caps = [
                EarnCap { rule: None, period: CapPeriod::Order, max: Points(order) },
                EarnCap { rule: None, period: CapPeriod::Day, max: Points(250) },
                EarnCap { rule: Some(capped), period: CapPeriod::Month, max: Points(rule_max) },
            ];
            let mut room = Room::of(&caps, |cap| if cap.period == CapPeriod::Day { used } else { 0 });
            let earned = earn_within(&policy, &lines, EarnMultipliers::default(), &occasion(), &mut room).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let free = earn(&policy, &lines, EarnMultipliers::default(), &occasion()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let cut: i64 = earned.cuts.iter().map(|cut| cut.points.0).sum();
            prop_assert_eq!(earned.points.0 + cut, free.points.0);
            prop_assert!(earned.points.0 <= order.min(250 - used));
            let by_rule: i64 = earned.steps.iter().filter(|step| step.rule == capped).map(|step| step.points.0).sum();
            prop_assert!(by_rule <= rule_max);
            prop_assert_eq!(earned.lines.iter().map(|p| p.0).sum::<i64>(), earned.points.0);
            prop_assert_eq!(earned.steps.iter().map(|s| s.points.0).sum::<i64>(), earned.points.0);
            let taken: i64 = room.takes(&earned).iter().filter(|take| take.subject == crate::quota::EARNED).map(|take| take.amount).sum();
            prop_assert_eq!(taken, earned.points.0);
        }

        #[test]
        fn lines_and_steps_add_up(
            paid in prop::collection::vec((1_u128..5, 0_i64..1_000_000, 1_i64..10_000), 0..8),
            rates in (0_i64..40_000, 0_i64..40_000, 0_i64..40_000), per in 1_i64..10_000, given in 0_i64..20,
        ) {
            let policy = policy(vec![
                rule(1, amount(given, per), &[1, 2]),
                rule(2, amount(1, 100), &[1, 2, 3]),
                rule(3, EarnKind::Multiplier { rate: Rate(rates.0) }, &[2, 3]),
                rule(4, EarnKind::Visit { points: Points(given) }, &[3, 4]),
                rule(5, EarnKind::Piece { points: Points(given) }, &[4]),
            ]);
            let lines: Vec<EarnLine<'_>> = paid.iter().map(|(product, paid, quantity)| line(*product, *paid, *quantity)).collect();
            let multipliers = EarnMultipliers { tier: Rate(rates.1), day: Rate(rates.2) };
            let earned = earn(&policy, &lines, multipliers, &occasion()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(earned.lines.iter().map(|p| p.0).sum::<i64>(), earned.points.0);
            prop_assert_eq!(earned.steps.iter().map(|s| s.points.0).sum::<i64>(), earned.points.0);
            prop_assert!(earned.lines.iter().all(|p| p.0 >= 0));
            for (line, points) in lines.iter().zip(&earned.lines) {
                prop_assert!(line.paid.0 > 0 || points.0 == 0, "what was not paid with money earns nothing");
            }
        }
    }
}
