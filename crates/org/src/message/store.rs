//! SQL of messages and gateways.

use super::model::{MessageChannel, MessageId, MessageState};
use shuke_db::{Row, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Instant, MerchantId, Result, Uuid};

/// A message with address and text sealed.
#[derive(Clone, Debug)]
pub(super) struct Sealed {
    pub(super) id: MessageId,
    pub(super) channel: MessageChannel,
    pub(super) purpose: String,
    pub(super) address: String,
    pub(super) text: String,
    pub(super) state: MessageState,
    pub(super) to_log: bool,
    pub(super) attempts: i64,
    pub(super) last_fault: Option<String>,
    pub(super) created_at: Instant,
    pub(super) ends_at: Instant,
}

pub(super) async fn put(tx: &mut Tx, merchant: MerchantId, message: &Sealed) -> Result<()> {
    let columns = [
        "merchant_id",
        "id",
        "channel",
        "purpose",
        "address",
        "text",
        "state",
        "to_log",
        "attempts",
        "due_at",
        "leased_until",
        "ends_at",
        "created_at",
    ];
    let row = vec![
        merchant.to_value(),
        message.id.to_value(),
        message.channel.to_value(),
        message.purpose.to_value(),
        message.address.to_value(),
        message.text.to_value(),
        message.state.to_value(),
        message.to_log.to_value(),
        0_i64.to_value(),
        message.created_at.to_value(),
        0_i64.to_value(),
        message.ends_at.to_value(),
        message.created_at.to_value(),
    ];
    tx.queue(insert("message", &columns, vec![row])).await
}

fn sealed(row: &Row) -> Result<Sealed> {
    Ok(Sealed {
        id: row.get(0)?,
        channel: row.get(1)?,
        purpose: row.get(2)?,
        address: row.get(3)?,
        text: row.get(4)?,
        state: row.get(5)?,
        to_log: row.get(6)?,
        attempts: row.get(7)?,
        last_fault: row.get(8)?,
        created_at: row.get(9)?,
        ends_at: row.get(10)?,
    })
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, before: MessageId, limit: i64) -> Result<Vec<Sealed>> {
    let stmt = sql!(
        "SELECT id, channel, purpose, address, text, state, to_log, attempts, last_fault, created_at, ends_at
         FROM message WHERE merchant_id = $1 AND id < $2 AND state <> 'withheld' ORDER BY id DESC LIMIT $3",
        merchant,
        before,
        limit
    );
    tx.rows(stmt).await?.iter().map(sealed).collect()
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: MessageId) -> Result<Option<Sealed>> {
    let stmt = sql!(
        "SELECT id, channel, purpose, address, text, state, to_log, attempts, last_fault, created_at, ends_at
         FROM message WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    );
    tx.row(stmt).await?.as_ref().map(sealed).transpose()
}

/// A message that is to be sent now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) merchant: MerchantId,
    pub(super) id: MessageId,
    /// This attempt included.
    pub(super) attempts: i64,
    pub(super) leased_until: i64,
}

pub(super) async fn any_due(tx: &mut Tx, now: Instant) -> Result<bool> {
    let due = sql!("SELECT attempts FROM message WHERE state = 'waiting' AND due_at <= $1 AND leased_until <= $1 LIMIT 1", now);
    Ok(tx.row(due).await?.is_some())
}

/// Takes messages that are due, of any merchant. Nobody else sends them until the lease ends.
pub(super) async fn lease(tx: &mut Tx, now: Instant, until: Instant, limit: i64) -> Result<Vec<Due>> {
    let rows = tx
        .rows(sql!(
            "SELECT merchant_id, id, attempts, leased_until FROM message
             WHERE state = 'waiting' AND due_at <= $1 AND leased_until <= $1 ORDER BY due_at LIMIT $2",
            now,
            limit
        ))
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let held: i64 = row.get(3)?;
        let due = Due { merchant: row.get(0)?, id: row.get(1)?, attempts: row.get::<i64>(2)? + 1, leased_until: until.0 };
        let stmt = sql!(
            "UPDATE message SET leased_until = $3, attempts = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $5",
            due.merchant,
            due.id,
            until,
            due.attempts,
            held
        );
        if tx.exec(stmt).await? == 1 {
            taken.push(due);
        }
    }
    Ok(taken)
}

/// Records an attempt, unless its lease has ended and another server has taken the message.
pub(super) async fn settle(tx: &mut Tx, due: &Due, state: MessageState, due_at: Instant, fault: Option<&str>, now: Instant) -> Result<()> {
    let settled = (state != MessageState::Waiting).then_some(now);
    tx.queue(sql!(
        "UPDATE message SET state = $4, due_at = $5, leased_until = 0, last_fault = $6, settled_at = $7
         WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $3",
        due.merchant,
        due.id,
        due.leased_until,
        state,
        due_at,
        fault,
        settled
    ))
    .await
}

/// Removes what was posted before a moment.
pub(super) async fn prune(tx: &mut Tx, merchant: MerchantId, before: Instant) -> Result<u64> {
    tx.exec(sql!("DELETE FROM message WHERE merchant_id = $1 AND created_at < $2", merchant, before)).await
}

pub(super) async fn set_gateway(
    tx: &mut Tx,
    merchant: MerchantId,
    channel: MessageChannel,
    url: &str,
    secret: &str,
    now: Instant,
) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO message_gateway (merchant_id, channel, url, secret, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (merchant_id, channel) DO UPDATE SET url = excluded.url, secret = excluded.secret, changed_at = excluded.changed_at",
        merchant,
        channel,
        url,
        secret,
        now
    ))
    .await
}

/// The address of a channel's gateway and its secret, sealed.
pub(super) async fn gateway(tx: &mut Tx, merchant: MerchantId, channel: MessageChannel) -> Result<Option<(String, String)>> {
    let stmt = sql!("SELECT url, secret FROM message_gateway WHERE merchant_id = $1 AND channel = $2", merchant, channel);
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// What comes before every page.
pub(super) const fn first() -> MessageId {
    MessageId(Uuid::max())
}
