//! SQL of sales that were made offline.

use super::{Conflict, OfflineRecord, OfflineSale, OfflineState};
use crate::order::OrderId;
use serde::de::DeserializeOwned;
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert_or_ignore, sql};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("an offline sale's JSON: {error}")))
}

/// Keeps a sale as it was sent; false where its id is there already.
pub(super) async fn put(tx: &mut Tx, cx: &Cx, store: Uuid, till: Uuid, sale: &OfflineSale) -> Result<bool> {
    let columns =
        ["merchant_id", "id", "store_id", "till_id", "sold_at", "total", "body", "state", "conflicts", "received_at", "received_by"];
    let row = vec![
        cx.merchant.to_value(),
        sale.id.to_value(),
        store.to_value(),
        till.to_value(),
        sale.at.to_value(),
        sale.total.to_value(),
        json(sale)?.to_value(),
        OfflineState::Waiting.to_value(),
        "[]".to_value(),
        cx.now.to_value(),
        cx.actor.text().to_value(),
    ];
    Ok(tx.exec(insert_or_ignore("offline_sale", &columns, vec![row])).await? == 1)
}

/// Says what became of a sale that was just kept.
pub(super) async fn judge(tx: &mut Tx, merchant: MerchantId, id: OrderId, state: OfflineState, conflicts: &[Conflict]) -> Result<()> {
    let conflicts = json(&conflicts)?;
    tx.queue(sql!("UPDATE offline_sale SET state = $3, conflicts = $4 WHERE merchant_id = $1 AND id = $2", merchant, id, state, conflicts))
        .await
}

/// Says what a manager decided, where it stands as it was read; false where somebody was first.
pub(super) async fn settle(tx: &mut Tx, cx: &Cx, id: OrderId, from: OfflineState, to: OfflineState, note: &str) -> Result<bool> {
    let stmt = sql!(
        "UPDATE offline_sale SET state = $4, settled_at = $5, settled_by = $6, note = $7 WHERE merchant_id = $1 AND id = $2 AND state = $3",
        cx.merchant,
        id,
        from,
        to,
        cx.now,
        cx.actor.text(),
        note
    );
    Ok(tx.exec(stmt).await? == 1)
}

const SELECT: &str =
    "SELECT body, store_id, till_id, state, conflicts, received_at, received_by, settled_at, settled_by, note FROM offline_sale";

fn record(row: &Row) -> Result<OfflineRecord> {
    Ok(OfflineRecord {
        sale: parsed(&row.get::<String>(0)?)?,
        store: row.get(1)?,
        till: row.get(2)?,
        state: row.get(3)?,
        conflicts: parsed(&row.get::<String>(4)?)?,
        received_at: row.get(5)?,
        received_by: row.get(6)?,
        settled_at: row.get(7)?,
        settled_by: row.get(8)?,
        note: row.get(9)?,
    })
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: OrderId) -> Result<Option<OfflineRecord>> {
    let stmt = Stmt::built(format!("{SELECT} WHERE merchant_id = $1 AND id = $2"), vec![merchant.to_value(), id.to_value()]);
    tx.row(stmt).await?.as_ref().map(record).transpose()
}

/// Newest first: of some stores, in a state.
pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    stores: Option<&[Uuid]>,
    state: Option<OfflineState>,
    before: Option<OrderId>,
    limit: i64,
) -> Result<Vec<OfflineRecord>> {
    let mut text = format!("{SELECT} WHERE merchant_id = $1 AND id < $2");
    let mut params = vec![merchant.to_value(), before.unwrap_or(OrderId(Uuid::max())).to_value()];
    if let Some(state) = state {
        params.push(state.to_value());
        text += &format!(" AND state = ${}", params.len());
    }
    if let Some(stores) = stores {
        let places: Vec<String> = (1..=stores.len()).map(|place| format!("${}", params.len() + place)).collect();
        params.extend(stores.iter().map(|store| store.to_value()));
        text += &format!(" AND store_id IN ({})", places.join(", "));
    }
    params.push(limit.to_value());
    text += &format!(" ORDER BY id DESC LIMIT ${}", params.len());
    tx.rows(Stmt::built(text, params)).await?.iter().map(record).collect()
}

/// `id, promised, booked` of every sale that has an order, for `verify`: what was promised, and nothing where it waits or was declined.
pub(crate) const PROMISED: &str = "SELECT id, total, state FROM offline_sale WHERE merchant_id = $1";
