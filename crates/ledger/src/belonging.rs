//! The ledger's part of a member: accounts, lots, entries.
//!
//! A merge is a journal: for every kind, what the absorbed member has goes out of the one account and
//! into the other, and the lots go over as they are, with source, expiry and what they owe. So a refund of
//! an order from before finds the very lots it took from and granted. The absorbed member's accounts
//! are closed in the same transaction.
//!
//! Lots of passes go like all others; what a pass is stands in the slice above, which gives its rows along.
//!
//! Undoing carries back what those lots hold now. It is refused where something else than what came over
//! with them has taken from them meanwhile, because that would have to be given back to a lot that is
//! another member's.

use crate::account::store as accounts;
use crate::journal::store as entries;
use crate::lot::store as lots;
use crate::{AccountKind, Holdings, Journal, LotId, journal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Instant, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::belonging::{Belonging, Pair};
use shuke_member::merge;

/// The ledger's part.
#[derive(Clone, Copy, Debug)]
pub struct LedgerPart;

/// Transactions that were under way when a merge was done are looked for so far back.
const UNDER_WAY_MS: i64 = 60_000;
/// The first line of the journal that undoes a merge.
const UNDO_LINE: i64 = 1_000;
/// Entries of one page.
const PAGE_ROWS: i64 = 500;

/// What undoing needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    lots: Vec<LotId>,
    /// Points that the absorbed member owed, and that both owed together.
    debt: i64,
    debts: i64,
    /// What had caused entries of the two shortly before.
    before: Vec<Uuid>,
}

fn to_json<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::internal(error.to_string()))
}

impl Belonging for LedgerPart {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["account", "hold", "lot", "transfer"]
    }

    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, member: MemberId) -> Future<'t, Value> {
        Box::pin(export(tx, cx, member.0))
    }

    fn erase<'t>(&'t self, _: &'t mut Tx, _: &'t Cx, _: MemberId) -> Future<'t, ()> {
        // Nothing here tells who somebody is, and the ledger stays whole.
        Box::pin(async { Ok(()) })
    }

    fn merge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair) -> Future<'t, Value> {
        Box::pin(async move { to_json(&merge(tx, cx, pair, Uuid::nil()).await?) })
    }

    fn unmerge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair, kept: &'t Value) -> Future<'t, ()> {
        Box::pin(async move {
            let kept = serde_json::from_value(kept.clone()).map_err(|error| Error::internal(format!("a part of a merge: {error}")))?;
            // What earned the absorbed member something after the merge: a pass whose points were granted late.
            let late = merge::ops::late(tx, cx.merchant, pair).await?;
            unmerge(tx, cx, pair, Uuid::nil(), Some(&kept), &late).await
        })
    }
}

/// What both hold, locked in the order of their ids.
async fn both(tx: &mut Tx, cx: &Cx, pair: Pair, kind: Uuid) -> Result<(Holdings, Holdings)> {
    let (a, b) = (pair.from.0.min(pair.into.0), pair.from.0.max(pair.into.0));
    let first = journal::ops::holdings(tx, cx, a, true).await?.of_points_kind(kind);
    let second = journal::ops::holdings(tx, cx, b, true).await?.of_points_kind(kind);
    Ok(if a == pair.from.0 { (first, second) } else { (second, first) })
}

/// Gives what one owner has to another: two members, or two purses of a kind of points (nil for the merchant's
/// own). The pair's merge is the source of the entries. Answers what undoing needs.
///
/// Errors: `merge_held`.
pub async fn merge(tx: &mut Tx, cx: &Cx, pair: Pair, kind: Uuid) -> Result<Kept> {
    let (mut from, mut into) = both(tx, cx, pair, kind).await?;
    if AccountKind::ALL.iter().any(|kind| from.balance(*kind).held != 0) {
        let why = "something of the absorbed member is held for an order under way; finish or release it first";
        return Err(Error::refused("merge_held", why));
    }
    let since = pair.at.plus_ms(-UNDER_WAY_MS);
    let mut before = entries::sources_since(tx, cx.merchant, pair.from.0, since).await?;
    before.extend(entries::sources_since(tx, cx.merchant, pair.into.0, since).await?);
    let lots: Vec<LotId> = lots::of_owner(tx, cx.merchant, pair.from.0).await?.into_iter().map(|lot| lot.id).collect();
    let (debt, debts) = (from.owed(), from.owed() + into.owed());
    let mut journal = Journal::new("merge", pair.merge, None);
    journal.carry(&mut from, &mut into, &lots)?;
    journal.carry_debt(&mut from, &mut into, debt)?;
    journal.post(tx, cx, &[&from, &into]).await?;
    lots::give(tx, cx.merchant, pair.from.0, pair.into.0, &lots).await?;
    accounts::close(tx, cx.merchant, pair.from.0, kind).await?;
    Ok(Kept { lots, debt, debts, before })
}

/// Gives it back, with the lots that these late causes have brought the survivor since; nothing was kept where
/// only they have brought something.
///
/// Errors: `merge_used` where something of it was used since.
pub async fn unmerge(tx: &mut Tx, cx: &Cx, pair: Pair, kind: Uuid, kept: Option<&Kept>, late: &[Uuid]) -> Result<()> {
    let (mut absorbed, mut survivor) = both(tx, cx, pair, kind).await?;
    let none = Kept { lots: Vec::new(), debt: 0, debts: survivor.owed(), before: Vec::new() };
    let kept = with_late(tx, cx, pair, kept.unwrap_or(&none), late).await?;
    if survivor.owed() != kept.debts || used(tx, cx, pair, &kept).await? {
        let why = "points or prepaid value that came over was used since, so the merge can't be undone; refund what used it first";
        return Err(Error::refused("merge_used", why));
    }
    accounts::reopen(tx, cx.merchant, pair.from.0).await?;
    let mut journal = Journal::new("unmerge", pair.merge, None).from_line(UNDO_LINE);
    journal.carry(&mut survivor, &mut absorbed, &kept.lots)?;
    journal.carry_debt(&mut survivor, &mut absorbed, kept.debt)?;
    journal.post(tx, cx, &[&survivor, &absorbed]).await?;
    lots::give(tx, cx.merchant, pair.into.0, pair.from.0, &kept.lots).await
}

/// What goes back, with the lots of late causes; these don't stand in the way of going back themselves.
async fn with_late(tx: &mut Tx, cx: &Cx, pair: Pair, kept: &Kept, late: &[Uuid]) -> Result<Kept> {
    let mut kept = kept.clone();
    if late.is_empty() {
        return Ok(kept);
    }
    for lot in lots::of_owner(tx, cx.merchant, pair.into.0).await? {
        if late.contains(&lot.source_id) && !kept.lots.contains(&lot.id) {
            kept.lots.push(lot.id);
        }
    }
    kept.before.extend(late);
    Ok(kept)
}

/// Whether something that came after the merge has taken from a lot that came over, and not given back.
async fn used(tx: &mut Tx, cx: &Cx, pair: Pair, kept: &Kept) -> Result<bool> {
    let since = pair.at.plus_ms(-UNDER_WAY_MS);
    let mut later = entries::sources_since(tx, cx.merchant, pair.into.0, since).await?;
    later.retain(|source| !kept.before.contains(source) && *source != pair.merge);
    let out = lots::out_of(tx, cx.merchant, &later).await?;
    Ok(out.iter().any(|lot| kept.lots.contains(lot)))
}

async fn export(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Value> {
    let balances = crate::account::ops::balances(tx, cx, member).await?;
    let lots: Vec<crate::lot::LotView> = lots::of_owner(tx, cx.merchant, member).await?.into_iter().map(Into::into).collect();
    let mut all = Vec::new();
    let mut before = (Instant(i64::MAX), Uuid::max(), i64::MAX);
    loop {
        let page = entries::statement(tx, cx.merchant, member, None, Instant(i64::MIN), before, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        before = (last.at, last.source_id, last.source_line);
        all.extend(page);
    }
    Ok(json!({ "balances": to_json(&balances)?, "lots": to_json(&lots)?, "entries": to_json(&all)? }))
}
