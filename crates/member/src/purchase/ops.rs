//! Taking purchases and refunds into account.

use super::reader::PurchasesChanged;
use super::{Difference, Purchase, Refund, store};
use crate::member::store as members;
use crate::member::store::StatUpdate;
use crate::member::{MemberId, Stat};
use crate::stage::ops::{StageCause, facts_of, restage};
use crate::{ground, tag};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, MerchantId, Money, Result, Uuid};
use std::collections::{BTreeMap, BTreeSet};

/// Rows in one statement.
const BATCH_ROWS: usize = 1000;

/// Takes orders into account: the projection, the members' figures, stages and rule tags, one event
/// `member.purchases_changed` per member. A few statements per thousand orders. An order that is
/// there already is replaced, so the same batch again changes nothing. Orders of members that don't
/// exist are left out.
pub async fn apply_purchases(tx: &mut Tx, cx: &Cx, purchases: &[Purchase]) -> Result<()> {
    for batch in purchases.chunks(BATCH_ROWS) {
        let known = lock(tx, cx, batch.iter().map(|purchase| purchase.member)).await?;
        // The last of several rows of an order wins; one statement can't write a row twice.
        let rows: BTreeMap<(MemberId, Uuid), &Purchase> =
            batch.iter().filter(|row| known.contains_key(&row.member)).map(|row| ((row.member, row.order), row)).collect();
        store::put_purchases(tx, cx.merchant, &rows.into_values().collect::<Vec<_>>()).await?;
        recompute(tx, cx, known).await?;
    }
    Ok(())
}

/// Takes refunds into account, likewise. Refunds add up: each must be given once.
pub async fn apply_refunds(tx: &mut Tx, cx: &Cx, refunds: &[Refund]) -> Result<()> {
    for batch in refunds.chunks(BATCH_ROWS) {
        let known = lock(tx, cx, batch.iter().map(|refund| refund.member)).await?;
        let mut rows: BTreeMap<(MemberId, Uuid), Refund> = BTreeMap::new();
        for refund in batch.iter().filter(|refund| known.contains_key(&refund.member)) {
            match rows.get_mut(&(refund.member, refund.order)) {
                Some(row) => {
                    row.amount = row.amount.plus(refund.amount)?;
                    row.whole |= refund.whole;
                }
                None => drop(rows.insert((refund.member, refund.order), refund.clone())),
            }
        }
        store::add_refunds(tx, cx.merchant, &rows.into_values().collect::<Vec<_>>()).await?;
        recompute(tx, cx, known).await?;
    }
    Ok(())
}

/// The figures of those members who exist, held for the rest of the transaction: two that compute
/// one member's figures take turns.
async fn lock(tx: &mut Tx, cx: &Cx, ids: impl Iterator<Item = MemberId>) -> Result<BTreeMap<MemberId, Stat>> {
    let ids: BTreeSet<MemberId> = ids.collect();
    Ok(members::lock_stats(tx, cx.merchant, &ids.into_iter().collect::<Vec<_>>()).await?.into_iter().collect())
}

async fn recompute(tx: &mut Tx, cx: &Cx, known: BTreeMap<MemberId, Stat>) -> Result<()> {
    let ids: Vec<MemberId> = known.keys().copied().collect();
    let totals = store::totals(tx, cx.merchant, &ids).await?;
    let ground = ground(tx, cx.merchant).await?;
    let today = ground.today(cx);
    let stats = known
        .into_iter()
        .map(|(member, stat)| {
            let totals = totals.get(&member).copied().unwrap_or_default();
            let stat = Stat {
                orders: totals.orders,
                amount: totals.amount,
                first_purchase_on: totals.first_on,
                last_purchase_on: totals.last_on,
                ..stat
            };
            (member, stat)
        })
        .collect();
    let facts = facts_of(tx, cx, &ground.bands, stats).await?;
    let restaged = restage(tx, cx, &ground.bands, today, StageCause::Purchase, facts).await?;
    tag::ops::recompute(tx, cx, today, &restaged.stats).await?;
    let changed = |id: &MemberId| Event::new("member.purchases_changed", *id, &PurchasesChanged { member: *id });
    event::append(tx, cx, &ids.iter().map(changed).collect::<Vec<_>>()).await
}

/// What a merge moved, and the figures of both as they were.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Moved {
    orders: Vec<Uuid>,
    stats: Vec<(MemberId, Stat)>,
}

/// Counts the purchases of one member as another's. The one who has none any more keeps stage and
/// dates as they were, and no day brings a change.
pub(crate) async fn move_over(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId) -> Result<Moved> {
    let known = lock(tx, cx, [from, into].into_iter()).await?;
    let stats: Vec<(MemberId, Stat)> = known.iter().map(|(id, stat)| (*id, stat.clone())).collect();
    let orders = store::move_all(tx, cx.merchant, from, into, None).await?;
    if let Some(stat) = known.get(&from) {
        let none =
            Stat { orders: 0, amount: Money::ZERO, first_purchase_on: None, last_purchase_on: None, stage_due_on: None, ..stat.clone() };
        members::update_stats(tx, cx.merchant, &[StatUpdate { member: from, stat: none }]).await?;
    }
    if !orders.is_empty() {
        recompute(tx, cx, known.into_iter().filter(|(id, _)| *id == into).collect()).await?;
    }
    Ok(Moved { orders, stats })
}

/// Counts them as the first one's again. Figures that come out as they were bring the very stage back.
pub(crate) async fn move_back(tx: &mut Tx, cx: &Cx, from: MemberId, into: MemberId, moved: &Moved, late: &[Uuid]) -> Result<()> {
    let known = lock(tx, cx, [from, into].into_iter()).await?;
    let orders = [moved.orders.as_slice(), late].concat();
    store::move_all(tx, cx.merchant, into, from, Some(&orders)).await?;
    let totals = store::totals(tx, cx.merchant, &[from, into]).await?;
    let restored = |(id, stat): (MemberId, Stat)| {
        let before = moved.stats.iter().find(|(of, _)| *of == id).map_or(stat, |(_, before)| before.clone());
        let totals = totals.get(&id).copied().unwrap_or_default();
        let stat = Stat {
            orders: totals.orders,
            amount: totals.amount,
            first_purchase_on: totals.first_on,
            last_purchase_on: totals.last_on,
            ..before
        };
        (id, stat)
    };
    let ground = ground(tx, cx.merchant).await?;
    let today = ground.today(cx);
    let facts = facts_of(tx, cx, &ground.bands, known.into_iter().map(restored).collect()).await?;
    let restaged = restage(tx, cx, &ground.bands, today, StageCause::Time, facts).await?;
    tag::ops::recompute(tx, cx, today, &restaged.stats).await?;
    let changed = |id: &MemberId| Event::new("member.purchases_changed", *id, &PurchasesChanged { member: *id });
    event::append(tx, cx, &[from, into].iter().map(changed).collect::<Vec<_>>()).await
}

/// Adds up every member's orders again: the first whose figures differ, or none.
pub async fn verify(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    store::first_difference(tx, merchant).await
}
