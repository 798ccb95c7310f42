//! Use cases on journals: statements, adjustments by hand, opening balances, holds.

use crate::account::store::{holdings_read, holdings_stmts};
use crate::{Account, AccountKind, Holdings, Journal, LotTerms};
use shuke_db::{Tx, sql};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Instant, Result, Uuid};

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
/// Errors: `adjustment_kind_wrong`, `balance_insufficient`.
pub async fn adjust(tx: &mut Tx, cx: &Cx, adjustment: &Adjustment) -> Result<Holdings> {
    if !adjustment.kind.in_lots() || adjustment.amount == 0 {
        return Err(Error::invalid("adjustment_kind_wrong", "an adjustment gives or takes points, principal or bonus, and not zero"));
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
    let mut holdings = holdings(tx, cx, opening.member, false).await?;
    let mut journal = Journal::new("opening", opening.id, None);
    let from = if opening.kind == AccountKind::Points { AccountKind::PointsIssued } else { AccountKind::Opening };
    journal.grant(cx, &mut holdings, opening.kind, opening.amount, Account::merchant(from), opening.terms, "opening")?;
    journal.post(tx, cx, &[&holdings]).await
}

/// Keeps back part of a balance until a moment, for a checkout that is under way.
///
/// Errors: `balance_insufficient` where less is left than is to be held.
pub async fn hold(tx: &mut Tx, cx: &Cx, id: Uuid, member: Uuid, kind: AccountKind, amount: i64, until: Instant) -> Result<()> {
    let holdings = holdings(tx, cx, member, true).await?;
    if holdings.available(kind, cx.now) < amount {
        return Err(Error::refused(
            "balance_insufficient",
            format!("there are {} to hold, {amount} are asked for", holdings.available(kind, cx.now)),
        ));
    }
    crate::account::store::add_held(tx, cx.merchant, member, kind, amount).await?;
    tx.queue(sql!(
        "INSERT INTO hold (merchant_id, id, owner, kind, amount, expires_at, open_count) VALUES ($1, $2, $3, $4, $5, $6, 1)",
        cx.merchant,
        id,
        member,
        kind,
        amount,
        until
    ))
    .await
}

/// Ends a hold, once: what it kept back can be spent again.
///
/// Errors: `hold_not_found`, `hold_ended`.
pub async fn release(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<()> {
    let row = tx
        .need(sql!("SELECT owner, kind, amount FROM hold WHERE merchant_id = $1 AND id = $2", cx.merchant, id), || {
            Error::not_found("hold_not_found", "there is no such hold")
        })
        .await?;
    tx.queue(sql!("UPDATE hold SET open_count = open_count - 1 WHERE merchant_id = $1 AND id = $2", cx.merchant, id)).await?;
    crate::account::store::add_held(tx, cx.merchant, row.get(0)?, row.get(1)?, -row.get::<i64>(2)?).await
}
