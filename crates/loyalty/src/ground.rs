//! What operations on a member's value ask of the member.

use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Result, Uuid};
use shuke_member::member::store::{brief_read, brief_stmt};
use shuke_member::{MemberBrief, MemberId};
use shuke_org::{TillId, till};

async fn brief(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<MemberBrief> {
    let missing = || Error::not_found("member_not_found", "there is no such member");
    brief_read(&tx.need(brief_stmt(cx.merchant, id), missing).await?)
}

/// Ok where there is such a member, else `member_not_found`.
pub(crate) async fn must_exist(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    brief(tx, cx, id).await.map(|_| ())
}

/// Ok where the member may get and spend value, else `member_not_found` or `member_not_active`.
pub(crate) async fn must_be_active(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<()> {
    if brief(tx, cx, id).await?.is_active() {
        return Ok(());
    }
    Err(Error::refused("member_not_active", "the member is frozen or erased; thaw them first"))
}

/// The same for many members, at most `max`.
///
/// Errors: `too_many_members`, and with its place in the list the first member that is missing or
/// not active.
pub(crate) async fn active_members(tx: &mut Tx, cx: &Cx, ids: &[MemberId], max: usize) -> Result<()> {
    if ids.len() > max {
        return Err(Error::invalid("too_many_members", format!("name at most {max} members at once")));
    }
    let stmts: Vec<_> = ids.iter().map(|id| brief_stmt(cx.merchant, *id)).collect();
    for (index, rows) in tx.batch(&stmts).await?.iter().enumerate() {
        let place = format!("/members/{index}");
        match rows.first().map(brief_read).transpose()? {
            None => {
                let error = Error::refused("member_unknown", "there is no such member");
                return Err(error.field(place, "member_unknown", "there is no such member"));
            }
            Some(brief) if !brief.is_active() => {
                let error = Error::refused("member_not_active", "a member is frozen or erased");
                return Err(error.field(place, "member_not_active", "thaw the member first, or leave them out"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The open shift of the till where something is paid, kept open until the transaction ends; none where no till
/// is named, or it has none. To be asked before a member's accounts.
///
/// Errors: `till_not_found`, `till_elsewhere`.
pub(crate) async fn shift(tx: &mut Tx, cx: &Cx, at: Option<TillId>, store: Uuid) -> Result<Option<Uuid>> {
    let Some(at) = at else { return Ok(None) };
    if till::ops::show(tx, cx, at).await?.store.0 != store {
        return Err(Error::refused("till_elsewhere", "this till stands in another store; choose one of this store"));
    }
    till::ops::shift_of(tx, cx.merchant, at).await
}
