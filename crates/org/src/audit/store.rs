//! SQL of the audit log.

use super::model::{AuditId, AuditView, Entry};
use shuke_db::{Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Cx, Limit, MerchantId, Result};

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, entry: &Entry) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO audit (merchant_id, id, at, actor, action, subject, old_value, new_value) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        cx.merchant,
        cx.id::<AuditId>(),
        cx.now,
        cx.actor.text(),
        entry.action,
        entry.subject,
        entry.old,
        entry.new
    ))
    .await
}

pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    subject: Option<&str>,
    before: Option<AuditId>,
    limit: Limit,
) -> Result<Vec<AuditView>> {
    let mut text = "SELECT id, at, actor, action, subject, old_value, new_value FROM audit WHERE merchant_id = $1".to_owned();
    let mut params = vec![merchant.to_value()];
    if let Some(subject) = subject {
        params.push(subject.to_value());
        text += &format!(" AND subject = ${}", params.len());
    }
    if let Some(before) = before {
        params.push(before.to_value());
        text += &format!(" AND id < ${}", params.len());
    }
    params.push(limit.fetch().to_value());
    text += &format!(" ORDER BY id DESC LIMIT ${}", params.len());
    tx.rows(Stmt::built(text, params)).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<AuditView> {
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(AuditView {
        id: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        subject: row.get(4)?,
        old: json(row.get(5)?),
        new: json(row.get(6)?),
    })
}
