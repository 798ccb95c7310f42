//! The figures of a period.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Money, Rate, Result, Uuid, money};
use shuke_ledger::AccountKind;
use shuke_member::MemberId;
use shuke_member::consent::ConsentChannel;
use shuke_member::pin::CardSign;
use utoipa::ToSchema;

/// What orders come to. Minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderSums {
    /// Orders made.
    pub orders: i64,
    /// What they came to.
    pub amount: Money,
    /// Those of them that were wholly taken back since.
    pub undone: i64,
    /// Refunds made.
    pub refunds: i64,
    /// What they gave back.
    pub refunded: Money,
}

/// Who bought. Minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BuyerSums {
    /// Different members.
    pub buyers: i64,
    /// Those of them with two orders or more in the period.
    pub repeat_buyers: i64,
    /// Their orders.
    pub orders: i64,
    /// What those come to, less what was taken back since.
    pub amount: Money,
}

/// The figures of a period. Amounts are minor units, ratios basis points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// 销售: goods, visits and memberships, less what was taken back.
    pub sold: Money,
    /// Prepaid value that was sold: top-ups, passes, gift cards.
    pub prepaid_sold: Money,
    /// 实收: money that came in, less what was given back.
    pub received: Money,
    /// 消耗: prepaid value that was used up.
    pub consumed: Money,
    /// What orders come to.
    #[serde(flatten)]
    pub orders: OrderSums,
    /// 客单价: what an order came to on average; none without orders.
    pub average: Option<Money>,
    /// Orders with a member, without those that were wholly taken back.
    pub identified_orders: i64,
    /// Those of all orders that were not wholly taken back.
    pub identified_ratio: Option<Rate>,
    /// Members who joined.
    pub new_members: i64,
    /// Members at the end of the period.
    pub members: i64,
    /// Different members who bought.
    pub buyers: i64,
    /// Those with two orders or more in the period.
    pub repeat_buyers: i64,
    /// 复购率: repeat buyers of all buyers.
    pub repurchase_ratio: Option<Rate>,
    /// 购买率: buyers of all members.
    pub purchase_rate: Option<Rate>,
    /// 频次: orders of a buyer on average, in thousandths.
    pub frequency_milli: Option<i64>,
}

fn ratio(part: i64, whole: i64) -> Result<Option<Rate>> {
    if whole <= 0 { Ok(None) } else { money::mul_div(part, Rate::WHOLE.0, whole).map(|rate| Some(Rate(rate))) }
}

impl Figures {
    /// With what follows from the counts.
    ///
    /// Errors: `amount_too_large`.
    pub fn with(self, orders: OrderSums, buyers: BuyerSums, (members, new_members): (i64, i64)) -> Result<Self> {
        let standing = orders.orders - orders.undone;
        let average = if orders.orders > 0 { Some(Money(money::mul_div(orders.amount.0, 1, orders.orders)?)) } else { None };
        let frequency_milli = if buyers.buyers > 0 { Some(money::mul_div(buyers.orders, 1_000, buyers.buyers)?) } else { None };
        Ok(Self {
            orders,
            average,
            identified_orders: buyers.orders,
            identified_ratio: ratio(buyers.orders, standing)?,
            new_members,
            members,
            buyers: buyers.buyers,
            repeat_buyers: buyers.repeat_buyers,
            repurchase_ratio: ratio(buyers.repeat_buyers, buyers.buyers)?,
            purchase_rate: ratio(buyers.buyers, members)?,
            frequency_milli,
            ..self
        })
    }
}

/// A day of a period. Minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayFigures {
    /// The local day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Sold.
    pub sold: Money,
    /// Received.
    pub received: Money,
    /// Consumed.
    pub consumed: Money,
    /// Orders made.
    pub orders: i64,
    /// Members who joined.
    pub new_members: i64,
}

/// A local hour of all days of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HourFigures {
    /// The hour, 0 to 23.
    pub hour: i64,
    /// What orders come to.
    #[serde(flatten)]
    pub orders: OrderSums,
}

/// A store in a period. Minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoreFigures {
    /// The store.
    pub store: Uuid,
    /// Sold.
    pub sold: Money,
    /// Received.
    pub received: Money,
    /// Consumed.
    pub consumed: Money,
    /// What orders come to.
    #[serde(flatten)]
    pub orders: OrderSums,
}

/// A product in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GoodsFigures {
    /// The product.
    pub product: Uuid,
    /// Its name.
    pub name: String,
    /// Thousandths of a piece that were sold, less what came back.
    pub quantity_milli: i64,
    /// What was paid for them, less what was given back, in minor units.
    pub amount: Money,
}

/// A variant that runs low in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LowStock {
    /// The store.
    pub store: Uuid,
    /// The variant.
    pub variant: Uuid,
    /// Its SKU.
    pub sku: String,
    /// Its product's name.
    pub name: String,
    /// Thousandths of a piece; below zero where it was oversold.
    pub on_hand_milli: i64,
}

/// A shift that was left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenShift {
    /// The shift.
    pub shift: Uuid,
    /// The store.
    pub store: Uuid,
    /// The till.
    pub till: Uuid,
    /// When it was opened.
    pub opened_at: Instant,
    /// By whom.
    pub opened_by: String,
}

/// What members lose within 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ending {
    /// Points, principal, bonus, passes, gift cards.
    pub kind: AccountKind,
    /// How many hold it.
    pub holders: i64,
    /// Points, minor units, or visits.
    pub amount: i64,
}

/// A member's card that looks as if it was passed around.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardAlert {
    /// Whose card: a person who shares it with nobody.
    pub member: MemberId,
    /// Their number.
    pub number: String,
    /// The local day.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Purchases at tills on that day that were not wholly taken back.
    pub orders: i64,
    /// The stores, in the order in which they were first visited.
    pub stores: Vec<Uuid>,
    /// Why it looks so.
    pub signs: Vec<CardSign>,
}

/// What somebody should look at, now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alerts {
    /// What runs low, the least first; at most 20.
    pub low_stock: Vec<LowStock>,
    /// How many run low.
    pub low_stock_count: i64,
    /// Shifts that were opened before today and not closed.
    pub open_shifts: Vec<OpenShift>,
    /// What ends within 30 days; for those who are bound to stores only what these stores stand for.
    pub ending: Vec<Ending>,
    /// Cards that look as if they were passed around, of the last 7 local days, the latest first; at most 20. The
    /// identity settings say from when on.
    pub cards: Vec<CardAlert>,
}

/// The first page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overall {
    /// The first local day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last local day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// The figures of the period.
    pub figures: Figures,
    /// The first day of as many days before.
    #[schema(value_type = String, format = Date)]
    pub before_from: Date,
    /// Their figures.
    pub before: Figures,
    /// Day by day.
    pub days: Vec<DayFigures>,
    /// Hour by hour, of all days together; hours without anything are left out.
    pub hours: Vec<HourFigures>,
    /// Store by store.
    pub stores: Vec<StoreFigures>,
    /// What sold best, by amount; at most 10.
    pub goods: Vec<GoodsFigures>,
    /// What somebody should look at.
    pub alerts: Alerts,
}

/// How many members a channel reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reachable {
    /// The channel.
    pub channel: ConsentChannel,
    /// Members who consent to it.
    pub members: i64,
    /// Of all members, in basis points.
    pub ratio: Option<Rate>,
}

/// How many members can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reach {
    /// All members.
    pub members: i64,
    /// By channel.
    pub channels: Vec<Reachable>,
}

impl Reach {
    /// Of counts.
    ///
    /// Errors: `amount_too_large`.
    pub fn of(members: i64, counts: Vec<(ConsentChannel, i64)>) -> Result<Self> {
        let one = |(channel, count)| Ok(Reachable { channel, members: count, ratio: ratio(count, members)? });
        Ok(Self { members, channels: counts.into_iter().map(one).collect::<Result<_>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_follow_from_counts_and_nothing_is_divided_by_nothing() {
        let orders = OrderSums { orders: 10, amount: Money(1_005), undone: 2, refunds: 3, refunded: Money(100) };
        let buyers = BuyerSums { buyers: 3, repeat_buyers: 1, orders: 4, amount: Money(500) };
        let figures = Figures::default().with(orders, buyers, (12, 5)).unwrap();
        assert_eq!((figures.average, figures.identified_ratio), (Some(Money(101)), Some(Rate(5_000))));
        assert_eq!(
            (figures.repurchase_ratio, figures.purchase_rate, figures.frequency_milli),
            (Some(Rate(3_333)), Some(Rate(2_500)), Some(1_333))
        );
        let none = Figures::default().with(OrderSums::default(), BuyerSums::default(), (0, 0)).unwrap();
        assert_eq!((none.average, none.identified_ratio, none.repurchase_ratio, none.frequency_milli), (None, None, None, None));
    }
}
