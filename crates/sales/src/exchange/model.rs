//! What an exchange takes and gives, and what is carried over.

use crate::order::{Checkout, Order, OrderId, Payment, Tender};
use crate::refund::{Refund, RefundAsk, RefundId};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Money, Result, Uuid, id, split};
use utoipa::ToSchema;

id!(ExchangeId, "An exchange.");

/// An exchange to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExchangeAsk {
    /// Its id, a UUIDv7 that the till makes before it sends.
    pub id: ExchangeId,
    /// What comes back.
    pub refund: RefundAsk,
    /// What goes out, in the same store and to the same member. Its payments are those of the difference.
    pub sale: Checkout,
}

/// An exchange that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exchange {
    /// Its id.
    pub id: ExchangeId,
    /// The refund.
    pub refund: RefundId,
    /// The order of what went out.
    pub order: OrderId,
    /// The order of what came back.
    pub returned_order: OrderId,
    /// The store.
    pub store: Uuid,
    /// Minor units that were given back and pay for the new goods.
    pub carried: Money,
    /// Minor units that came on top.
    pub paid: Money,
    /// Minor units that went out.
    pub given_back: Money,
    /// When.
    pub at: Instant,
}

/// An exchange with both its halves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exchanged {
    /// The exchange.
    pub exchange: Exchange,
    /// What came back.
    pub refund: Refund,
    /// What went out.
    pub order: Order,
    /// How much of what is given back goes to which payment.
    pub given_back: Vec<Payment>,
}

/// What of a refund pays for the new goods, and what goes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// By tender; the parts of the wallet together.
    pub payments: Vec<Payment>,
    /// Minor units.
    pub amount: Money,
    /// What goes out, by tender.
    pub given_back: Vec<Payment>,
}

/// Carries what a refund gave back over to goods that come to `total`: all of it, or so much as the goods
/// cost, each tender in its proportion.
///
/// Errors: `amount_too_large`.
pub fn carry(back: &[Payment], total: Money) -> Result<Carried> {
    // What a pass or a gift card paid goes back to it, and pays anew only where it is asked for.
    let amounts: Vec<i64> = back.iter().map(|payment| if payment.tender.is_before() { 0 } else { payment.amount.0 }).collect();
    let amount = Money::sum(amounts.iter().copied().map(Money))?.min(total);
    let kept = split::spread(amount, &amounts)?;
    let mut carried = Carried { amount, ..Carried::default() };
    for (payment, kept) in back.iter().zip(kept) {
        let tender = if payment.tender.wallet_part().is_some() { Tender::Wallet } else { payment.tender };
        add(&mut carried.payments, tender, kept)?;
        add(&mut carried.given_back, payment.tender, payment.amount.minus(kept)?)?;
    }
    Ok(carried)
}

/// The payments of the new goods: what is carried, and what is paid on top.
///
/// Errors: `difference_mismatch` where what is paid on top is not the difference.
pub fn with_difference(carried: &Carried, asked: &[Payment], total: Money) -> Result<Vec<Payment>> {
    let difference = total.minus(carried.amount)?;
    if Money::sum(asked.iter().map(|payment| payment.amount))? != difference {
        return Err(Error::refused("difference_mismatch", format!("{difference} is to be paid on top; the payments must come to that")));
    }
    let mut payments = carried.payments.clone();
    for payment in asked {
        if !payment.amount.is_positive() {
            return Err(Error::refused("difference_mismatch", "a payment is above 0; leave it out where nothing is to be paid"));
        }
        add(&mut payments, payment.tender, payment.amount)?;
    }
    Ok(payments)
}

fn add(payments: &mut Vec<Payment>, tender: Tender, amount: Money) -> Result<()> {
    if amount.is_zero() {
        return Ok(());
    }
    match payments.iter_mut().find(|payment| payment.tender == tender) {
        Some(payment) => payment.amount = payment.amount.plus(amount)?,
        None => payments.push(Payment { tender, amount, refunded: Money::ZERO }),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn payment(tender: Tender, amount: i64) -> Payment {
        Payment { tender, amount: Money(amount), refunded: Money::ZERO }
    }

    #[test]
    fn dearer_goods_take_all_and_the_difference() {
        let back = [payment(Tender::Cash, 30), payment(Tender::Principal, 50), payment(Tender::Bonus, 20)];
        let carried = carry(&back, Money(120)).unwrap();
        assert_eq!(carried.payments, [payment(Tender::Cash, 30), payment(Tender::Wallet, 70)]);
        assert!(carried.given_back.is_empty());
        let all = with_difference(&carried, &[payment(Tender::Cash, 15), payment(Tender::WechatPay, 5)], Money(120)).unwrap();
        assert_eq!(all, [payment(Tender::Cash, 45), payment(Tender::Wallet, 70), payment(Tender::WechatPay, 5)]);
        for wrong in [vec![], vec![payment(Tender::Cash, 19)], vec![payment(Tender::Cash, 25), payment(Tender::Alipay, -5)]] {
            assert_eq!(with_difference(&carried, &wrong, Money(120)).unwrap_err().code(), "difference_mismatch");
        }
    }

    #[test]
    fn cheaper_goods_give_the_rest_back_to_where_it_came_from() {
        let back = [payment(Tender::Cash, 60), payment(Tender::Principal, 40)];
        let carried = carry(&back, Money(50)).unwrap();
        assert_eq!(carried.payments, [payment(Tender::Cash, 30), payment(Tender::Wallet, 20)]);
        assert_eq!(carried.given_back, [payment(Tender::Cash, 30), payment(Tender::Principal, 20)]);
        assert!(with_difference(&carried, &[], Money(50)).is_ok());
    }

    proptest! {
        #[test]
        fn nothing_is_lost(amounts in prop::collection::vec(1_i64..100_000, 0..5), total in 0_i64..300_000) {
            let tenders = [Tender::Cash, Tender::WechatPay, Tender::Principal, Tender::Bonus, Tender::Other];
            let back: Vec<Payment> = amounts.iter().zip(tenders).map(|(amount, tender)| payment(tender, *amount)).collect();
            let carried = carry(&back, Money(total)).unwrap();
            let sum = |payments: &[Payment]| payments.iter().map(|payment| payment.amount.0).sum::<i64>();
            prop_assert_eq!(sum(&carried.payments), carried.amount.0);
            prop_assert_eq!(carried.amount.0 + sum(&carried.given_back), sum(&back));
            prop_assert!(carried.amount.0 <= total && (carried.given_back.is_empty() || carried.amount.0 == total));
            prop_assert!(carried.given_back.iter().all(|payment| payment.amount.is_positive()));
        }
    }
}
