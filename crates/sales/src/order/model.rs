//! What a checkout takes and what an order is.

use super::prepaid::Prepaid;
use crate::kit::LinePart;
use crate::tax::{self, TaxMode, TaxRow};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Points, Rate, Result, Uuid, Zone, id, split, text_enum};
use shuke_ledger::AccountKind;
use shuke_loyalty::points_kind::PointsKindId;
use shuke_loyalty::rule::Channel;
use shuke_member::{MemberBrief, MemberId};
use shuke_offer::offer::{AppliedOffer, OfferId};
use shuke_offer::price::{CouponChoice, PointsChoice, Saving, StageShares};
use utoipa::ToSchema;

id!(OrderId, "An order.");

text_enum! {
    /// How an order, or part of it, is paid.
    pub enum Tender {
        /// 现金.
        Cash = "cash",
        /// 微信支付.
        WechatPay = "wechat_pay",
        /// 支付宝.
        Alipay = "alipay",
        /// 银行卡.
        BankCard = "bank_card",
        /// 其他.
        Other = "other",
        /// 储值, split into principal and bonus by the merchant's policy.
        Wallet = "wallet",
        /// 储值本金: the part of a wallet payment that principal paid; not asked for by itself.
        Principal = "principal",
        /// 储值赠送金: the part that bonus paid; not asked for by itself.
        Bonus = "bonus",
        /// 次卡: what passes paid; asked for under `prepaid`.
        Pass = "pass",
        /// 礼品卡: what gift cards paid; asked for under `prepaid`.
        GiftCard = "gift_card",
    }
}

impl Tender {
    /// The shop's account that takes it in; none for the wallet, which is the member's.
    pub const fn account(self) -> Option<AccountKind> {
        match self {
            Self::Cash => Some(AccountKind::Cash),
            Self::WechatPay => Some(AccountKind::WechatPay),
            Self::Alipay => Some(AccountKind::Alipay),
            Self::BankCard => Some(AccountKind::BankCard),
            Self::Other => Some(AccountKind::OtherTender),
            Self::Wallet | Self::Principal | Self::Bonus | Self::Pass | Self::GiftCard => None,
        }
    }
    /// Whether it was paid before by a pass or a gift card, and not by the member's wallet.
    pub const fn is_before(self) -> bool {
        matches!(self, Self::Pass | Self::GiftCard)
    }
    /// The member's account that pays it.
    pub const fn wallet_part(self) -> Option<AccountKind> {
        match self {
            Self::Principal => Some(AccountKind::Principal),
            Self::Bonus => Some(AccountKind::Bonus),
            _ => None,
        }
    }
}

/// One payment of an order. On an order the wallet stands as its two parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// How.
    pub tender: Tender,
    /// Minor units, above zero; zero where the value of the passes that pay was used up before.
    pub amount: Money,
    /// What of it was given back since.
    #[serde(default)]
    pub refunded: Money,
}

/// A line to be sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutLine {
    /// The variant.
    pub variant: Uuid,
    /// Thousandths of a piece: 1,000 is one piece.
    pub quantity_milli: i64,
    /// The offer whose gift it is, where the quote offered it: it costs nothing then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<OfferId>,
    /// Who sold it: a member of staff, kept on the order's line as the base of commission.
    #[serde(default)]
    pub seller: Option<Uuid>,
}

/// A sale to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    /// The order's id, a UUIDv7 that the till makes before it sends: a retry names the same order.
    pub id: OrderId,
    /// The store that sells.
    pub store: Uuid,
    /// The till.
    #[serde(default)]
    pub till: Option<Uuid>,
    /// Who buys, if known.
    #[serde(default)]
    pub member: Option<MemberId>,
    /// Where.
    #[serde(default = "till")]
    pub channel: Channel,
    /// What; at least one line.
    pub lines: Vec<CheckoutLine>,
    /// Which coupons.
    #[serde(default)]
    pub coupons: CouponChoice,
    /// How many points.
    #[serde(default)]
    pub points: PointsChoice,
    /// Of which kind the points are; none for the shop's own.
    #[serde(default)]
    pub points_kind: Option<PointsKindId>,
    /// How it is paid; adds up to the total, less what is paid under `prepaid`.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// Passes and gift cards that pay.
    #[serde(default)]
    pub prepaid: Prepaid,
    /// The total that the customer was shown: where the price has changed since, nothing is sold.
    #[serde(default)]
    pub expected_total: Option<Money>,
    /// Who uses what is the member's, and the proof that they may.
    #[serde(default)]
    pub identity: Identity,
}

/// Who is at the till for a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// Who of a group, or of those who share a card, uses what is the member's.
    pub used_by: Option<MemberId>,
    /// The proof for this member and order, where the identity policy asks for one.
    pub proof: Option<String>,
}

const fn till() -> Channel {
    Channel::Till
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// Its number, from 0.
    pub line: i64,
    /// The product.
    pub product: Uuid,
    /// The variant.
    pub variant: Uuid,
    /// What it was called when it was sold.
    pub name: String,
    /// The number on the shelf.
    pub sku: String,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// Minor units for one piece.
    pub unit_price: Money,
    /// Before everything.
    pub gross: Money,
    /// What each stage took off.
    pub shares: StageShares,
    /// What was paid.
    pub net: Money,
    /// Points that it earned.
    pub points_earned: Points,
    /// What one piece cost the shop; shown to those who manage the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Whether stock was taken for it.
    pub tracked: bool,
    /// Thousandths that were taken back since.
    pub refunded_milli: i64,
    /// The tax rate, in basis points; none where nothing is taxed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Rate>,
    /// The tax, in minor units.
    #[serde(default)]
    pub tax: Money,
    /// The part of the tax that was paid on top of the net: all or nothing.
    #[serde(default)]
    pub tax_added: Money,
    /// Who sold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Uuid>,
    /// What a kit was made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<LinePart>,
    /// The pass that paid it: its price is what the visits were paid with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<Uuid>,
}

/// What a line, or a part of it, takes from stock or gives back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockPart {
    /// The movement's line: the order's line, or one of its own for each part of a kit.
    pub line: i64,
    /// The variant.
    pub variant: Uuid,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// What one piece cost the shop.
    pub cost: Option<Money>,
}

/// Movements of a kit's parts are numbered from (line + 1) × this: beyond every order's lines.
const PART_LINES: i64 = 1_000;

impl OrderLine {
    /// What was paid for it, with tax that came on top.
    ///
    /// Errors: `amount_too_large`.
    pub fn paid(&self) -> Result<Money> {
        self.net.plus(self.tax_added)
    }
    /// What the thousandths `from..to` of it move in stock; what is not counted is left out.
    ///
    /// Errors: `amount_too_large`.
    pub fn stock(&self, from: i64, to: i64) -> Result<Vec<StockPart>> {
        if self.parts.is_empty() {
            let own = StockPart { line: self.line, variant: self.variant, quantity_milli: to - from, cost: self.cost };
            return Ok(if self.tracked { vec![own] } else { Vec::new() });
        }
        let moved = |(place, part): (i64, &LinePart)| {
            let quantity_milli = split::slice(Money(part.quantity_milli), self.quantity_milli, from, to)?.0;
            Ok(StockPart { line: (self.line + 1) * PART_LINES + place, variant: part.variant, quantity_milli, cost: part.cost })
        };
        (0_i64..).zip(&self.parts).filter(|(_, part)| part.tracked).map(moved).collect()
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The number that people see.
    pub number: String,
    /// The store.
    pub store: Uuid,
    /// The till.
    pub till: Option<Uuid>,
    /// Who bought.
    pub member: Option<MemberId>,
    /// Who of the member's group, or of those who share a card, was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_by: Option<MemberId>,
    /// Where.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// The local day in the store's zone.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// Before everything, in minor units.
    pub gross: Money,
    /// Everything that took something off, with its reason.
    pub savings: Vec<Saving>,
    /// The offers that applied, with the versions that priced the order.
    pub offers: Vec<AppliedOffer>,
    /// What was paid.
    pub total: Money,
    /// How.
    pub payments: Vec<Payment>,
    /// Points spent as money.
    pub points_spent: Points,
    /// Of which kind they were; none for the shop's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_kind: Option<PointsKindId>,
    /// Points earned.
    pub points_earned: Points,
    /// Minor units refunded since.
    pub refunded: Money,
    /// How many refunds there were.
    pub refunds: i64,
    /// Points given back since.
    pub points_returned: Points,
    /// Points taken back since.
    pub points_clawed: Points,
    /// The tax in the total, in minor units.
    #[serde(default)]
    pub tax: Money,
    /// Whether prices held the tax.
    #[serde(default = "untaxed")]
    pub tax_mode: TaxMode,
}

const fn untaxed() -> TaxMode {
    TaxMode::None
}

/// An order in a list, with whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListedOrder {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// Who bought, as the caller may see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<MemberBrief>,
}

impl Order {
    /// Points of the shop's own kind that were spent as money.
    pub fn own_points_spent(&self) -> Points {
        if self.points_kind.is_none() { self.points_spent } else { Points::ZERO }
    }
    /// Whether everything was taken back.
    pub fn is_undone(&self) -> bool {
        self.lines.iter().all(|line| line.refunded_milli == line.quantity_milli)
    }
    /// The tax by rate, of the order as it was sold.
    ///
    /// Errors: `amount_too_large`.
    pub fn tax_summary(&self) -> Result<Vec<TaxRow>> {
        let paid = self.lines.iter().map(|line| Ok((line.tax_rate, line.paid()?, line.tax))).collect::<Result<Vec<_>>>()?;
        tax::summary(paid)
    }
}

/// The number that people see: local date and time of the sale, and four digits from the id, so
/// that nobody has to wait for a counter. `2611221432054821`.
pub fn number(at: Instant, zone: &Zone, id: OrderId) -> String {
    let local = zone.local(at);
    format!(
        "{:02}{:02}{:02}{:02}{:02}{:02}{:04}",
        local.year().rem_euclid(100),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        id.0.as_u128() % 10_000
    )
}

/// Splits `amount` over payments by what is left of each, by largest remainder: no part goes beyond
/// what is left, and the last refund leaves nothing.
///
/// Errors: `refund_exceeds_payments` where less is left than is to be given back.
pub fn split_refund(payments: &[Payment], amount: Money) -> Result<Vec<Money>> {
    let left: Vec<i64> = payments.iter().map(|payment| payment.amount.0 - payment.refunded.0).collect();
    if left.iter().sum::<i64>() < amount.0 {
        return Err(Error::refused("refund_exceeds_payments", "more would be refunded than was paid"));
    }
    split::spread(amount, &left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_number_is_the_local_time_and_a_tail() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let id = OrderId(Uuid::from_u128(1_234_821));
        assert_eq!(number(Instant(1_763_793_125_000), &zone, id), "2511221432054821");
    }

    proptest! {
        #[test]
        fn refunds_in_any_split_empty_every_payment(amounts in prop::collection::vec(1_i64..10_000, 1..5), cuts in prop::collection::vec(0_u32..10_000, 0..6)) {
            let mut payments: Vec<Payment> = amounts.iter().map(|a| Payment { tender: Tender::Cash, amount: Money(*a), refunded: Money::ZERO }).collect();
            let total: i64 = amounts.iter().sum();
            let mut left = total;
            let mut parts: Vec<i64> = cuts.iter().map(|cut| i64::from(*cut) * total / 10_000 / 3).collect();
            parts.retain(|part| { let fits = *part <= left; if fits { left -= part; } fits });
            parts.push(left);
            for part in parts {
                let shares = split_refund(&payments, Money(part)).unwrap();
                prop_assert_eq!(shares.iter().map(|s| s.0).sum::<i64>(), part);
                for (payment, share) in payments.iter_mut().zip(shares) {
                    prop_assert!(share.0 >= 0);
                    payment.refunded.0 += share.0;
                    prop_assert!(payment.refunded <= payment.amount);
                }
            }
            prop_assert!(payments.iter().all(|p| p.refunded == p.amount));
        }
    }
}
