//! Taking what a till sold alone, and deciding what differs.

use super::model::{Conflict, OfflinePolicy, OfflineRecord, OfflineSale, OfflineState, Received};
use super::snapshot::Token;
use super::store;
use crate::book::Books;
use crate::order::{self, Checkout, OrderId, Payment, ops::Sold};
use crate::product;
use crate::quote::Facts;
use crate::quote::facts::{Ask, gather};
use crate::stock::limit::Rules;
use crate::stock::ops::{AdjustmentLine, AdjustmentReason, NewAdjustment};
use crate::stock::{self, Movement};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::{App, Caller, Vault};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Instant, Kind, Limit, Page, Result, Uuid};
use shuke_loyalty::rule::Channel;
use shuke_member::pin::Proven;
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::till::Till;
use shuke_org::{audit, setting, text};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const NOTE_CHARS_MAX: usize = 200;

/// How a sale is tried: one after the other, each in a transaction of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// As a till on the network sells it.
    AsNow,
    /// As it was promised.
    AsPromised,
    /// Kept for a manager.
    Kept,
}

/// Takes a sale that a till made alone, once.
pub async fn receive(app: &App, caller: &Caller, till: &Till, sale: &OfflineSale) -> Received {
    let taken = taken(app, caller, till, sale).await;
    taken.unwrap_or_else(|error| {
        tracing::info!(%error, sale = %sale.id, "an offline sale was not taken");
        Received { id: sale.id, state: None, conflicts: Vec::new(), refused: Some(Conflict::of(&error)) }
    })
}

async fn taken(app: &App, caller: &Caller, till: &Till, sale: &OfflineSale) -> Result<Received> {
    sale.check()?;
    let books = app.slot::<Books>();
    let mut conflicts: Vec<Conflict> = Vec::new();
    for way in [Way::AsNow, Way::AsPromised, Way::Kept] {
        let input = (&caller.cx, &app.vault, &*books, till, sale, way, conflicts.clone());
        let work = app.db.write(&input, |tx, (cx, vault, books, till, sale, way, conflicts)| {
            Box::pin(take(tx, cx, vault, books, till, sale, *way, conflicts.clone()))
        });
        match work.await {
            Ok(received) => return Ok(received),
            Err(error) if error.code() == "offline_sale_reused" => return Err(error),
            Err(error) if matches!(error.kind(), Kind::Internal | Kind::Unavailable | Kind::TooMany) => return Err(error),
            Err(error) => conflicts.push(Conflict::of(&error)),
        }
    }
    Err(Error::internal(format!("the offline sale {} could not be kept", sale.id)))
}

#[expect(clippy::too_many_arguments, reason = "one call, whose parts have nothing else in common")]
async fn take(
    tx: &mut Tx,
    cx: &Cx,
    vault: &Vault,
    books: &Books,
    till: &Till,
    sale: &OfflineSale,
    way: Way,
    mut conflicts: Vec<Conflict>,
) -> Result<Received> {
    // First, so that whoever sends it a second time waits here, and then finds what became of it.
    if !store::put(tx, cx, till.store.0, till.id.0, sale).await? {
        return known(tx, cx, sale).await;
    }
    let policy: OfflinePolicy = setting::ops::get(tx, cx.merchant).await?;
    let beyond = beyond(cx, vault, &policy, till, sale);
    let stays = !beyond.is_empty();
    conflicts.extend(beyond);
    let made = Cx { now: Instant(sale.at.0.min(cx.now.0)), ..cx.clone() };
    let asked = sale.checkout(till.store.0, till.id.0, None);
    let state = match way {
        _ if stays => OfflineState::Waiting,
        Way::AsNow => {
            order::ops::checkout(tx, &made, books, &asked).await?;
            OfflineState::Accepted
        }
        Way::AsPromised
            if conflicts.iter().all(Conflict::can_stand) && near(tx, &made, books, &policy, sale, &asked, &mut conflicts).await? =>
        {
            book(tx, &made, books, sale, asked).await?;
            OfflineState::Booked
        }
        Way::AsPromised | Way::Kept => OfflineState::Waiting,
    };
    store::judge(tx, cx.merchant, sale.id, state, &conflicts).await?;
    let codes: Vec<&str> = conflicts.iter().map(|conflict| conflict.code.as_str()).collect();
    let payload = serde_json::json!({ "order": sale.id, "store": till.store, "till": till.id, "state": state, "total": sale.total, "conflicts": codes });
    event::append(tx, cx, &[Event::new("offline_sale.received", sale.id, &payload)]).await?;
    Ok(Received { id: sale.id, state: Some(state), conflicts, refused: None })
}

/// What became of a sale that was sent before.
///
/// Errors: `offline_sale_reused` where it was another one.
async fn known(tx: &mut Tx, cx: &Cx, sale: &OfflineSale) -> Result<Received> {
    let found = store::find(tx, cx.merchant, sale.id).await?.filter(|found| found.sale == *sale);
    let reused = || Error::refused("offline_sale_reused", "another sale was sent under this id; a till makes a new id for every sale");
    let found = found.ok_or_else(reused)?;
    Ok(Received { id: sale.id, state: Some(found.state), conflicts: found.conflicts, refused: None })
}

/// What is beyond what a till may decide alone.
fn beyond(cx: &Cx, vault: &Vault, policy: &OfflinePolicy, till: &Till, sale: &OfflineSale) -> Vec<Conflict> {
    let mut found = Vec::new();
    if !policy.enabled {
        found.push(Conflict::new("offline_off", "tills of this shop may not sell without a network"));
    }
    if !Token::read(vault, cx.merchant, &sale.snapshot).is_some_and(|token| token.covers(till.id, sale.at)) {
        found.push(Conflict::new("snapshot_over", "it was made without a snapshot of this till, or after its end"));
    }
    if sale.total > policy.sale_max {
        found.push(Conflict::new("sale_too_large", format!("a sale without a network comes to at most {}", policy.sale_max)));
    }
    if sale.wallet() > policy.wallet_max {
        found.push(Conflict::new("wallet_too_large", format!("without a network a wallet pays at most {}", policy.wallet_max)));
    }
    found
}

/// Whether what was promised is near enough to what the rules ask for; what they ask for is noted.
async fn near(
    tx: &mut Tx,
    made: &Cx,
    books: &Books,
    policy: &OfflinePolicy,
    sale: &OfflineSale,
    asked: &Checkout,
    conflicts: &mut Vec<Conflict>,
) -> Result<bool> {
    let (none, no_points) = (CouponChoice::None, PointsChoice::None);
    let ask = Ask {
        store: asked.store,
        member: asked.member,
        channel: Channel::Till,
        lines: &asked.lines,
        coupons: &none,
        points: no_points,
        points_kind: None,
        order: Some(sale.id.0),
        lock: false,
        till: None,
        all_coupons: false,
        made: true,
    };
    let facts = gather(tx, made, books, &ask).await?;
    let quote = facts.price(made, &ask)?;
    let now = Facts::payable(&quote, &facts.taxed(&quote)?)?;
    conflicts.iter_mut().filter(|conflict| conflict.code == "price_changed").for_each(|conflict| conflict.now = Some(now));
    if (now.0 - sale.total.0).abs() <= policy.difference_max.0 {
        return Ok(true);
    }
    let text = format!("the rules ask for {now}, the customer paid {}; that is more apart than may be booked at once", sale.total);
    conflicts.push(Conflict { now: Some(now), ..Conflict::new("difference_too_large", text) });
    Ok(false)
}

/// Books a sale as it was promised, and its stock.
async fn book(tx: &mut Tx, made: &Cx, books: &Books, sale: &OfflineSale, asked: Checkout) -> Result<()> {
    let asked = Checkout { expected_total: None, ..asked };
    let promise = sale.promise();
    let Sold { order, movements, .. } = order::ops::sell(tx, made, books, &asked, Proven::NO, None, Some(&promise)).await?;
    found_in_stock(tx, made, order.store, &order.number, &movements).await?;
    stock::ops::post(tx, made, order.store, &movements).await
}

/// Counts in what stock lacks of what was sold: it was there.
async fn found_in_stock(tx: &mut Tx, made: &Cx, at: Uuid, number: &str, movements: &[Movement]) -> Result<()> {
    let mut needed: BTreeMap<Uuid, i64> = BTreeMap::new();
    for movement in movements {
        *needed.entry(movement.variant).or_default() -= movement.delta_milli;
    }
    if needed.is_empty() {
        return Ok(());
    }
    let variants: Vec<Uuid> = needed.keys().copied().collect();
    let known = product::store::stocked(tx, made.merchant, &variants).await?;
    let on_hand = stock::store::locked(tx, made.merchant, at, &variants).await?;
    let rules = Rules::of(tx, made, at).await?;
    let short = |(variant, needed): (&Uuid, &i64)| {
        let stocked = known.get(variant).filter(|stocked| stocked.track_stock)?;
        let floor = match (on_hand.get(variant), rules.allow(*variant, stocked.oversell)) {
            (Some(_), (true, max_milli)) => -max_milli?,
            _ => 0,
        };
        let delta_milli = floor + needed - on_hand.get(variant).copied().unwrap_or(0);
        (delta_milli > 0).then_some(AdjustmentLine { variant: *variant, delta_milli })
    };
    let lines: Vec<AdjustmentLine> = needed.iter().filter_map(short).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let note = format!("离线销售 {number}");
    let correction = NewAdjustment { id: None, store: at, reason: AdjustmentReason::Correction, note, lines };
    stock::ops::adjust(tx, made, &correction).await.map(|_| ())
}

fn not_found() -> Error {
    Error::not_found("offline_sale_not_found", "there is no such sale")
}

/// A sale that was made offline, of one of the caller's stores.
///
/// Errors: `offline_sale_not_found`.
pub async fn show(tx: &mut Tx, caller: &Caller, id: OrderId) -> Result<OfflineRecord> {
    let found = store::find(tx, caller.cx.merchant, id).await?.ok_or_else(not_found)?;
    caller.may_in(found.store).map_err(|_| not_found())?;
    Ok(found)
}

/// Sales that were made offline, newest first, of the caller's stores.
pub async fn list(
    tx: &mut Tx,
    caller: &Caller,
    store: Option<Uuid>,
    state: Option<OfflineState>,
    before: Option<OrderId>,
    limit: Limit,
) -> Result<Page<OfflineRecord>> {
    let stores = store.map(|store| vec![store]).or_else(|| caller.stores.clone());
    let found = store::page(tx, caller.cx.merchant, stores.as_deref(), state, before, limit.fetch()).await?;
    Ok(Page::of(found, limit, |record| record.sale.id))
}

/// A manager's word.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfflineDecision {
    /// Whether it is an order. One that is booked already can only be accepted: it has been looked at.
    pub accepted: bool,
    /// How it was paid in the end, where the wallet could not: comes to the total. Left out, as the till
    /// sent it.
    #[serde(default)]
    pub payments: Option<Vec<Payment>>,
    /// Whether it is booked without its member, who is gone or frozen.
    #[serde(default)]
    pub without_member: bool,
    /// What was found out, 1 to 200 characters.
    pub note: String,
}

/// Decides about a sale that waits, or was booked.
///
/// Errors: `offline_sale_not_found`, `offline_sale_settled`, `offline_sale_booked`, `text_malformed`, and those of a checkout.
pub async fn decide(tx: &mut Tx, caller: &Caller, books: &Books, id: OrderId, word: &OfflineDecision) -> Result<OfflineRecord> {
    if word.accepted { accept(tx, caller, books, id, word).await } else { decline(tx, caller, id, word).await }
}

fn settled_already() -> Error {
    Error::conflict("offline_sale_settled", "somebody has decided about this sale already; look again")
}

/// One that waits becomes an order as it was promised, one that was booked has been looked at.
async fn accept(tx: &mut Tx, caller: &Caller, books: &Books, id: OrderId, yes: &OfflineDecision) -> Result<OfflineRecord> {
    let (cx, note) = (&caller.cx, text::line("note", &yes.note, NOTE_CHARS_MAX)?);
    let found = show(tx, caller, id).await?;
    if !matches!(found.state, OfflineState::Waiting | OfflineState::Booked) {
        return Err(settled_already());
    }
    // Before the order, so that of two who decide at once one waits here, and finds it decided.
    if !store::settle(tx, cx, id, found.state, OfflineState::Settled, &note).await? {
        return Err(settled_already());
    }
    if found.state == OfflineState::Waiting {
        let made = Cx { now: Instant(found.sale.at.0.min(cx.now.0)), ..cx.clone() };
        let mut asked = found.sale.checkout(found.store, found.till, yes.payments.as_deref());
        asked.member = asked.member.filter(|_| !yes.without_member);
        book(tx, &made, books, &found.sale, asked).await?;
    }
    told(tx, cx, id, OfflineState::Settled, &note).await?;
    show(tx, caller, id).await
}

/// One that waits never becomes an order. What was taken for it is given back by hand.
async fn decline(tx: &mut Tx, caller: &Caller, id: OrderId, no: &OfflineDecision) -> Result<OfflineRecord> {
    let (cx, note) = (&caller.cx, text::line("note", &no.note, NOTE_CHARS_MAX)?);
    let found = show(tx, caller, id).await?;
    match found.state {
        OfflineState::Waiting => {}
        OfflineState::Booked | OfflineState::Accepted => {
            return Err(Error::refused("offline_sale_booked", "this sale is an order already; refund the order instead"));
        }
        OfflineState::Settled | OfflineState::Declined => return Err(settled_already()),
    }
    if !store::settle(tx, cx, id, OfflineState::Waiting, OfflineState::Declined, &note).await? {
        return Err(settled_already());
    }
    told(tx, cx, id, OfflineState::Declined, &note).await?;
    show(tx, caller, id).await
}

async fn told(tx: &mut Tx, cx: &Cx, id: OrderId, state: OfflineState, note: &str) -> Result<()> {
    audit::ops::record(
        tx,
        cx,
        &audit::Entry::new("offline_sale.settled", id).new_value(&serde_json::json!({ "state": state, "note": note })),
    )
    .await?;
    event::append(tx, cx, &[Event::new("offline_sale.settled", id, &serde_json::json!({ "order": id, "state": state }))]).await
}
