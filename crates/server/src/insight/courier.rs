//! Does what is due of every merchant, one after another: lakes, runs, saves.

use super::{save, store, work};
use crate::lake;
use crate::look::{Due, look_until};
use shuke_db::{Wall, wall};
use shuke_http::AppInner;
use shuke_kernel::Result;
use std::time::Duration;

/// Does what is due now. Returns how much.
pub async fn work_due(app: &AppInner) -> Result<u64> {
    let mut done = 0;
    loop {
        let now = app.clock.now();
        let lease = app.db.write(&now, |tx, now| Box::pin(lake::lease(tx, *now, now.plus_ms(lake::LEASE_MS))));
        if let Some(mut held) = wall::within(Wall::All, lease).await? {
            wall::within(Wall::One(held.merchant), lake::refresh_held(app, &mut held)).await?;
            done += 1;
            continue;
        }
        let lease = app.db.write(&now, |tx, now| Box::pin(store::lease_save(tx, *now, now.plus_ms(work::LEASE_MS))));
        if let Some(held) = wall::within(Wall::All, lease).await? {
            wall::within(Wall::One(held.merchant), save::save(app, &held)).await?;
            done += 1;
            continue;
        }
        let lease = app.db.write(&now, |tx, now| Box::pin(store::lease(tx, *now, now.plus_ms(work::LEASE_MS))));
        let Some(held) = wall::within(Wall::All, lease).await? else { return Ok(done) };
        wall::within(Wall::One(held.merchant), work::run(app, &held)).await?;
        done += 1;
    }
}

const DUE: Due = Due {
    about: "analyses",
    pause: Duration::from_millis(500),
    any: |app| {
        Box::pin(async move {
            let now = app.clock.now();
            let any =
                app.db.read(&now, |tx, now| Box::pin(async move { Ok(store::any_due(tx, *now).await? || lake::any_due(tx, *now).await?) }));
            wall::within(Wall::All, any).await
        })
    },
    work: |app| Box::pin(work_due(app)),
};

/// Works until the future that says stop is done.
pub async fn run_until(app: &AppInner, stop: impl Future<Output = ()> + Send) {
    look_until(app, DUE, stop).await;
}
