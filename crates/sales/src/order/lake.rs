//! Lines of orders, refunds and returns for the analysis lake: what was sold and what came back, line by line.
//!
//! A refund's line takes back what its part of the order's line was worth, as the refunds before it had left
//! it; the lines of a refund add up to what it gave back.

use super::export::Wanted;
use super::{Order, OrderId, OrderLine, store};
use crate::refund::model::worth;
use crate::refund::store::lake as refunds;
use crate::refund::{Refund, RefundLine};
use shuke_db::Tx;
use shuke_kernel::{Date, Instant, MerchantId, Money, Result, Uuid};
use shuke_member::MemberId;
use std::collections::{BTreeSet, HashMap};

/// A line that was sold, or that came back (then below zero).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The order, or the refund.
    pub document: Uuid,
    /// Whether it came back.
    pub is_return: bool,
    /// Whose it is.
    pub member: Option<MemberId>,
    /// When.
    pub at: Instant,
    /// The store's local date.
    pub date: Date,
    /// Where.
    pub store: Uuid,
    /// The product.
    pub product: Uuid,
    /// What it was called when it was sold.
    pub name: String,
    /// Who sold it.
    pub seller: Option<Uuid>,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// Minor units, with tax that came on top.
    pub amount: Money,
    /// What offers, member prices and coupons took off; nothing of what came back.
    pub saved: Money,
    /// Whether everything of the order was taken back: then it is no purchase, and nor are its refunds.
    pub is_undone: bool,
}

/// Facts of some documents, and the place of the last of these.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The lines.
    pub lines: Vec<Fact>,
    /// The last document; none where there was none.
    pub last: Option<(Instant, Uuid)>,
}

/// `2026-11` of a day.
pub fn month_of(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Lines of a store's orders after a place.
pub async fn sold(tx: &mut Tx, merchant: MerchantId, wanted: &Wanted) -> Result<Facts> {
    let orders = store::export::page(tx, merchant, (wanted.store, &wanted.zone), wanted.after, wanted.until, wanted.limit).await?;
    let last = orders.last().map(|(order, _)| (order.at, order.id.0));
    let mut lines = Vec::new();
    for (order, _) in &orders {
        let undone = order.is_undone();
        for line in &order.lines {
            let sold = fact(order, line, (order.id.0, order.at, order.date), (line.quantity_milli, line.paid()?), undone);
            lines.push(Fact { saved: saved(line)?, ..sold });
        }
    }
    Ok(Facts { lines, last })
}

/// What the shop took off a line; points are the member's own money, and rounding-off is no discount.
fn saved(line: &OrderLine) -> Result<Money> {
    let shares = &line.shares;
    Money::sum([shares.activity, shares.member, shares.threshold, shares.coupon])
}

fn fact(
    order: &Order,
    line: &OrderLine,
    (document, at, date): (Uuid, Instant, Date),
    (quantity_milli, amount): (i64, Money),
    undone: bool,
) -> Fact {
    Fact {
        document,
        is_return: document != order.id.0,
        member: order.member,
        at,
        date,
        store: order.store,
        product: line.product,
        name: line.name.clone(),
        seller: line.seller,
        quantity_milli,
        amount,
        saved: Money(0),
        is_undone: undone,
    }
}

/// Lines of a store's refunds and returns after a place.
pub async fn returned(tx: &mut Tx, merchant: MerchantId, wanted: &Wanted) -> Result<Facts> {
    let page = refunds::page(tx, merchant, wanted.store, wanted.after, wanted.until, wanted.limit).await?;
    let last = page.last().map(|head| (head.at, head.id));
    let mut lines = Vec::new();
    let orders: BTreeSet<OrderId> = page.iter().filter_map(|head| head.order).collect();
    let orders: Vec<OrderId> = orders.into_iter().collect();
    let found = store::lake::of(tx, merchant, &orders, &wanted.zone).await?;
    let all = refunds::of_orders(tx, merchant, &orders).await?;
    let ids: BTreeSet<Uuid> = page.iter().map(|head| head.id).collect();
    for order in &found {
        let own: Vec<&Refund> = all.iter().filter(|refund| refund.order == order.id).collect();
        for (refund, parts) in parts_of(order, &own)? {
            if ids.contains(&refund.id.0) {
                let undone = order.is_undone();
                let moved = (refund.id.0, refund.at, refund.date);
                lines.extend(parts.into_iter().map(|(line, quantity, amount)| fact(order, line, moved, (-quantity, -amount), undone)));
            }
        }
    }
    let alone: Vec<Uuid> = page.iter().filter(|head| head.order.is_none()).map(|head| head.id).collect();
    let heads: HashMap<Uuid, &refunds::Head> = page.iter().map(|head| (head.id, head)).collect();
    for line in refunds::return_lines(tx, merchant, &alone).await? {
        let Some(head) = heads.get(&line.of) else { continue };
        lines.push(Fact {
            document: head.id,
            is_return: true,
            member: head.member,
            at: head.at,
            date: head.date,
            store: wanted.store,
            product: line.product,
            name: line.name,
            seller: None,
            quantity_milli: -line.quantity_milli,
            amount: -line.amount,
            saved: Money(0),
            is_undone: false,
        });
    }
    Ok(Facts { lines, last })
}

type Part<'a> = (&'a OrderLine, i64, Money);

/// What each refund took back of which line. The first line takes what rounding leaves between the refund's
/// amount and its lines, which happens where two refunds came at one moment.
fn parts_of<'a>(order: &'a Order, refunds: &[&'a Refund]) -> Result<Vec<(&'a Refund, Vec<Part<'a>>)>> {
    let mut taken: HashMap<i64, i64> = HashMap::new();
    let mut found = Vec::with_capacity(refunds.len());
    for refund in refunds {
        let mut parts = Vec::with_capacity(refund.lines.len());
        for RefundLine { line, quantity_milli, .. } in &refund.lines {
            let Some(sold) = order.lines.iter().find(|sold| sold.line == *line) else { continue };
            let before = taken.entry(*line).or_default();
            let amount = worth(&OrderLine { refunded_milli: *before, ..sold.clone() }, *quantity_milli)?.amount;
            *before += quantity_milli;
            parts.push((sold, *quantity_milli, amount));
        }
        let sum = Money::sum(parts.iter().map(|(_, _, amount)| *amount))?;
        if let Some(first) = parts.first_mut() {
            first.2 = first.2.plus(refund.amount)?.plus(-sum)?;
        }
        found.push((*refund, parts));
    }
    Ok(found)
}

/// The months in which an order and its refunds stand.
pub async fn months_of_order(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<String>> {
    store::lake::months_of_order(tx, merchant, order).await
}

/// The months in which a member has orders, refunds or returns.
pub async fn months_of_member(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<String>> {
    store::lake::months_of_member(tx, merchant, member).await
}

/// What products are called now, and their category with all above it. At least one id.
pub async fn goods(tx: &mut Tx, merchant: MerchantId, products: &[Uuid]) -> Result<Vec<(Uuid, String, Vec<Uuid>)>> {
    let names = crate::product::store::names(tx, merchant, products).await?;
    let ids: Vec<crate::product::ProductId> = products.iter().map(|id| (*id).into()).collect();
    let paths = crate::product::store::category_paths(tx, merchant, &ids).await?;
    let mut paths: HashMap<Uuid, Vec<Uuid>> = paths.into_iter().collect();
    Ok(names.into_iter().map(|(id, name)| (id, name, paths.remove(&id).unwrap_or_default())).collect())
}

/// A product of the catalogue.
#[derive(Clone, Debug)]
pub struct Goods {
    /// Its id.
    pub id: Uuid,
    /// The shop's own code of it.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Its category, with all above it before it.
    pub categories: Vec<Uuid>,
}

/// Products after an id, those that are no longer sold too.
pub async fn catalogue(tx: &mut Tx, merchant: MerchantId, after: Uuid, limit: i64) -> Result<Vec<Goods>> {
    crate::product::store::named_page(tx, merchant, after, limit).await
}

/// For `verify`: selects of `month, amount` of every order, and of every refund and return (below zero).
pub const MOVED: [&str; 2] = [store::lake::MOVED, refunds::MOVED];
