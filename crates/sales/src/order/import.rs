//! Past orders and returns, brought in from another system: written as they were, not sold again.
//!
//! A past order moves no stock, no points and no money of the ledger: what it left behind comes in
//! as opening balances. It counts as a purchase of its member, and a past return without its order
//! lowers what the member bought.
//!
//! Its id follows from what names it in its own system, so that the same order comes in once. A line
//! that comes later in the same file joins its order ([`Head`] says what is there).

use super::model::{Payment, Tender};
use super::store;
use crate::figure;
pub use crate::figure::ops::PastSums;
use crate::refund::store::import as returns;
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Instant, MerchantId, Money, Result, Uuid};
use shuke_loyalty::rule::Channel;
use shuke_member::MemberId;
use shuke_member::purchase::{Purchase, ops as purchases};
use shuke_org::StoreId;
use std::collections::{BTreeSet, HashMap};

/// Which of the two a past document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PastKind {
    /// Goods were sold.
    Sale,
    /// Goods came back, and nothing says of which order.
    Return,
}

/// A line of a past order or return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastLine {
    /// The product.
    pub product: Uuid,
    /// The variant.
    pub variant: Uuid,
    /// What it was called.
    pub name: String,
    /// The number on the shelf.
    pub sku: String,
    /// Thousandths of a piece, above zero.
    pub quantity_milli: i64,
    /// Minor units for one piece, rounded.
    pub unit_price: Money,
    /// What the line came to, in minor units, exact.
    pub amount: Money,
}

/// What is there already of a past order or return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The import that brought it; none where it was sold here.
    pub import: Option<Uuid>,
    /// Whose it is.
    pub member: Option<MemberId>,
    /// When it was.
    pub at: Instant,
    /// The store's local date.
    pub date: Date,
    /// What it comes to.
    pub amount: Money,
    /// How many lines it has.
    pub lines: i64,
}

/// A past order or return, or lines that join one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastOrder {
    /// Its id, made from what names it in the other system.
    pub id: Uuid,
    /// Sold or brought back.
    pub kind: PastKind,
    /// Its number in the other system.
    pub number: String,
    /// Where.
    pub store: StoreId,
    /// Whose it is.
    pub member: Option<MemberId>,
    /// Till or online.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// The store's local date.
    pub date: Date,
    /// The lines to be added.
    pub lines: Vec<PastLine>,
    /// What the same import wrote of it before.
    pub before: Option<Head>,
}

impl PastOrder {
    /// What it comes to, with what is there already.
    pub fn amount(&self) -> Result<Money> {
        let before = self.before.as_ref().map_or(Money::ZERO, |head| head.amount);
        before.plus(self.added()?)
    }
    /// What its new lines come to.
    pub(crate) fn added(&self) -> Result<Money> {
        Money::sum(self.lines.iter().map(|line| line.amount))
    }
    /// The number of its first line.
    pub(crate) fn first_line(&self) -> i64 {
        self.before.as_ref().map_or(0, |head| head.lines)
    }
    /// How it was paid: nobody knows, so by other means.
    pub(crate) fn payments(&self) -> Result<Vec<Payment>> {
        let amount = self.amount()?;
        let payment = Payment { tender: Tender::Other, amount, refunded: Money::ZERO };
        Ok(if amount.is_positive() { vec![payment] } else { Vec::new() })
    }
}

/// What is there of these orders and returns.
pub async fn heads(tx: &mut Tx, merchant: MerchantId, kind: PastKind, ids: &[Uuid]) -> Result<HashMap<Uuid, Head>> {
    match kind {
        PastKind::Sale => store::import::heads(tx, merchant, ids).await,
        PastKind::Return => returns::heads(tx, merchant, ids).await,
    }
}

/// Writes past orders and returns, each id once, and counts them for their members. What is there
/// already must be given as [`PastOrder::before`].
///
/// Errors: `sales_order_pkey`, `refund_pkey` where one came into being meanwhile.
pub async fn write(tx: &mut Tx, cx: &Cx, import: Uuid, orders: &[PastOrder]) -> Result<()> {
    documents(tx, cx, import, orders).await?;
    figure::ops::add_past(tx, cx, orders).await?;
    let sales = orders.iter().filter(|order| order.kind == PastKind::Sale).count();
    let months: BTreeSet<String> = orders.iter().map(|order| super::lake::month_of(order.date)).collect();
    let payload = serde_json::json!({ "import": import, "orders": sales, "returns": orders.len() - sales, "months": months });
    event::append(tx, cx, &[Event::new("orders.imported", import, &payload)]).await
}

/// The same for a shop that is filled from nothing: what stores and goods come to is added up in memory and
/// written by the caller, once, with [`PastSums::write`]. No event tells of it.
pub async fn fill(tx: &mut Tx, cx: &Cx, import: Uuid, orders: &[PastOrder]) -> Result<()> {
    documents(tx, cx, import, orders).await?;
    figure::ops::add_past_buyers(tx, cx, orders).await
}

async fn documents(tx: &mut Tx, cx: &Cx, import: Uuid, orders: &[PastOrder]) -> Result<()> {
    let (sales, taken): (Vec<&PastOrder>, Vec<&PastOrder>) = orders.iter().partition(|order| order.kind == PastKind::Sale);
    store::import::write(tx, cx, import, &sales).await?;
    returns::write(tx, cx, import, &taken).await?;
    let mut counted = Vec::with_capacity(orders.len());
    for order in orders {
        let Some(member) = order.member else { continue };
        let amount = order.amount()?;
        let counts = order.kind == PastKind::Sale;
        let amount = if counts { amount } else { -amount };
        counted.push(Purchase { member, order: order.id, store: Some(order.store), date: order.date, amount, counts });
    }
    purchases::apply_purchases(tx, cx, &counted).await
}
