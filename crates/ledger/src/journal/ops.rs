//! Use cases on journals: adjustments by hand, opening balances.

use super::model::too_large;
use super::{AMOUNT_MAX, Entry, ShiftTurnover, bulk, store};
use crate::account::store::{self as accounts, holdings_read, holdings_stmts};
use crate::{Account, AccountKind, Holdings, Journal, LotTerms};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Instant, Limit, MerchantId, Page, Result, Uuid};

/// What a member holds, read alone.
pub async fn holdings(tx: &mut Tx, cx: &Cx, member: Uuid, lock: bool) -> Result<Holdings> {
    let [accounts, lots] = tx.all(holdings_stmts(cx.merchant, member, lock)).await?;
    holdings_read(member, &accounts, &lots)
}

/// A correction by hand.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Its id, made by the client.
    pub id: Uuid,
    /// Whose balance.
    pub member: Uuid,
    /// Which: points, principal or bonus.
    pub kind: AccountKind,
    /// Above zero gives, below zero takes.
    pub amount: i64,
    /// When what is given can be used.
    pub terms: LotTerms,
    /// At which store.
    pub store: Option<Uuid>,
    /// The reason that staff gave.
    pub reason: String,
}

/// Corrects a balance by hand; the event keeps the reason.
///
/// Errors: `adjustment_kind_wrong`, `amount_too_large`, `balance_insufficient`.
pub async fn adjust(tx: &mut Tx, cx: &Cx, adjustment: &Adjustment) -> Result<Holdings> {
    if !adjustment.kind.is_whole() || adjustment.amount == 0 {
        return Err(Error::invalid("adjustment_kind_wrong", "an adjustment gives or takes points, principal or bonus, and not zero"));
    }
    if adjustment.amount.unsigned_abs() > AMOUNT_MAX.unsigned_abs() {
        return Err(too_large());
    }
    let mut holdings = holdings(tx, cx, adjustment.member, true).await?;
    let mut journal = Journal::new("adjustment", adjustment.id, adjustment.store);
    let other = match adjustment.kind {
        AccountKind::Points => {
            Account::merchant(if adjustment.amount > 0 { AccountKind::PointsIssued } else { AccountKind::PointsRedeemed })
        }
        _ => Account::merchant(AccountKind::Adjustment),
    };
    if adjustment.amount > 0 {
        journal.grant(cx, &mut holdings, adjustment.kind, adjustment.amount, other, adjustment.terms, "adjusted")?;
    } else {
        journal.spend(cx, &mut holdings, adjustment.kind, -adjustment.amount, other, "adjusted")?;
    }
    journal.post(tx, cx, &[&holdings]).await?;
    let payload = serde_json::json!({
        "member": adjustment.member, "account": adjustment.kind, "amount": adjustment.amount, "reason": adjustment.reason, "id": adjustment.id,
    });
    event::append(tx, cx, &[Event::new("ledger.adjusted", adjustment.member, &payload)]).await?;
    Ok(holdings)
}

/// What the caller gave and took of a member by hand since a moment, added up: points, or principal and bonus.
/// Whoever asks next waits until this transaction has ended.
/// The owner is a member, or a purse with its kind of points (nil for a member).
pub async fn adjusted_since(tx: &mut Tx, cx: &Cx, (owner, of): (Uuid, Uuid), points: bool, since: Instant) -> Result<i64> {
    let kind = if points { AccountKind::Points } else { AccountKind::Principal };
    accounts::create(tx, cx.merchant, &[(owner, kind, of)]).await?;
    accounts::lock(tx, cx.merchant, owner).await?;
    store::adjusted_since(tx, cx, owner, points, since).await
}

/// An owner's entries of every kind of account, newest first, before a place in the list.
pub async fn statement(tx: &mut Tx, cx: &Cx, owner: Uuid, before: Option<(Instant, Uuid, i64)>, limit: Limit) -> Result<Page<Entry>> {
    let before = before.unwrap_or((Instant(i64::MAX), Uuid::max(), i64::MAX));
    let rows = store::statement(tx, cx.merchant, owner, None, Instant(i64::MIN), before, limit.fetch()).await?;
    Ok(Page::of(rows, limit, |entry| (entry.at, entry.source_id, entry.source_line)))
}

/// An opening balance that an import brings in.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Unique for the imported line.
    pub id: Uuid,
    /// Whose.
    pub member: Uuid,
    /// What.
    pub kind: AccountKind,
    /// How much, above zero.
    pub amount: i64,
    /// Until when.
    pub terms: LotTerms,
}

/// Brings in one member's opening balances as balanced transfers.
pub async fn open(tx: &mut Tx, cx: &Cx, opening: &Opening) -> Result<()> {
    open_many(tx, cx, std::slice::from_ref(opening)).await
}

/// Openings of one statement per table: a lot has 16 columns, and SQLite takes 32,766 parameters.
const OPENINGS_MAX: usize = 500;

/// Brings in opening balances of many members, in few statements.
pub async fn open_many(tx: &mut Tx, cx: &Cx, openings: &[Opening]) -> Result<()> {
    for openings in openings.chunks(OPENINGS_MAX) {
        // Nothing is read: what is given is added to what there is.
        let mut opened = Vec::with_capacity(openings.len());
        for opening in openings {
            let mut holdings = Holdings::none(opening.member);
            let mut journal = Journal::new("opening", opening.id, None);
            let from = if opening.kind == AccountKind::Points { AccountKind::PointsIssued } else { AccountKind::Opening };
            journal.grant(cx, &mut holdings, opening.kind, opening.amount, Account::merchant(from), opening.terms, "opening")?;
            opened.push((journal, holdings));
        }
        bulk::post_many(tx, cx, &opened).await?;
    }
    Ok(())
}

/// What a shift moved, by cause and by the kinds it moved between.
pub async fn of_shift(tx: &mut Tx, merchant: MerchantId, shift: Uuid) -> Result<Vec<ShiftTurnover>> {
    store::of_shift(tx, merchant, shift).await
}

/// How many causes of each kind booked in a shift.
pub async fn counts_of_shift(tx: &mut Tx, merchant: MerchantId, shift: Uuid) -> Result<Vec<(String, i64)>> {
    store::counts_of_shift(tx, merchant, shift).await
}

/// Which of these sources have booked something already.
pub async fn booked(tx: &mut Tx, cx: &Cx, sources: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for batch in sources.chunks(500) {
        found.extend(store::booked(tx, cx.merchant, batch).await?);
    }
    Ok(found)
}

/// A member's entries, newest first: those that touch a kind of account, or all.
pub async fn entries(
    tx: &mut Tx,
    cx: &Cx,
    member: Uuid,
    kind: Option<AccountKind>,
    after: Option<(Instant, Uuid, i64)>,
    limit: Limit,
) -> Result<Page<Entry>> {
    let before = after.unwrap_or((Instant(i64::MAX), Uuid::max(), i64::MAX));
    let rows = store::statement(tx, cx.merchant, member, kind, Instant(i64::MIN), before, limit.fetch()).await?;
    Ok(Page::of(rows, limit, |entry| (entry.at, entry.source_id, entry.source_line)))
}
