//! SQL of gift cards.

use super::{GiftCard, GiftCardBatch, GiftCardBatchDraft, GiftCardBatchId, GiftCardId};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Money, Result, Uuid};
use shuke_ledger::journal::BOOKED;
use std::fmt::Write as _;

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

pub(super) fn insert_batch_stmt(cx: &Cx, draft: &GiftCardBatchDraft) -> Stmt {
    sql!(
        "INSERT INTO gift_card_batch (merchant_id, id, name, face, cards, months, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        cx.merchant,
        draft.id,
        draft.name,
        draft.face,
        draft.cards,
        draft.months.map(i64::from),
        cx.now,
        cx.actor.text()
    )
}

/// Cards by id, number and hash; at least one.
pub(super) fn insert_cards_stmt(merchant: MerchantId, draft: &GiftCardBatchDraft, cards: &[(GiftCardId, i64, String)]) -> Stmt {
    let row = |(id, number, hash): &(GiftCardId, i64, String)| {
        vec![
            merchant.to_value(),
            id.to_value(),
            draft.id.to_value(),
            Value::Int(*number),
            hash.to_value(),
            draft.face.to_value(),
            draft.months.map(i64::from).to_value(),
            Value::Int(1),
            "[]".to_owned().to_value(),
        ]
    };
    let columns = ["merchant_id", "id", "batch_id", "number", "hash", "face", "months", "sales_left", "payments"];
    insert("gift_card", &columns, cards.iter().map(row).collect())
}

fn batch_read(row: &Row) -> Result<GiftCardBatch> {
    let months: Option<i64> = row.get(5)?;
    Ok(GiftCardBatch {
        id: row.get(0)?,
        name: row.get(1)?,
        face: row.get(2)?,
        cards: row.get(3)?,
        sold: row.get(4)?,
        months: months.and_then(|months| i32::try_from(months).ok()),
        at: row.get(6)?,
    })
}

const BATCH: &str = "SELECT b.id, b.name, b.face, b.cards, (SELECT COUNT(*) FROM gift_card c
    WHERE c.merchant_id = b.merchant_id AND c.batch_id = b.id AND c.sales_left = 0), b.months, b.at FROM gift_card_batch b";

pub(super) async fn batch(tx: &mut Tx, merchant: MerchantId, id: GiftCardBatchId) -> Result<Option<GiftCardBatch>> {
    let text = format!("{BATCH} WHERE b.merchant_id = $1 AND b.id = $2");
    tx.row(Stmt::built(text, vec![merchant.to_value(), id.to_value()])).await?.as_ref().map(batch_read).transpose()
}

/// Batches, newest first.
pub(super) async fn batches(tx: &mut Tx, merchant: MerchantId, after: Option<GiftCardBatchId>, limit: i64) -> Result<Vec<GiftCardBatch>> {
    let after = after.unwrap_or(GiftCardBatchId(Uuid::max()));
    let text = format!("{BATCH} WHERE b.merchant_id = $1 AND b.id < $2 ORDER BY b.id DESC LIMIT $3");
    let params = vec![merchant.to_value(), after.to_value(), Value::Int(limit)];
    tx.rows(Stmt::built(text, params)).await?.iter().map(batch_read).collect()
}

const COLUMNS: &str = "id, batch_id, number, face, months, sold_at, sold_store, buyer_id, payments, expires_on, blocked_at, returned_at";

pub(crate) fn read(row: &Row) -> Result<GiftCard> {
    let months: Option<i64> = row.get(4)?;
    let payments = serde_json::from_str(&row.get::<String>(8)?);
    Ok(GiftCard {
        id: row.get(0)?,
        batch: row.get(1)?,
        number: row.get(2)?,
        face: row.get(3)?,
        months: months.and_then(|months| i32::try_from(months).ok()),
        sold_at: row.get(5)?,
        sold_store: row.get(6)?,
        buyer: row.get(7)?,
        payments: payments.map_err(|error| Error::internal(format!("a gift card's payments can't be read: {error}")))?,
        expires_on: row.get(9)?,
        blocked_at: row.get(10)?,
        returned_at: row.get(11)?,
    })
}

/// These cards; to be pipelined after the statements that lock their accounts. At least one.
pub fn by_ids_stmt(merchant: MerchantId, ids: &[GiftCardId]) -> Stmt {
    let mut params = vec![merchant.to_value()];
    let mut list = String::new();
    for id in ids {
        params.push(id.to_value());
        let _ = write!(list, "{}${}", if list.is_empty() { "" } else { ", " }, params.len());
    }
    Stmt::built(format!("SELECT {COLUMNS} FROM gift_card WHERE merchant_id = $1 AND id IN ({list}) ORDER BY id"), params)
}

/// One card, its row locked.
pub(super) fn locked_stmt(merchant: MerchantId, id: GiftCardId) -> Stmt {
    let text = format!("SELECT {COLUMNS} FROM gift_card WHERE merchant_id = $1 AND id = $2 FOR UPDATE");
    Stmt::built(text, vec![merchant.to_value(), id.to_value()])
}

pub(super) async fn by_hash(tx: &mut Tx, merchant: MerchantId, hash: &str) -> Result<Option<GiftCard>> {
    let text = format!("SELECT {COLUMNS} FROM gift_card WHERE merchant_id = $1 AND hash = $2");
    tx.row(Stmt::built(text, vec![merchant.to_value(), hash.to_value()])).await?.as_ref().map(read).transpose()
}

/// Cards of a batch by number, after one of them.
pub(super) async fn of_batch(tx: &mut Tx, merchant: MerchantId, batch: GiftCardBatchId, after: i64, limit: i64) -> Result<Vec<GiftCard>> {
    let text = format!("SELECT {COLUMNS} FROM gift_card WHERE merchant_id = $1 AND batch_id = $2 AND number > $3 ORDER BY number LIMIT $4");
    let params = vec![merchant.to_value(), batch.to_value(), Value::Int(after), Value::Int(limit)];
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Marks a card as sold; to be queued. A second time refuses with `gift_card_sold`.
pub(super) fn sell_stmt(cx: &Cx, card: &GiftCard) -> Result<Stmt> {
    Ok(sql!(
        "UPDATE gift_card SET sales_left = sales_left - 1, sold_at = $3, sold_store = $4, buyer_id = $5, payments = $6, expires_on = $7
         WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        card.id,
        cx.now,
        card.sold_store,
        card.buyer,
        json(&card.payments)?,
        card.expires_on
    ))
}

/// Writes what became of a card; to be queued.
pub(super) fn state_stmt(cx: &Cx, card: &GiftCard) -> Result<Stmt> {
    Ok(sql!(
        "UPDATE gift_card SET blocked_at = $3, returned_at = $4, payments = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        card.id,
        card.blocked_at,
        card.returned_at,
        json(&card.payments)?
    ))
}

/// What a card paid of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardUse {
    /// The card.
    pub card: GiftCardId,
    /// Minor units.
    pub amount: Money,
    /// What of it was given back.
    pub amount_back: Money,
}

/// Books what cards paid of an order; to be queued. At least one, none twice.
pub(super) fn insert_uses_stmt(merchant: MerchantId, order: Uuid, now: Instant, uses: &[CardUse]) -> Stmt {
    let row =
        |of: &CardUse| vec![merchant.to_value(), order.to_value(), of.card.to_value(), of.amount.to_value(), Value::Int(0), now.to_value()];
    let columns = ["merchant_id", "order_id", "card_id", "amount", "amount_back", "at"];
    insert("gift_card_use", &columns, uses.iter().map(row).collect())
}

/// What cards paid of an order, by card.
pub(super) async fn uses(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<CardUse>> {
    let stmt = sql!(
        "SELECT card_id, amount, amount_back FROM gift_card_use WHERE merchant_id = $1 AND order_id = $2 ORDER BY card_id",
        merchant,
        order
    );
    tx.rows(stmt).await?.iter().map(|row| Ok(CardUse { card: row.get(0)?, amount: row.get(1)?, amount_back: row.get(2)? })).collect()
}

/// Counts what was given back to a card; to be queued.
pub(super) fn give_back_stmt(merchant: MerchantId, order: Uuid, card: GiftCardId, amount: Money) -> Stmt {
    sql!(
        "UPDATE gift_card_use SET amount_back = amount_back + $4 WHERE merchant_id = $1 AND order_id = $2 AND card_id = $3",
        merchant,
        order,
        card,
        amount
    )
}

async fn first(tx: &mut Tx, merchant: MerchantId, text: String) -> Result<Option<(Uuid, i64, i64)>> {
    let row = tx.row(Stmt::built(text, vec![merchant.to_value()])).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// The first order whose cards paid other than its entries moved: order, booked, moved.
pub(super) async fn uses_differing(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, i64, i64)>> {
    let text = format!(
        "SELECT id, CAST(SUM(booked) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM (
             SELECT order_id AS id, amount AS booked, 0 AS moved FROM gift_card_use WHERE merchant_id = $1
             UNION ALL SELECT source_id, 0, amount FROM ({BOOKED}) AS booked WHERE debit_kind = 'gift_card' AND credit_kind = 'revenue') AS sides
         GROUP BY id HAVING SUM(booked) <> SUM(moved) ORDER BY id LIMIT 1"
    );
    first(tx, merchant, text).await
}

/// The first card whose sale moved other than its face value: card, face, moved.
pub(super) async fn sales_differing(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, i64, i64)>> {
    let text = format!(
        "SELECT id, CAST(SUM(face) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM (
             SELECT id, face, 0 AS moved FROM gift_card WHERE merchant_id = $1 AND sold_at IS NOT NULL
             UNION ALL SELECT source_id, 0, amount FROM ({BOOKED}) AS booked WHERE debit_kind = 'prepaid_sold' AND credit_kind = 'gift_card') AS sides
         GROUP BY id HAVING SUM(face) <> SUM(moved) ORDER BY id LIMIT 1"
    );
    first(tx, merchant, text).await
}
