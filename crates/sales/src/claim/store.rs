//! SQL of claims.

use crate::order::OrderId;
use shuke_db::{Tx, sql};
use shuke_kernel::{Cx, Points, Result};
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
