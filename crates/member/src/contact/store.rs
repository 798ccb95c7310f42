//! SQL of contacts.

use super::Contact;
use crate::MemberId;
use shuke_db::{Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{MerchantId, Result, Uuid};

pub(super) async fn insert_all(tx: &mut Tx, merchant: MerchantId, contacts: &[(MemberId, Contact)]) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let row = |(member, contact): &(MemberId, Contact)| {
        vec![
            merchant.to_value(),
            member.to_value(),
            contact.id.to_value(),
            contact.channel.to_value(),
            contact.kind.to_value(),
            contact.subject.to_value(),
            contact.outcome.to_value(),
            contact.at.to_value(),
            contact.actor.to_value(),
        ]
    };
    let columns = ["merchant_id", "member_id", "id", "channel", "kind", "subject", "outcome", "at", "actor"];
    tx.queue(insert("contact", &columns, contacts.iter().map(row).collect())).await
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, member: MemberId, before: Uuid, limit: i64) -> Result<Vec<Contact>> {
    let stmt = sql!(
        "SELECT id, channel, kind, subject, outcome, at, actor FROM contact
         WHERE merchant_id = $1 AND member_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        merchant,
        member,
        before,
        limit
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| {
            Ok(Contact {
                id: row.get(0)?,
                channel: row.get(1)?,
                kind: row.get(2)?,
                subject: row.get(3)?,
                outcome: row.get(4)?,
                at: row.get(5)?,
                actor: row.get(6)?,
            })
        })
        .collect()
}

/// How many contacts a member took part in: talks, and what was opened, answered or used.
pub(crate) fn count_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM contact
         WHERE merchant_id = $1 AND member_id = $2 AND (kind = 'talk' OR outcome IN ('opened', 'answered', 'used'))",
        merchant,
        member
    )
}

/// Gives contacts to another member: all of one member's, or these. Answers which.
pub(crate) async fn move_all(tx: &mut Tx, merchant: MerchantId, from: MemberId, to: MemberId, only: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let stmt = sql!("SELECT id FROM contact WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
    let mut ids: Vec<Uuid> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.retain(|id| only.is_none_or(|only| only.contains(id)));
    for id in &ids {
        let stmt = sql!("UPDATE contact SET member_id = $4 WHERE merchant_id = $1 AND member_id = $2 AND id = $3", merchant, from, id, to);
        tx.queue(stmt).await?;
    }
    Ok(ids)
}

pub(super) async fn delete_all(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM contact WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}
