//! What is checked at the door, and the wrapper under which spending is set.

use super::{EarnKind, EarnPolicy, PointsSpending};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Result};
use utoipa::ToSchema;

/// Rules in a policy at most.
const RULES_MAX: usize = 200;

/// Whether and how points pay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SpendingPolicy {
    /// How; none where points don't pay.
    pub spending: Option<PointsSpending>,
}

impl SpendingPolicy {
    /// Checks a policy at the door.
    ///
    /// Errors: `points_spending_invalid`.
    pub fn check(&self) -> Result<()> {
        self.spending.as_ref().map_or(Ok(()), PointsSpending::check)
    }
}

impl EarnPolicy {
    /// Checks a policy at the door.
    ///
    /// Errors: `earn_policy_invalid`, with a fault for each field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let mut faults: Vec<(String, &str)> = Vec::new();
        if self.rules.len() > RULES_MAX {
            faults.push(("/rules".to_owned(), "must be at most 200"));
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let fault = match rule.kind {
                EarnKind::Amount { points, per } if !points.is_positive() || !per.is_positive() => Some("points and per must be above 0"),
                EarnKind::Visit { points } | EarnKind::Piece { points } if !points.is_positive() => Some("points must be above 0"),
                EarnKind::Multiplier { rate } if !(0..=1_000_000).contains(&rate.0) => Some("rate must be 0 to 1000000 basis points"),
                _ => None,
            };
            if let Some(detail) = fault {
                faults.push((format!("/rules/{index}/kind"), detail));
            }
            if matches!((rule.from, rule.to), (Some(from), Some(to)) if to < from) {
                faults.push((format!("/rules/{index}/to"), "must not be before from"));
            }
            if self.rules.iter().take(index).any(|other| other.id == rule.id) {
                faults.push((format!("/rules/{index}/id"), "must not occur twice"));
            }
        }
        faults.extend(self.expiry.faults().into_iter().map(|(field, detail)| (format!("/expiry/{field}"), detail)));
        if faults.is_empty() {
            return Ok(());
        }
        let error = Error::invalid("earn_policy_invalid", "points can't be earned by this policy");
        Err(faults.into_iter().fold(error, |error, (field, detail)| error.field(field, "out_of_range", detail)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::{EarnRule, EarnRuleId, PointsExpiry};
    use crate::rule::Scope;
    use shuke_kernel::{Money, Points, Uuid};

    #[test]
    fn every_fault_of_a_policy_is_named() {
        let rule = |n: u128, kind| EarnRule {
            id: EarnRuleId(Uuid::from_u128(n)),
            name: "rule".to_owned(),
            kind,
            scope: Scope::ALL,
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            from: None,
            to: None,
        };
        let good = rule(1, EarnKind::Amount { points: Points(1), per: Money(100) });
        let policy = |rules, expiry| EarnPolicy { rules, principal_earns: false, expiry };
        assert!(policy(vec![good.clone()], PointsExpiry::Months { months: 12 }).check().is_ok());
        let bad = rule(1, EarnKind::Amount { points: Points(1), per: Money::ZERO });
        let error = policy(vec![good, bad], PointsExpiry::Months { months: 0 }).check().unwrap_err();
        let fields: Vec<&str> = error.fields().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["/rules/1/kind", "/rules/1/id", "/expiry/months"]);
    }
}
