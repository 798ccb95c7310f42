//! Printing.

use super::layout::layout;
use super::model::{PaperWidth, PrintAsk, Printed, ReceiptFormat, ReceiptKind, ReceiptPolicy, Slip};
use super::slip::{Ground, of_order, of_refund, of_top_up};
use super::{render, store};
use crate::book::Books;
use crate::order::{Order, OrderId, store as orders};
use crate::product::{self, ProductId};
use crate::refund;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shuke_db::Tx;
use shuke_http::Caller;
use shuke_kernel::{Cx, Error, Result, Uuid};
use shuke_loyalty::wallet;
use shuke_member::MemberId;
use shuke_member::member;
use shuke_org::{StoreId, TillId, merchant, setting, store as stores, till};

/// Prints a document, and counts the print; a preview is as the next print would be, and counts nothing.
///
/// Errors: `order_not_found`, `refund_not_found`, `top_up_not_found`.
pub async fn print(tx: &mut Tx, caller: &Caller, books: &Books, ask: &PrintAsk) -> Result<Printed> {
    let cx = &caller.cx;
    let mut slip = match ask.kind {
        ReceiptKind::Sale => sale(tx, caller, books, OrderId(ask.document)).await?,
        ReceiptKind::Refund => taken_back(tx, caller, books, ask.document).await?,
        ReceiptKind::TopUp => top_up(tx, caller, ask.document).await?,
    };
    let copy = if ask.preview { store::prints(tx, cx, ask.document).await? } else { store::count(tx, cx, ask.document).await? };
    slip.copy = (copy > 0).then_some(copy);
    let columns = ask.width.columns();
    let rows = layout(&slip, columns);
    Ok(match ask.format {
        ReceiptFormat::Text => Printed { copy, text: Some(render::text(&rows, columns)), escpos: None },
        ReceiptFormat::Html => Printed { copy, text: Some(render::html(&rows, columns)), escpos: None },
        ReceiptFormat::Escpos => Printed { copy, text: None, escpos: Some(STANDARD.encode(render::escpos(&rows, columns))) },
    })
}

async fn ground(tx: &mut Tx, cx: &Cx, at: Uuid, till: Option<Uuid>, member: Option<Uuid>) -> Result<Ground> {
    let place = stores::ops::show(tx, cx, StoreId(at)).await?;
    let till = match till {
        Some(till) => Some(till::ops::show(tx, cx, TillId(till)).await?.name),
        None => None,
    };
    let member = match member {
        Some(id) => tx.row(member::store::brief_stmt(cx.merchant, id.into())).await?,
        None => None,
    };
    Ok(Ground {
        policy: setting::ops::get::<ReceiptPolicy>(tx, cx.merchant).await?,
        currency: merchant::ops::show(tx, cx.merchant).await?.parsed_currency()?,
        zone: place.parsed_zone()?,
        store: place.name,
        till,
        member: member.map(|row| member::store::brief_read(&row).map(|brief| brief.number)).transpose()?,
    })
}

/// The order, of one of the caller's stores, with what every receipt of it needs.
async fn order(tx: &mut Tx, caller: &Caller, books: &Books, id: OrderId) -> Result<(Order, Ground)> {
    let cx = &caller.cx;
    let book = books.current(tx, cx.merchant).await?;
    let order = orders::find(tx, cx.merchant, id, false, |store| book.zone(store)).await?;
    crate::order::api::seen(caller, &order)?;
    let ground = ground(tx, cx, order.store, order.till, order.member.map(|member| member.0)).await?;
    Ok((order, ground))
}

async fn sale(tx: &mut Tx, caller: &Caller, books: &Books, id: OrderId) -> Result<Slip> {
    let (order, ground) = order(tx, caller, books, id).await?;
    let mut slip = of_order(&ground, &order)?;
    slip.care = care(tx, &caller.cx, &ground.policy, &order).await?;
    Ok(slip)
}

/// An order's receipt as a page, for the member whose order it is. It is no print: nothing is counted.
///
/// Errors: `order_not_found`.
pub async fn own(tx: &mut Tx, cx: &Cx, books: &Books, member: MemberId, id: OrderId) -> Result<String> {
    let book = books.current(tx, cx.merchant).await?;
    let order = orders::find(tx, cx.merchant, id, false, |store| book.zone(store)).await?;
    if order.member != Some(member) {
        return Err(Error::not_found("order_not_found", "there is no such order"));
    }
    let ground = ground(tx, cx, order.store, order.till, Some(member.0)).await?;
    let mut slip = of_order(&ground, &order)?;
    slip.care = care(tx, cx, &ground.policy, &order).await?;
    let columns = PaperWidth::Narrow.columns();
    Ok(render::html(&layout(&slip, columns), columns))
}

/// The care texts of what was sold, parts of kits too, in the order of the settings.
async fn care(tx: &mut Tx, cx: &Cx, policy: &ReceiptPolicy, order: &Order) -> Result<Vec<String>> {
    if policy.care.is_empty() {
        return Ok(Vec::new());
    }
    let parts = order.lines.iter().flat_map(|line| line.parts.iter().map(|part| part.product));
    let mut ids: Vec<ProductId> = order.lines.iter().map(|line| line.product).chain(parts).map(ProductId).collect();
    ids.sort_unstable();
    ids.dedup();
    let sold = product::store::category_paths(tx, cx.merchant, &ids).await?;
    let about = |care: &&super::CareText| {
        sold.iter().any(|(product, above)| care.products.contains(product) || above.iter().any(|id| care.categories.contains(id)))
    };
    Ok(policy.care.iter().filter(about).map(|care| care.text.clone()).collect())
}

async fn taken_back(tx: &mut Tx, caller: &Caller, books: &Books, id: Uuid) -> Result<Slip> {
    let missing = || Error::not_found("refund_not_found", "there is no such refund");
    let found = refund::store::find(tx, caller.cx.merchant, id).await?.ok_or_else(missing)?;
    caller.may_in(found.store).map_err(|_| missing())?;
    let (order, ground) = order(tx, caller, books, found.order).await?;
    of_refund(&ground, &order, &found)
}

async fn top_up(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Slip> {
    let missing = || Error::not_found("top_up_not_found", "there is no such top-up");
    let found = wallet::ops::find(tx, &caller.cx, id).await?.ok_or_else(missing)?;
    caller.may_in(found.store).map_err(|_| missing())?;
    let ground = ground(tx, &caller.cx, found.store, None, Some(found.member)).await?;
    Ok(of_top_up(&ground, &found))
}
