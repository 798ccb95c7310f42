//! SQL of PINs and of codes that were used.

use super::model::{TRIES_MAX, WINDOW_MS};
use crate::MemberId;
use shuke_db::{Tx, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result, Uuid};

/// Makes the row that counts tries, where there is none.
pub(super) async fn open(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO member_pin (merchant_id, member_id, hash, tries, tried_at, set_at) VALUES ($1, $2, NULL, 0, 0, NULL)
         ON CONFLICT (merchant_id, member_id) DO NOTHING",
        cx.merchant,
        member
    ))
    .await
}

/// Counts a try. Returns whether there was one left in the window.
pub(super) async fn count_try(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<bool> {
    let over = cx.now.plus_ms(-WINDOW_MS);
    let stmt = sql!(
        "UPDATE member_pin SET tries = CASE WHEN tried_at <= $4 THEN 1 ELSE tries + 1 END, tried_at = CASE WHEN tried_at <= $4 THEN $3 ELSE tried_at END
         WHERE merchant_id = $1 AND member_id = $2 AND (tries < $5 OR tried_at <= $4)",
        cx.merchant,
        member,
        cx.now,
        over,
        TRIES_MAX
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Forgets the tries after a right one.
pub(super) async fn forget_tries(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("UPDATE member_pin SET tries = 0, tried_at = 0 WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}

/// The sealed hash, and when the window of tries began.
pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<(Option<String>, Instant)> {
    let found = tx.row(sql!("SELECT hash, tried_at FROM member_pin WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await?;
    found.map_or(Ok((None, Instant(0))), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Sets the hash where it is still the one that was read; says whether it was.
pub(super) async fn set(tx: &mut Tx, cx: &Cx, member: MemberId, hash: Option<&str>, before: Option<&str>) -> Result<bool> {
    let set_at = hash.map(|_| cx.now);
    let stmt = sql!(
        "UPDATE member_pin SET hash = $3, tries = 0, tried_at = 0, set_at = $4
         WHERE merchant_id = $1 AND member_id = $2 AND COALESCE(hash, '') = $5",
        cx.merchant,
        member,
        hash,
        set_at,
        before.unwrap_or_default()
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Takes the PIN away; says whether there was one.
pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<bool> {
    let stmt = sql!("DELETE FROM member_pin WHERE merchant_id = $1 AND member_id = $2 AND hash IS NOT NULL", merchant, member);
    Ok(tx.exec(stmt).await? == 1)
}

/// Uses the code of a time step for an order: each step after the last, or again for the same order.
/// Says whether it could be used.
pub(super) async fn use_code(tx: &mut Tx, merchant: MerchantId, member: MemberId, step: i64, order: Uuid) -> Result<bool> {
    let stmt = sql!(
        "INSERT INTO member_code_use (merchant_id, member_id, step, order_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (merchant_id, member_id) DO UPDATE SET step = excluded.step, order_id = excluded.order_id
         WHERE member_code_use.step < excluded.step
            OR (member_code_use.step = excluded.step AND member_code_use.order_id = excluded.order_id)",
        merchant,
        member,
        step,
        order
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Removes what is here of a member who is erased.
pub(super) async fn delete_all(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM member_pin WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await?;
    tx.queue(sql!("DELETE FROM member_code_use WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}
