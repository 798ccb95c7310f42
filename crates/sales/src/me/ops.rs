//! Reading what a member bought.

use super::{MyOrder, MyStore};
use crate::book::Books;
use crate::order::{OrderId, store as orders};
use crate::refund;
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Instant, Limit, Page, Result, Uuid};
use shuke_member::MemberId;
use shuke_org::store as stores;

/// What a member bought, newest first, with the lines.
pub async fn list(
    tx: &mut Tx,
    cx: &Cx,
    books: &Books,
    member: MemberId,
    before: Option<(Instant, Uuid)>,
    limit: Limit,
) -> Result<Page<MyOrder>> {
    let book = books.current(tx, cx.merchant).await?;
    let filter = orders::Filter { member: Some(member.0), before, ..orders::Filter::default() };
    let mut found = orders::list(tx, cx.merchant, &filter, limit.fetch(), |store| book.zone(store)).await?;
    orders::add_lines(tx, cx.merchant, &mut found).await?;
    Ok(Page::of(found, limit, |order| (order.at, order.id.0)).map(|order| MyOrder::of(order, Vec::new())))
}

/// One order of a member, with what was taken back.
///
/// Errors: `order_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, books: &Books, member: MemberId, id: OrderId) -> Result<MyOrder> {
    let book = books.current(tx, cx.merchant).await?;
    let order = orders::find(tx, cx.merchant, id, false, |store| book.zone(store)).await?;
    if order.member != Some(member) {
        return Err(Error::not_found("order_not_found", "there is no such order"));
    }
    let returns = refund::store::of_order(tx, cx.merchant, id.0).await?;
    Ok(MyOrder::of(order, returns))
}

/// The merchant's stores that are open for business, at most 200.
pub async fn open_stores(tx: &mut Tx, cx: &Cx) -> Result<Vec<MyStore>> {
    let found = stores::ops::list(tx, cx, None, Limit::new(Some(200))?).await?;
    Ok(found.items.into_iter().filter(|store| store.active).map(MyStore::from).collect())
}
