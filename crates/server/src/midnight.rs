//! What happens once a local day of each merchant, in its fixed order: lots become available, lots
//! expire, tiers, stages.
//!
//! A periodic task enqueues one job per merchant and local date, so that of many servers one does it;
//! after a pause only the day that it is now is done, because each part looks at dates, not at how
//! often it ran. Every part works in batches of its own transactions and may be repeated: a job that
//! was interrupted starts again from the top.

use shuke_db::{Db, Future, Wall, wall};
use shuke_jobs::{Job, JobRequest, Work, job, merchants};
use shuke_kernel::{Cx, Date, MerchantId, Result, text_enum, time};
use shuke_org::merchant;

/// The kind of the job.
pub const KIND: &str = "midnight";
/// How often it is looked whether a day has begun.
pub const EVERY_MS: i64 = 60_000;

/// Enqueues today's job of every merchant that has none yet. Counts nothing: what it does shows as jobs.
pub fn schedule(work: &Work) -> Future<'_, u64> {
    Box::pin(async move {
        for merchant in merchants(&work.db).await? {
            wall::within(Wall::One(merchant), enqueue(work, merchant)).await?;
        }
        Ok(0)
    })
}

async fn enqueue(work: &Work, merchant: MerchantId) -> Result<()> {
    let cx = work.system(merchant);
    let zone = work.db.read(&merchant, |tx, id| Box::pin(merchant::ops::show(tx, *id))).await?.parsed_zone()?;
    let today = zone.date(cx.now);
    let date = today.to_string();
    let request = JobRequest { kind: KIND, dedup_key: date.clone(), payload: date, run_at: zone.start(today) };
    work.db.write(&(&cx, &request), |tx, (cx, request)| Box::pin(job::enqueue(tx, cx, request))).await
}

/// Does a day's work of a merchant.
pub fn run<'w>(work: &'w Work, job: &'w Job) -> Future<'w, ()> {
    Box::pin(async move {
        let cx: Cx = work.cx(job);
        let today = time::parse_date(&job.payload)?;
        day(&work.db, &cx, today).await?;
        shuke_org::midnight(&work.db, &cx).await?;
        work.db
            .write(&(&cx, job, today), |tx, (cx, job, today)| {
                Box::pin(async move {
                    shuke_http::prune(tx, cx.merchant, cx.now).await?;
                    crate::upload::prune(tx, cx).await?;
                    crate::insight::ops::prune(tx, cx).await?;
                    crate::lake::ops::ask(tx, cx.merchant, cx.now).await?;
                    crate::insight::ops::nightly(tx, cx, *today).await?;
                    job::finish(tx, job, cx.now).await
                })
            })
            .await
    })
}

text_enum! {
    /// The parts of the work, in their order.
    pub enum Part {
        /// Lots that end.
        Lots = "lots",
        /// Tiers, points that end by inactivity, stamps, memberships.
        Tiers = "tiers",
        /// Held carts.
        Carts = "carts",
        /// Stages, and the tags that rules give.
        Stages = "stages",
    }
}

/// What a day's beginning brings to a merchant. May be interrupted and repeated.
pub async fn day(db: &Db, cx: &Cx, today: Date) -> Result<()> {
    for one in Part::ALL {
        let did = part(db, cx, today, *one).await?;
        tracing::debug!(merchant = %cx.merchant, %today, part = one.as_str(), did, "midnight");
    }
    Ok(())
}

/// One part of it. Says how much it did.
pub async fn part(db: &Db, cx: &Cx, today: Date, part: Part) -> Result<u64> {
    match part {
        Part::Lots => shuke_ledger::midnight(db, cx, today).await,
        Part::Tiers => shuke_loyalty::midnight(db, cx, today).await,
        Part::Carts => shuke_sales::midnight(db, cx).await,
        Part::Stages => shuke_member::midnight(db, cx, today).await,
    }
}
