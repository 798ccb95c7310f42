//! SQL of webhooks and deliveries.

use super::model::{Delivery, DeliveryId, DeliveryState, Webhook, WebhookDraft, WebhookId};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert_or_ignore, sql};
use shuke_kernel::{Error, Instant, Limit, MerchantId, Result, Uuid};

/// A webhook with its secrets, sealed.
pub(super) struct Found {
    pub(super) webhook: Webhook,
    pub(super) secret: String,
    pub(super) old_secret: Option<String>,
}

fn json(kinds: &[String]) -> Result<String> {
    serde_json::to_string(kinds).map_err(|error| Error::internal(error.to_string()))
}

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, webhook: &Webhook, secret: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO webhook (merchant_id, id, url, description, kinds, secret, active, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        merchant,
        webhook.id,
        webhook.url,
        webhook.description,
        json(&webhook.kinds)?,
        secret,
        webhook.active,
        webhook.created_at
    ))
    .await
}

pub(super) async fn update(tx: &mut Tx, merchant: MerchantId, id: WebhookId, draft: &WebhookDraft) -> Result<()> {
    tx.queue(sql!(
        "UPDATE webhook SET url = $3, description = $4, kinds = $5, active = $6 WHERE merchant_id = $1 AND id = $2",
        merchant,
        id,
        draft.url,
        draft.description,
        json(&draft.kinds)?,
        draft.active
    ))
    .await
}

/// Puts a new secret in the place of the one that was read; false where it isn't there any more.
pub(super) async fn rotate(tx: &mut Tx, merchant: MerchantId, id: WebhookId, old: &str, new: &str, until: Instant) -> Result<bool> {
    let count = tx
        .exec(sql!(
            "UPDATE webhook SET secret = $3, old_secret = $4, old_until = $5 WHERE merchant_id = $1 AND id = $2 AND secret = $4",
            merchant,
            id,
            new,
            old,
            until
        ))
        .await?;
    Ok(count == 1)
}

pub(super) async fn switch_off(tx: &mut Tx, merchant: MerchantId, id: WebhookId) -> Result<()> {
    tx.queue(sql!("UPDATE webhook SET active = $3 WHERE merchant_id = $1 AND id = $2", merchant, id, false)).await
}

pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, id: WebhookId) -> Result<()> {
    tx.queue(sql!("DELETE FROM webhook_delivery WHERE merchant_id = $1 AND webhook_id = $2", merchant, id)).await?;
    tx.queue(sql!("DELETE FROM webhook WHERE merchant_id = $1 AND id = $2", merchant, id)).await
}

const COLUMNS: &str = "SELECT id, url, description, kinds, active, old_until, created_at, secret, old_secret FROM webhook";

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: WebhookId) -> Result<Option<Found>> {
    let stmt = Stmt::built(format!("{COLUMNS} WHERE merchant_id = $1 AND id = $2"), vec![merchant.to_value(), id.to_value()]);
    tx.row(stmt).await?.as_ref().map(found).transpose()
}

/// All of a merchant, oldest first.
pub(super) async fn all(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<Webhook>> {
    let stmt = Stmt::built(format!("{COLUMNS} WHERE merchant_id = $1 ORDER BY id"), vec![merchant.to_value()]);
    tx.rows(stmt).await?.iter().map(|row| Ok(found(row)?.webhook)).collect()
}

fn found(row: &Row) -> Result<Found> {
    let kinds: String = row.get(3)?;
    let kinds = serde_json::from_str(&kinds).map_err(|error| Error::internal(format!("a webhook's kinds: {error}")))?;
    let webhook = Webhook {
        id: row.get(0)?,
        url: row.get(1)?,
        description: row.get(2)?,
        kinds,
        active: row.get(4)?,
        old_secret_until: row.get(5)?,
        created_at: row.get(6)?,
    };
    Ok(Found { webhook, secret: row.get(7)?, old_secret: row.get(8)? })
}

/// Puts an event on its way to webhooks; where it is on its way already it stays as it is.
pub(super) async fn put(
    tx: &mut Tx,
    merchant: MerchantId,
    event: Uuid,
    kind: &str,
    body: &str,
    to: &[(DeliveryId, WebhookId)],
    now: Instant,
) -> Result<()> {
    let columns =
        ["merchant_id", "id", "webhook_id", "event_id", "kind", "body", "state", "attempts", "due_at", "leased_until", "created_at"];
    let row = |(id, webhook): &(DeliveryId, WebhookId)| {
        vec![
            merchant.to_value(),
            id.to_value(),
            webhook.to_value(),
            event.to_value(),
            kind.to_value(),
            body.to_value(),
            DeliveryState::Waiting.to_value(),
            0_i64.to_value(),
            now.to_value(),
            0_i64.to_value(),
            now.to_value(),
        ]
    };
    tx.queue(insert_or_ignore("webhook_delivery", &columns, to.iter().map(row).collect())).await
}

/// A delivery that is to be sent now.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) merchant: MerchantId,
    pub(super) id: DeliveryId,
    pub(super) webhook: WebhookId,
    pub(super) body: String,
    /// This attempt included.
    pub(super) attempts: i64,
    pub(super) leased_until: i64,
}

pub(super) async fn any_due(tx: &mut Tx, now: Instant) -> Result<bool> {
    let due = sql!("SELECT attempts FROM webhook_delivery WHERE state = 'waiting' AND due_at <= $1 AND leased_until <= $1 LIMIT 1", now);
    Ok(tx.row(due).await?.is_some())
}

/// Takes deliveries that are due, of any merchant. Nobody else sends them until the lease ends.
pub(super) async fn lease(tx: &mut Tx, now: Instant, until: Instant, limit: i64) -> Result<Vec<Due>> {
    let rows = tx
        .rows(sql!(
            "SELECT merchant_id, id, webhook_id, body, attempts, leased_until FROM webhook_delivery
             WHERE state = 'waiting' AND due_at <= $1 AND leased_until <= $1 ORDER BY due_at LIMIT $2",
            now,
            limit
        ))
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let held: i64 = row.get(5)?;
        let due = Due {
            merchant: row.get(0)?,
            id: row.get(1)?,
            webhook: row.get(2)?,
            body: row.get(3)?,
            attempts: row.get::<i64>(4)? + 1,
            leased_until: until.0,
        };
        let stmt = sql!(
            "UPDATE webhook_delivery SET leased_until = $3, attempts = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $5",
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

/// What came of an attempt.
pub(super) struct Outcome {
    pub(super) state: DeliveryState,
    pub(super) due_at: Instant,
    pub(super) status: Option<i64>,
    pub(super) fault: Option<String>,
}

/// Records an attempt, unless its lease has ended and another server has taken the delivery.
pub(super) async fn settle(tx: &mut Tx, due: &Due, outcome: &Outcome, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "UPDATE webhook_delivery SET state = $4, due_at = $5, leased_until = 0, last_status = $6, last_fault = $7, last_at = $8
         WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $3",
        due.merchant,
        due.id,
        due.leased_until,
        outcome.state,
        outcome.due_at,
        outcome.status,
        outcome.fault,
        now
    ))
    .await
}

pub(super) async fn deliveries(
    tx: &mut Tx,
    merchant: MerchantId,
    webhook: WebhookId,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
    limit: Limit,
) -> Result<Vec<Delivery>> {
    let mut text = "SELECT id, kind, state, attempts, due_at, last_status, last_fault, last_at, created_at FROM webhook_delivery
        WHERE merchant_id = $1 AND webhook_id = $2"
        .to_owned();
    let mut params = vec![merchant.to_value(), webhook.to_value()];
    if let Some(state) = state {
        params.push(state.to_value());
        text += &format!(" AND state = ${}", params.len());
    }
    if let Some(before) = before {
        params.push(before.to_value());
        text += &format!(" AND id < ${}", params.len());
    }
    params.push(limit.fetch().to_value());
    text += &format!(" ORDER BY id DESC LIMIT ${}", params.len());
    let read = |row: &Row| {
        Ok(Delivery {
            id: row.get(0)?,
            kind: row.get(1)?,
            state: row.get(2)?,
            attempts: row.get(3)?,
            due_at: row.get(4)?,
            last_status: row.get(5)?,
            last_fault: row.get(6)?,
            last_at: row.get(7)?,
            created_at: row.get(8)?,
        })
    };
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Lets deliveries begin again: the named ones, or all dead ones of a time. Says how many.
pub(super) async fn replay(
    tx: &mut Tx,
    merchant: MerchantId,
    webhook: WebhookId,
    named: Option<DeliveryId>,
    since: Instant,
    now: Instant,
) -> Result<u64> {
    let mut text = "UPDATE webhook_delivery SET state = 'waiting', attempts = 0, due_at = $1, leased_until = 0
         WHERE merchant_id = $2 AND webhook_id = $3"
        .to_owned();
    let mut params = vec![now.to_value(), merchant.to_value(), webhook.to_value()];
    match named {
        Some(id) => {
            params.push(id.to_value());
            text += " AND id = $4 AND state <> 'waiting'";
        }
        None => {
            params.push(since.to_value());
            text += " AND state = 'dead' AND created_at >= $4";
        }
    }
    tx.exec(Stmt::built(text, params)).await
}

/// Removes what was delivered or given up before a moment.
pub(super) async fn prune(tx: &mut Tx, merchant: MerchantId, before: Instant) -> Result<u64> {
    tx.exec(sql!("DELETE FROM webhook_delivery WHERE merchant_id = $1 AND state <> 'waiting' AND created_at < $2", merchant, before)).await
}

/// How many wait, and how many are dead, over all merchants.
pub(super) async fn backlog(tx: &mut Tx) -> Result<(i64, i64)> {
    let [waiting, dead] = tx
        .all([
            sql!("SELECT COUNT(*) FROM webhook_delivery WHERE state = 'waiting'"),
            sql!("SELECT COUNT(*) FROM webhook_delivery WHERE state = 'dead'"),
        ])
        .await?;
    let number = |rows: &[Row]| rows.first().map_or(Ok(0), |row| row.get(0));
    Ok((number(&waiting)?, number(&dead)?))
}
