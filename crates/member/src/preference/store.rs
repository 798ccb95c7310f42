//! SQL of declared preferences.

use crate::MemberId;
use shuke_db::{Stmt, Tx, sql};
use shuke_kernel::{Cx, MerchantId, Result};

/// The sealed document of a member, and when it was changed.
pub(super) fn find_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!("SELECT declared, changed_at FROM member_preference WHERE merchant_id = $1 AND member_id = $2", merchant, member)
}

pub(super) async fn put(tx: &mut Tx, cx: &Cx, member: MemberId, sealed: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO member_preference (merchant_id, member_id, declared, changed_at, actor) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (merchant_id, member_id) DO UPDATE SET declared = excluded.declared, changed_at = excluded.changed_at, actor = excluded.actor",
        cx.merchant,
        member,
        sealed,
        cx.now,
        cx.actor.text()
    ))
    .await
}

pub(super) async fn delete(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM member_preference WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}
