//! Paying for prepaid value (passes, gift cards), and giving the money back to where it came from.

use crate::wallet::{self, WalletParts, WalletSpending};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Cx, Error, Money, Result, Uuid, split, text_enum};
use shuke_ledger::journal::Outstanding;
use shuke_ledger::{Account, AccountKind, Holdings, Journal};
use utoipa::ToSchema;

text_enum! {
    /// With what prepaid value is bought.
    pub enum PrepaidTender {
        /// Cash.
        Cash = "cash",
        /// WeChat Pay.
        WechatPay = "wechat_pay",
        /// Alipay.
        Alipay = "alipay",
        /// A bank card.
        BankCard = "bank_card",
        /// Something else.
        Other = "other",
        /// The member's wallet, split into principal and bonus by the merchant's policy.
        Wallet = "wallet",
        /// The part of a wallet payment that principal paid; not asked for by itself.
        Principal = "principal",
        /// The part that bonus paid; not asked for by itself.
        Bonus = "bonus",
    }
}

impl PrepaidTender {
    /// The store's account that takes it in; none for the wallet.
    const fn account(self) -> Option<AccountKind> {
        match self {
            Self::Cash => Some(wallet::TopUpTender::Cash.account()),
            Self::WechatPay => Some(wallet::TopUpTender::WechatPay.account()),
            Self::Alipay => Some(wallet::TopUpTender::Alipay.account()),
            Self::BankCard => Some(wallet::TopUpTender::BankCard.account()),
            Self::Other => Some(wallet::TopUpTender::Other.account()),
            Self::Wallet | Self::Principal | Self::Bonus => None,
        }
    }
    const fn wallet_part(self) -> Option<AccountKind> {
        match self {
            Self::Principal => Some(AccountKind::Principal),
            Self::Bonus => Some(AccountKind::Bonus),
            _ => None,
        }
    }
}

/// One payment for prepaid value. Where it is kept, the wallet stands as its two parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepaidPayment {
    /// How.
    pub tender: PrepaidTender,
    /// Minor units, above zero.
    pub amount: Money,
    /// What of it was given back since.
    #[serde(default)]
    pub refunded: Money,
}

/// Where the money rests between payment and prepaid value, within one journal.
pub(crate) fn sold(store: Uuid) -> Account {
    Account::of(AccountKind::PrepaidSold, store)
}

/// Takes payments for prepaid value in; `holdings` are the member's, where there is one. Returns them as
/// they are kept.
///
/// Errors: `payments_mismatch` where they don't come to the price; `tender_not_asked_for`,
/// `member_needed`, `wallet_insufficient`.
pub(crate) fn take(
    cx: &Cx,
    journal: &mut Journal,
    holdings: Option<&mut Holdings>,
    spending: &WalletSpending,
    store: Uuid,
    (asked, price): (&[PrepaidPayment], Money),
) -> Result<Vec<PrepaidPayment>> {
    let sum = Money::sum(asked.iter().map(|payment| payment.amount))?;
    if sum != price || asked.iter().any(|payment| !payment.amount.is_positive()) {
        return Err(Error::refused("payments_mismatch", format!("the payments come to {sum}, the price is {price}; they must be equal")));
    }
    let mut kept: Vec<PrepaidPayment> = Vec::with_capacity(asked.len() + 1);
    let mut keep = |tender, amount: Money| {
        if amount.is_positive() {
            kept.push(PrepaidPayment { tender, amount, refunded: Money::ZERO });
        }
    };
    let mut wallet = Money::ZERO;
    for payment in asked {
        match (payment.tender, payment.tender.account()) {
            (PrepaidTender::Wallet, _) => wallet = wallet.plus(payment.amount)?,
            (tender, Some(account)) => {
                journal.transfer(Account::of(account, store), sold(store), payment.amount.0, "prepaid")?;
                keep(tender, payment.amount);
            }
            _ => {
                return Err(Error::invalid(
                    "tender_not_asked_for",
                    "pay with wallet; principal and bonus follow from the merchant's policy",
                ));
            }
        }
    }
    if wallet.is_positive() {
        let needed = || Error::refused("member_needed", "the wallet needs a member; identify the member first");
        let holdings = holdings.ok_or_else(needed)?;
        let held = |kind| Money(holdings.available(kind, cx.now));
        let balance = WalletParts { principal: held(AccountKind::Principal), bonus: held(AccountKind::Bonus) };
        let parts = spending.split(wallet, balance)?;
        journal.spend(cx, holdings, AccountKind::Principal, parts.principal.0, sold(store), "prepaid")?;
        journal.spend(cx, holdings, AccountKind::Bonus, parts.bonus.0, sold(store), "prepaid")?;
        keep(PrepaidTender::Principal, parts.principal);
        keep(PrepaidTender::Bonus, parts.bonus);
    }
    Ok(kept)
}

/// Gives part of what was paid back: split by what is left of each payment, wallet parts to the very lots
/// they came from. Counts it on the payments, and returns the parts.
///
/// Errors: `refund_exceeds_payments` where less is left than is to be given back.
pub(crate) fn give_back(
    cx: &Cx,
    journal: &mut Journal,
    wallet: Option<(&mut Holdings, &mut Outstanding)>,
    store: Uuid,
    payments: &mut [PrepaidPayment],
    amount: Money,
) -> Result<Vec<PrepaidPayment>> {
    let left: Vec<i64> = payments.iter().map(|payment| payment.amount.0 - payment.refunded.0).collect();
    if left.iter().sum::<i64>() < amount.0 {
        return Err(Error::refused("refund_exceeds_payments", "more would be given back than was paid"));
    }
    let mut wallet = wallet;
    let mut parts = Vec::new();
    for (payment, part) in payments.iter_mut().zip(split::spread(amount, &left)?) {
        if !part.is_positive() {
            continue;
        }
        match (payment.tender.wallet_part(), payment.tender.account(), &mut wallet) {
            (Some(kind), _, Some((holdings, out))) => journal.give_back(cx, holdings, out, kind, part.0, sold(store), "refunded")?,
            (None, Some(account), _) => journal.transfer(sold(store), Account::of(account, store), part.0, "refunded")?,
            _ => return Err(Error::internal("a payment for prepaid value without an account")),
        }
        payment.refunded = payment.refunded.plus(part)?;
        parts.push(PrepaidPayment { tender: payment.tender, amount: part, refunded: Money::ZERO });
    }
    Ok(parts)
}
