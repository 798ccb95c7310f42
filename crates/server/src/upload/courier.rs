//! Imports the files that are due, one after another, of every merchant.

use super::{ops, store};
use shuke_db::{Wall, wall};
use shuke_http::AppInner;
use shuke_kernel::Result;
use std::time::Duration;

/// How long nobody else takes a leased file. A longer import is taken by two for a while: each batch is
/// guarded, so that one of them stops.
const LEASE_MS: i64 = 15 * 60_000;
const POLL_MS: u64 = 700;

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

/// Imports until the future that says stop is done.
pub async fn run_until(app: &AppInner, stop: impl std::future::Future<Output = ()> + Send) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let work = async {
            let now = app.clock.now();
            let any = app.db.read(&now, |tx, now| Box::pin(store::any_due(tx, *now)));
            match wall::within(Wall::All, any).await {
                Ok(false) => {}
                Ok(true) => {
                    if let Err(error) = import_due(app).await {
                        tracing::warn!(%error, "an import will be tried again");
                    }
                }
                Err(error) => tracing::warn!(%error, "imports will be looked for again"),
            }
            tokio::time::sleep(Duration::from_millis(POLL_MS)).await;
        };
        tokio::select! {
            () = &mut stop => return,
            () = work => {}
        }
    }
}
