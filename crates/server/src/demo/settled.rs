//! Waiting until the day's events can be read.
//!
//! On PostgreSQL a reader does not step over a transaction that is still open, of whomever on that
//! server. The night's work must follow the whole day, so it waits for those who are in the way, for
//! a while; what is late is followed on the next night.

use shuke_db::{Db, Kind, Stmt};
use shuke_kernel::Result;
use std::time::Duration;

const TRIES_MAX: u32 = 400;
const PAUSE: Duration = Duration::from_millis(5);

/// Returns when every transaction that is open now has ended, or after two seconds.
pub(super) async fn settled(db: &Db) -> Result<()> {
    if db.kind() == Kind::Sqlite {
        return Ok(());
    }
    let begun = horizon(db, "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)").await?;
    for _ in 0..TRIES_MAX {
        if horizon(db, "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)").await? >= begun {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn horizon(db: &Db, text: &'static str) -> Result<i64> {
    let read = db.read(&text, |tx, text| {
        Box::pin(async move {
            let rows = tx.rows(Stmt::built(*text, Vec::new())).await?;
            rows.first().map_or(Ok(0), |row| row.get(0))
        })
    });
    read.await
}
