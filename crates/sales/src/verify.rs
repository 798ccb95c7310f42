//! What `verify` computes again about sales.
//!
//! - an order's total is its gross less its savings, with tax that came on top, and what was paid;
//! - its lines add up to its gross, total, points and tax, each line to its net;
//! - the shares of a kit's parts add up to its line;
//! - an exchange carried what its refund gave back, and its order took what was carried and paid;
//! - a closed shift expected its opening cash and what its entries moved, and booked its difference and deposit;
//! - the journal of an order that was sold here moved its total, its points spent and earned;
//! - its refunds add up to its counters, and the journal of each moved its amount;
//! - a return without an order is the sum of its lines;
//! - an order that is counted for its member is counted with its total, an imported one always;
//! - a member's figures are what their orders add up to;
//! - a claimed order belongs to the member who claimed it, and earned what the claim says;
//! - what members' slices count (people of a group, sharers of a card, blank cards) is what there is;
//! - a sale that a till made alone is an order with the total that was promised, or none where nobody has accepted it;
//! - stock on hand is the sum of its movements, and may fall as far below zero as its store's rules say;
//! - the figures are what orders and refunds add up to, where their reader has heard of all.

use crate::claim::store::CLAIMS;
use crate::exchange::store::EXCHANGES;
use crate::figure;
use crate::offline::store::PROMISED;
use crate::order::store::verify::{LINES, ORDERS};
use crate::refund::store::verify::{REFUNDS, RETURN_LINES};
use crate::shift::store::CLOSED;
use crate::stock;
use shuke_db::{Future, Kind, Row, Stmt, ToValue as _, Tx};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_ledger::journal::{BOOKED, IN_SHIFTS};
use shuke_ledger::verify::{Check, Difference};
use shuke_member::purchase::{self, COUNTED};

/// The checks, in order.
pub const CHECKS: &[Check] = &[
    sums,
    lines,
    kits,
    exchanges,
    shifts,
    journals,
    refunds,
    refund_journals,
    returns,
    counted,
    members,
    on_hand,
    claims,
    kept,
    figure::check,
    offline,
];

/// The first row of a check: an id, and pairs of numbers that should be equal, by name.
async fn first(tx: &mut Tx, merchant: MerchantId, text: String) -> Result<Option<Row>> {
    tx.row(Stmt::built(text, vec![merchant.to_value()])).await
}

/// What a row says: `order 0190…: total 100 and payments 90`.
fn say(row: &Row, check: &str, what: &str, pairs: &[(&str, &str)]) -> Result<Difference> {
    let id: Uuid = row.get(0)?;
    let mut faults = Vec::new();
    for (index, (stored, computed)) in pairs.iter().enumerate() {
        let (a, b): (i64, i64) = (row.get(1 + 2 * index)?, row.get(2 + 2 * index)?);
        if a != b {
            faults.push(format!("{stored} is {a}, {computed} {b}"));
        }
    }
    Ok(Difference::new(check, format!("{what} {id}: {}", faults.join("; "))))
}

/// Both sides of each pair added up by id: `sides` are selects of `id` and the pairs' columns in order.
fn compared(sides: &[String], pairs: usize) -> String {
    let columns: Vec<String> =
        (0..pairs).flat_map(|n| [format!("CAST(SUM(a{n}) AS BIGINT)"), format!("CAST(SUM(b{n}) AS BIGINT)")]).collect();
    let differ: Vec<String> = (0..pairs).map(|n| format!("SUM(a{n}) <> SUM(b{n})")).collect();
    format!(
        "SELECT id, {} FROM ({}) AS sides GROUP BY id HAVING {} ORDER BY id LIMIT 1",
        columns.join(", "),
        sides.join(" UNION ALL "),
        differ.join(" OR ")
    )
}

/// The sum of `amount` over the JSON list in a column.
fn json_sum(kind: Kind, column: &str, field: &str) -> String {
    match kind {
        Kind::Sqlite => format!("COALESCE((SELECT SUM(json_extract(value, '$.{field}')) FROM json_each({column})), 0)"),
        Kind::Postgres => {
            format!(
                "COALESCE((SELECT SUM(CAST(part ->> '{field}' AS BIGINT)) FROM json_array_elements(CAST({column} AS JSON)) AS part), 0)"
            )
        }
    }
}

fn sums(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let (paid, back) = (json_sum(tx.kind(), "payments", "amount"), json_sum(tx.kind(), "payments", "refunded"));
        let saved = json_sum(tx.kind(), "savings", "amount");
        let text = format!(
            "SELECT id, total, CAST(gross - saved + added AS BIGINT), total, CAST(paid AS BIGINT), refunded, CAST(back AS BIGINT) FROM (
                 SELECT id, gross, total, refunded, CASE WHEN tax_mode = 'exclusive' THEN tax ELSE 0 END AS added,
                     {saved} AS saved, {paid} AS paid, {back} AS back FROM ({ORDERS}) AS orders) AS computed
             WHERE total <> gross - saved + added OR total <> paid OR refunded <> back ORDER BY id LIMIT 1"
        );
        let pairs = [("the total", "gross less savings"), ("the total", "the payments"), ("refunded", "given back of the payments")];
        first(tx, merchant, text).await?.map(|row| say(&row, "order", "order", &pairs)).transpose()
    })
}

fn lines(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let sides = [
            format!(
                "SELECT id, gross AS a0, 0 AS b0, total AS a1, 0 AS b1, points_earned AS a2, 0 AS b2, 0 AS a3, 0 AS b3, tax AS a4, 0 AS b4
                 FROM ({ORDERS}) AS orders"
            ),
            format!("SELECT order_id, 0, gross, 0, net + tax_added, 0, points_earned, net, gross - shares, 0, tax FROM ({LINES}) AS lines"),
        ];
        let pairs = [
            ("the gross", "its lines'"),
            ("the total", "its lines'"),
            ("points earned", "its lines'"),
            ("the lines' net", "their gross less their shares"),
            ("the tax", "its lines'"),
        ];
        first(tx, merchant, compared(&sides, 5)).await?.map(|row| say(&row, "order_line", "order", &pairs)).transpose()
    })
}

fn kits(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let shared = json_sum(tx.kind(), "parts", "share");
        let text = format!(
            "SELECT order_id, net, CAST(shared AS BIGINT) FROM (
                 SELECT order_id, net, {shared} AS shared FROM ({LINES}) AS lines WHERE parts IS NOT NULL) AS computed
             WHERE net <> shared ORDER BY order_id LIMIT 1"
        );
        first(tx, merchant, text).await?.map(|row| say(&row, "kit", "order", &[("a kit's net", "its parts' shares")])).transpose()
    })
}

fn exchanges(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let text = format!(
            "SELECT id, carried + paid, total, carried + given_back, amount FROM (
                 SELECT exchanged.id AS id, carried, paid, given_back, COALESCE(orders.total, -1) AS total, COALESCE(refunds.amount, -1) AS amount
                 FROM ({EXCHANGES}) AS exchanged LEFT JOIN ({ORDERS}) AS orders ON orders.id = exchanged.order_id
                 LEFT JOIN ({REFUNDS}) AS refunds ON refunds.id = exchanged.refund_id) AS both_halves
             WHERE carried + paid <> total OR carried + given_back <> amount ORDER BY id LIMIT 1"
        );
        let pairs = [("carried and paid", "the new total"), ("carried and given back", "the refund")];
        first(tx, merchant, text).await?.map(|row| say(&row, "exchange", "exchange", &pairs)).transpose()
    })
}

fn shifts(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let cash = "CASE WHEN debit_kind = 'cash' THEN amount WHEN credit_kind = 'cash' THEN -amount ELSE 0 END";
        let sides = [
            format!(
                "SELECT id, expected - opening AS a0, 0 AS b0, COALESCE(counted - expected, 0) - deposit AS a1, 0 AS b1
                 FROM ({CLOSED}) AS closed"
            ),
            format!(
                "SELECT shift_id, 0, CASE WHEN source_kind = 'shift' THEN 0 ELSE {cash} END, 0,
                     CASE WHEN source_kind = 'shift' THEN {cash} ELSE 0 END
                 FROM ({IN_SHIFTS}) AS moved WHERE shift_id IN (SELECT id FROM ({CLOSED}) AS own)"
            ),
        ];
        let pairs = [("cash expected beyond the opening", "its entries moved"), ("difference less deposit", "booked")];
        first(tx, merchant, compared(&sides, 2)).await?.map(|row| say(&row, "shift", "shift", &pairs)).transpose()
    })
}

fn journals(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let own = format!("SELECT id FROM ({ORDERS}) AS own WHERE import_id IS NULL");
        let sides = [
            format!(
                "SELECT id, total AS a0, 0 AS b0, points_spent AS a1, 0 AS b1, points_earned AS a2, 0 AS b2 FROM ({ORDERS}) AS orders WHERE import_id IS NULL"
            ),
            format!(
                "SELECT source_id, 0, CASE WHEN credit_kind = 'revenue' THEN amount ELSE 0 END,
                     0, CASE WHEN credit_kind = 'points_redeemed' THEN amount ELSE 0 END,
                     0, CASE WHEN debit_kind = 'points_issued' THEN amount ELSE 0 END
                 FROM ({BOOKED}) AS booked WHERE source_id IN ({own})"
            ),
        ];
        let pairs = [("the total", "booked as revenue"), ("points spent", "booked"), ("points earned", "booked")];
        first(tx, merchant, compared(&sides, 3)).await?.map(|row| say(&row, "order_journal", "order", &pairs)).transpose()
    })
}

fn refunds(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let sides = [
            format!(
                "SELECT id, refunds AS a0, 0 AS b0, refunded AS a1, 0 AS b1, points_returned AS a2, 0 AS b2, points_clawed AS a3, 0 AS b3
                 FROM ({ORDERS}) AS orders"
            ),
            format!(
                "SELECT order_id, 0, 1, 0, amount, 0, points_returned, 0, points_clawed FROM ({REFUNDS}) AS refunds WHERE order_id IS NOT NULL"
            ),
        ];
        let pairs =
            [("refunds", "those there are"), ("refunded", "they sum to"), ("points returned", "theirs"), ("points taken back", "theirs")];
        first(tx, merchant, compared(&sides, 4)).await?.map(|row| say(&row, "refund", "order", &pairs)).transpose()
    })
}

fn refund_journals(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let own = format!("SELECT id FROM ({REFUNDS}) AS own WHERE import_id IS NULL");
        let sides = [
            format!("SELECT id, amount AS a0, 0 AS b0 FROM ({REFUNDS}) AS refunds WHERE import_id IS NULL"),
            format!("SELECT source_id, 0, amount FROM ({BOOKED}) AS booked WHERE debit_kind = 'revenue' AND source_id IN ({own})"),
        ];
        let pairs = [("the amount", "booked out of revenue")];
        first(tx, merchant, compared(&sides, 1)).await?.map(|row| say(&row, "refund_journal", "refund", &pairs)).transpose()
    })
}

fn returns(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let sides = [
            format!("SELECT id, amount AS a0, 0 AS b0 FROM ({REFUNDS}) AS refunds WHERE order_id IS NULL"),
            format!("SELECT refund_id, 0, amount FROM ({RETURN_LINES}) AS lines"),
        ];
        let pairs = [("the amount", "its lines'")];
        first(tx, merchant, compared(&sides, 1)).await?.map(|row| say(&row, "return", "return", &pairs)).transpose()
    })
}

/// Orders that the members' figures have not heard of yet are left to the reader that brings them.
fn counted(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let text = format!(
            "SELECT id, amount, COALESCE(counted_amount, 0) FROM (
                 SELECT id, member_id, import_id, total AS amount FROM ({ORDERS}) AS orders WHERE member_id IS NOT NULL
                 UNION ALL SELECT id, member_id, import_id, -amount FROM ({REFUNDS}) AS refunds WHERE member_id IS NOT NULL AND order_id IS NULL
             ) AS documents LEFT JOIN (
                 SELECT order_id, member_id AS buyer, amount AS counted_amount, refunded AS counted_refunded, orders FROM ({COUNTED}) AS counted
             ) AS projection ON order_id = id AND buyer = member_id
             WHERE (counted_amount IS NULL AND import_id IS NOT NULL)
                 OR (counted_amount <> amount AND NOT (counted_amount = 0 AND orders = 0 AND counted_refunded > 0))
             ORDER BY id LIMIT 1"
        );
        let pairs = [("the amount", "counted for its member")];
        first(tx, merchant, text).await?.map(|row| say(&row, "purchase", "order", &pairs)).transpose()
    })
}

fn members(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let found = purchase::ops::verify(tx, merchant).await?;
        Ok(found.map(|d| {
            let text = format!(
                "member {}: {} purchases of {} from {:?} to {:?} are stored; the orders give {} of {} from {:?} to {:?}",
                d.member, d.orders.0, d.amount.0, d.first_on.0, d.last_on.0, d.orders.1, d.amount.1, d.first_on.1, d.last_on.1
            );
            Difference::new("member_stat", text)
        }))
    })
}

fn on_hand(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        if let Some((store, variant)) = stock::store::first_unruled(tx, merchant).await? {
            let text = format!("variant {variant} in store {store} may be oversold otherwise than the store's rules say");
            return Ok(Some(Difference::new("stock_limit", text)));
        }
        let found = stock::verify(tx, merchant).await?;
        Ok(found.map(|d| {
            let text = format!(
                "variant {} in store {}: {} thousandths on hand, the movements give {}",
                d.variant, d.store, d.on_hand_milli, d.moved_milli
            );
            Difference::new("stock", text)
        }))
    })
}

fn claims(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let text = format!(
            "SELECT order_id, CASE WHEN buyer = claimant THEN 1 ELSE 0 END, 1, claimed, COALESCE(points_earned, -1) FROM (
                 SELECT order_id, claims.member_id AS claimant, points AS claimed, orders.member_id AS buyer, points_earned
                 FROM ({CLAIMS}) AS claims LEFT JOIN ({ORDERS}) AS orders ON orders.id = order_id) AS pairs
             WHERE buyer IS NULL OR buyer <> claimant OR claimed <> points_earned ORDER BY order_id LIMIT 1"
        );
        let pairs = [("whether the order is the claimant's", "expected"), ("the points claimed", "earned by the order")];
        first(tx, merchant, text).await?.map(|row| say(&row, "claim", "order", &pairs)).transpose()
    })
}

/// What the members' slices count beside purchases.
fn kept(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let found = shuke_member::verify::first_fault(tx, merchant).await?;
        Ok(found.map(|fault| Difference::new(fault.check, fault.text)))
    })
}

fn offline(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let promised = format!(
            "SELECT id, CASE WHEN state IN ('accepted', 'booked', 'settled') THEN total ELSE 0 END AS a0, 0 AS b0,
             CASE WHEN state IN ('accepted', 'booked', 'settled') THEN 1 ELSE 0 END AS a1, 0 AS b1 FROM ({PROMISED}) AS promised"
        );
        let booked = format!(
            "SELECT id, 0 AS a0, total AS b0, 0 AS a1, 1 AS b1 FROM ({ORDERS}) AS orders WHERE id IN (SELECT id FROM ({PROMISED}) AS kept)"
        );
        let row = first(tx, merchant, compared(&[promised, booked], 2)).await?;
        row.map(|row| say(&row, "offline", "offline sale", &[("what was promised", "its order's total"), ("what it should be", "orders")]))
            .transpose()
    })
}
