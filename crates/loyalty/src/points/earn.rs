//! What a paid order earns.

use super::{EarnKind, EarnPolicy, EarnRule, EarnRuleId};
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
    let mut earned =
        Earned { lines: vec![Points::ZERO; lines.len()], expires_on: policy.expiry.expires_on(occasion.today), ..Earned::default() };
    if !occasion.is_member {
        return Ok(earned);
    }
    let rules = || policy.rules.iter().filter(|rule| applies(rule, occasion));
    for group in groups(rules, lines) {
        by_amount(&mut earned, &group, lines, multipliers)?;
    }
    for rule in rules() {
        match rule.kind {
            EarnKind::Piece { points } => by_piece(&mut earned, rule, points, lines)?,
            EarnKind::Visit { points } => by_visit(&mut earned, rule, points, lines)?,
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

fn by_amount(earned: &mut Earned, group: &Group<'_>, lines: &[EarnLine<'_>], multipliers: EarnMultipliers) -> Result<()> {
    let whole = i128::from(Rate::WHOLE.0);
    let rate = i128::from(group.line_rate) * i128::from(multipliers.tier.0.max(0)) * i128::from(multipliers.day.0.max(0));
    let product = i128::from(group.paid) * i128::from(group.points.max(0));
    let too_large = || Error::invalid("amount_too_large", "the points are more than the system can hold");
    let points = product.checked_mul(rate).ok_or_else(too_large)? / (i128::from(group.per) * whole * whole * whole);
    let points = i64::try_from(points).map_err(|_| too_large())?;
    let multiplier = Rate(i64::try_from(rate / (whole * whole)).unwrap_or(i64::MAX));
    give(earned, group.rule, Points(points), Money(group.paid), multiplier, &group.members, lines)
}

fn by_piece(earned: &mut Earned, rule: &EarnRule, points: Points, lines: &[EarnLine<'_>]) -> Result<()> {
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.paid.is_positive() && rule.scope.contains(line.item)) {
        let granted = points.times(line.quantity_milli / 1_000)?;
        give(earned, rule, granted, Money::ZERO, Rate::WHOLE, &[index], lines)?;
    }
    Ok(())
}

fn by_visit(earned: &mut Earned, rule: &EarnRule, points: Points, lines: &[EarnLine<'_>]) -> Result<()> {
    let members: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.paid.is_positive() && rule.scope.contains(line.item))
        .map(|(index, _)| index)
        .collect();
    if members.is_empty() { Ok(()) } else { give(earned, rule, points, Money::ZERO, Rate::WHOLE, &members, lines) }
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
