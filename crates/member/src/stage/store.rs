//! SQL of stage changes.

use super::ops::{StageCause, StageChange};
use crate::MemberId;
use shuke_db::{ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, Date, MerchantId, Result, Uuid};

pub(super) async fn insert_changes(tx: &mut Tx, cx: &Cx, changes: &[(MemberId, StageChange)]) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let columns = ["merchant_id", "member_id", "id", "stage_from", "stage_to", "changed_on", "cause", "at"];
    let rows = changes
        .iter()
        .map(|(member, change)| {
            vec![
                cx.merchant.to_value(),
                member.to_value(),
                change.id.to_value(),
                change.from.to_value(),
                change.to.to_value(),
                change.on.to_value(),
                change.cause.to_value(),
                cx.now.to_value(),
            ]
        })
        .collect();
    tx.queue(insert("stage_change", &columns, rows)).await
}

/// The changes of a member, newest first.
pub(super) async fn changes(
    tx: &mut Tx,
    merchant: MerchantId,
    member: MemberId,
    before: (Date, Uuid),
    limit: i64,
) -> Result<Vec<StageChange>> {
    let stmt = sql!(
        "SELECT id, stage_from, stage_to, changed_on, cause FROM stage_change
         WHERE merchant_id = $1 AND member_id = $2 AND (changed_on, id) < ($3, $4) ORDER BY changed_on DESC, id DESC LIMIT $5",
        merchant,
        member,
        before.0,
        before.1,
        limit
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| {
            let cause: StageCause = row.get(4)?;
            Ok(StageChange { id: row.get(0)?, from: row.get(1)?, to: row.get(2)?, on: row.get(3)?, cause })
        })
        .collect()
}
