//! Imports the files that are due, one after another, of every merchant.

use super::{ops, store};
use crate::look::{Due, look_until};
use shuke_db::{Wall, wall};
use shuke_http::AppInner;
use shuke_kernel::Result;
use std::time::Duration;

/// How long nobody else takes a leased file. A longer import is taken by two for a while: each batch is
/// guarded, so that one of them stops.
const LEASE_MS: i64 = 15 * 60_000;

/// Imports what is due now. Returns how many files.
pub async fn import_due(app: &AppInner) -> Result<u64> {
    let mut done = 0;
    loop {
        let now = app.clock.now();
        let lease = app.db.write(&now, |tx, now| Box::pin(store::lease(tx, *now, now.plus_ms(LEASE_MS))));
        let Some(due) = wall::within(Wall::All, lease).await? else { return Ok(done) };
        wall::within(Wall::One(due.merchant), ops::import(app, &due)).await?;
        done += 1;
    }
}

const DUE: Due = Due {
    about: "imports",
    pause: Duration::from_millis(700),
    any: |app| {
        Box::pin(async move {
            let now = app.clock.now();
            wall::within(Wall::All, app.db.read(&now, |tx, now| Box::pin(store::any_due(tx, *now)))).await
        })
    },
    work: |app| Box::pin(import_due(app)),
};

/// Imports until the future that says stop is done.
pub async fn run_until(app: &AppInner, stop: impl Future<Output = ()> + Send) {
    look_until(app, DUE, stop).await;
}
