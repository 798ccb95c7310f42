//! The event log: append-only, one per merchant, read by cursors.
//!
//! Order: SQLite numbers events as they are written, and it has one writer. On PostgreSQL an
//! event's position is its transaction's id, and a reader looks only below the oldest transaction
//! that is still open, so it never steps over one that commits late. Events of one transaction
//! share a position and have no order among themselves.
//!
//! A reader that fails on an event tries again up to [`ATTEMPTS_MAX`] times; then the event goes to
//! its dead letters with the fault, and the reader goes on. Nothing is skipped in silence. A database
//! that can't be reached is not the event's fault and counts as no attempt.

mod store;

use shuke_db::{Db, Future, ToValue as _, Tx, Wall, insert, wall};
use shuke_kernel::{Clock, Cx, Instant, Kind, MerchantId, Random, Result, Uuid};
use std::sync::Arc;

/// How often a reader tries one event before it is set aside.
pub const ATTEMPTS_MAX: i64 = 8;
const BATCH_EVENTS_MAX: i64 = 200;
/// Batches of one merchant that a reader takes before the next reader has its turn, and the next merchant.
const TURN_BATCHES_MAX: i64 = 5;

/// Something that happened, about to be written.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened: `sale.completed`.
    pub kind: &'static str,
    /// What it happened to: most often a member or an order.
    pub subject: Uuid,
    /// What a reader needs to know, as JSON.
    pub payload: String,
}

impl Event {
    /// An event with a payload.
    pub fn new<P: serde::Serialize>(kind: &'static str, subject: impl Into<Uuid>, payload: &P) -> Self {
        Self { kind, subject: subject.into(), payload: serde_json::to_string(payload).unwrap_or_else(|_| "{}".to_owned()) }
    }
}

/// An event as the log holds it.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// The merchant it belongs to.
    pub merchant: MerchantId,
    /// Its id.
    pub id: Uuid,
    /// What happened.
    pub kind: String,
    /// What it happened to.
    pub subject: Uuid,
    /// When.
    pub at: Instant,
    /// By whom, as in [`shuke_kernel::Actor::text`].
    pub actor: String,
    /// JSON.
    pub payload: String,
    position: i64,
}

impl StoredEvent {
    /// The payload read as a type.
    pub fn read<P: serde::de::DeserializeOwned>(&self) -> Result<P> {
        serde_json::from_str(&self.payload)
            .map_err(|error| shuke_kernel::Error::internal(format!("event {} of kind {}: {error}", self.id, self.kind)))
    }
}

/// Appends events in the caller's transaction.
pub async fn append(tx: &mut Tx, cx: &Cx, events: &[Event]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let actor = cx.actor.text();
    let rows = events
        .iter()
        .map(|event| {
            vec![
                cx.merchant.to_value(),
                cx.uuid().to_value(),
                event.kind.to_value(),
                event.subject.to_value(),
                cx.now.to_value(),
                actor.to_value(),
                event.payload.to_value(),
            ]
        })
        .collect();
    tx.queue(insert("event", &["merchant_id", "id", "kind", "subject", "at", "actor", "payload"], rows)).await
}

/// Whether a reader has something of a merchant before it: then what it keeps is not up to date.
pub async fn is_behind(tx: &mut Tx, merchant: MerchantId, reader: &str) -> Result<bool> {
    store::is_behind(tx, merchant, reader).await
}

/// Events of a merchant, oldest first, after a position: for exports and the timeline.
pub async fn of_subject(tx: &mut Tx, merchant: MerchantId, subject: Uuid, limit: i64) -> Result<Vec<StoredEvent>> {
    store::of_subject(tx, merchant, subject, limit).await
}

pub(crate) async fn merchants(tx: &mut Tx) -> Result<Vec<MerchantId>> {
    store::merchants(tx).await
}

/// Somebody who follows the log. `handle` writes its effect through the transaction it is given.
pub trait Reader: Send + Sync {
    /// Its name, under which its cursor is kept.
    fn name(&self) -> &'static str;
    /// Whether it wants this kind of event.
    fn wants(&self, kind: &str) -> bool;
    /// The effect of one event.
    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()>;
}

struct Turn<'a> {
    reader: &'a dyn Reader,
    merchant: MerchantId,
    clock: &'a Clock,
    random: &'a Random,
    events_max: i64,
}

/// Lets every reader take what is new, in the readers' order: some batches of each merchant, so that one that sells
/// faster than a reader follows keeps nobody waiting. Returns how many events they took; none means that nothing is
/// new.
pub(crate) async fn drain(db: &Db, readers: &[Arc<dyn Reader>], clock: &Clock, random: &Random) -> Result<u64> {
    if readers.is_empty() {
        return Ok(0);
    }
    let names: Vec<&'static str> = readers.iter().map(|reader| reader.name()).collect();
    let news = db.read(&names, |tx, names| Box::pin(store::news(tx, names)));
    let mut taken = 0;
    for (place, merchant) in wall::within(Wall::All, news).await? {
        let Some(reader) = readers.get(place) else { continue };
        let turn = Turn { reader: &**reader, merchant, clock, random, events_max: BATCH_EVENTS_MAX };
        taken += wall::within(Wall::One(merchant), drain_of(db, turn)).await?;
    }
    Ok(taken)
}

async fn drain_of(db: &Db, mut turn: Turn<'_>) -> Result<u64> {
    let (reader, merchant, clock) = (turn.reader, turn.merchant, turn.clock);
    let mut taken: i64 = 0;
    // How many events are still to be taken one by one, after a batch failed.
    let mut singly: i64 = 0;
    while taken < TURN_BATCHES_MAX * BATCH_EVENTS_MAX {
        turn.events_max = if singly > 0 { 1 } else { BATCH_EVENTS_MAX };
        match db.write(&turn, |tx, turn| Box::pin(take(tx, turn))).await {
            Ok(count) => {
                taken += count;
                singly -= 1;
                // The last of them, as far as this reader can see now.
                if count < turn.events_max {
                    break;
                }
            }
            Err(error) if error.kind() == Kind::Unavailable => return Err(error),
            // One of the batch failed and took the others with it.
            Err(_) if turn.events_max > 1 => singly = BATCH_EVENTS_MAX,
            Err(error) => {
                let fault = (reader.name(), merchant, error.to_string(), clock.now());
                tracing::error!(reader = reader.name(), %merchant, %error, "an event could not be handled");
                let set_aside =
                    db.write(&fault, |tx, (name, merchant, text, at)| Box::pin(store::failed(tx, name, *merchant, text, *at))).await?;
                if !set_aside {
                    break;
                }
            }
        }
    }
    Ok(taken.unsigned_abs())
}

async fn take(tx: &mut Tx, turn: &Turn<'_>) -> Result<i64> {
    let cursor = store::cursor(tx, turn.reader.name(), turn.merchant).await?;
    let events = store::after(tx, turn.merchant, &cursor, turn.events_max).await?;
    let Some(last) = events.last() else { return Ok(0) };
    for event in &events {
        if turn.reader.wants(&event.kind) {
            let cx = Cx::system(turn.merchant, turn.clock.now(), turn.random.clone());
            turn.reader.handle(tx, &cx, event).await?;
        }
    }
    store::advance(tx, turn.reader.name(), turn.merchant, last).await?;
    Ok(i64::try_from(events.len()).unwrap_or(i64::MAX))
}
