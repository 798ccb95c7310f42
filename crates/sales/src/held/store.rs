//! SQL of held carts.

use super::model::{HeldCart, HeldCartId, HeldState};
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Error, Instant, Limit, MerchantId, Result, Uuid};

const SELECT: &str = "SELECT id, store_id, label, cart, state, held_by, held_at, expires_at FROM held_cart";

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, held: &HeldCart) -> Result<()> {
    let cart = serde_json::to_string(&held.cart).map_err(|error| Error::internal(error.to_string()))?;
    tx.queue(sql!(
        "INSERT INTO held_cart (merchant_id, id, store_id, label, cart, state, held_by, held_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        merchant,
        held.id,
        held.store,
        held.label,
        cart,
        held.state,
        held.held_by,
        held.held_at,
        held.expires_at
    ))
    .await
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: HeldCartId) -> Result<HeldCart> {
    let stmt = Stmt::built(format!("{SELECT} WHERE merchant_id = $1 AND id = $2"), vec![merchant.to_value(), id.to_value()]);
    read(&tx.need(stmt, || Error::not_found("held_cart_not_found", "there is no such held cart")).await?)
}

/// The carts that wait in a store, oldest first, after an id.
pub(super) async fn waiting(
    tx: &mut Tx,
    merchant: MerchantId,
    (store, now): (Uuid, Instant),
    after: Option<HeldCartId>,
    limit: Limit,
) -> Result<Vec<HeldCart>> {
    let text = format!(
        "{SELECT} WHERE merchant_id = $1 AND store_id = $2 AND state = 'held' AND expires_at > $3 AND id > $4 ORDER BY id LIMIT $5"
    );
    let after = after.unwrap_or(HeldCartId(Uuid::nil()));
    let params = vec![merchant.to_value(), store.to_value(), now.to_value(), after.to_value(), limit.fetch().to_value()];
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Takes a cart that waits; says whether it did.
pub(super) async fn take(tx: &mut Tx, cx: &Cx, id: HeldCartId, state: HeldState) -> Result<bool> {
    let stmt = sql!(
        "UPDATE held_cart SET state = $3, resumed_by = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'held' AND expires_at > $5",
        cx.merchant,
        id,
        state,
        cx.actor.text(),
        cx.now
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Removes the carts whose day has ended.
pub(super) async fn remove_ended(tx: &mut Tx, merchant: MerchantId, now: Instant) -> Result<u64> {
    tx.exec(sql!("DELETE FROM held_cart WHERE merchant_id = $1 AND expires_at <= $2", merchant, now)).await
}

fn read(row: &Row) -> Result<HeldCart> {
    Ok(HeldCart {
        id: row.get(0)?,
        store: row.get(1)?,
        label: row.get(2)?,
        cart: serde_json::from_str(&row.get::<String>(3)?).map_err(|error| Error::internal(format!("a held cart: {error}")))?,
        state: row.get(4)?,
        held_by: row.get(5)?,
        held_at: row.get(6)?,
        expires_at: row.get(7)?,
    })
}
