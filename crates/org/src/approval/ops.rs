//! Asking, deciding, using.

use super::model::{Approval, ApprovalAsk, ApprovalId, ApprovalKind, ApprovalPolicy, ApprovalState, Wanted};
use super::store;
use crate::{audit, setting, text};
use shuke_db::Tx;
use shuke_http::{Caller, Permission};
use shuke_kernel::{Actor, Cx, Error, Instant, Limit, Page, Result, Uuid};

const REASON_CHARS_MAX: usize = 200;

/// Asks for an approval. Who asks may do the write itself, in its store.
///
/// Errors: `approval_amount_wrong`, `text_malformed`, `permission_missing`, `store_missing`,
/// `store_not_yours`, `store_unknown`, `approval_pkey`.
pub async fn ask(tx: &mut Tx, caller: &Caller, ask: &ApprovalAsk) -> Result<Approval> {
    if ask.amount <= 0 {
        let text = "the amount must be above 0";
        return Err(Error::invalid("approval_amount_wrong", text).field("/amount", "out_of_range", text));
    }
    let reason = text::line("reason", &ask.reason, REASON_CHARS_MAX)?;
    caller.may(ask.kind.permission())?;
    match (ask.store, &caller.stores) {
        (Some(store), _) => {
            caller.may_in(store)?;
            crate::store::ops::must_exist(tx, &caller.cx, &[store.into()]).await?;
        }
        (None, Some(_)) => {
            let text = "say at which of your stores";
            return Err(Error::invalid("store_missing", text).field("/store", "store_missing", text));
        }
        (None, None) => {}
    }
    let cx = &caller.cx;
    let policy = setting::ops::get::<ApprovalPolicy>(tx, cx.merchant).await?;
    let approval = Approval {
        id: ask.id,
        kind: ask.kind,
        subject: ask.subject,
        amount: ask.amount,
        store: ask.store,
        reason,
        state: ApprovalState::Waiting,
        asked_by: cx.actor.text(),
        asked_at: cx.now,
        expires_at: cx.now.plus_ms(policy.valid_minutes * 60_000),
        decided_by: None,
        decided_at: None,
        used_at: None,
    };
    store::insert(tx, cx, &approval).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("approval.asked", ask.id).new_value(&approval)).await?;
    Ok(approval)
}

/// Decides about an approval in the name of `by`, a person: the caller, or who signed at the device.
///
/// Errors: `approval_not_found`, `approver_not_staff`, `permission_missing`, `store_not_yours`,
/// `approval_own`; `approval_decided` (conflict) where it was decided already or has run out.
pub async fn decide(tx: &mut Tx, by: &Caller, id: ApprovalId, given: bool) -> Result<Approval> {
    let mut approval = found(tx, &by.cx, id).await?;
    if !matches!(by.cx.actor, Actor::Staff(_)) {
        return Err(Error::forbidden("approver_not_staff", "a person has to decide, not a program; sign with a name and a password"));
    }
    by.may(Permission::ApprovalGive)?;
    by.may(approval.kind.permission())?;
    approval.store.map_or(Ok(()), |store| by.may_in(store))?;
    let (actor, state) = (by.cx.actor.text(), if given { ApprovalState::Given } else { ApprovalState::Declined });
    if actor == approval.asked_by {
        return Err(Error::refused("approval_own", "nobody approves what they asked for themselves; ask somebody else"));
    }
    if !store::decide(tx, &by.cx, id, &actor, state).await? {
        return Err(Error::conflict("approval_decided", "this was decided already, or has run out; ask for a new approval"));
    }
    let action = if given { "approval.given" } else { "approval.declined" };
    audit::ops::record(tx, &by.cx, &audit::Entry::new(action, id).new_value(&approval)).await?;
    approval.state = state;
    approval.decided_by = Some(actor);
    approval.decided_at = Some(by.cx.now);
    Ok(approval)
}

/// Ok where a write is within the merchant's limit, or uses up the approval that was given for it.
///
/// Errors: `approval_needed` where it is above the limit; `approval_not_usable` where the approval is
/// not for exactly this, was not given, was used, or has run out.
pub async fn require(tx: &mut Tx, cx: &Cx, wanted: &Wanted, approval: Option<ApprovalId>) -> Result<()> {
    let policy = setting::ops::get::<ApprovalPolicy>(tx, cx.merchant).await?;
    if !policy.asks(wanted) {
        return Ok(());
    }
    let Some(id) = approval else {
        return Err(Error::refused(
            "approval_needed",
            format!("this is above the limit: have a second person approve {} of {}, and send its id", wanted.kind.as_str(), wanted.amount),
        ));
    };
    if !store::take(tx, cx, id, wanted).await? {
        return Err(Error::refused(
            "approval_not_usable",
            "this approval is not for exactly this by you, was not given, was used, or has run out; ask for a new one",
        ));
    }
    audit::ops::record(tx, cx, &audit::Entry::new("approval.used", id)).await
}

/// What the caller had approved of writes of a kind about one thing, and used, since a moment.
pub async fn used_since(tx: &mut Tx, cx: &Cx, kind: ApprovalKind, subject: Uuid, since: Instant) -> Result<i64> {
    store::used_since(tx, cx, kind, subject, since).await
}

/// An approval, or `approval_not_found`.
pub async fn found(tx: &mut Tx, cx: &Cx, id: ApprovalId) -> Result<Approval> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(|| Error::not_found("approval_not_found", "there is no such approval"))
}

/// Approvals, newest first; of the caller's stores.
pub async fn list(
    tx: &mut Tx,
    cx: &Cx,
    state: Option<ApprovalState>,
    before: Option<ApprovalId>,
    limit: Limit,
    stores: Option<&[Uuid]>,
) -> Result<Page<Approval>> {
    let mut page = Page::of(store::page(tx, cx.merchant, state, before, limit).await?, limit, |approval| approval.id);
    page.items.retain(|approval| shows(approval, stores));
    Ok(page)
}

/// Whether somebody bound to `stores` sees it.
pub(super) fn shows(approval: &Approval, stores: Option<&[Uuid]>) -> bool {
    stores.is_none_or(|mine| approval.store.is_some_and(|store| mine.contains(&store)))
}
