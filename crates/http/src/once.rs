//! A write happens once: insert-or-replay in the write's own transaction.
//!
//! The op runs, and its answer is stored under the key in the same transaction, last. Whoever comes
//! second with the key fails (on the key itself, or earlier on something that the first has used
//! up); its transaction is rolled back whole, and then the stored answer is found and replayed. So
//! the first run pays one insert and no lookup. A key with another body is refused. Answers that
//! are errors are not kept: nothing was written, and a retry may succeed.

use crate::{App, Caller, Me};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shuke_db::{Future, Tx, sql};
use shuke_kernel::{Cx, Error, Instant, Kind, MerchantId, Result};

/// How long a key's answer is kept: a till may be offline over a long weekend.
pub const KEPT_MS: i64 = 7 * 86_400_000;

/// The client's name for a write, and what the write was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The client's key.
    pub key: String,
    /// A hash over method, path and body.
    pub fingerprint: String,
}

/// The answer of a write, first or replayed.
#[derive(Debug)]
pub struct Answer<T> {
    /// The body.
    pub body: T,
    /// Whether it was written by an earlier request.
    pub replayed: bool,
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let status = if self.replayed { StatusCode::OK } else { StatusCode::CREATED };
        let mut response = (status, axum::Json(self.body)).into_response();
        if self.replayed {
            response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

/// Runs `work` and stores its answer under the key, or replays the answer that is stored.
///
/// Errors: those of `work`; `idempotency_key_reused` (refused) where the key was used for another body.
pub async fn once<I, T, F>(app: &App, caller: &Caller, key: &IdempotencyKey, input: &I, work: F) -> Result<Answer<T>>
where
    I: Sync + ?Sized,
    T: Serialize + DeserializeOwned + Send,
    F: for<'t> Fn(&'t mut Tx, &'t Caller, &'t I) -> Future<'t, T> + Send + Sync,
{
    once_for(app, (caller, &caller.cx), key, input, work).await
}

/// The same for a write of a member on their own phone. Every member has keys of their own: what one
/// member's key was answered with, no other sees.
///
/// Errors: those of [`once`].
pub async fn once_me<I, T, F>(app: &App, me: &Me, key: &IdempotencyKey, input: &I, work: F) -> Result<Answer<T>>
where
    I: Sync + ?Sized,
    T: Serialize + DeserializeOwned + Send,
    F: for<'t> Fn(&'t mut Tx, &'t Me, &'t I) -> Future<'t, T> + Send + Sync,
{
    let own = IdempotencyKey { key: format!("member/{}/{}", me.member.simple(), key.key), fingerprint: key.fingerprint.clone() };
    once_for(app, (me, &me.cx), &own, input, work).await
}

async fn once_for<C, I, T, F>(app: &App, (who, cx): (&C, &Cx), key: &IdempotencyKey, input: &I, work: F) -> Result<Answer<T>>
where
    C: Sync,
    I: Sync + ?Sized,
    T: Serialize + DeserializeOwned + Send,
    F: for<'t> Fn(&'t mut Tx, &'t C, &'t I) -> Future<'t, T> + Send + Sync,
{
    let frame = (who, cx, key, input, &work);
    let outcome = app
        .db
        .write(&frame, |tx, (who, cx, key, input, work)| {
            Box::pin(async move {
                let body = work(tx, who, input).await?;
                let text = serde_json::to_string(&body).map_err(|error| Error::internal(error.to_string()))?;
                store(tx, cx, key, text).await?;
                Ok(body)
            })
        })
        .await;
    match outcome {
        Ok(body) => Ok(Answer { body, replayed: false }),
        Err(error) => match replay(app, cx.merchant, key).await {
            Ok(Some(body)) => Ok(Answer { body, replayed: true }),
            Ok(None) => Err(error),
            // Whether there is an answer can't be seen now.
            Err(unread) if unread.kind() == Kind::Unavailable => Err(Error::unconfirmed(format!("{error}; then {unread}"))),
            Err(refused) => Err(refused),
        },
    }
}

async fn store(tx: &mut Tx, cx: &Cx, key: &IdempotencyKey, text: String) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO idempotency (merchant_id, key, fingerprint, status, body, at) VALUES ($1, $2, $3, 201, $4, $5)",
        cx.merchant,
        key.key,
        key.fingerprint,
        text,
        cx.now
    ))
    .await
}

async fn replay<T: DeserializeOwned + Send>(app: &App, merchant: MerchantId, key: &IdempotencyKey) -> Result<Option<T>> {
    let found = app
        .db
        .read(&(merchant, key), |tx, (merchant, key)| {
            Box::pin(async move {
                let row = tx
                    .row(sql!("SELECT fingerprint, body FROM idempotency WHERE merchant_id = $1 AND key = $2", merchant, key.key))
                    .await?;
                row.map(|row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))).transpose()
            })
        })
        .await?;
    match found {
        None => Ok(None),
        Some((fingerprint, _)) if fingerprint != key.fingerprint => Err(Error::refused(
            "idempotency_key_reused",
            "this Idempotency-Key was used for another request; take a new one for a new write",
        )),
        Some((_, body)) => serde_json::from_str(&body).map(Some).map_err(|error| Error::internal(error.to_string())),
    }
}

/// Removes the answers of a merchant that are older than seven days.
pub async fn prune(tx: &mut Tx, merchant: MerchantId, now: Instant) -> Result<u64> {
    tx.exec(sql!("DELETE FROM idempotency WHERE merchant_id = $1 AND at < $2", merchant, now.plus_ms(-KEPT_MS))).await
}
