//! SQL of exchanges.

use super::model::{Exchange, ExchangeId};
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};

const SELECT: &str = "SELECT id, refund_id, order_id, returned_order_id, store_id, carried, paid, given_back, at FROM exchange";

/// What `verify` looks at: `id, refund_id, order_id, carried, paid, given_back` of every exchange.
pub(crate) const EXCHANGES: &str = "SELECT id, refund_id, order_id, carried, paid, given_back FROM exchange WHERE merchant_id = $1";

pub(super) fn insert_stmt(cx: &Cx, exchange: &Exchange) -> Stmt {
    sql!(
        "INSERT INTO exchange (merchant_id, id, refund_id, order_id, returned_order_id, store_id, carried, paid, given_back, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        cx.merchant,
        exchange.id,
        exchange.refund,
        exchange.order,
        exchange.returned_order,
        exchange.store,
        exchange.carried,
        exchange.paid,
        exchange.given_back,
        exchange.at,
        cx.actor.text()
    )
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: ExchangeId) -> Result<Exchange> {
    let stmt = Stmt::built(format!("{SELECT} WHERE merchant_id = $1 AND id = $2"), vec![merchant.to_value(), id.to_value()]);
    read(&tx.need(stmt, || Error::not_found("exchange_not_found", "there is no such exchange")).await?)
}

/// The exchanges in which something of an order came back, oldest first.
pub(super) async fn of_returned(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<Exchange>> {
    let text = format!("{SELECT} WHERE merchant_id = $1 AND returned_order_id = $2 ORDER BY at, id");
    tx.rows(Stmt::built(text, vec![merchant.to_value(), order.to_value()])).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Exchange> {
    Ok(Exchange {
        id: row.get(0)?,
        refund: row.get(1)?,
        order: row.get(2)?,
        returned_order: row.get(3)?,
        store: row.get(4)?,
        carried: row.get(5)?,
        paid: row.get(6)?,
        given_back: row.get(7)?,
        at: row.get(8)?,
    })
}
