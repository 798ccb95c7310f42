//! Sends the messages that are due: leases some in a short transaction, sends them side by side outside
//! any, and records each outcome in a transaction of its own.

use super::model::{ATTEMPTS_MAX, MessageState};
use super::store::{self, Due, Sealed};
use super::{MessageChannel, ops};
use crate::webhook::courier::Outlet;
use crate::webhook::{Secret, signatures, target::Target, wire};
use futures::future::join_all;
use shuke_db::{Future, Wall, wall};
use shuke_http::AppInner;
use shuke_kernel::{Cx, Instant, Result};
use std::time::Duration;

/// Messages that are leased and sent at once.
const BATCH_MAX: i64 = 16;
/// How long nobody else takes a leased message; more than an attempt may take.
const LEASE_MS: i64 = 60_000;
const POLL_MS: u64 = 300;
/// The wait after the first attempt; it doubles with each.
const WAIT_MS: i64 = 2_000;
const FAULT_CHARS_MAX: usize = 300;

/// Sends what is due now, of every merchant. Returns how many attempts it made.
pub async fn send_due(app: &AppInner) -> Result<u64> {
    let mut sent = 0;
    loop {
        let batch = wall::within(Wall::All, lease(app, app.clock.now())).await?;
        if batch.is_empty() {
            return Ok(sent);
        }
        sent += batch.len() as u64;
        let attempts = batch.iter().map(|due| -> Future<'_, ()> { Box::pin(wall::within(Wall::One(due.merchant), attempt(app, due))) });
        for outcome in join_all(attempts).await {
            outcome?;
        }
    }
}

/// Sends until the future that says stop is done.
pub async fn run_until(app: &AppInner, stop: impl std::future::Future<Output = ()> + Send) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let work = async {
            if let Err(error) = send_due(app).await {
                tracing::warn!(%error, "messages will be tried again");
            }
            tokio::time::sleep(Duration::from_millis(POLL_MS)).await;
        };
        tokio::select! {
            () = &mut stop => return,
            () = work => {}
        }
    }
}

async fn lease(app: &AppInner, now: Instant) -> Result<Vec<Due>> {
    // Most often nothing is due: that must not cost a turn at writing.
    if !app.db.read(&now, |tx, now| Box::pin(store::any_due(tx, *now))).await? {
        return Ok(Vec::new());
    }
    app.db.write(&now, |tx, now| Box::pin(store::lease(tx, *now, now.plus_ms(LEASE_MS), BATCH_MAX))).await
}

type Found = (Option<Sealed>, Option<(String, String)>);

async fn attempt(app: &AppInner, due: &Due) -> Result<()> {
    let found = app.db.read(due, |tx, due| {
        Box::pin(async move {
            let message = store::find(tx, due.merchant, due.id).await?;
            Ok((message, store::gateway(tx, due.merchant, MessageChannel::Sms).await?))
        })
    });
    let (message, gateway): Found = found.await?;
    let Some(message) = message else { return Ok(()) };
    let answer = match gateway {
        _ if app.clock.now() >= message.ends_at => Err("it was of no use any more before it could be sent".to_owned()),
        _ if message.to_log => logged(app, due, &message),
        Some((url, secret)) => post(app, due, &message, &url, &secret).await,
        None => Err("there is no gateway".to_owned()),
    };
    let now = app.clock.now();
    let over = due.attempts >= ATTEMPTS_MAX || now >= message.ends_at;
    let (state, fault) = match answer {
        Ok(()) => (MessageState::Sent, None),
        Err(fault) if over => (MessageState::Failed, Some(fault)),
        Err(fault) => (MessageState::Waiting, Some(fault)),
    };
    let fault = fault.map(|fault| fault.chars().take(FAULT_CHARS_MAX).collect::<String>());
    let wait = WAIT_MS.saturating_mul(1 << due.attempts.clamp(0, 10));
    let input = (due, state, now.plus_ms(wait), fault, now);
    let settled = app
        .db
        .write(&input, |tx, (due, state, due_at, fault, now)| Box::pin(store::settle(tx, due, *state, *due_at, fault.as_deref(), *now)));
    settled.await
}

/// Writes a message into the log: for trying things out, by the merchant's own wish.
fn logged(app: &AppInner, due: &Due, message: &Sealed) -> Result<(), String> {
    let cx = Cx::system(due.merchant, app.clock.now(), app.random.clone());
    let (to, text) = ops::opened(&cx, &app.vault, message).map_err(|error| error.to_string())?;
    tracing::info!(merchant = %due.merchant, %to, %text, "a text message that goes nowhere but here");
    Ok(())
}

async fn post(app: &AppInner, due: &Due, message: &Sealed, url: &str, secret: &str) -> Result<(), String> {
    let private = app.slot::<Outlet>().private();
    let cx = Cx::system(due.merchant, app.clock.now(), app.random.clone());
    let target = Target::parse(url, private).map_err(|error| error.detail().to_owned())?;
    let (to, text) = ops::opened(&cx, &app.vault, message).map_err(|error| error.to_string())?;
    let secret = Secret::open(&app.vault, due.merchant, secret).map_err(|error| error.to_string())?;
    let body = serde_json::json!({ "id": message.id, "channel": message.channel, "to": to, "text": text }).to_string();
    let at_s = cx.now.0.div_euclid(1000);
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("user-agent", concat!("shuke/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("webhook-id", message.id.to_string()),
        ("webhook-timestamp", at_s.to_string()),
        ("webhook-signature", signatures(&[secret], message.id, at_s, &body)),
    ];
    match wire::post(&target, &headers, body, private).await? {
        200..300 => Ok(()),
        status => Err(format!("the gateway answered {status}")),
    }
}
