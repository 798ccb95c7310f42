//! Exporting and erasing a member.

use super::{Belongings, MemberExport};
use crate::member::{self, MemberId};
use crate::merge;
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Result};
use shuke_org::audit::{self, Entry};

/// Everything that all slices hold of a member; the look is recorded in the audit log.
///
/// Errors: `member_not_found`, `member_erased`, `member_merged`.
pub async fn export(tx: &mut Tx, cx: &Cx, vault: &Vault, belongings: &Belongings, id: MemberId) -> Result<MemberExport> {
    let found = member::ops::find(tx, cx, id).await?;
    member::ops::still_there(&found)?;
    let mut export = MemberExport::of(&found, cx.now);
    for part in belongings.parts() {
        let section = part.export(tx, cx, vault, id).await?;
        export.sections.insert(part.name().to_owned(), section);
    }
    audit::ops::record(tx, cx, &Entry::new("member.exported", id)).await?;
    Ok(export)
}

/// Takes away everything that tells who a member was, wherever it lies, and who those were that were
/// merged into the member. Number, figures and the ledger stay. It can't be undone.
///
/// Errors: `member_not_found`, `member_merged`.
pub async fn erase(tx: &mut Tx, cx: &Cx, belongings: &Belongings, id: MemberId) -> Result<()> {
    member::ops::erase(tx, cx, id).await?;
    for absorbed in member::store::merged_into(tx, cx.merchant, id).await? {
        member::ops::erase_record(tx, cx, absorbed).await?;
    }
    merge::ops::forget(tx, cx, id).await?;
    for part in belongings.parts() {
        part.erase(tx, cx, id).await?;
    }
    Ok(())
}
