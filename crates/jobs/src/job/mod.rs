//! Jobs: what must be done later, once, and survive a crash.
//!
//! Life cycle: `waiting` → `done`, or `dead` after [`ATTEMPTS_MAX`] attempts that failed or took the
//! worker down. A lease is a time until which nobody else takes the job; a worker that dies leaves no
//! lock, its lease runs out. A job is
//! finished by [`finish`] in the transaction of its effect: a worker whose lease ran out meanwhile
//! gets a conflict there, so the effect happens once.

mod store;

use shuke_db::{Db, Tx, Wall, wall};
use shuke_kernel::{Cx, Instant, MerchantId, Result, Uuid};

/// How often a job is tried.
pub const ATTEMPTS_MAX: i64 = 12;
/// How long a worker may keep a job without finishing it.
pub const LEASE_MS: i64 = 60_000;

/// A job to be enqueued.
#[derive(Clone, Debug)]
pub struct JobRequest {
    /// Which handler runs it: `midnight`.
    pub kind: &'static str,
    /// Two jobs of a kind with the same key are one job.
    pub dedup_key: String,
    /// JSON for the handler.
    pub payload: String,
    /// Not before this moment.
    pub run_at: Instant,
}

/// A job that a worker holds.
#[derive(Clone, Debug)]
pub struct Job {
    /// The merchant it belongs to.
    pub merchant: MerchantId,
    /// Its id.
    pub id: Uuid,
    /// Which handler runs it.
    pub kind: String,
    /// What makes it one job.
    pub dedup_key: String,
    /// JSON.
    pub payload: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    leased_until: i64,
}

/// Enqueues a job in the caller's transaction; one that is there already stays as it is.
pub async fn enqueue(tx: &mut Tx, cx: &Cx, request: &JobRequest) -> Result<()> {
    store::insert(tx, cx, request).await
}

/// Marks a job done, in the transaction of its effect.
///
/// Errors: `lease_lost` (conflict) where another worker has taken it meanwhile.
pub async fn finish(tx: &mut Tx, job: &Job, now: Instant) -> Result<()> {
    store::finish(tx, job, now).await
}

/// Takes the next due job of any merchant, or none.
pub(crate) async fn lease(db: &Db, now: Instant) -> Result<Option<Job>> {
    // Most often nothing is due: that must not cost a turn at writing.
    let work = async {
        if !db.read(&now, |tx, now| Box::pin(store::any_due(tx, *now))).await? {
            return Ok(None);
        }
        db.write(&now, |tx, now| Box::pin(store::lease(tx, *now))).await
    };
    wall::within(Wall::All, work).await
}

/// Records a failure: the job waits longer each time, and is dead after the last attempt.
pub(crate) async fn failed(db: &Db, job: &Job, fault: &str, now: Instant) -> Result<()> {
    db.write(&(job, fault, now), |tx, (job, fault, now)| Box::pin(store::failed(tx, job, fault, *now))).await
}
