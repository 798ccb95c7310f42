//! Writing and reading notes.

use super::store::{self, SealedNote};
use super::{Note, NoteDraft, NoteId};
use crate::member::{self, MemberId};
use shuke_db::{Row, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Limit, MerchantId, Page, Result, Uuid};

const SEAL: &str = "member_note.text";

/// Notes that stand first.
const PINNED_MAX: i64 = 20;

/// Opens rows of notes.
pub(crate) fn opened(vault: &Vault, merchant: MerchantId, rows: &[Row]) -> Result<Vec<Note>> {
    rows.iter()
        .map(|row| {
            let SealedNote { id, text, pinned, at, actor } = store::note(row)?;
            Ok(Note { id, text: vault.open(merchant, SEAL, &text)?, pinned, at, actor })
        })
        .collect()
}

/// Writes a note.
///
/// Errors: `note_malformed`, `member_not_found`, `member_erased`.
pub async fn write(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId, draft: &NoteDraft) -> Result<Note> {
    let text = draft.check()?;
    member::ops::must_be_there(tx, cx, member).await?;
    let sealed =
        SealedNote { id: cx.id(), text: vault.seal(cx.merchant, SEAL, text)?, pinned: draft.pinned, at: cx.now, actor: cx.actor.text() };
    store::insert(tx, cx, member, &sealed).await?;
    Ok(Note { id: sealed.id, text: text.to_owned(), pinned: sealed.pinned, at: sealed.at, actor: sealed.actor })
}

/// The notes about a member, newest first; `pinned` only those that stand first.
///
/// Errors: `member_not_found`.
pub async fn list(
    tx: &mut Tx,
    cx: &Cx,
    vault: &Vault,
    member: MemberId,
    pinned: bool,
    before: Option<NoteId>,
    limit: Limit,
) -> Result<Page<Note>> {
    member::ops::must_exist(tx, cx, member).await?;
    let rows = tx.rows(store::page_stmt(cx.merchant, member, pinned, before.unwrap_or(NoteId(Uuid::max())), limit.fetch())).await?;
    Ok(Page::of(opened(vault, cx.merchant, &rows)?, limit, |note| note.id))
}

/// The notes that a view of a member shows: those pinned, then the newest.
pub async fn newest(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId, limit: i64) -> Result<Vec<Note>> {
    let last = NoteId(Uuid::max());
    let [pinned, newest] = tx
        .all([store::page_stmt(cx.merchant, member, true, last, PINNED_MAX), store::page_stmt(cx.merchant, member, false, last, limit)])
        .await?;
    let mut notes = opened(vault, cx.merchant, &pinned)?;
    notes.extend(opened(vault, cx.merchant, &newest)?.into_iter().filter(|note| !note.pinned));
    Ok(notes)
}

/// Takes a note away.
///
/// Errors: `note_not_found`.
pub async fn remove(tx: &mut Tx, cx: &Cx, member: MemberId, id: NoteId) -> Result<()> {
    match store::delete(tx, cx.merchant, member, id).await? {
        0 => Err(Error::not_found("note_not_found", "there is no such note")),
        _ => Ok(()),
    }
}

/// Removes the notes about a member who is erased.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    store::delete_all(tx, merchant, member).await
}
