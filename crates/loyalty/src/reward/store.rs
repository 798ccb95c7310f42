//! SQL of rewards.

use super::{Reward, RewardId, RewardState, RewardTerms};
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};

pub(super) fn insert_stmt(cx: &Cx, reward: &Reward, terms: &str) -> Stmt {
    sql!(
        "INSERT INTO reward (merchant_id, id, name, terms, state, stock, redeemed, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)",
        cx.merchant,
        reward.id,
        reward.name,
        terms,
        reward.state,
        reward.stock,
        cx.now
    )
}

pub(super) fn change_stmt(cx: &Cx, reward: &Reward, terms: &str) -> Stmt {
    sql!(
        "UPDATE reward SET name = $3, terms = $4, state = $5, changed_at = $6 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        reward.id,
        reward.name,
        terms,
        reward.state,
        cx.now
    )
}

/// Adds pieces to what is left, or takes them away.
pub(super) fn restock_stmt(cx: &Cx, id: RewardId, pieces: i64) -> Stmt {
    sql!("UPDATE reward SET stock = stock + $3, changed_at = $4 WHERE merchant_id = $1 AND id = $2", cx.merchant, id, pieces, cx.now)
}

/// Takes pieces out of the stock, or with a negative number gives them back; `reward_out_of_stock` refuses.
pub(crate) fn take_stmt(merchant: MerchantId, id: RewardId, pieces: i64) -> Stmt {
    sql!("UPDATE reward SET stock = stock - $3, redeemed = redeemed + $3 WHERE merchant_id = $1 AND id = $2", merchant, id, pieces)
}

pub(crate) fn by_id_stmt(merchant: MerchantId, id: RewardId, lock: bool) -> Stmt {
    if lock {
        sql!(
            "SELECT id, name, terms, state, stock, redeemed, created_at, changed_at FROM reward WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
            merchant,
            id
        )
    } else {
        sql!(
            "SELECT id, name, terms, state, stock, redeemed, created_at, changed_at FROM reward WHERE merchant_id = $1 AND id = $2",
            merchant,
            id
        )
    }
}

pub(super) fn list_stmt(merchant: MerchantId, state: Option<RewardState>, after: Option<RewardId>, limit: i64) -> Stmt {
    let after = after.unwrap_or(RewardId(Uuid::max()));
    match state {
        Some(state) => sql!(
            "SELECT id, name, terms, state, stock, redeemed, created_at, changed_at FROM reward
             WHERE merchant_id = $1 AND id < $2 AND state = $3 ORDER BY id DESC LIMIT $4",
            merchant,
            after,
            state,
            limit
        ),
        None => sql!(
            "SELECT id, name, terms, state, stock, redeemed, created_at, changed_at FROM reward
             WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            merchant,
            after,
            limit
        ),
    }
}

pub(crate) fn read(row: &Row) -> Result<Reward> {
    let terms: RewardTerms = serde_json::from_str(&row.get::<String>(2)?)
        .map_err(|error| Error::internal(format!("a reward's terms can't be read: {error}")))?;
    Ok(Reward {
        id: row.get(0)?,
        name: row.get(1)?,
        terms,
        state: row.get(3)?,
        stock: row.get(4)?,
        redeemed: row.get(5)?,
        worth: None,
        margin: None,
        created_at: row.get(6)?,
        changed_at: row.get(7)?,
    })
}

/// How many pieces of each reward were redeemed. For `verify`.
pub(crate) async fn counted(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(RewardId, i64)>> {
    let stmt = sql!("SELECT id, redeemed FROM reward WHERE merchant_id = $1 ORDER BY id", merchant);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
