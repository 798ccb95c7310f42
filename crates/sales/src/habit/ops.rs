//! Reading what habits are derived from.

use super::{Habits, Preferences, Sold, habits};
use crate::book::{Books, SaleBook};
use crate::category;
use crate::order::{Order, OrderLine, store as orders};
use crate::product::{self, ForSale};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Money, Result, Uuid, split, time};
use shuke_member::{MemberId, member, preference};
use std::collections::HashMap;

/// Orders that are looked at.
const ORDERS_MAX: i64 = 300;
/// Variants of one statement.
const VARIANTS_MAX: usize = 500;

/// What a member likes, by their words and by their orders.
///
/// Errors: `member_not_found`.
pub async fn preferences(tx: &mut Tx, cx: &Cx, vault: &Vault, books: &Books, member: MemberId) -> Result<Preferences> {
    member::ops::must_exist(tx, cx, member).await?;
    let declared = preference::ops::find(tx, cx, vault, member).await?;
    let book = books.current(tx, cx.merchant).await?;
    Ok(Preferences { declared, derived: derived(tx, cx, &book, member).await? })
}

/// What the orders of the last year tell.
pub async fn derived(tx: &mut Tx, cx: &Cx, book: &SaleBook, member: MemberId) -> Result<Habits> {
    let zone = &book.loyalty.zone;
    let from = zone.start(time::add_months(zone.date(cx.now), -12));
    let filter = orders::Filter { member: Some(member.0), from: Some(from), ..orders::Filter::default() };
    let mut sold = orders::list(tx, cx.merchant, &filter, ORDERS_MAX, |store| book.zone(store)).await?;
    orders::add_lines(tx, cx.merchant, &mut sold).await?;
    let categories = categories(tx, cx, &sold).await?;
    let names: HashMap<Uuid, String> =
        category::store::all(tx, cx.merchant).await?.into_iter().map(|category| (category.id.0, category.name)).collect();
    let sold = sold.iter().map(|order| seen(book, &categories, order)).collect::<Result<Vec<Sold>>>()?;
    Ok(habits(&sold, |id| names.get(&id).cloned()))
}

/// The own category of each product's variant.
async fn categories(tx: &mut Tx, cx: &Cx, sold: &[Order]) -> Result<HashMap<Uuid, Uuid>> {
    let mut ids: Vec<Uuid> = sold.iter().flat_map(|order| order.lines.iter().map(|line| line.variant)).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::new();
    let Some(store) = sold.first().map(|order| order.store) else { return Ok(found) };
    for batch in ids.chunks(VARIANTS_MAX) {
        for row in tx.rows(product::store::for_sale_stmt(cx.merchant, store, batch)).await? {
            let good: ForSale = product::store::for_sale_row(&row)?;
            if let Some(category) = good.categories.last() {
                found.insert(good.variant.0, *category);
            }
        }
    }
    Ok(found)
}

fn seen(book: &SaleBook, categories: &HashMap<Uuid, Uuid>, order: &Order) -> Result<Sold> {
    let local = book.zone(order.store).local(order.at);
    let line = |line: &OrderLine| {
        let back = split::slice(line.net, line.quantity_milli, 0, line.refunded_milli)?;
        Ok((line.product, line.name.clone(), categories.get(&line.variant).copied(), Money(line.net.0 - back.0)))
    };
    Ok(Sold {
        store: order.store,
        hour: local.hour(),
        weekday: local.weekday().to_monday_one_offset(),
        tenders: order.payments.iter().map(|payment| payment.tender).collect(),
        lines: order.lines.iter().map(line).collect::<Result<_>>()?,
    })
}
