//! Sends what is due.
//!
//! Leases some deliveries in a short transaction, sends them side by side outside any, and records each
//! outcome in a transaction of its own. A courier that dies leaves leases that run out.

use super::model::{ATTEMPTS_MAX, DeliveryState, Secret, signatures, wait_ms};
use super::store::{self, Due, Found, Outcome};
use super::target::Target;
use super::wire;
use futures::future::join_all;
use shuke_db::{Future, Wall, wall};
use shuke_http::AppInner;
use shuke_kernel::{Instant, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Deliveries that are leased at once.
const BATCH_MAX: i64 = 64;
/// Deliveries that are sent at once.
const SIDE_BY_SIDE: usize = 16;
/// How long nobody else takes a leased delivery; more than a whole batch may take.
const LEASE_MS: i64 = 120_000;
const POLL_MS: u64 = 500;
const FAULT_CHARS_MAX: usize = 300;

/// What the operator lets webhooks do, kept in [`AppInner::slot`].
#[derive(Default)]
pub struct Outlet {
    private: AtomicBool,
}

impl Outlet {
    /// Whether webhooks may go to this machine and to private networks, and without encryption.
    pub fn set_private(&self, allowed: bool) {
        self.private.store(allowed, Ordering::Relaxed);
    }
    /// See [`Self::set_private`].
    pub fn private(&self) -> bool {
        self.private.load(Ordering::Relaxed)
    }
}

/// Sends what is due now, of every merchant. Returns how many attempts it made.
pub async fn send_due(app: &AppInner) -> Result<u64> {
    let mut sent = 0;
    loop {
        let now = app.clock.now();
        let batch = wall::within(Wall::All, lease(app, now)).await?;
        if batch.is_empty() {
            return Ok(sent);
        }
        sent += batch.len() as u64;
        for some in batch.chunks(SIDE_BY_SIDE) {
            let attempts = some.iter().map(|due| -> Future<'_, ()> { Box::pin(wall::within(Wall::One(due.merchant), attempt(app, due))) });
            for outcome in join_all(attempts).await {
                outcome?;
            }
        }
    }
}

/// Sends until the future that says stop is done.
pub async fn run_until(app: &AppInner, stop: impl std::future::Future<Output = ()> + Send) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let work = async {
            if let Err(error) = send_due(app).await {
                tracing::warn!(%error, "the courier will try again");
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

async fn attempt(app: &AppInner, due: &Due) -> Result<()> {
    let found = app.db.read(due, |tx, due| Box::pin(store::find(tx, due.merchant, due.webhook))).await?;
    let answer = match &found {
        Some(found) if found.webhook.active => post(app, due, found).await,
        _ => Err("the webhook is switched off".to_owned()),
    };
    let now = app.clock.now();
    let gone = answer == Ok(410);
    let outcome = judge(due, answer, now, app);
    app.db
        .write(&(due, outcome, gone, now), |tx, (due, outcome, gone, now)| {
            Box::pin(async move {
                if *gone {
                    store::switch_off(tx, due.merchant, due.webhook).await?;
                }
                store::settle(tx, due, outcome, *now).await
            })
        })
        .await
}

async fn post(app: &AppInner, due: &Due, found: &Found) -> Result<u16, String> {
    let private = app.slot::<Outlet>().private();
    let now = app.clock.now();
    let target = Target::parse(&found.webhook.url, private).map_err(|error| error.detail().to_owned())?;
    let mut sealed = vec![&found.secret];
    if found.webhook.old_secret_until.is_some_and(|until| now < until) {
        sealed.extend(&found.old_secret);
    }
    let secrets: Result<Vec<Secret>> = sealed.into_iter().map(|text| Secret::open(&app.vault, due.merchant, text)).collect();
    let secrets = secrets.map_err(|error| error.to_string())?;
    let at_s = now.0.div_euclid(1000);
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("user-agent", concat!("shuke/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("webhook-id", due.id.to_string()),
        ("webhook-timestamp", at_s.to_string()),
        ("webhook-signature", signatures(&secrets, due.id, at_s, &due.body)),
    ];
    wire::post(&target, &headers, due.body.clone(), private).await
}

fn judge(due: &Due, answer: Result<u16, String>, now: Instant, app: &AppInner) -> Outcome {
    let (status, fault) = match answer {
        Ok(status @ 200..300) => {
            return Outcome { state: DeliveryState::Delivered, due_at: now, status: Some(i64::from(status)), fault: None };
        }
        Ok(status) => (Some(i64::from(status)), format!("the receiver answered {status}")),
        Err(fault) => (None, fault),
    };
    let dead = due.attempts >= ATTEMPTS_MAX || status == Some(410);
    let state = if dead { DeliveryState::Dead } else { DeliveryState::Waiting };
    let due_at = now.plus_ms(wait_ms(due.attempts, &app.random));
    Outcome { state, due_at, status, fault: Some(fault.chars().take(FAULT_CHARS_MAX).collect()) }
}
