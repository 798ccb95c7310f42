//! Entering, changing, finding tills.

use super::{Till, TillDraft, TillId, store};
use crate::text::{self, NAME_CHARS_MAX};
use crate::{StoreId, audit, merchant, store as stores};
use shuke_db::{Row, Stmt, Tx};
use shuke_kernel::{Cx, Error, Limit, MerchantId, Page, Result, Uuid};

/// Enters a till and gives it the next number.
///
/// Errors: `store_unknown`, `text_malformed`; `till_number_taken` where two are entered at once: try again.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &TillDraft) -> Result<Till> {
    stores::ops::must_exist(tx, cx, &[draft.store]).await?;
    let number = store::next_number(tx, cx.merchant).await?;
    let name = text::line("name", &draft.name, NAME_CHARS_MAX)?;
    let till = Till { id: cx.id(), store: draft.store, number, name, active: draft.active, created_at: cx.now };
    store::insert(tx, cx.merchant, &till).await?;
    merchant::ops::raise_book(tx, cx.merchant).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("till.created", till.id).new_value(&till)).await?;
    Ok(till)
}

/// Changes a till. Its number stays.
///
/// Errors: `till_not_found`, `store_unknown`, `text_malformed`.
pub async fn change(tx: &mut Tx, cx: &Cx, id: TillId, draft: &TillDraft) -> Result<Till> {
    let old = show(tx, cx, id).await?;
    stores::ops::must_exist(tx, cx, &[draft.store]).await?;
    let name = text::line("name", &draft.name, NAME_CHARS_MAX)?;
    let new = Till { store: draft.store, name, active: draft.active, ..old.clone() };
    if new == old {
        return Ok(old);
    }
    store::update(tx, cx.merchant, &new).await?;
    merchant::ops::raise_book(tx, cx.merchant).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("till.changed", id).old(&old).new_value(&new)).await?;
    Ok(new)
}

/// A till, or `till_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: TillId) -> Result<Till> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(|| Error::not_found("till_not_found", "there is no such till"))
}

/// Tills, oldest first.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<TillId>, limit: Limit) -> Result<Page<Till>> {
    Ok(Page::of(store::page(tx, cx.merchant, after, limit).await?, limit, |till| till.id))
}

/// Every till with its store, for what checkout keeps in memory; a change raises the book's version.
pub async fn places(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(TillId, StoreId)>> {
    store::places(tx, merchant).await
}

/// Asks for the open shift of a till, and keeps it open until the transaction ends: whoever closes it
/// waits. To be pipelined with other reads, before the member's accounts.
pub fn shift_stmt(merchant: MerchantId, till: TillId) -> Stmt {
    store::shift(merchant, till)
}

/// Reads the answer of [`shift_stmt`].
pub fn shift_read(rows: &[Row]) -> Result<Option<Uuid>> {
    rows.first().map_or(Ok(None), |row| row.get(0))
}

/// The open shift of a till, kept open until the transaction ends.
pub async fn shift_of(tx: &mut Tx, merchant: MerchantId, till: TillId) -> Result<Option<Uuid>> {
    shift_read(&tx.rows(shift_stmt(merchant, till)).await?)
}

/// Begins a shift at a till that has none; says whether it had none.
pub async fn begin_shift(tx: &mut Tx, merchant: MerchantId, till: TillId, shift: Uuid) -> Result<bool> {
    store::begin_shift(tx, merchant, till, shift).await
}

/// Ends a till's shift; says whether it was the open one.
pub async fn end_shift(tx: &mut Tx, merchant: MerchantId, till: TillId, shift: Uuid) -> Result<bool> {
    store::end_shift(tx, merchant, till, shift).await
}
