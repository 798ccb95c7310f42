//! The part of sales of a member: orders, refunds, claims.
//!
//! A merge gives them to the member who stays; an order that was under way meanwhile follows by its
//! event ([`LateReader`]).

use crate::order::store as orders;
use crate::{claim, figure, refund};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Result, Uuid};
use shuke_loyalty::book;
use shuke_member::MemberId;
use shuke_member::belonging::{Belonging, Pair};
use shuke_member::merge::ops::{heir, late};

/// The part of sales.
#[derive(Clone, Copy, Debug)]
pub struct SalesPart;

/// Orders of one page.
const PAGE_ROWS: i64 = 200;

/// What undoing needs.
#[derive(Serialize, Deserialize)]
struct Kept {
    orders: Vec<Uuid>,
    /// Returns that have no order.
    returns: Vec<Uuid>,
}

impl Belonging for SalesPart {
    fn name(&self) -> &'static str {
        "sales"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["figure_buyer", "order_claim", "refund", "sales_order"]
    }

    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, member: MemberId) -> Future<'t, Value> {
        Box::pin(export(tx, cx, member))
    }

    fn erase<'t>(&'t self, _: &'t mut Tx, _: &'t Cx, _: MemberId) -> Future<'t, ()> {
        // An order names its member by an id, and nothing else of a person.
        Box::pin(async { Ok(()) })
    }

    fn merge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair) -> Future<'t, Value> {
        Box::pin(async move {
            let orders = orders::move_all(tx, cx.merchant, pair.from, pair.into, None).await?;
            let returns = give(tx, cx.merchant, pair.from, pair.into, &orders, None).await?;
            figure::ops::recount(tx, cx.merchant, &[pair.from, pair.into]).await?;
            serde_json::to_value(Kept { orders, returns }).map_err(|error| Error::internal(error.to_string()))
        })
    }

    fn unmerge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair, kept: &'t Value) -> Future<'t, ()> {
        Box::pin(async move {
            let kept: Kept =
                serde_json::from_value(kept.clone()).map_err(|error| Error::internal(format!("a part of a merge: {error}")))?;
            let orders = [kept.orders, late(tx, cx.merchant, pair).await?].concat();
            orders::move_all(tx, cx.merchant, pair.into, pair.from, Some(&orders)).await?;
            give(tx, cx.merchant, pair.into, pair.from, &orders, Some(&kept.returns)).await?;
            figure::ops::recount(tx, cx.merchant, &[pair.from, pair.into]).await
        })
    }
}

/// Gives what hangs on orders to another member, and the returns that have none.
async fn give(
    tx: &mut Tx,
    merchant: MerchantId,
    from: MemberId,
    to: MemberId,
    orders: &[Uuid],
    returns: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    claim::store::move_all(tx, merchant, from, to, orders).await?;
    refund::store::move_all(tx, merchant, from.0, to.0, orders, returns).await
}

async fn export(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<Value> {
    let book = book::load(tx, cx.merchant).await?;
    let (mut all, mut before) = (Vec::new(), None::<(Instant, Uuid)>);
    loop {
        let filter = orders::Filter { member: Some(member.0), before, ..orders::Filter::default() };
        let mut page = orders::list(tx, cx.merchant, &filter, PAGE_ROWS, |_| book.zone.clone()).await?;
        let Some(last) = page.last() else { break };
        before = Some((last.at, last.id.0));
        orders::add_lines(tx, cx.merchant, &mut page).await?;
        // What the goods cost the shop is not the member's.
        page.iter_mut().flat_map(|order| &mut order.lines).for_each(|line| line.cost = None);
        all.extend(page);
    }
    let refunds = refund::store::of_member(tx, cx.merchant, member.0).await?;
    Ok(json!({ "orders": all, "refunds": refunds }))
}

/// Follows sales to members who were merged while the sale was under way: the order follows too.
#[derive(Clone, Copy, Debug)]
pub struct LateReader;

/// What of `sale.completed` is read here.
#[derive(Debug, Deserialize)]
struct Completed {
    order: Uuid,
    member: Option<MemberId>,
}

impl Reader for LateReader {
    fn name(&self) -> &'static str {
        "late_order"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "sale.completed"
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            let sale: Completed = event.read()?;
            let Some(member) = sale.member else { return Ok(()) };
            let stays = heir(tx, cx.merchant, member, sale.order).await?;
            if stays != member {
                orders::move_all(tx, cx.merchant, member, stays, Some(&[sale.order])).await?;
                give(tx, cx.merchant, member, stays, &[sale.order], Some(&[])).await?;
                figure::ops::recount(tx, cx.merchant, &[member, stays]).await?;
            }
            Ok(())
        })
    }
}
