//! SQL of claims.

use crate::order::OrderId;
use crate::product::store::placeholders;
use shuke_db::{Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, MerchantId, Points, Result, Uuid};
use shuke_member::MemberId;

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, order: OrderId, member: MemberId, points: Points) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO order_claim (merchant_id, order_id, member_id, points, at, actor) VALUES ($1, $2, $3, $4, $5, $6)",
        cx.merchant,
        order,
        member,
        points,
        cx.now,
        cx.actor.text()
    ))
    .await
}

/// `order_id, member_id, points` of every claim, for `verify`.
pub(crate) const CLAIMS: &str = "SELECT order_id, member_id, points FROM order_claim WHERE merchant_id = $1";

/// Gives the claims of orders to another member.
pub(crate) async fn move_all(tx: &mut Tx, merchant: MerchantId, from: MemberId, to: MemberId, orders: &[Uuid]) -> Result<()> {
    for batch in orders.chunks(500) {
        let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
        params.extend(batch.iter().map(|id| id.to_value()));
        let list = placeholders(4, batch.len());
        let text = format!("UPDATE order_claim SET member_id = $3 WHERE merchant_id = $1 AND member_id = $2 AND order_id IN ({list})");
        tx.queue(Stmt::built(text, params)).await?;
    }
    Ok(())
}
