//! Holding, resuming, discarding.

use super::model::{HeldCart, HeldCartId, HeldState, HoldAsk, LABEL_CHARS_MAX};
use super::store;
use crate::fields;
use crate::quote::facts::LINES_MAX;
use shuke_db::{Db, Tx};
use shuke_http::Caller;
use shuke_kernel::{Cx, Error, Limit, Page, Result, Uuid};
use shuke_org::{StoreId, store as stores};

/// Holds a cart until the store's day ends.
///
/// Errors: `store_not_found`, `cart_empty`, `cart_too_long`, `text_malformed`, `quantity_out_of_range`,
/// `points_not_usable`; `held_cart_pkey`.
pub async fn hold(tx: &mut Tx, cx: &Cx, ask: &HoldAsk) -> Result<HeldCart> {
    let zone = stores::ops::show(tx, cx, StoreId(ask.store)).await?.parsed_zone()?;
    if ask.cart.lines.is_empty() {
        return Err(Error::invalid("cart_empty", "scan or choose at least one product"));
    }
    if ask.cart.lines.len() > LINES_MAX {
        return Err(Error::invalid("cart_too_long", format!("a cart has at most {LINES_MAX} lines")));
    }
    for (index, line) in ask.cart.lines.iter().enumerate() {
        fields::quantity_milli(&format!("/cart/lines/{index}/quantity_milli"), line.quantity_milli, 1)?;
    }
    if ask.cart.points_wrong() {
        return Err(Error::invalid("points_not_usable", "points are not below 0"));
    }
    let held = HeldCart {
        id: ask.id,
        store: ask.store,
        label: fields::note("/label", &ask.label, LABEL_CHARS_MAX)?,
        cart: ask.cart.clone(),
        state: HeldState::Held,
        held_by: cx.actor.text(),
        held_at: cx.now,
        expires_at: zone.end(zone.date(cx.now)),
    };
    store::insert(tx, cx.merchant, &held).await?;
    Ok(held)
}

async fn seen(tx: &mut Tx, caller: &Caller, id: HeldCartId) -> Result<HeldCart> {
    let held = store::find(tx, caller.cx.merchant, id).await?;
    caller.may_in(held.store).map_err(|_| Error::not_found("held_cart_not_found", "there is no such held cart"))?;
    Ok(held)
}

/// Goes on with a cart that waits: once.
///
/// Errors: `held_cart_not_found`; `held_cart_gone` (conflict) where it was resumed or discarded, or its day has ended.
pub async fn resume(tx: &mut Tx, caller: &Caller, id: HeldCartId) -> Result<HeldCart> {
    let held = seen(tx, caller, id).await?;
    if store::take(tx, &caller.cx, id, HeldState::Resumed).await? {
        return Ok(HeldCart { state: HeldState::Resumed, ..held });
    }
    Err(Error::conflict("held_cart_gone", "somebody went on with this cart, or discarded it, or its day has ended"))
}

/// Discards a cart that waits; one that doesn't stays as it is.
///
/// Errors: `held_cart_not_found`.
pub async fn discard(tx: &mut Tx, caller: &Caller, id: HeldCartId) -> Result<()> {
    seen(tx, caller, id).await?;
    store::take(tx, &caller.cx, id, HeldState::Discarded).await.map(|_| ())
}

/// The carts that wait in a store, oldest first.
///
/// Errors: `store_not_found`.
pub async fn waiting(tx: &mut Tx, cx: &Cx, store: Uuid, after: Option<HeldCartId>, limit: Limit) -> Result<Page<HeldCart>> {
    stores::ops::show(tx, cx, StoreId(store)).await?;
    Ok(Page::of(store::waiting(tx, cx.merchant, (store, cx.now), after, limit).await?, limit, |held| held.id))
}

/// Removes the carts whose day has ended. Can be repeated. Returns how many.
pub async fn midnight(db: &Db, cx: &Cx) -> Result<u64> {
    db.write(cx, |tx, cx| Box::pin(store::remove_ended(tx, cx.merchant, cx.now))).await
}
