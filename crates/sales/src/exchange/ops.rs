//! Exchanging.

use super::model::{Exchange, ExchangeAsk, Exchanged};
use super::store;
use crate::book::Books;
use crate::order::ops::{Sold, sell};
use crate::refund::ops::{TakenBack, approved, locked, take_back};
use crate::stock;
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Money, Result};
use shuke_member::pin::Proven;

/// Exchanges goods of an order for others.
///
/// Errors: those of a refund and of a checkout; `exchange_elsewhere`, `exchange_member_other`;
/// `difference_mismatch` where the payments are not the difference; `exchange_pkey`.
pub async fn exchange(tx: &mut Tx, cx: &Cx, books: &Books, ask: &ExchangeAsk) -> Result<Exchanged> {
    exchange_proven(tx, cx, books, ask, Proven::NO).await
}

/// The same with what a proof of identity has shown.
pub async fn exchange_proven(tx: &mut Tx, cx: &Cx, books: &Books, ask: &ExchangeAsk, proven: Proven) -> Result<Exchanged> {
    let returned = locked(tx, cx, books, &ask.refund).await?;
    if returned.store != ask.sale.store {
        return Err(Error::refused("exchange_elsewhere", "goods are exchanged in the store that sold them; refund them and sell anew"));
    }
    if returned.member.is_some() && returned.member != ask.sale.member {
        return Err(Error::refused("exchange_member_other", "the new goods go to the member who had bought; refund and sell anew"));
    }
    let TakenBack { refund, mut movements } = take_back(tx, cx, books, &ask.refund, returned.clone()).await?;
    let Sold { order, movements: taken, carried } = sell(tx, cx, books, &ask.sale, proven, Some(&refund.payments), None).await?;
    let given_back = refund.amount.minus(carried.amount)?;
    if given_back.is_positive() {
        approved(tx, cx, &returned, given_back, ask.refund.approval).await?;
    }
    movements.extend(taken);
    stock::ops::post(tx, cx, order.store, &movements).await?;
    let exchange = Exchange {
        id: ask.id,
        refund: refund.id,
        order: order.id,
        returned_order: returned.id,
        store: order.store,
        carried: carried.amount,
        paid: order.total.minus(carried.amount)?,
        given_back,
        at: cx.now,
    };
    debug_assert!(!(exchange.paid > Money::ZERO && given_back > Money::ZERO), "something is paid and given back at once");
    tx.queue(store::insert_stmt(cx, &exchange)).await?;
    event::append(tx, cx, &[Event::new("sale.exchanged", exchange.id, &exchange)]).await?;
    Ok(Exchanged { exchange, refund, order, given_back: carried.given_back })
}
