//! SQL of redemptions.

use super::{RewardOrder, RewardOrderId};
use crate::reward::RewardId;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Result, Uuid};

pub(super) fn insert_stmt(cx: &Cx, redemption: &RewardOrder) -> Result<Stmt> {
    let terms = serde_json::to_string(&redemption.terms).map_err(|error| Error::internal(error.to_string()))?;
    Ok(sql!(
        "INSERT INTO reward_order (merchant_id, id, reward_id, member_id, store_id, name, terms, quantity, points, money, tender, state,
             uses, uses_left, valid_until, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16)",
        cx.merchant,
        redemption.id,
        redemption.reward,
        redemption.member,
        redemption.store,
        redemption.name,
        terms,
        redemption.quantity,
        redemption.points,
        redemption.money,
        redemption.tender,
        redemption.state,
        redemption.uses,
        redemption.valid_until,
        redemption.at,
        redemption.actor
    ))
}

/// Uses it once; `reward_order_used` refuses. It is handed over with its last use.
pub(super) fn hand_over_stmt(cx: &Cx, id: RewardOrderId) -> Stmt {
    sql!(
        "UPDATE reward_order SET uses_left = uses_left - 1, settled_at = $3, settled_by = $4,
             state = CASE WHEN uses_left <= 1 THEN 'handed_over' ELSE state END
         WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        cx.now,
        cx.actor.text()
    )
}

/// Undoes it; its row is locked.
pub(super) fn cancel_stmt(cx: &Cx, id: RewardOrderId, reason: &str) -> Stmt {
    sql!(
        "UPDATE reward_order SET state = 'cancelled', uses_left = 0, settled_at = $3, settled_by = $4, reason = $5
         WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        cx.now,
        cx.actor.text(),
        reason
    )
}

pub(super) fn by_id_stmt(merchant: MerchantId, id: RewardOrderId, lock: bool) -> Stmt {
    if lock {
        sql!(
            "SELECT id, reward_id, member_id, store_id, name, terms, quantity, points, money, tender, state, uses, uses_left, valid_until,
                 at, actor, settled_at, settled_by, reason
             FROM reward_order WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
            merchant,
            id
        )
    } else {
        sql!(
            "SELECT id, reward_id, member_id, store_id, name, terms, quantity, points, money, tender, state, uses, uses_left, valid_until,
                 at, actor, settled_at, settled_by, reason
             FROM reward_order WHERE merchant_id = $1 AND id = $2",
            merchant,
            id
        )
    }
}

/// A member's redemptions, newest first, before a place in the list.
pub(super) fn of_member_stmt(merchant: MerchantId, member: Uuid, before: Option<(Instant, Uuid)>, limit: i64) -> Stmt {
    let (at, id) = before.unwrap_or((Instant(i64::MAX), Uuid::max()));
    sql!(
        "SELECT id, reward_id, member_id, store_id, name, terms, quantity, points, money, tender, state, uses, uses_left, valid_until,
             at, actor, settled_at, settled_by, reason
         FROM reward_order WHERE merchant_id = $1 AND member_id = $2 AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5",
        merchant,
        member,
        at,
        id,
        limit
    )
}

pub(super) fn read(row: &Row) -> Result<RewardOrder> {
    let terms = serde_json::from_str(&row.get::<String>(5)?)
        .map_err(|error| Error::internal(format!("a redemption's terms can't be read: {error}")))?;
    Ok(RewardOrder {
        id: row.get(0)?,
        reward: row.get(1)?,
        member: row.get(2)?,
        store: row.get(3)?,
        name: row.get(4)?,
        terms,
        quantity: row.get(6)?,
        points: row.get(7)?,
        money: row.get(8)?,
        tender: row.get(9)?,
        state: row.get(10)?,
        uses: row.get(11)?,
        uses_left: row.get(12)?,
        valid_until: row.get(13)?,
        at: row.get(14)?,
        actor: row.get(15)?,
        settled_at: row.get(16)?,
        settled_by: row.get(17)?,
        reason: row.get(18)?,
        coupons: Vec::new(),
    })
}

/// How many pieces of each reward were redeemed and not cancelled. For `verify`.
pub(super) async fn pieces(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(RewardId, i64)>> {
    let stmt = sql!(
        "SELECT reward_id, CAST(SUM(quantity) AS BIGINT) FROM reward_order WHERE merchant_id = $1 AND state <> 'cancelled'
         GROUP BY reward_id",
        merchant
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Every redemption for checks: a select whose `$1` is the merchant.
pub(super) const PAID: &str = "SELECT id, points, money FROM reward_order WHERE merchant_id = $1";

/// Gives redemptions to another member: all of one member's, or these. Answers which.
pub(crate) async fn move_all(
    tx: &mut shuke_db::Tx,
    merchant: MerchantId,
    from: Uuid,
    to: Uuid,
    only: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    let stmt = shuke_db::sql!("SELECT id FROM reward_order WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
    let mut ids: Vec<Uuid> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.retain(|id| only.is_none_or(|only| only.contains(id)));
    for id in &ids {
        tx.queue(shuke_db::sql!(
            "UPDATE reward_order SET member_id = $4 WHERE merchant_id = $1 AND member_id = $2 AND id = $3",
            merchant,
            from,
            id,
            to
        ))
        .await?;
    }
    Ok(ids)
}
