//! The loop that runs readers and jobs; a test steps it by hand.

use crate::event::{self, Reader};
use crate::job::{self, Job};
use shuke_db::{Db, Future, Wall, wall};
use shuke_kernel::{Clock, Cx, MerchantId, Random, Result};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// What a job's handler works with.
#[derive(Clone)]
pub struct Work {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Ids and randomness.
    pub random: Random,
}

impl Work {
    /// The context of the system's own work for a merchant, now.
    pub fn system(&self, merchant: MerchantId) -> Cx {
        Cx::system(merchant, self.clock.now(), self.random.clone())
    }
    /// The context of a job of a merchant.
    pub fn cx(&self, job: &Job) -> Cx {
        Cx::system(job.merchant, self.clock.now(), self.random.clone())
    }
}

/// Every merchant, for tasks that go through them all.
pub async fn merchants(db: &Db) -> Result<Vec<MerchantId>> {
    wall::within(Wall::All, db.read(&(), |tx, ()| Box::pin(event::merchants(tx)))).await
}

/// Runs one kind of job. It works outside any transaction and calls [`job::finish`] in its last one.
pub type Handler = Arc<dyn for<'w> Fn(&'w Work, &'w Job) -> Future<'w, ()> + Send + Sync>;

/// Small work that comes round again and again: sealing, sweeping. It finds what there is to do
/// itself, must be harmless to repeat, and returns how much it did.
pub type Task = Arc<dyn for<'w> Fn(&'w Work) -> Future<'w, u64> + Send + Sync>;

#[derive(Clone)]
struct Periodic {
    name: &'static str,
    every_ms: i64,
    next_ms: Arc<AtomicI64>,
    task: Task,
}

/// All readers, handlers and periodic tasks of a server.
#[derive(Clone, Default)]
pub struct Runner {
    readers: Vec<Arc<dyn Reader>>,
    handlers: HashMap<&'static str, Handler>,
    tasks: Vec<Periodic>,
}

impl Runner {
    /// With one reader more.
    #[must_use]
    pub fn reader(mut self, reader: impl Reader + 'static) -> Self {
        self.readers.push(Arc::new(reader));
        self
    }
    /// With a handler for a kind of job.
    #[must_use]
    pub fn handler(mut self, kind: &'static str, handler: Handler) -> Self {
        self.handlers.insert(kind, handler);
        self
    }
    /// With a task that runs in the first step, and then in the first step after each interval.
    #[must_use]
    pub fn task(mut self, name: &'static str, every_ms: i64, task: Task) -> Self {
        self.tasks.push(Periodic { name, every_ms, next_ms: Arc::new(AtomicI64::new(i64::MIN)), task });
        self
    }

    /// Does what is due now, until nothing is; then the tasks whose time has come, once. Returns how
    /// many events and jobs it did, and what the tasks count.
    pub async fn step(&self, work: &Work) -> Result<u64> {
        let mut done = 0;
        for rounds in 1_u64.. {
            let round = self.round(work).await?;
            done += round;
            if round == 0 {
                break;
            }
            if rounds.is_multiple_of(TASK_ROUNDS) {
                done += self.run_tasks(work).await;
            }
        }
        Ok(done + self.run_tasks(work).await)
    }

    /// Some events of each reader, and the jobs that are due. Returns how many.
    async fn round(&self, work: &Work) -> Result<u64> {
        let mut done = event::drain(&work.db, &self.readers, &work.clock, &work.random).await?;
        while let Some(job) = job::lease(&work.db, work.clock.now()).await? {
            wall::within(Wall::One(job.merchant), self.run(work, &job)).await?;
            done += 1;
        }
        Ok(done)
    }

    async fn run_tasks(&self, work: &Work) -> u64 {
        let mut done = 0;
        let now = work.clock.now().0;
        for periodic in &self.tasks {
            if periodic.next_ms.load(Ordering::Relaxed) > now {
                continue;
            }
            periodic.next_ms.store(now.saturating_add(periodic.every_ms), Ordering::Relaxed);
            match wall::within(Wall::All, (periodic.task)(work)).await {
                Ok(count) => done += count,
                // It comes round again; the others must not wait for it.
                Err(error) => tracing::error!(task = periodic.name, %error, "a periodic task failed"),
            }
        }
        done
    }

    async fn run(&self, work: &Work, job: &Job) -> Result<()> {
        let outcome = match self.handlers.get(job.kind.as_str()) {
            Some(handler) => handler(work, job).await,
            None => Err(shuke_kernel::Error::internal(format!("no handler for jobs of kind {}", job.kind))),
        };
        if let Err(error) = outcome {
            tracing::error!(kind = job.kind, id = %job.id, attempt = job.attempts, %error, "a job failed");
            job::failed(&work.db, job, &error.to_string(), work.clock.now()).await?;
        }
        Ok(())
    }

    /// Runs until the future that says stop is done; it is asked after every round, for in a shop that sells and
    /// sells there is always something due.
    pub async fn run_until(&self, work: &Work, stop: impl std::future::Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        for rounds in 1_u64.. {
            let busy = match self.round(work).await {
                Ok(done) => {
                    if done == 0 || rounds.is_multiple_of(TASK_ROUNDS) {
                        self.run_tasks(work).await;
                    }
                    done > 0
                }
                Err(error) => {
                    tracing::warn!(%error, "the worker will try again");
                    false
                }
            };
            let pause = Duration::from_millis(if busy { 0 } else { POLL_MS });
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

const POLL_MS: u64 = 250;
/// After so many rounds of readers and jobs the tasks don't wait any longer for a quiet moment.
const TASK_ROUNDS: u64 = 8;
