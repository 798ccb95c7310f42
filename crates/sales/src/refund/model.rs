//! What a refund takes and gives.

use crate::order::{Order, OrderId, OrderLine, Payment};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Money, Points, Result, Uuid, id, money, split};
use shuke_member::MemberId;
use shuke_offer::price::{LineQuote, PriceStage};
use shuke_org::ApprovalId;
use utoipa::ToSchema;

id!(RefundId, "A refund.");

/// Part of a line that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundLine {
    /// The order's line.
    pub line: i64,
    /// Thousandths of a piece, above zero.
    pub quantity_milli: i64,
    /// Whether the goods can't be sold again: they don't go back to stock.
    #[serde(default)]
    pub damaged: bool,
}

/// A refund to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundAsk {
    /// The refund's id, a UUIDv7 that the till makes before it sends.
    pub id: RefundId,
    /// The order.
    pub order: OrderId,
    /// The lines; none means all that is left.
    #[serde(default)]
    pub lines: Vec<RefundLine>,
    /// Why.
    pub reason: String,
    /// The till where it happens: what it gives back belongs to the till's shift.
    #[serde(default)]
    pub till: Option<Uuid>,
    /// The approval of a second person, where the order gives back more than the merchant's limit.
    #[serde(default)]
    pub approval: Option<ApprovalId>,
}

/// A refund that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The order.
    pub order: OrderId,
    /// The order's store.
    pub store: Uuid,
    /// Whose order it was.
    pub member: Option<MemberId>,
    /// When.
    pub at: Instant,
    /// The local day in the store's zone.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The lines.
    pub lines: Vec<RefundLine>,
    /// Minor units given back.
    pub amount: Money,
    /// To which payments.
    pub payments: Vec<Payment>,
    /// Points that were spent on the order and given back.
    pub points_returned: Points,
    /// Points that the order had earned and that were taken back.
    pub points_clawed: Points,
    /// Why.
    pub reason: String,
    /// The tax in the amount, in minor units.
    #[serde(default)]
    pub tax: Money,
}

/// Lines that may come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundQuoteAsk {
    /// The order.
    pub order: OrderId,
    /// The lines; none means all that is left.
    #[serde(default)]
    pub lines: Vec<RefundLine>,
}

/// What a refund would give back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundQuote {
    /// Minor units.
    pub amount: Money,
    /// The tax in it.
    pub tax: Money,
    /// To which payments.
    pub payments: Vec<Payment>,
    /// Points that would be given back.
    pub points_returned: Points,
    /// Points that would be taken back.
    pub points_clawed: Points,
}

/// What the lines of a refund come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worth {
    /// Minor units.
    pub amount: Money,
    /// Minor units that points had paid.
    pub points_share: Money,
    /// Points that had been earned.
    pub earned: Points,
    /// The tax in the amount, in minor units.
    pub tax: Money,
}

impl RefundAsk {
    /// The lines that are meant: those named, or all that is left.
    ///
    /// Errors: `refund_line_unknown`, `refund_exceeds_sale`, `refund_nothing_left`.
    pub fn lines_of(&self, order: &Order) -> Result<Vec<RefundLine>> {
        lines_of(&self.lines, order)
    }
}

/// The same of lines by themselves.
pub(super) fn lines_of(asked: &[RefundLine], order: &Order) -> Result<Vec<RefundLine>> {
    let rest = |line: &OrderLine| RefundLine { line: line.line, quantity_milli: line.quantity_milli - line.refunded_milli, damaged: false };
    let lines: Vec<RefundLine> = match asked.is_empty() {
        true => order.lines.iter().map(rest).filter(|line| line.quantity_milli > 0).collect(),
        false => asked.to_vec(),
    };
    if lines.is_empty() {
        return Err(Error::refused("refund_nothing_left", "everything of this order was taken back already"));
    }
    let mut seen = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let at = |code: &str, detail: String| {
            Error::refused("refund_line_invalid", "a line can't be taken back like this").field(format!("/lines/{index}"), code, detail)
        };
        let sold = order.lines.iter().find(|sold| sold.line == line.line && !seen.contains(&sold.line));
        let sold = sold.ok_or_else(|| at("refund_line_unknown", "the order has no such line, or it is named twice".to_owned()))?;
        seen.push(sold.line);
        let left = sold.quantity_milli - sold.refunded_milli;
        if line.quantity_milli <= 0 || line.quantity_milli > left {
            return Err(at("refund_exceeds_sale", format!("{left} thousandths of a piece are left to take back")));
        }
    }
    Ok(lines)
}

/// What a part of a line is worth.
pub fn worth(sold: &OrderLine, quantity_milli: i64) -> Result<Worth> {
    let whole = LineQuote { gross: sold.gross, shares: sold.shares, net: sold.net };
    let (from, to) = (sold.refunded_milli, sold.refunded_milli + quantity_milli);
    let part = whole.part(sold.quantity_milli, from, to)?;
    let earned = split::slice(Money(sold.points_earned.0), sold.quantity_milli, from, to)?;
    let tax = split::slice(sold.tax, sold.quantity_milli, from, to)?;
    let added = split::slice(sold.tax_added, sold.quantity_milli, from, to)?;
    Ok(Worth { amount: part.net.plus(added)?, tax, points_share: part.shares.get(PriceStage::Points), earned: Points(earned.0) })
}

/// The points to give back for a part of what points had paid: in proportion to what is left of
/// both, so that the last part gives back the last point.
pub fn points_back(order: &Order, share: Money) -> Result<Points> {
    let paid: i64 = order.lines.iter().map(|line| line.shares.points.0).sum();
    let returned = |line: &OrderLine| split::slice(line.shares.points, line.quantity_milli, 0, line.refunded_milli).map(|part| part.0);
    let gone: i64 = order.lines.iter().map(returned).sum::<Result<i64>>()?;
    let left = order.points_spent.0 - order.points_returned.0;
    if paid == gone {
        return Ok(Points::ZERO);
    }
    money::mul_div(left, share.0, paid - gone).map(Points)
}
