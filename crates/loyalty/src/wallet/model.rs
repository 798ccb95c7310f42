//! Top-up plans, and how a payment is split between principal and bonus.

use crate::coupon::CouponTemplateId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Rate, Result, Uuid, id, split, text_enum};
use utoipa::ToSchema;

id!(TopUpPlanId, "A top-up plan of the wallet.");

/// Pay so much, get so much on top.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUpPlan {
    /// The plan.
    pub id: TopUpPlanId,
    /// What people call it.
    pub name: String,
    /// What is paid and becomes principal, in minor units.
    pub pay: Money,
    /// What is given on top, in minor units.
    #[serde(default)]
    pub bonus: Money,
    /// Templates of which one coupon each is issued on top.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponTemplateId>,
    /// In which stores; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// The first local day; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last local day; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

impl TopUpPlan {
    /// Whether it can be bought on a local day in a store.
    pub fn is_open(&self, today: Date, store: Uuid) -> bool {
        self.from.is_none_or(|from| from <= today)
            && self.to.is_none_or(|to| today <= to)
            && (self.stores.is_empty() || self.stores.contains(&store))
    }
    /// Checks a plan at the door.
    ///
    /// Errors: `top_up_plan_invalid`, with the fault of the first field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("top_up_plan_invalid", "the top-up plan can't be used").field(field, "out_of_range", detail))
        };
        if !self.pay.is_positive() {
            return invalid("/pay", "must be above 0");
        }
        if self.bonus.is_negative() {
            return invalid("/bonus", "must not be below 0");
        }
        if matches!((self.from, self.to), (Some(from), Some(to)) if to < from) {
            return invalid("/to", "must not be before from");
        }
        Ok(())
    }
}

text_enum! {
    /// Which part of the wallet pays first.
    pub enum WalletOrder {
        /// Principal, then bonus.
        PrincipalFirst = "principal_first",
        /// Bonus, then principal.
        BonusFirst = "bonus_first",
        /// Both in proportion to their balances, by largest remainder.
        Proportional = "proportional",
    }
}

/// How a payment is split between principal and bonus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WalletSpending {
    /// Which part pays first.
    pub order: WalletOrder,
    /// The largest share of a payment that bonus may pay, in basis points, rounded down.
    pub bonus_share_max: Rate,
}

impl Default for WalletSpending {
    fn default() -> Self {
        Self { order: WalletOrder::Proportional, bonus_share_max: Rate::WHOLE }
    }
}

/// The two parts of a wallet payment or balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WalletParts {
    /// Minor units of principal.
    pub principal: Money,
    /// Minor units of bonus.
    pub bonus: Money,
}

impl WalletSpending {
    /// The most bonus in a payment: its share, rounded down, and no more than there is.
    fn bonus_max(&self, amount: Money, bonus: Money) -> i64 {
        let rate = i128::from(self.bonus_share_max.0.clamp(0, Rate::WHOLE.0));
        let share = i128::from(amount.0.max(0)) * rate / i128::from(Rate::WHOLE.0);
        i64::try_from(share).unwrap_or(i64::MAX).min(bonus.0.max(0))
    }

    /// The largest payment that the wallet can make: all of it, or less where bonus may pay only a
    /// share.
    pub fn payable(&self, balance: WalletParts) -> Money {
        let principal = balance.principal.0.max(0);
        let fits = |amount: i64| amount - self.bonus_max(Money(amount), balance.bonus) <= principal;
        let (mut low, mut high) = (principal, principal.saturating_add(balance.bonus.0.max(0)));
        while low < high {
            let middle = high - (high - low) / 2;
            if fits(middle) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Money(low)
    }

    /// What a payment takes from each part: exactly `amount`, and never more than there is.
    ///
    /// Errors: `wallet_insufficient` where the amount is more than [`WalletSpending::payable`];
    /// `amount_negative` where it is below zero.
    pub fn split(&self, amount: Money, balance: WalletParts) -> Result<WalletParts> {
        if amount.is_negative() {
            return Err(Error::invalid("amount_negative", "a payment can't be below zero"));
        }
        let most = self.bonus_max(amount, balance.bonus);
        let principal_held = balance.principal.0.max(0);
        if amount.0 - most > principal_held {
            return Err(Error::refused("wallet_insufficient", format!("the wallet can pay at most {}", self.payable(balance))));
        }
        let least = (amount.0 - principal_held).max(0);
        let wished = match self.order {
            WalletOrder::PrincipalFirst => 0,
            WalletOrder::BonusFirst => most,
            WalletOrder::Proportional => {
                split::spread(amount, &[principal_held, balance.bonus.0.max(0)])?.get(1).map_or(0, |share| share.0)
            }
        };
        let bonus = wished.clamp(least, most);
        Ok(WalletParts { principal: Money(amount.0 - bonus), bonus: Money(bonus) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(principal: i64, bonus: i64) -> WalletParts {
        WalletParts { principal: Money(principal), bonus: Money(bonus) }
    }
    fn spending(order: WalletOrder, share: i64) -> WalletSpending {
        WalletSpending { order, bonus_share_max: Rate(share) }
    }

    #[test]
    fn the_order_decides_who_pays_first() {
        let balance = parts(10_000, 2_000);
        let split = |order| spending(order, 10_000).split(Money(6_001), balance).unwrap();
        assert_eq!(split(WalletOrder::PrincipalFirst), parts(6_001, 0));
        assert_eq!(split(WalletOrder::BonusFirst), parts(4_001, 2_000));
        assert_eq!(split(WalletOrder::Proportional), parts(5_001, 1_000));
    }

    #[test]
    fn bonus_pays_no_more_than_its_share() {
        let policy = spending(WalletOrder::BonusFirst, 3_000);
        assert_eq!(policy.split(Money(999), parts(10_000, 2_000)).unwrap(), parts(700, 299), "a share is rounded down");
        assert_eq!(policy.payable(parts(700, 2_000)), Money(1_000));
        assert_eq!(policy.split(Money(1_001), parts(700, 2_000)).unwrap_err().code(), "wallet_insufficient");
        assert_eq!(policy.payable(parts(0, 2_000)), Money::ZERO);
        assert_eq!(spending(WalletOrder::BonusFirst, 10_000).payable(parts(0, 2_000)), Money(2_000));
        assert_eq!(policy.split(Money(-1), parts(700, 0)).unwrap_err().code(), "amount_negative");
    }

    #[test]
    fn a_plan_is_open_on_its_days_in_its_stores() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let plan = TopUpPlan {
            id: TopUpPlanId(Uuid::from_u128(1)),
            name: "500 + 50".to_owned(),
            pay: Money(50_000),
            bonus: Money(5_000),
            coupons: Vec::new(),
            stores: vec![Uuid::from_u128(2)],
            from: Some(day("2026-11-01")),
            to: Some(day("2026-11-30")),
        };
        assert!(plan.is_open(day("2026-11-01"), Uuid::from_u128(2)) && plan.is_open(day("2026-11-30"), Uuid::from_u128(2)));
        assert!(!plan.is_open(day("2026-12-01"), Uuid::from_u128(2)) && !plan.is_open(day("2026-10-31"), Uuid::from_u128(2)));
        assert!(!plan.is_open(day("2026-11-01"), Uuid::from_u128(3)));
        assert!(plan.check().is_ok());
        assert!(TopUpPlan { pay: Money::ZERO, ..plan.clone() }.check().is_err());
        assert!(TopUpPlan { to: Some(day("2026-10-01")), ..plan }.check().is_err());
    }

    proptest! {
        #[test]
        fn a_split_is_exact_and_never_takes_more_than_there_is(
            order in prop::sample::select(WalletOrder::ALL), share in 0_i64..=10_000,
            principal in 0_i64..100_000, bonus in 0_i64..100_000, wish in 0_i64..250_000,
        ) {
            let policy = spending(order, share);
            let balance = parts(principal, bonus);
            let most = policy.payable(balance);
            let amount = Money(wish.min(most.0));
            let paid = policy.split(amount, balance).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(paid.principal.0 + paid.bonus.0, amount.0);
            prop_assert!((0..=principal).contains(&paid.principal.0) && (0..=bonus).contains(&paid.bonus.0));
            prop_assert!(i128::from(paid.bonus.0) * 10_000 <= i128::from(amount.0) * i128::from(share));
            prop_assert!(policy.split(Money(most.0 + 1), balance).is_err(), "the most must be the most");
        }
    }
}
