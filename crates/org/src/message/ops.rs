//! Posting messages, and setting up what sends them.

use super::model::{Gateway, Message, MessageChannel, MessageId, MessagePolicy, MessageState, NewMessage, SmsWay, masked};
use super::store::{self, Sealed};
use crate::webhook::{Secret, target::Target};
use crate::{audit, merchant, setting};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Limit, Page, Result};

const ADDRESS: &str = "message.address";
const TEXT: &str = "message.text";
/// How long messages are kept.
const KEPT_MS: i64 = 30 * 86_400_000;

fn off() -> Error {
    Error::refused("messages_off", "this shop sends no text messages; the owner can switch them on under the settings of messages")
}

/// Ok where text messages can be posted, else `messages_off`.
pub async fn must_be_on(tx: &mut Tx, cx: &Cx) -> Result<MessagePolicy> {
    let policy: MessagePolicy = setting::ops::get(tx, cx.merchant).await?;
    if policy.sms == SmsWay::Off { Err(off()) } else { Ok(policy) }
}

/// Posts a message; the merchant's sign is put before its text.
///
/// Errors: `messages_off`.
pub async fn post(tx: &mut Tx, cx: &Cx, vault: &Vault, new: &NewMessage<'_>) -> Result<MessageId> {
    let policy = must_be_on(tx, cx).await?;
    let sign = if policy.sign.trim().is_empty() { merchant::ops::show(tx, cx.merchant).await?.name } else { policy.sign };
    let message = Sealed {
        id: cx.id(),
        channel: new.channel,
        purpose: new.purpose.to_owned(),
        address: vault.seal(cx.merchant, ADDRESS, new.to)?,
        text: vault.seal(cx.merchant, TEXT, &format!("【{sign}】{}", new.text))?,
        state: if new.withheld { MessageState::Withheld } else { MessageState::Waiting },
        to_log: policy.sms == SmsWay::Log,
        attempts: 0,
        last_fault: None,
        created_at: cx.now,
        ends_at: new.ends_at,
    };
    store::put(tx, cx.merchant, &message).await?;
    Ok(message.id)
}

/// What a message says, and to whom.
pub(super) fn opened(cx: &Cx, vault: &Vault, message: &Sealed) -> Result<(String, String)> {
    Ok((vault.open(cx.merchant, ADDRESS, &message.address)?, vault.open(cx.merchant, TEXT, &message.text)?))
}

/// Messages, newest first.
pub async fn list(tx: &mut Tx, cx: &Cx, vault: &Vault, before: Option<MessageId>, limit: Limit) -> Result<Page<Message>> {
    let rows = store::page(tx, cx.merchant, before.unwrap_or(store::first()), limit.fetch()).await?;
    let shown = rows.into_iter().map(|message| {
        let (to, text) = opened(cx, vault, &message)?;
        let (to, text) = if message.to_log { (to, Some(text)) } else { (masked(&to), None) };
        Ok(Message {
            id: message.id,
            channel: message.channel,
            purpose: message.purpose,
            to,
            text,
            state: message.state,
            attempts: message.attempts,
            last_fault: message.last_fault,
            at: message.created_at,
        })
    });
    Ok(Page::of(shown.collect::<Result<_>>()?, limit, |message: &Message| message.id))
}

/// The gateway of text messages, without its secret.
pub async fn gateway(tx: &mut Tx, cx: &Cx) -> Result<Gateway> {
    let found = store::gateway(tx, cx.merchant, MessageChannel::Sms).await?;
    Ok(Gateway { url: found.map(|(url, _)| url), secret: None })
}

/// Sets where text messages are posted to, with a new secret.
///
/// Errors: `webhook_url_malformed`, `webhook_target_private`.
pub async fn set_gateway(tx: &mut Tx, cx: &Cx, vault: &Vault, url: &str, private: bool) -> Result<Gateway> {
    let url = url.trim();
    Target::parse(url, private)?;
    let secret = Secret::new(&cx.random);
    store::set_gateway(tx, cx.merchant, MessageChannel::Sms, url, &secret.seal(vault, cx.merchant)?, cx.now).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("message.gateway_set", MessageChannel::Sms.as_str()).new_value(&url)).await?;
    Ok(Gateway { url: Some(url.to_owned()), secret: Some(secret.text()) })
}

/// Changes what becomes of messages.
///
/// Errors: `message_gateway_missing`, `text_malformed`.
pub async fn set_policy(tx: &mut Tx, cx: &Cx, policy: &MessagePolicy) -> Result<()> {
    if policy.sms == SmsWay::Gateway && store::gateway(tx, cx.merchant, MessageChannel::Sms).await?.is_none() {
        return Err(Error::refused("message_gateway_missing", "say first where text messages are posted to: the gateway's address"));
    }
    setting::ops::put(tx, cx, policy).await
}

/// Removes what was posted long ago. Returns how many.
pub async fn prune(tx: &mut Tx, cx: &Cx) -> Result<u64> {
    store::prune(tx, cx.merchant, cx.now.plus_ms(-KEPT_MS)).await
}
