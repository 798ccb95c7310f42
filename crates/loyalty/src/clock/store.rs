//! SQL of activities and clocks.

use crate::points::Activity;
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Date, MerchantId, Result, Uuid};
use utoipa::ToSchema;

/// When a member's points end by inactivity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clock {
    /// The local day of the last activity that counts.
    #[schema(value_type = String, format = Date)]
    pub last_on: Date,
    /// The last local day on which the points can be used; none where they ended, until the next activity.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
}

/// The member's clock; no row where it never ran.
pub(crate) fn clock_stmt(merchant: MerchantId, owner: Uuid, lock: bool) -> Stmt {
    if lock {
        sql!("SELECT last_on, due_on FROM points_clock WHERE merchant_id = $1 AND owner = $2 FOR UPDATE", merchant, owner)
    } else {
        sql!("SELECT last_on, due_on FROM points_clock WHERE merchant_id = $1 AND owner = $2", merchant, owner)
    }
}

pub(crate) fn clock_read(rows: &[Row]) -> Result<Option<Clock>> {
    rows.first().map(|row| Ok(Clock { last_on: row.get(0)?, due_on: row.get(1)? })).transpose()
}

/// Records an activity; one that is there already stays as it is.
pub(super) fn record_stmt(merchant: MerchantId, owner: Uuid, source: Uuid, activity: Activity, on: Date) -> Stmt {
    sql!(
        "INSERT INTO points_activity (merchant_id, owner, source_id, activity, active_on, undone) VALUES ($1, $2, $3, $4, $5, FALSE)
         ON CONFLICT DO NOTHING",
        merchant,
        owner,
        source,
        activity,
        on
    )
}

/// Whose the activities of a cause are, held for the rest of the transaction.
pub(super) async fn owner(tx: &mut Tx, merchant: MerchantId, source: Uuid) -> Result<Option<Uuid>> {
    let stmt = sql!(
        "SELECT owner FROM points_activity WHERE merchant_id = $1 AND source_id = $2 ORDER BY owner, activity FOR UPDATE",
        merchant,
        source
    );
    tx.rows(stmt).await?.first().map(|row| row.get(0)).transpose()
}

/// An activity's cause is undone.
pub(super) fn undo_stmt(merchant: MerchantId, owner: Uuid, source: Uuid) -> Stmt {
    sql!("UPDATE points_activity SET undone = TRUE WHERE merchant_id = $1 AND owner = $2 AND source_id = $3", merchant, owner, source)
}

/// The day of the latest activity that counts.
pub(super) async fn latest(tx: &mut Tx, merchant: MerchantId, owner: Uuid) -> Result<Option<Date>> {
    let stmt = sql!("SELECT MAX(active_on) FROM points_activity WHERE merchant_id = $1 AND owner = $2 AND NOT undone", merchant, owner);
    tx.row(stmt).await?.map_or(Ok(None), |row| row.get(0))
}

pub(super) fn put_stmt(merchant: MerchantId, owner: Uuid, clock: Clock) -> Stmt {
    sql!(
        "INSERT INTO points_clock (merchant_id, owner, last_on, due_on) VALUES ($1, $2, $3, $4)
         ON CONFLICT (merchant_id, owner) DO UPDATE SET last_on = excluded.last_on, due_on = excluded.due_on",
        merchant,
        owner,
        clock.last_on,
        clock.due_on
    )
}

/// The clock never ran: nothing counts any more.
pub(super) fn remove_stmt(merchant: MerchantId, owner: Uuid) -> Stmt {
    sql!("DELETE FROM points_clock WHERE merchant_id = $1 AND owner = $2", merchant, owner)
}

/// Owners whose last day is over, in the order of the index.
pub(super) async fn due(tx: &mut Tx, merchant: MerchantId, today: Date, limit: i64) -> Result<Vec<Uuid>> {
    let stmt = sql!(
        "SELECT owner FROM points_clock WHERE merchant_id = $1 AND due_on IS NOT NULL AND due_on < $2 ORDER BY due_on, owner LIMIT $3",
        merchant,
        today,
        limit
    );
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// The first owner whose clock doesn't show the latest activity that counts.
pub(super) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, String, String)>> {
    let stmt = sql!(
        "SELECT owner, COALESCE(MAX(shown), ''), COALESCE(MAX(counted), '') FROM (
             SELECT owner, last_on AS shown, CAST(NULL AS TEXT) AS counted FROM points_clock WHERE merchant_id = $1
             UNION ALL SELECT owner, CAST(NULL AS TEXT), active_on FROM points_activity WHERE merchant_id = $1 AND NOT undone) AS sides
         GROUP BY owner HAVING COALESCE(MAX(shown), '') <> COALESCE(MAX(counted), '') ORDER BY owner LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// Gives activities to another owner: all of one owner's, or those of these causes. What both did stays
/// where it is. Answers the causes.
pub(super) async fn move_all(tx: &mut Tx, merchant: MerchantId, from: Uuid, to: Uuid, only: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let stmt = sql!(
        "SELECT DISTINCT source_id FROM points_activity WHERE merchant_id = $1 AND owner = $2 AND source_id NOT IN (
             SELECT source_id FROM points_activity WHERE merchant_id = $1 AND owner = $3) ORDER BY source_id",
        merchant,
        from,
        to
    );
    let mut ids: Vec<Uuid> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.retain(|id| only.is_none_or(|only| only.contains(id)));
    for id in &ids {
        tx.queue(sql!(
            "UPDATE points_activity SET owner = $4 WHERE merchant_id = $1 AND owner = $2 AND source_id = $3",
            merchant,
            from,
            id,
            to
        ))
        .await?;
    }
    Ok(ids)
}
