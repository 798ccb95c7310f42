//! Giving back what is left of a pass.

use super::change::check_reason;
use super::model::{Pass, PassId, PassRefundQuote, VALUE, VISITS};
use super::ops::{locked, open_store};
use super::store::{self, RefundRow};
use crate::ground;
use crate::prepaid::{self, PrepaidPayment};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Money, Result, Uuid};
use shuke_ledger::{Account, AccountKind, Journal, journal};
use shuke_org::TillId;
use shuke_org::approval::{self, ApprovalId, ApprovalKind, Wanted};
use utoipa::ToSchema;

/// A refund to be made of what is left of a pass.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassRefundAsk {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// What is to be given back, as the quote said it: where it has changed since, nothing is done.
    pub amount: Money,
    /// Why: 1 to 200 characters.
    pub reason: String,
    /// A second person's approval, where the amount is above the limit.
    #[serde(default)]
    pub approval: Option<ApprovalId>,
    /// The till where it is paid out: it belongs to the till's shift.
    #[serde(default)]
    pub till: Option<TillId>,
}

/// What was given back of a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassRefund {
    /// Its id.
    pub id: Uuid,
    /// The pass.
    pub pass: PassId,
    /// Whose it is.
    pub member: Uuid,
    /// What was given back, in minor units.
    pub amount: Money,
    /// What the shop kept, in minor units.
    pub kept: Money,
    /// To which payments.
    pub payments: Vec<PrepaidPayment>,
}

/// What a refund would give back now.
///
/// Errors: `pass_not_found`.
pub async fn quote(tx: &mut Tx, cx: &Cx, id: PassId) -> Result<PassRefundQuote> {
    let pass = super::ops::find(tx, cx, id).await?;
    let holdings = journal::ops::holdings(tx, cx, pass.member, false).await?;
    let today = shuke_org::store::ops::show(tx, cx, pass.store.into()).await?.parsed_zone()?.date(cx.now);
    pass.refund_quote(&holdings, today)
}

/// Gives back what is left of a pass, to where its payments came from: money to the store's receipts, wallet
/// parts to the very lots they were taken from. What the terms keep becomes the store's.
///
/// Errors: `pass_not_found`, `pass_reason_missing`, `store_closed`, `pass_not_refundable`, `pass_refund_changed` (conflict) where another
/// amount is given back now, `approval_needed`, `approval_not_usable`, `pass_refund_taken`.
pub async fn refund(tx: &mut Tx, cx: &Cx, id: PassId, ask: &PassRefundAsk) -> Result<PassRefund> {
    check_reason(&ask.reason)?;
    let at = super::ops::find(tx, cx, id).await?.store;
    let shift = ground::shift(tx, cx, ask.till, at).await?;
    let (mut pass, mut holdings) = locked(tx, cx, id).await?;
    let (_, today) = open_store(tx, cx, pass.store).await?;
    let quoted = pass.refund_quote(&holdings, today)?;
    if !quoted.amount.is_positive() || pass.frozen_on.is_some() {
        return Err(Error::refused(
            "pass_not_refundable",
            "nothing of this pass is given back: it is used up, over or frozen, or its terms say so",
        ));
    }
    if quoted.amount != ask.amount {
        return Err(Error::conflict(
            "pass_refund_changed",
            format!("{} is given back now, {} was asked for; look again", quoted.amount, ask.amount),
        ));
    }
    let weighed = quoted.amount.plus(pass.refunded)?.0;
    let wanted = Wanted { kind: ApprovalKind::TopUpRefund, subject: pass.member, amount: quoted.amount.0, weighed };
    approval::ops::require(tx, cx, &wanted, ask.approval).await?;
    let taken = tx.rows(journal::outstanding_stmt(cx.merchant, pass.id.0)).await?;
    let mut out = journal::outstanding_read(tx, cx.merchant, pass.member, &taken).await?;
    let mut journal = Journal::new("pass_refund", ask.id, Some(pass.store)).in_shift(shift).of_origin(pass.id.0);
    for item in &pass.items {
        let (visits, value) = (Pass::visits_left(item, &holdings), Pass::value_left(item, &holdings));
        if let Some(lot) = item.value_lot {
            journal.withdraw(&mut holdings, VALUE, lot, value.0, prepaid::sold(pass.store), "refunded")?;
        }
        journal.withdraw(&mut holdings, VISITS, item.visits_lot, visits, Account::merchant(AccountKind::PassVisitsIssued), "refunded")?;
    }
    journal.transfer(prepaid::sold(pass.store), Account::of(AccountKind::RefundFee, pass.store), quoted.kept.0, "kept")?;
    let wallet = Some((&mut holdings, &mut out));
    let parts = prepaid::give_back(cx, &mut journal, wallet, pass.store, &mut pass.payments, quoted.amount)?;
    pass.ended_on = Some(today);
    let row = RefundRow {
        id: ask.id,
        pass: &pass,
        store: pass.store,
        amount: quoted.amount,
        kept: quoted.kept,
        payments: store::json(&parts)?,
        reason: &ask.reason,
    };
    tx.queue(store::insert_refund_stmt(cx, &row)).await?;
    tx.queue(store::refunded_stmt(cx.merchant, &pass, quoted.amount)?).await?;
    journal.post(tx, cx, &[&holdings]).await?;
    let done = PassRefund { id: ask.id, pass: pass.id, member: pass.member, amount: quoted.amount, kept: quoted.kept, payments: parts };
    event::append(tx, cx, &[Event::new("pass.refunded", pass.member, &done)]).await?;
    Ok(done)
}
