//! Jobs: leased, finished in the transaction of their effect, tried again.

use crate::support::{Given, effect, given};
use shuke_db::{Future, sql};
use shuke_jobs::job::{self, ATTEMPTS_MAX, LEASE_MS};
use shuke_jobs::{Handler, Job, JobRequest, Runner, Work};
use shuke_kernel::{Error, Instant, Result};
use shuke_testkit::{scenario, step};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn request(key: &str, run_at: Instant) -> JobRequest {
    JobRequest { kind: "chore", dedup_key: key.to_owned(), payload: String::new(), run_at }
}

async fn enqueue(given: &Given, key: &str, run_at: Instant) {
    let input = (given.cx(), request(key, run_at));
    given.db.write(&input, |tx, (cx, request)| Box::pin(job::enqueue(tx, cx, request))).await.unwrap();
}

/// Does the job's effect and finishes it in one transaction.
fn finish<'w>(work: &'w Work, job: &'w Job) -> Future<'w, ()> {
    Box::pin(async move {
        let input = (job, work.clock.now());
        work.db
            .write(&input, |tx, (job, now)| {
                Box::pin(async move {
                    effect(tx, job.merchant, &job.dedup_key).await?;
                    job::finish(tx, job, *now).await
                })
            })
            .await
    })
}

fn runner(handler: impl for<'w> Fn(&'w Work, &'w Job) -> Future<'w, ()> + Send + Sync + 'static) -> Runner {
    let handler: Handler = Arc::new(handler);
    Runner::default().handler("chore", handler)
}

async fn state(given: &Given, key: &str) -> (String, i64, Option<String>) {
    given
        .db
        .read(&key, |tx, key| {
            Box::pin(async move {
                let row = tx.row(sql!("SELECT state, attempts, last_fault FROM job WHERE dedup_key = $1", *key)).await?.unwrap();
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
        })
        .await
        .unwrap()
}

scenario! {
    setup = given;

    /// A job runs when it is due, once; two of the same key are one job.
    async fn a_job_runs_once_when_due(given) {
        let runner = runner(finish);
        let due = given.clock.now().plus_ms(1000);
        enqueue(&given, "a", due).await;
        enqueue(&given, "a", given.clock.now()).await;
        assert_eq!(step(&runner, &given.work()).await, 0, "not due yet");
        given.clock.set(due);
        assert_eq!(step(&runner, &given.work()).await, 1);
        enqueue(&given, "a", due).await;
        assert_eq!(step(&runner, &given.work()).await, 0, "it was done already");
        assert_eq!(given.effects().await, [("a".to_owned(), 1)]);
        assert_eq!(state(&given, "a").await, ("done".to_owned(), 1, None));
    }

    /// A worker that dies holds the job only until its lease runs out.
    async fn a_dead_workers_job_is_taken_over(given) {
        enqueue(&given, "a", given.clock.now()).await;
        // A worker that is gone has neither finished nor failed: for the job that is an Ok without finish.
        let dying = runner(|_, _| Box::pin(async { Ok(()) }));
        let healthy = runner(finish);
        assert_eq!(step(&dying, &given.work()).await, 1);
        assert_eq!(step(&healthy, &given.work()).await, 0, "still leased");
        given.clock.advance_ms(LEASE_MS);
        assert_eq!(step(&healthy, &given.work()).await, 1);
        assert_eq!(given.effects().await, [("a".to_owned(), 1)]);
    }

    /// A worker that was too slow can't finish what another has taken: the effect happens once.
    async fn a_slow_worker_loses_its_lease(given) {
        enqueue(&given, "a", given.clock.now()).await;
        let lost = Arc::new(AtomicU64::new(0));
        let slow = runner({
            let lost = lost.clone();
            move |work, job| {
                let lost = lost.clone();
                Box::pin(async move {
                    work.clock.advance_ms(LEASE_MS);
                    assert_eq!(runner(finish).step(work).await?, 1, "another worker takes it over");
                    let outcome: Result<()> = finish(work, job).await;
                    lost.fetch_add(u64::from(outcome.is_err_and(|error| error.code() == "lease_lost")), Ordering::SeqCst);
                    Ok(())
                })
            }
        });
        step(&slow, &given.work()).await;
        assert_eq!(lost.load(Ordering::SeqCst), 1);
        assert_eq!(given.effects().await, [("a".to_owned(), 1)]);
    }

    /// A failing job waits longer each time, and is dead with its fault after the last attempt.
    async fn a_failing_job_waits_and_dies(given) {
        enqueue(&given, "a", given.clock.now()).await;
        let failing = runner(|_, _| Box::pin(async { Err(Error::refused("broken", "it can't be done")) }));
        let mut waited_ms = 0;
        let mut attempts = 0;
        while state(&given, "a").await.0 == "waiting" {
            attempts += step(&failing, &given.work()).await;
            given.clock.advance_ms(1000);
            waited_ms += 1000;
            assert!(waited_ms < 20_000_000, "it never dies");
        }
        let (state, counted, fault) = state(&given, "a").await;
        assert_eq!((state.as_str(), counted, attempts), ("dead", ATTEMPTS_MAX, ATTEMPTS_MAX.unsigned_abs()));
        assert!(fault.unwrap().contains("broken"));
        assert!(waited_ms > 1000 << 11, "it waited only {waited_ms} ms");
    }

    /// A job that takes every worker down is dead after as many attempts, not tried for ever.
    async fn a_job_that_kills_workers_dies(given) {
        enqueue(&given, "a", given.clock.now()).await;
        let dying = runner(|_, _| Box::pin(async { Ok(()) }));
        for _ in 0..ATTEMPTS_MAX {
            assert_eq!(step(&dying, &given.work()).await, 1);
            given.clock.advance_ms(LEASE_MS);
        }
        assert_eq!(step(&dying, &given.work()).await, 0);
        assert_eq!(state(&given, "a").await.0, "dead");
    }

    /// A job of a kind that nobody handles is not lost in silence.
    async fn a_job_without_handler_says_so(given) {
        enqueue(&given, "a", given.clock.now()).await;
        Runner::default().step(&given.work()).await.unwrap();
        assert!(state(&given, "a").await.2.unwrap().contains("no handler"));
    }

    /// Many workers at once do each job once.
    async fn workers_share_the_jobs(given) {
        for n in 0..30 {
            enqueue(&given, &format!("{n:02}"), given.clock.now()).await;
        }
        let runner = runner(finish);
        let tasks: Vec<_> = (0..4).map(|_| {
            let (runner, work) = (runner.clone(), given.work());
            tokio::spawn(async move { step(&runner, &work).await })
        }).collect();
        let mut done = 0;
        for task in tasks {
            done += task.await.unwrap();
        }
        step(&runner, &given.work()).await;
        let effects = given.effects().await;
        assert!(done <= 30 && effects.len() == 30 && effects.iter().all(|(_, times)| *times == 1), "{done} {effects:?}");
    }
}
