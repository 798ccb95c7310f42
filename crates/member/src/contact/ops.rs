//! Recording contacts, and listing them.

use super::{Contact, ContactDraft, store};
use crate::member::{self, MemberId};
use shuke_db::Tx;
use shuke_kernel::{Cx, Limit, MerchantId, Page, Result, Uuid};
use shuke_org::text;

/// Characters in a subject.
const SUBJECT_CHARS_MAX: usize = 120;

/// Records contacts with members who exist: one statement for all.
///
/// Errors: `text_malformed`.
pub async fn append(tx: &mut Tx, cx: &Cx, drafts: &[(MemberId, ContactDraft)]) -> Result<Vec<Contact>> {
    let actor = cx.actor.text();
    let contact = |(member, draft): &(MemberId, ContactDraft)| {
        let contact = Contact {
            id: cx.uuid(),
            channel: draft.channel,
            kind: draft.kind,
            subject: text::line("subject", &draft.subject, SUBJECT_CHARS_MAX)?,
            outcome: draft.outcome,
            at: cx.now,
            actor: actor.clone(),
        };
        Ok((*member, contact))
    };
    let contacts = drafts.iter().map(contact).collect::<Result<Vec<_>>>()?;
    store::insert_all(tx, cx.merchant, &contacts).await?;
    Ok(contacts.into_iter().map(|(_, contact)| contact).collect())
}

/// Records one contact.
///
/// Errors: `member_not_found`, `text_malformed`.
pub async fn record(tx: &mut Tx, cx: &Cx, member: MemberId, draft: &ContactDraft) -> Result<Contact> {
    member::ops::must_exist(tx, cx, member).await?;
    let made = append(tx, cx, &[(member, draft.clone())]).await?;
    made.into_iter().next().ok_or_else(|| shuke_kernel::Error::internal("a contact was lost"))
}

/// The contacts with a member, newest first.
///
/// Errors: `member_not_found`.
pub async fn list(tx: &mut Tx, cx: &Cx, member: MemberId, before: Option<Uuid>, limit: Limit) -> Result<Page<Contact>> {
    member::ops::must_exist(tx, cx, member).await?;
    let found = store::page(tx, cx.merchant, member, before.unwrap_or(Uuid::max()), limit.fetch()).await?;
    Ok(Page::of(found, limit, |contact| contact.id))
}

/// Removes the contacts of a member who is erased.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    store::delete_all(tx, merchant, member).await
}
