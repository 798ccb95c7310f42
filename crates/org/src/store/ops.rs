//! Opening, changing, finding stores.

use super::{Store, StoreDraft, StoreId, store};
use crate::{audit, merchant};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Limit, MerchantId, Page, Result, Zone};

/// Opens a store.
///
/// Errors: `store_name_taken`, `text_malformed`, `zone_unknown`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &StoreDraft) -> Result<Store> {
    let merchant = merchant::ops::show(tx, cx.merchant).await?;
    let store = draft.store(cx.id(), &merchant.zone, cx.now)?;
    store::insert(tx, cx.merchant, &store).await?;
    merchant::ops::raise_book(tx, cx.merchant).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("store.created", store.id).new_value(&store)).await?;
    event::append(tx, cx, &[Event::new("store.created", store.id, &store)]).await?;
    Ok(store)
}

/// Changes a store; a closed one is still there.
///
/// Errors: `store_not_found`, `store_name_taken`, `text_malformed`, `zone_unknown`.
pub async fn change(tx: &mut Tx, cx: &Cx, id: StoreId, draft: &StoreDraft) -> Result<Store> {
    let old = show(tx, cx, id).await?;
    let new = draft.store(id, &old.zone, old.created_at)?;
    if new == old {
        return Ok(old);
    }
    store::update(tx, cx.merchant, &new).await?;
    merchant::ops::raise_book(tx, cx.merchant).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("store.changed", id).old(&old).new_value(&new)).await?;
    event::append(tx, cx, &[Event::new("store.changed", id, &new)]).await?;
    Ok(new)
}

/// A store, or `store_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: StoreId) -> Result<Store> {
    let missing = || Error::not_found("store_not_found", "there is no such store");
    store::find(tx, cx.merchant, id).await?.ok_or_else(missing)
}

/// Stores, oldest first.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<StoreId>, limit: Limit) -> Result<Page<Store>> {
    Ok(Page::of(store::page(tx, cx.merchant, after, limit).await?, limit, |store| store.id))
}

/// Ok where all of these are stores of the merchant, else `store_unknown` (refused).
pub async fn must_exist(tx: &mut Tx, cx: &Cx, ids: &[StoreId]) -> Result<()> {
    for id in ids {
        if store::find(tx, cx.merchant, *id).await?.is_none() {
            return Err(Error::refused("store_unknown", format!("there is no store {id}; choose one of yours")));
        }
    }
    Ok(())
}

/// Every store with its zone, for the rules that checkout keeps in memory.
pub async fn zones(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(StoreId, Zone)>> {
    let mut zones = Vec::new();
    let mut after = None;
    loop {
        let limit = Limit::new(None)?;
        let page = Page::of(store::page(tx, merchant, after, limit).await?, limit, |store| store.id);
        for store in &page.items {
            zones.push((store.id, Zone::parse(&store.zone)?));
        }
        after = page.items.last().map(|store| store.id);
        if page.next.is_none() {
            return Ok(zones);
        }
    }
}
