//! SQL of stamps and cards.

use super::{StampCardId, StampLine};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert_or_ignore, sql};
use shuke_kernel::{Date, Error, MerchantId, Result, Uuid};

/// What an order gave a card.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) member: Uuid,
    pub(super) card: StampCardId,
    pub(super) order: Uuid,
    pub(super) lines: Vec<StampLine>,
    pub(super) stamps: i64,
    pub(super) lapsed: i64,
    pub(super) expires_on: Option<Date>,
}

fn written(lines: &[StampLine]) -> Result<String> {
    serde_json::to_string(lines).map_err(|error| Error::internal(error.to_string()))
}

/// Writes an entry; an order that is stamped already stays as it is.
pub(super) fn insert_stmt(merchant: MerchantId, entry: &Entry, on: Date) -> Result<Stmt> {
    let row = vec![
        merchant.to_value(),
        entry.member.to_value(),
        entry.card.to_value(),
        entry.order.to_value(),
        written(&entry.lines)?.to_value(),
        Value::Int(entry.stamps),
        Value::Int(0),
        on.to_value(),
        entry.expires_on.to_value(),
    ];
    let columns = ["merchant_id", "member_id", "card_id", "order_id", "lines", "stamps", "lapsed", "stamped_on", "expires_on"];
    Ok(insert_or_ignore("stamp_entry", &columns, vec![row]))
}

pub(super) fn change_stmt(merchant: MerchantId, entry: &Entry) -> Result<Stmt> {
    Ok(sql!(
        "UPDATE stamp_entry SET lines = $5, stamps = $6, lapsed = $7, expires_on = $8
         WHERE merchant_id = $1 AND member_id = $2 AND card_id = $3 AND order_id = $4",
        merchant,
        entry.member,
        entry.card,
        entry.order,
        written(&entry.lines)?,
        entry.stamps,
        entry.lapsed,
        entry.expires_on
    ))
}

fn read(row: &Row) -> Result<Entry> {
    let lines = serde_json::from_str(&row.get::<String>(3)?).map_err(|error| Error::internal(format!("stamps can't be read: {error}")))?;
    Ok(Entry {
        member: row.get(0)?,
        card: row.get(1)?,
        order: row.get(2)?,
        lines,
        stamps: row.get(4)?,
        lapsed: row.get(5)?,
        expires_on: row.get(6)?,
    })
}

/// What an order gave, card by card.
pub(super) async fn of_order(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Vec<Entry>> {
    let stmt = sql!(
        "SELECT member_id, card_id, order_id, lines, stamps, lapsed, expires_on FROM stamp_entry
         WHERE merchant_id = $1 AND order_id = $2 ORDER BY card_id",
        merchant,
        order
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// All that a member's card was given, the oldest first.
pub(super) async fn of_card(tx: &mut Tx, merchant: MerchantId, member: Uuid, card: StampCardId) -> Result<Vec<Entry>> {
    let stmt = sql!(
        "SELECT member_id, card_id, order_id, lines, stamps, lapsed, expires_on FROM stamp_entry
         WHERE merchant_id = $1 AND member_id = $2 AND card_id = $3 ORDER BY stamped_on, order_id",
        merchant,
        member,
        card
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Cards with stamps whose time is over and that were not looked at since.
pub(super) async fn due(tx: &mut Tx, merchant: MerchantId, today: Date, limit: i64) -> Result<Vec<(Uuid, StampCardId)>> {
    let stmt = sql!(
        "SELECT DISTINCT member_id, card_id FROM stamp_entry
         WHERE merchant_id = $1 AND expires_on IS NOT NULL AND expires_on < $2 ORDER BY member_id, card_id LIMIT $3",
        merchant,
        today,
        limit
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The card's row, made where it is missing, and locked: stamps and rounds.
pub(super) async fn locked(tx: &mut Tx, merchant: MerchantId, member: Uuid, card: StampCardId) -> Result<(i64, i64)> {
    let row = vec![merchant.to_value(), member.to_value(), card.to_value(), Value::Int(0), Value::Int(0)];
    tx.queue(insert_or_ignore("stamp_card", &["merchant_id", "member_id", "card_id", "stamps", "rounds"], vec![row])).await?;
    let stmt = sql!(
        "SELECT stamps, rounds FROM stamp_card WHERE merchant_id = $1 AND member_id = $2 AND card_id = $3 FOR UPDATE",
        merchant,
        member,
        card
    );
    let row = tx.need(stmt, || Error::internal("a stamp card's row is gone")).await?;
    Ok((row.get(0)?, row.get(1)?))
}

pub(super) fn put_stmt(merchant: MerchantId, member: Uuid, card: StampCardId, stamps: i64, rounds: i64) -> Stmt {
    sql!(
        "UPDATE stamp_card SET stamps = $4, rounds = $5 WHERE merchant_id = $1 AND member_id = $2 AND card_id = $3",
        merchant,
        member,
        card,
        stamps,
        rounds
    )
}

/// A member's cards: card, stamps, rounds.
pub(super) async fn of_member(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<(StampCardId, i64, i64)>> {
    let stmt = sql!("SELECT card_id, stamps, rounds FROM stamp_card WHERE merchant_id = $1 AND member_id = $2", merchant, member);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The first card whose stamps are not what its orders add up to: member, card, what it says, what they say.
pub(super) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, Uuid, i64, i64)>> {
    let stmt = sql!(
        "SELECT member_id, card_id, CAST(SUM(shown) AS BIGINT), CAST(SUM(counted) AS BIGINT) FROM (
             SELECT member_id, card_id, stamps AS shown, 0 AS counted FROM stamp_card WHERE merchant_id = $1
             UNION ALL SELECT member_id, card_id, 0, stamps - lapsed FROM stamp_entry WHERE merchant_id = $1) AS sides
         GROUP BY member_id, card_id HAVING SUM(shown) <> SUM(counted) ORDER BY member_id, card_id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).transpose()
}

/// How many full cards each member's card counts. For `verify`.
pub(super) async fn rounds(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(Uuid, Uuid, i64)>> {
    let stmt = sql!(
        "SELECT member_id, card_id, rounds FROM stamp_card WHERE merchant_id = $1 AND rounds <> 0 ORDER BY member_id, card_id",
        merchant
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// An order that stamped a card.
pub(crate) type EntryKey = (StampCardId, Uuid);

/// What a member's orders gave, by card and order.
pub(super) async fn keys_of(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<EntryKey>> {
    let stmt = sql!(
        "SELECT card_id, order_id FROM stamp_entry WHERE merchant_id = $1 AND member_id = $2 ORDER BY card_id, order_id",
        merchant,
        member
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Gives what an order gave to another member's card.
pub(super) fn give_stmt(merchant: MerchantId, from: Uuid, to: Uuid, (card, order): EntryKey) -> Stmt {
    sql!(
        "UPDATE stamp_entry SET member_id = $5 WHERE merchant_id = $1 AND member_id = $2 AND card_id = $3 AND order_id = $4",
        merchant,
        from,
        card,
        order,
        to
    )
}
