//! Making, changing, rotating, removing webhooks; putting events on their way; sending again.

use super::model::{Data, Delivery, DeliveryId, DeliveryState, Message, Secret, Webhook, WebhookDraft, WebhookId};
use super::store;
use crate::audit;
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::StoredEvent;
use shuke_kernel::{Cx, Error, Instant, Limit, Page, Result};

/// Webhooks of a merchant.
pub const WEBHOOKS_MAX: usize = 20;
/// How long deliveries are kept that are not waiting.
const KEPT_MS: i64 = 30 * 86_400_000;

fn missing() -> Error {
    Error::not_found("webhook_not_found", "there is no such webhook")
}

/// Makes a webhook and its secret.
///
/// Errors: `webhook_url_malformed`, `webhook_target_private`, `webhook_kind_malformed`, `webhooks_too_many`.
pub async fn create(tx: &mut Tx, cx: &Cx, vault: &Vault, draft: &WebhookDraft, private: bool) -> Result<(Webhook, String)> {
    let draft = draft.checked(private)?;
    if store::all(tx, cx.merchant).await?.len() >= WEBHOOKS_MAX {
        return Err(Error::refused("webhooks_too_many", "a merchant has at most 20 webhooks; remove one first"));
    }
    let secret = Secret::new(&cx.random);
    let webhook = Webhook {
        id: cx.id(),
        url: draft.url,
        description: draft.description,
        kinds: draft.kinds,
        active: draft.active,
        old_secret_until: None,
        created_at: cx.now,
    };
    store::insert(tx, cx.merchant, &webhook, &secret.seal(vault, cx.merchant)?).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("webhook.created", webhook.id).new_value(&webhook)).await?;
    Ok((webhook, secret.text()))
}

/// Changes a webhook. What waits goes to the new address.
///
/// Errors: as [`create`]; `webhook_not_found`.
pub async fn change(tx: &mut Tx, cx: &Cx, id: WebhookId, draft: &WebhookDraft, private: bool) -> Result<Webhook> {
    let draft = draft.checked(private)?;
    let old = store::find(tx, cx.merchant, id).await?.ok_or_else(missing)?.webhook;
    store::update(tx, cx.merchant, id, &draft).await?;
    let new = Webhook { url: draft.url, description: draft.description, kinds: draft.kinds, active: draft.active, ..old.clone() };
    audit::ops::record(tx, cx, &audit::Entry::new("webhook.changed", id).old(&old).new_value(&new)).await?;
    Ok(new)
}

/// Gives a webhook another secret; the one until now signs too until a moment.
///
/// Errors: `webhook_not_found`, `overlap_out_of_range`; `webhook_changed` (conflict).
pub async fn rotate(tx: &mut Tx, cx: &Cx, vault: &Vault, id: WebhookId, overlap_hours: i64) -> Result<(Webhook, String)> {
    if !(0..=720).contains(&overlap_hours) {
        return Err(Error::invalid("overlap_out_of_range", "two secrets may sign side by side for 0 to 720 hours"));
    }
    let found = store::find(tx, cx.merchant, id).await?.ok_or_else(missing)?;
    let secret = Secret::new(&cx.random);
    let until = cx.now.plus_ms(overlap_hours * 3_600_000);
    if !store::rotate(tx, cx.merchant, id, &found.secret, &secret.seal(vault, cx.merchant)?, until).await? {
        return Err(Error::conflict("webhook_changed", "somebody else has just changed this webhook; look again"));
    }
    audit::ops::record(tx, cx, &audit::Entry::new("webhook.secret_rotated", id)).await?;
    Ok((Webhook { old_secret_until: Some(until), ..found.webhook }, secret.text()))
}

/// Removes a webhook with its deliveries.
///
/// Errors: `webhook_not_found`.
pub async fn remove(tx: &mut Tx, cx: &Cx, id: WebhookId) -> Result<()> {
    let old = store::find(tx, cx.merchant, id).await?.ok_or_else(missing)?.webhook;
    store::remove(tx, cx.merchant, id).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("webhook.removed", id).old(&old)).await
}

/// All webhooks, oldest first.
pub async fn list(tx: &mut Tx, cx: &Cx) -> Result<Vec<Webhook>> {
    store::all(tx, cx.merchant).await
}

/// Deliveries to a webhook, newest first.
///
/// Errors: `webhook_not_found`.
pub async fn deliveries(
    tx: &mut Tx,
    cx: &Cx,
    id: WebhookId,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
    limit: Limit,
) -> Result<Page<Delivery>> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(missing)?;
    Ok(Page::of(store::deliveries(tx, cx.merchant, id, state, before, limit).await?, limit, |delivery| delivery.id))
}

/// Lets deliveries begin again: those named, or all that are dead and came after a moment. Says how many.
///
/// Errors: `webhook_not_found`.
pub async fn replay(tx: &mut Tx, cx: &Cx, id: WebhookId, named: &[DeliveryId], since: Instant) -> Result<u64> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(missing)?;
    let mut begun = 0;
    if named.is_empty() {
        begun += store::replay(tx, cx.merchant, id, None, since, cx.now).await?;
    }
    for delivery in named {
        begun += store::replay(tx, cx.merchant, id, Some(*delivery), since, cx.now).await?;
    }
    audit::ops::record(tx, cx, &audit::Entry::new("webhook.replayed", id).new_value(&begun)).await?;
    Ok(begun)
}

/// Puts an event on its way to every webhook that wants it and was there when it happened.
pub(super) async fn dispatch(tx: &mut Tx, cx: &Cx, event: &StoredEvent) -> Result<()> {
    let webhooks = store::all(tx, cx.merchant).await?;
    let to: Vec<(DeliveryId, WebhookId)> =
        webhooks.iter().filter(|hook| hook.wants(&event.kind) && event.at >= hook.created_at).map(|hook| (cx.id(), hook.id)).collect();
    if to.is_empty() {
        return Ok(());
    }
    let payload = serde_json::from_str(&event.payload).unwrap_or(serde_json::Value::Null);
    let data = Data { event: event.id, subject: event.subject, actor: &event.actor, payload };
    let message = Message { kind: &event.kind, timestamp: event.at.to_string(), data };
    let body = serde_json::to_string(&message).map_err(|error| Error::internal(error.to_string()))?;
    store::put(tx, cx.merchant, event.id, &event.kind, &body, &to, cx.now).await
}

/// Removes deliveries of long ago.
pub(crate) async fn prune(tx: &mut Tx, cx: &Cx) -> Result<u64> {
    store::prune(tx, cx.merchant, cx.now.plus_ms(-KEPT_MS)).await
}

/// How many deliveries are due, and how many are dead, over all merchants.
pub async fn backlog(db: &shuke_db::Db) -> Result<(i64, i64)> {
    db.read(&(), |tx, ()| Box::pin(store::backlog(tx))).await
}
