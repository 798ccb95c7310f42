//! SQL of notes.

use super::NoteId;
use crate::MemberId;
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result};

/// A note as stored, its text sealed.
#[derive(Clone, Debug)]
pub(crate) struct SealedNote {
    pub id: NoteId,
    pub text: String,
    pub pinned: bool,
    pub at: Instant,
    pub actor: String,
}

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, member: MemberId, note: &SealedNote) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO member_note (merchant_id, member_id, id, text, pinned, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        cx.merchant,
        member,
        note.id,
        note.text,
        note.pinned,
        note.at,
        note.actor
    ))
    .await
}

/// Notes about a member, newest first, before one of them; read them with [`note`].
pub(crate) fn page_stmt(merchant: MerchantId, member: MemberId, pinned: bool, before: NoteId, limit: i64) -> Stmt {
    let which = if pinned { " AND pinned" } else { "" };
    let text = format!(
        "SELECT id, text, pinned, at, actor FROM member_note WHERE merchant_id = $1 AND member_id = $2 AND id < $3{which} ORDER BY id DESC LIMIT $4"
    );
    Stmt::built(text, vec![merchant.to_value(), member.to_value(), before.to_value(), limit.to_value()])
}

/// Reads a row of [`page_stmt`].
pub(crate) fn note(row: &Row) -> Result<SealedNote> {
    Ok(SealedNote { id: row.get(0)?, text: row.get(1)?, pinned: row.get(2)?, at: row.get(3)?, actor: row.get(4)? })
}

/// How many notes there are about a member.
pub(crate) fn count_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!("SELECT CAST(COUNT(*) AS BIGINT) FROM member_note WHERE merchant_id = $1 AND member_id = $2", merchant, member)
}

pub(super) async fn delete(tx: &mut Tx, merchant: MerchantId, member: MemberId, id: NoteId) -> Result<u64> {
    tx.exec(sql!("DELETE FROM member_note WHERE merchant_id = $1 AND member_id = $2 AND id = $3", merchant, member, id)).await
}

pub(super) async fn delete_all(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM member_note WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}

/// Gives notes to another member: all of one member's, or these. Answers which.
pub(crate) async fn move_all(
    tx: &mut Tx,
    merchant: MerchantId,
    from: MemberId,
    to: MemberId,
    only: Option<&[NoteId]>,
) -> Result<Vec<NoteId>> {
    let stmt = sql!("SELECT id FROM member_note WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
    let mut ids: Vec<NoteId> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.retain(|id| only.is_none_or(|only| only.contains(id)));
    for id in &ids {
        tx.queue(sql!(
            "UPDATE member_note SET member_id = $4 WHERE merchant_id = $1 AND member_id = $2 AND id = $3",
            merchant,
            from,
            id,
            to
        ))
        .await?;
    }
    Ok(ids)
}
