//! SQL of orders and their lines.

pub(crate) mod conduct;
pub(crate) mod export;
pub(crate) mod figure;
pub(crate) mod import;
pub(crate) mod lake;
mod list;
pub(crate) mod verify;

pub(crate) use list::{Filter, Span, list, of_member, of_members, of_stores, savings, savings_since_stmt};

use super::model::{Order, OrderId, OrderLine, number};
use crate::product::store::placeholders;
use serde::de::DeserializeOwned;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Money, Points, Result, Uuid, Zone};
use shuke_member::MemberId;
use shuke_offer::price::StageShares;

const ORDER: [&str; 24] = [
    "merchant_id",
    "id",
    "store_id",
    "till_id",
    "member_id",
    "channel",
    "at",
    "business_date",
    "gross",
    "total",
    "payments",
    "points_spent",
    "points_earned",
    "savings",
    "actor",
    "refunds",
    "refunded",
    "points_returned",
    "points_clawed",
    "offers",
    "used_by",
    "tax",
    "tax_mode",
    "points_kind",
];

const LINE: [&str; 27] = [
    "merchant_id",
    "order_id",
    "line",
    "product_id",
    "variant_id",
    "name",
    "sku",
    "quantity_milli",
    "unit_price",
    "gross",
    "share_activity",
    "share_member",
    "share_threshold",
    "share_coupon",
    "share_points",
    "share_rounding",
    "net",
    "points_earned",
    "cost",
    "tracked",
    "refunded_milli",
    "tax_rate",
    "tax",
    "tax_added",
    "seller_id",
    "parts",
    "pass_id",
];

fn json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_string(value).map(|text| Value::Text(text.into())).map_err(|error| Error::internal(error.to_string()))
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("an order's JSON: {error}")))
}

/// One INSERT for orders.
pub(crate) fn insert_stmt(cx: &Cx, orders: &[&Order]) -> Result<Stmt> {
    let actor = cx.actor.text();
    let row = |order: &&Order| {
        Ok(vec![
            cx.merchant.to_value(),
            order.id.to_value(),
            order.store.to_value(),
            order.till.to_value(),
            order.member.to_value(),
            order.channel.to_value(),
            order.at.to_value(),
            order.date.to_value(),
            order.gross.to_value(),
            order.total.to_value(),
            json(&order.payments)?,
            order.points_spent.to_value(),
            order.points_earned.to_value(),
            json(&order.savings)?,
            actor.to_value(),
            order.refunds.to_value(),
            order.refunded.to_value(),
            order.points_returned.to_value(),
            order.points_clawed.to_value(),
            if order.offers.is_empty() { Value::Null } else { json(&order.offers)? },
            order.used_by.to_value(),
            order.tax.to_value(),
            order.tax_mode.to_value(),
            order.points_kind.to_value(),
        ])
    };
    Ok(insert("sales_order", &ORDER, orders.iter().map(row).collect::<Result<_>>()?))
}

/// One INSERT for the lines of orders.
pub(crate) fn insert_lines_stmt(merchant: MerchantId, orders: &[&Order]) -> Result<Stmt> {
    let row = |order: OrderId, line: &OrderLine| {
        let parts = if line.parts.is_empty() { Value::Null } else { json(&line.parts)? };
        Ok(vec![
            merchant.to_value(),
            order.to_value(),
            line.line.to_value(),
            line.product.to_value(),
            line.variant.to_value(),
            line.name.to_value(),
            line.sku.to_value(),
            line.quantity_milli.to_value(),
            line.unit_price.to_value(),
            line.gross.to_value(),
            line.shares.activity.to_value(),
            line.shares.member.to_value(),
            line.shares.threshold.to_value(),
            line.shares.coupon.to_value(),
            line.shares.points.to_value(),
            line.shares.rounding.to_value(),
            line.net.to_value(),
            line.points_earned.to_value(),
            line.cost.to_value(),
            line.tracked.to_value(),
            line.refunded_milli.to_value(),
            line.tax_rate.to_value(),
            line.tax.to_value(),
            line.tax_added.to_value(),
            line.seller.to_value(),
            parts,
            line.pass.to_value(),
        ])
    };
    let rows = orders.iter().flat_map(|order| order.lines.iter().map(|line| row(order.id, line))).collect::<Result<_>>()?;
    Ok(insert("order_line", &LINE, rows))
}

const SELECT: &str =
    "SELECT id, store_id, till_id, member_id, channel, at, business_date, gross, total, payments, points_spent, points_earned, savings,
     refunds, refunded, points_returned, points_clawed, offers, used_by, tax, tax_mode, points_kind FROM sales_order";

/// An order without its lines.
fn read(row: &Row, zone: impl Fn(Uuid) -> Zone) -> Result<Order> {
    let (id, store, at) = (row.get(0)?, row.get(1)?, row.get(5)?);
    Ok(Order {
        id,
        number: number(at, &zone(store), id),
        store,
        till: row.get(2)?,
        member: row.get(3)?,
        channel: row.get(4)?,
        at,
        date: row.get(6)?,
        lines: Vec::new(),
        gross: row.get(7)?,
        total: row.get(8)?,
        payments: parsed(&row.get::<String>(9)?)?,
        points_spent: row.get(10)?,
        points_earned: row.get(11)?,
        savings: parsed(&row.get::<String>(12)?)?,
        refunds: row.get(13)?,
        refunded: row.get(14)?,
        points_returned: row.get(15)?,
        points_clawed: row.get(16)?,
        offers: row.get::<Option<String>>(17)?.map(|text| parsed(&text)).transpose()?.unwrap_or_default(),
        used_by: row.get(18)?,
        tax: row.get(19)?,
        tax_mode: row.get(20)?,
        points_kind: row.get(21)?,
    })
}

fn read_line(row: &Row) -> Result<OrderLine> {
    Ok(OrderLine {
        line: row.get(0)?,
        product: row.get(1)?,
        variant: row.get(2)?,
        name: row.get(3)?,
        sku: row.get(4)?,
        quantity_milli: row.get(5)?,
        unit_price: row.get(6)?,
        gross: row.get(7)?,
        shares: StageShares {
            activity: row.get(8)?,
            member: row.get(9)?,
            threshold: row.get(10)?,
            coupon: row.get(11)?,
            points: row.get(12)?,
            rounding: row.get(13)?,
        },
        net: row.get(14)?,
        points_earned: row.get(15)?,
        cost: row.get(16)?,
        tracked: row.get(17)?,
        refunded_milli: row.get(18)?,
        tax_rate: row.get(19)?,
        tax: row.get(20)?,
        tax_added: row.get(21)?,
        seller: row.get(22)?,
        parts: row.get::<Option<String>>(23)?.map_or(Ok(Vec::new()), |text| parsed(&text))?,
        pass: row.get(24)?,
    })
}

const LINES: &str = "SELECT line, product_id, variant_id, name, sku, quantity_milli, unit_price, gross, share_activity, share_member,
     share_threshold, share_coupon, share_points, share_rounding, net, points_earned, cost, tracked, refunded_milli, tax_rate, tax, tax_added,
     seller_id, parts, pass_id";

fn lines_stmt(merchant: MerchantId, order: OrderId) -> Stmt {
    let text = format!("{LINES} FROM order_line WHERE merchant_id = $1 AND order_id = $2 ORDER BY line");
    Stmt::built(text, vec![merchant.to_value(), order.to_value()])
}

/// The order with its lines; with `lock` nobody else refunds it meanwhile.
pub(crate) async fn find(tx: &mut Tx, merchant: MerchantId, id: OrderId, lock: bool, zone: impl Fn(Uuid) -> Zone) -> Result<Order> {
    let tail = if lock { " FOR UPDATE" } else { "" };
    let head = Stmt::built(format!("{SELECT} WHERE merchant_id = $1 AND id = $2{tail}"), vec![merchant.to_value(), id.to_value()]);
    let [orders, lines] = tx.all([head, lines_stmt(merchant, id)]).await?;
    let row = orders.first().ok_or_else(|| Error::not_found("order_not_found", "there is no such order"))?;
    let mut order = read(row, zone)?;
    order.lines = lines.iter().map(read_line).collect::<Result<_>>()?;
    Ok(order)
}

/// A row where a member has a paid order that was not wholly taken back; to be pipelined with a sale's other reads.
pub(crate) fn bought_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT id FROM sales_order WHERE merchant_id = $1 AND member_id = $2 AND total > 0 AND refunded < total LIMIT 1",
        merchant,
        member
    )
}

/// Like [`bought_stmt`], before a moment.
pub(crate) fn bought_until_stmt(merchant: MerchantId, member: MemberId, at: Instant) -> Stmt {
    sql!(
        "SELECT id FROM sales_order WHERE merchant_id = $1 AND member_id = $2 AND at < $3 AND total > 0 AND refunded < total LIMIT 1",
        merchant,
        member,
        at
    )
}

/// How many orders a store has between two moments.
pub(crate) async fn count(tx: &mut Tx, merchant: MerchantId, store: Uuid, from: Instant, until: Instant) -> Result<i64> {
    let stmt = sql!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM sales_order WHERE merchant_id = $1 AND store_id = $2 AND at >= $3 AND at < $4",
        merchant,
        store,
        from,
        until
    );
    tx.row(stmt).await?.map_or(Ok(0), |row| row.get(0))
}

/// Who bought in a store since a moment, those who bought last first.
pub(crate) async fn latest_buyers(tx: &mut Tx, merchant: MerchantId, store: Uuid, since: Instant, most: i64) -> Result<Vec<MemberId>> {
    let stmt = sql!(
        "SELECT member_id, MAX(at) AS last_at FROM sales_order WHERE merchant_id = $1 AND store_id = $2 AND at >= $3 AND member_id IS NOT NULL
         GROUP BY member_id ORDER BY last_at DESC, member_id LIMIT $4",
        merchant,
        store,
        since,
        most
    );
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// Reads the lines of several orders in one statement.
pub(crate) async fn add_lines(tx: &mut Tx, merchant: MerchantId, orders: &mut [Order]) -> Result<()> {
    if orders.is_empty() {
        return Ok(());
    }
    let mut params = vec![merchant.to_value()];
    params.extend(orders.iter().map(|order| order.id.to_value()));
    let text = format!(
        "{LINES}, order_id FROM order_line WHERE merchant_id = $1 AND order_id IN ({}) ORDER BY order_id, line",
        placeholders(2, orders.len())
    );
    for row in tx.rows(Stmt::built(text, params)).await? {
        let of: OrderId = row.get(25)?;
        if let Some(order) = orders.iter_mut().find(|order| order.id == of) {
            order.lines.push(read_line(&row)?);
        }
    }
    Ok(())
}

/// What a refund changes on its order.
pub(crate) struct Refunded {
    pub(crate) order: OrderId,
    pub(crate) amount: Money,
    pub(crate) payments: Vec<super::Payment>,
    pub(crate) points_returned: Points,
    pub(crate) points_clawed: Points,
    pub(crate) lines: Vec<(i64, i64)>,
}

/// Counts a refund on its order and lines; both are guarded against going beyond what was sold.
pub(crate) async fn refunded(tx: &mut Tx, merchant: MerchantId, change: &Refunded) -> Result<()> {
    let payments = json(&change.payments)?;
    tx.queue(sql!(
        "UPDATE sales_order SET refunds = refunds + 1, refunded = refunded + $3, payments = $4, points_returned = points_returned + $5,
         points_clawed = points_clawed + $6 WHERE merchant_id = $1 AND id = $2",
        merchant,
        change.order,
        change.amount,
        payments,
        change.points_returned,
        change.points_clawed
    ))
    .await?;
    for (line, quantity_milli) in &change.lines {
        tx.queue(sql!(
            "UPDATE order_line SET refunded_milli = refunded_milli + $4 WHERE merchant_id = $1 AND order_id = $2 AND line = $3",
            merchant,
            change.order,
            line,
            quantity_milli
        ))
        .await?;
    }
    Ok(())
}

/// Gives an order that belongs to nobody to a member, with what its lines earn: line and points. Says
/// whether it belonged to nobody.
pub(crate) async fn claim(tx: &mut Tx, merchant: MerchantId, order: OrderId, member: MemberId, earned: &[(i64, Points)]) -> Result<bool> {
    let points = Points::sum(earned.iter().map(|(_, points)| *points))?;
    let stmt = sql!(
        "UPDATE sales_order SET member_id = $3, points_earned = $4 WHERE merchant_id = $1 AND id = $2 AND member_id IS NULL AND refunds = 0",
        merchant,
        order,
        member,
        points
    );
    if tx.exec(stmt).await? == 0 {
        return Ok(false);
    }
    for (line, points) in earned.iter().filter(|(_, points)| points.is_positive()) {
        tx.queue(sql!(
            "UPDATE order_line SET points_earned = $4 WHERE merchant_id = $1 AND order_id = $2 AND line = $3",
            merchant,
            order,
            line,
            points
        ))
        .await?;
    }
    Ok(true)
}

/// Gives orders to another member: all of one member's, or these. Answers which.
pub(crate) async fn move_all(tx: &mut Tx, merchant: MerchantId, from: MemberId, to: MemberId, only: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let ids = match only {
        Some(only) => only.to_vec(),
        None => {
            let stmt = sql!("SELECT id FROM sales_order WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
            tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<Vec<Uuid>>>()?
        }
    };
    for batch in ids.chunks(500) {
        let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
        params.extend(batch.iter().map(|id| id.to_value()));
        let text = format!(
            "UPDATE sales_order SET member_id = $3 WHERE merchant_id = $1 AND member_id = $2 AND id IN ({})",
            placeholders(4, batch.len())
        );
        tx.queue(Stmt::built(text, params)).await?;
    }
    Ok(ids)
}
