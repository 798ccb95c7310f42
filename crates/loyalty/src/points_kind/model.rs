//! What a kind of points is, and what is taken back of what it earned.

use crate::points::{EarnPolicy, Earned, Pending, PointsExpiry, PointsSpending, TransferTerms};
use crate::quota::check_limits;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Money, Points, Rate, Result, id, split};
use shuke_ledger::account::BalanceView;
use utoipa::ToSchema;

id!(PointsKindId, "A kind of points beside the merchant's own.");

/// Kinds that a merchant may have.
const KINDS_MAX: usize = 10;
const NAME_CHARS_MAX: usize = 20;

/// A kind of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsKind {
    /// The kind.
    pub id: PointsKindId,
    /// What people call it, such as 金币: 1 to 20 characters.
    pub name: String,
    /// How purchases earn it, and when that ends; not by inactivity. Multipliers of tiers and offers don't count.
    #[serde(default)]
    pub earn: EarnPolicy,
    /// From when on what purchases earn can be used; not by confirmation.
    #[serde(default)]
    pub pending: Pending,
    /// How it pays as money; none where it only pays for rewards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spending: Option<PointsSpending>,
    /// How members give it to one another; none where they don't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferTerms>,
}

/// The merchant's kinds of points beside its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PointsKinds {
    /// The kinds, at most 10.
    pub kinds: Vec<PointsKind>,
}

impl PointsKinds {
    /// The kind with an id, or `points_kind_unknown`.
    pub fn get(&self, id: PointsKindId) -> Result<&PointsKind> {
        let unknown = || Error::refused("points_kind_unknown", "the shop has no such kind of points; choose one of its kinds");
        self.kinds.iter().find(|kind| kind.id == id).ok_or_else(unknown)
    }

    /// Checks kinds at the door.
    ///
    /// Errors: `points_kinds_invalid` with the fault of the first field that is out of its range, `limits_invalid`.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: String, detail: &str| {
            Err(Error::invalid("points_kinds_invalid", "the kinds of points can't be used").field(field, "out_of_range", detail))
        };
        if self.kinds.len() > KINDS_MAX {
            return invalid("/kinds".to_owned(), "must be at most 10");
        }
        for (index, kind) in self.kinds.iter().enumerate() {
            let at = |field: &str| format!("/kinds/{index}/{field}");
            let others = || self.kinds.iter().take(index);
            if others().any(|other| other.id == kind.id) {
                return invalid(at("id"), "must not occur twice");
            }
            let name = kind.name.trim();
            if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || others().any(|other| other.name.trim() == name) {
                return invalid(at("name"), "must be 1 to 20 characters, and another than those of the other kinds");
            }
            if kind.earn.check().is_err() {
                return invalid(at("earn"), "must be a policy by which points can be earned");
            }
            if matches!(kind.earn.expiry, PointsExpiry::Inactivity(_)) {
                return invalid(at("earn/expiry"), "must not be inactivity: only the shop's own points have that clock");
            }
            let days = match kind.pending {
                Pending::Days { days } => Some(days),
                Pending::Confirmed { .. } => Some(0),
                Pending::None | Pending::Until { .. } => None,
            };
            if days.is_some_and(|days| !(1..=366).contains(&days)) {
                return invalid(at("pending"), "must be none, a date, or 1 to 366 days");
            }
            if kind.spending.as_ref().is_some_and(|spending| spending.check().is_err()) {
                return invalid(at("spending"), "must be a policy by which points can pay");
            }
            let Some(transfer) = &kind.transfer else { continue };
            check_limits(&at("transfer/limits"), &transfer.limits)?;
            let range = !transfer.min.is_negative() && transfer.max.is_none_or(|max| max >= transfer.min.max(Points(1)));
            if !range || !(0..=Rate::WHOLE.0).contains(&transfer.fee.0) {
                return invalid(at("transfer"), "max must be above 0 and not below min, the fee 0 to 10000 basis points");
            }
        }
        Ok(())
    }
}

/// What a sale earns of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KindEarned {
    /// The kind.
    pub kind: PointsKindId,
    /// What people call it.
    pub name: String,
    /// How many points, on which lines, by which rules.
    pub earned: Earned,
}

/// What a member has of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KindView {
    /// The kind.
    pub kind: PointsKindId,
    /// What people call it.
    pub name: String,
    /// Whether it pays as money; else only for rewards.
    pub pays: bool,
    /// The balance.
    pub points: BalanceView,
}

/// What a line earned of a kind, and what of it was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccrualLine {
    /// The order's line.
    pub line: i64,
    /// Thousandths of a piece sold.
    pub quantity_milli: i64,
    /// What it earned.
    pub points: Points,
    /// Thousandths taken back.
    #[serde(default)]
    pub refunded_milli: i64,
}

/// What is to be taken back by now of what lines earned: each in the proportion in which it came back, and all of
/// it at the end.
///
/// Errors: `amount_too_large`.
pub fn clawed(lines: &[AccrualLine]) -> Result<Points> {
    let of =
        |line: &AccrualLine| split::slice(Money(line.points.0), line.quantity_milli, 0, line.refunded_milli).map(|part| Points(part.0));
    lines.iter().try_fold(Points::ZERO, |sum, line| sum.plus(of(line)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::{EarnKind, EarnRule, EarnRuleId, Inactivity};
    use crate::rule::Scope;
    use proptest::prelude::*;
    use shuke_kernel::Uuid;

    fn kind(n: u128, name: &str) -> PointsKind {
        let rule = EarnRule {
            id: EarnRuleId(Uuid::from_u128(n)),
            name: "消费送金币".to_owned(),
            kind: EarnKind::Amount { points: Points(1), per: Money(100) },
            scope: Scope::ALL,
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            from: None,
            to: None,
        };
        let earn = EarnPolicy { rules: vec![rule], ..EarnPolicy::default() };
        PointsKind {
            id: PointsKindId(Uuid::from_u128(n)),
            name: name.to_owned(),
            earn,
            pending: Pending::None,
            spending: None,
            transfer: None,
        }
    }

    #[test]
    fn kinds_are_checked_with_their_place() {
        let fault = |kinds: Vec<PointsKind>| PointsKinds { kinds }.check().unwrap_err().fields()[0].field.clone();
        assert!(PointsKinds { kinds: vec![kind(1, "金币"), kind(2, "贝壳")] }.check().is_ok());
        assert_eq!(fault(vec![kind(1, "金币"), kind(1, "贝壳")]), "/kinds/1/id");
        assert_eq!(fault(vec![kind(1, "金币"), kind(2, " 金币")]), "/kinds/1/name");
        assert_eq!(fault(vec![kind(1, "")]), "/kinds/0/name");
        let mut sleepy = kind(1, "金币");
        sleepy.earn.expiry = PointsExpiry::Inactivity(Inactivity { months: 6, activities: vec![crate::points::Activity::Purchase] });
        assert_eq!(fault(vec![sleepy]), "/kinds/0/earn/expiry");
        let waiting = PointsKind { pending: Pending::Confirmed { days_max: None }, ..kind(1, "金币") };
        assert_eq!(fault(vec![waiting]), "/kinds/0/pending");
        let terms = TransferTerms { min: Points(10), max: Some(Points(9)), limits: Vec::new(), fee: Rate(0) };
        assert_eq!(fault(vec![PointsKind { transfer: Some(terms), ..kind(1, "金币") }]), "/kinds/0/transfer");
        assert_eq!(fault((0..11).map(|n| kind(n, &n.to_string())).collect()), "/kinds");
    }

    proptest! {
        /// Something would stay earned when everything came back, or more be taken back than was earned.
        #[test]
        fn what_comes_back_in_parts_takes_back_everything(
            lines in prop::collection::vec((1_i64..20_000, 0_i64..5_000, prop::collection::vec(0_i64..20_000, 0..4)), 1..5),
        ) {
            let mut state: Vec<AccrualLine> = lines.iter().enumerate()
                .map(|(line, (quantity_milli, points, _))| AccrualLine { line: line as i64, quantity_milli: *quantity_milli, points: Points(*points), refunded_milli: 0 })
                .collect();
            let whole: i64 = state.iter().map(|line| line.points.0).sum();
            let mut before = 0;
            for (line, (_, _, cuts)) in state.clone().iter().zip(&lines) {
                let mut cuts: Vec<i64> = cuts.iter().map(|cut| cut % (line.quantity_milli + 1)).collect();
                cuts.sort_unstable();
                for cut in cuts.into_iter().chain([line.quantity_milli]) {
                    state[usize::try_from(line.line).unwrap()].refunded_milli = cut;
                    let now = clawed(&state).unwrap().0;
                    prop_assert!(now >= before && now <= whole);
                    before = now;
                }
            }
            prop_assert_eq!(before, whole);
        }
    }
}
