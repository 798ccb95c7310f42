//! The ledger: nothing else moves value.
//!
//! A [`journal::Journal`] collects what one cause (a sale, a refund, a top-up) does to accounts and
//! lots, and posts it in a handful of statements inside the caller's transaction. A transfer debits
//! one account and credits another by the same amount, so every entry sums to zero by construction.
//!
//! - [`account`]: points, principal, bonus and points debt of a member have a balance row, guarded by
//!   a CHECK; the shop's own accounts (cash, revenue, points issued) have none, because all sales
//!   would meet there: their balances are sums.
//! - [`lot`]: what a member holds, by expiry; which lot a spend takes and which it goes back to.
//! - [`journal`]: transfers, allocations, posting, restoring, clawing back, statements.
//! - [`hold`]: part of a balance that is kept back for something under way.
//! - [`seal`]: the hash chain over the entries, made in batches in the background.
//! - [`follow`]: whoever keeps something computed from entries; [`day`]: the ledger by day.
//! - [`verify`]: recomputes everything and names the first thing that differs.
//!
//! Signs: a member's balance is credits less debits. What the shop owns (cash) grows by debits.

pub mod account;
pub mod belonging;
pub mod day;
pub mod follow;
pub mod hold;
pub mod journal;
pub mod lot;
pub mod seal;
pub mod verify;

pub use account::{Account, AccountKind, Holdings};
pub use journal::{Journal, Source};
pub use lot::{Allocation, Lot, LotId, LotTerms};

use shuke_db::Db;
use shuke_http::{App, OpenApiRouter};
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Date, Result};

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(account::api::routes()).merge(lot::api::routes()).merge(journal::api::routes()).merge(verify::api::routes())
}

/// What the ledger wants to be done once with a server's state.
pub fn prepare(app: &shuke_http::AppInner) {
    app.slot::<shuke_member::belonging::Belongings>().add(belonging::LedgerPart);
}

/// What `verify` computes again beside balances, lots and seals.
pub const CHECKS: &[verify::Check] = &[day::check];

/// Adds the ledger's part of the worker: holds end, entries are sealed and added up by day.
#[must_use]
pub fn runner(runner: Runner) -> Runner {
    runner.task("seal", seal::EVERY_MS, seal::task()).task("ledger_day", follow::EVERY_MS, follow::task(day::DayFollower))
}

/// The ledger's part of the midnight work: holds end, then lots that ended are emptied, and what would
/// be lost with them pays debts first. What it does depends on the moment in `cx`; the date only names
/// the night. Safe to stop and to repeat. Returns how many holds and members it touched.
pub async fn midnight(db: &Db, cx: &Cx, _today: Date) -> Result<u64> {
    Ok(hold::expire(db, cx).await? + lot::expire(db, cx).await?)
}
