//! Writing and reading the log.

use super::{AuditId, AuditView, Entry, store};
use shuke_db::Tx;
use shuke_kernel::{Cx, Limit, Page, Result};

/// Records a change in the transaction that makes it.
pub async fn record(tx: &mut Tx, cx: &Cx, entry: &Entry) -> Result<()> {
    store::insert(tx, cx, entry).await
}

/// Entries, newest first, of one subject or of all.
pub async fn list(tx: &mut Tx, cx: &Cx, subject: Option<&str>, before: Option<AuditId>, limit: Limit) -> Result<Page<AuditView>> {
    Ok(Page::of(store::page(tx, cx.merchant, subject, before, limit).await?, limit, |entry| entry.id))
}
