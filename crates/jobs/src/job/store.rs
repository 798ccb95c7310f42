//! SQL of jobs.

use super::{ATTEMPTS_MAX, Job, JobRequest, LEASE_MS};
use shuke_db::{Tx, sql};
use shuke_kernel::{Cx, Error, Instant, Result};

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, request: &JobRequest) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO job (merchant_id, id, kind, dedup_key, payload, state, run_at, attempts, leased_until)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, 0, 0) ON CONFLICT DO NOTHING",
        cx.merchant,
        cx.uuid(),
        request.kind,
        request.dedup_key,
        request.payload,
        request.run_at
    ))
    .await
}

pub(super) async fn any_due(tx: &mut Tx, now: Instant) -> Result<bool> {
    let due = sql!("SELECT attempts FROM job WHERE state = 'waiting' AND run_at <= $1 AND leased_until <= $1 LIMIT 1", now);
    Ok(tx.row(due).await?.is_some())
}

pub(super) async fn lease(tx: &mut Tx, now: Instant) -> Result<Option<Job>> {
    let due = tx
        .rows(sql!(
            "SELECT merchant_id, id, kind, dedup_key, payload, attempts, leased_until FROM job
             WHERE state = 'waiting' AND run_at <= $1 AND leased_until <= $1 ORDER BY run_at LIMIT 8",
            now
        ))
        .await?;
    for row in due {
        let leased_until = now.plus_ms(LEASE_MS).0;
        let held: i64 = row.get(6)?;
        let job = Job {
            merchant: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            dedup_key: row.get(3)?,
            payload: row.get(4)?,
            attempts: row.get::<i64>(5)? + 1,
            leased_until,
        };
        if job.attempts > ATTEMPTS_MAX {
            // Every worker that took it was gone before it could say why.
            tx.queue(sql!(
                "UPDATE job SET state = 'dead', last_fault = 'no attempt came to an end' WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $3",
                job.merchant,
                job.id,
                held
            ))
            .await?;
            continue;
        }
        let taken = tx
            .exec(sql!(
                "UPDATE job SET leased_until = $3, attempts = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $5",
                job.merchant,
                job.id,
                leased_until,
                job.attempts,
                held
            ))
            .await?;
        if taken == 1 {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

pub(super) async fn finish(tx: &mut Tx, job: &Job, now: Instant) -> Result<()> {
    let done = tx
        .exec(sql!(
            "UPDATE job SET state = 'done', finished_at = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $3",
            job.merchant,
            job.id,
            job.leased_until,
            now
        ))
        .await?;
    match done {
        1 => Ok(()),
        _ => Err(Error::conflict("lease_lost", "another worker has taken this job")),
    }
}

pub(super) async fn failed(tx: &mut Tx, job: &Job, fault: &str, now: Instant) -> Result<()> {
    let state = if job.attempts >= ATTEMPTS_MAX { "dead" } else { "waiting" };
    let wait_ms = 1000_i64 << job.attempts.clamp(0, 12);
    tx.queue(sql!(
        "UPDATE job SET state = $4, last_fault = $5, run_at = $6, leased_until = 0
         WHERE merchant_id = $1 AND id = $2 AND state = 'waiting' AND leased_until = $3",
        job.merchant,
        job.id,
        job.leased_until,
        state,
        fault,
        now.plus_ms(wait_ms)
    ))
    .await
}
