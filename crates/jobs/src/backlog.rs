//! How far the work is behind: for `/readyz` and the metrics.

use shuke_db::{Db, Tx, Wall, sql, wall};
use shuke_kernel::{Instant, Result};

/// What waits, over all merchants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How long the oldest event has waited that some reader has not seen, in milliseconds.
    pub event_lag_ms: i64,
    /// Events that a reader gave up on.
    pub events_dead: i64,
    /// Jobs that are due.
    pub jobs_due: i64,
    /// Jobs that were given up.
    pub jobs_dead: i64,
}

impl Backlog {
    /// What waits at a moment.
    pub async fn read(db: &Db, now: Instant) -> Result<Self> {
        wall::within(Wall::All, db.read(&now, |tx, now| Box::pin(read(tx, *now)))).await
    }
}

async fn read(tx: &mut Tx, now: Instant) -> Result<Backlog> {
    let [oldest, dead, due, given_up] = tx
        .all([
            sql!(
                "SELECT MIN(at) FROM (SELECT (SELECT e.at FROM event e WHERE e.merchant_id = c.merchant_id AND (e.position, e.id) > (c.position, c.id)
                     ORDER BY e.position, e.id LIMIT 1) AS at FROM event_cursor c) AS unseen"
            ),
            sql!("SELECT COUNT(*) FROM event_dead"),
            sql!("SELECT COUNT(*) FROM job WHERE state = 'waiting' AND run_at <= $1", now),
            sql!("SELECT COUNT(*) FROM job WHERE state = 'dead'"),
        ])
        .await?;
    let number = |rows: &[shuke_db::Row]| rows.first().map_or(Ok(None), |row| row.get::<Option<i64>>(0));
    Ok(Backlog {
        event_lag_ms: number(&oldest)?.map_or(0, |at| now.since_ms(Instant(at)).max(0)),
        events_dead: number(&dead)?.unwrap_or(0),
        jobs_due: number(&due)?.unwrap_or(0),
        jobs_dead: number(&given_up)?.unwrap_or(0),
    })
}
