//! SQL of the event log.

use super::{ATTEMPTS_MAX, StoredEvent};
use shuke_db::{Kind, Row, Stmt, ToValue as _, Tx, sql};
use shuke_kernel::{Instant, MerchantId, Result, Uuid};

pub(super) struct Position {
    position: i64,
    id: Uuid,
    attempts: i64,
}

pub(super) async fn merchants(tx: &mut Tx) -> Result<Vec<MerchantId>> {
    tx.rows(sql!("SELECT merchant_id FROM merchant ORDER BY merchant_id")).await?.iter().map(|row| row.get(0)).collect()
}

/// Whose log has something that a reader has not seen, for several readers in one statement: the reader's place in
/// the list, and the merchant. Idle servers ask this four times a second.
pub(super) async fn news(tx: &mut Tx, readers: &[&str]) -> Result<Vec<(usize, MerchantId)>> {
    let mut params = vec![Uuid::nil().to_value()];
    params.extend(readers.iter().map(|name| name.to_value()));
    let names: Vec<String> =
        (0..readers.len()).map(|n| format!("SELECT CAST({n} AS BIGINT) AS place, CAST(${} AS TEXT) AS name", n + 2)).collect();
    let text = format!(
        "SELECT r.place, m.merchant_id FROM merchant m CROSS JOIN ({}) r
         LEFT JOIN event_cursor c ON c.merchant_id = m.merchant_id AND c.reader = r.name
         WHERE EXISTS (SELECT 1 FROM event e WHERE e.merchant_id = m.merchant_id
            AND (e.position, e.id) > (COALESCE(c.position, -1), COALESCE(c.id, $1)))
         ORDER BY r.place, m.merchant_id",
        names.join(" UNION ALL ")
    );
    let rows = tx.rows(Stmt::built(text, params)).await?;
    rows.iter().map(|row| Ok((usize::try_from(row.get::<i64>(0)?).unwrap_or(usize::MAX), row.get(1)?))).collect()
}

pub(super) async fn is_behind(tx: &mut Tx, merchant: MerchantId, reader: &str) -> Result<bool> {
    let stmt = sql!(
        "SELECT 1 FROM event e LEFT JOIN event_cursor c ON c.merchant_id = e.merchant_id AND c.reader = $2
         WHERE e.merchant_id = $1 AND (e.position, e.id) > (COALESCE(c.position, -1), COALESCE(c.id, $3)) LIMIT 1",
        merchant,
        reader,
        Uuid::nil()
    );
    Ok(tx.row(stmt).await?.is_some())
}

/// The cursor, locked: two servers that run one reader take turns.
pub(super) async fn cursor(tx: &mut Tx, reader: &str, merchant: MerchantId) -> Result<Position> {
    tx.queue(sql!(
        "INSERT INTO event_cursor (merchant_id, reader, position, id, attempts) VALUES ($1, $2, -1, $3, 0) ON CONFLICT DO NOTHING",
        merchant,
        reader,
        Uuid::nil()
    ))
    .await?;
    let row = tx
        .need(
            sql!("SELECT position, id, attempts FROM event_cursor WHERE merchant_id = $1 AND reader = $2 FOR UPDATE", merchant, reader),
            || shuke_kernel::Error::internal("the cursor is gone"),
        )
        .await?;
    Ok(Position { position: row.get(0)?, id: row.get(1)?, attempts: row.get(2)? })
}

const COLUMNS: &str = "SELECT merchant_id, id, kind, subject, at, actor, payload, position FROM event";

pub(super) async fn after(tx: &mut Tx, merchant: MerchantId, cursor: &Position, limit: i64) -> Result<Vec<StoredEvent>> {
    let bound = match tx.kind() {
        Kind::Sqlite => "",
        // Below this transaction id everything has ended: nothing can commit behind the reader's back.
        Kind::Postgres => " AND position < position_horizon()",
    };
    let text = format!("{COLUMNS} WHERE merchant_id = $1 AND (position, id) > ($2, $3){bound} ORDER BY merchant_id, position, id LIMIT $4");
    let params = vec![merchant.to_value(), cursor.position.to_value(), cursor.id.to_value(), limit.to_value()];
    tx.rows(Stmt::built(text, params)).await?.iter().map(event).collect()
}

pub(super) async fn of_subject(tx: &mut Tx, merchant: MerchantId, subject: Uuid, limit: i64) -> Result<Vec<StoredEvent>> {
    let stmt = sql!(
        "SELECT merchant_id, id, kind, subject, at, actor, payload, position FROM event
         WHERE merchant_id = $1 AND subject = $2 ORDER BY at DESC, id DESC LIMIT $3",
        merchant,
        subject,
        limit
    );
    tx.rows(stmt).await?.iter().map(event).collect()
}

fn event(row: &Row) -> Result<StoredEvent> {
    Ok(StoredEvent {
        merchant: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        subject: row.get(3)?,
        at: row.get(4)?,
        actor: row.get(5)?,
        payload: row.get(6)?,
        position: row.get(7)?,
    })
}

pub(super) async fn advance(tx: &mut Tx, reader: &str, merchant: MerchantId, last: &StoredEvent) -> Result<()> {
    tx.queue(sql!(
        "UPDATE event_cursor SET position = $3, id = $4, attempts = 0 WHERE merchant_id = $1 AND reader = $2",
        merchant,
        reader,
        last.position,
        last.id
    ))
    .await
}

/// Counts a failure of the next event; after the last attempt it becomes a dead letter and the
/// cursor moves past it. Returns whether the reader may go on.
pub(super) async fn failed(tx: &mut Tx, reader: &str, merchant: MerchantId, fault: &str, at: Instant) -> Result<bool> {
    let cursor = cursor(tx, reader, merchant).await?;
    if cursor.attempts + 1 < ATTEMPTS_MAX {
        tx.queue(sql!("UPDATE event_cursor SET attempts = attempts + 1 WHERE merchant_id = $1 AND reader = $2", merchant, reader)).await?;
        return Ok(false);
    }
    let next = after(tx, merchant, &cursor, 1).await?;
    let Some(event) = next.first() else { return Ok(false) };
    tx.queue(sql!(
        "INSERT INTO event_dead (merchant_id, reader, event_id, fault, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        merchant,
        reader,
        event.id,
        fault,
        at
    ))
    .await?;
    advance(tx, reader, merchant, event).await?;
    Ok(true)
}
