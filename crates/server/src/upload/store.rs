//! SQL of files that were brought.

use super::model::{Due, Ended, Mapped, NO_RUN, Upload, UploadId, UploadState};
use shuke_db::{Row, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, Error, Instant, Limit, MerchantId, Result, Uuid};

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("an upload's JSON: {error}")))
}

pub(super) async fn put(tx: &mut Tx, cx: &Cx, upload: &Upload, parts: &[String]) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO upload (merchant_id, id, kind, name, bytes, state, map, run_id, leased_until, created_at, actor, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $9)",
        cx.merchant,
        upload.id,
        upload.kind,
        upload.name,
        upload.bytes,
        upload.state,
        json(&upload.map)?,
        NO_RUN,
        cx.now,
        cx.actor.text()
    ))
    .await?;
    for (place, data) in (0_i64..).zip(parts) {
        let row = vec![cx.merchant.to_value(), upload.id.to_value(), place.to_value(), data.to_value()];
        tx.queue(insert("upload_part", &["merchant_id", "upload_id", "place", "data"], vec![row])).await?;
    }
    Ok(())
}

/// The sealed pieces of a file, in order.
pub(super) async fn parts(tx: &mut Tx, merchant: MerchantId, id: UploadId) -> Result<Vec<String>> {
    let stmt = sql!("SELECT data FROM upload_part WHERE merchant_id = $1 AND upload_id = $2 ORDER BY place", merchant, id);
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

fn upload(row: &Row) -> Result<(Upload, Option<Uuid>)> {
    let upload = Upload {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        bytes: row.get(3)?,
        state: row.get(4)?,
        map: parsed(&row.get::<String>(5)?)?,
        rows: row.get(6)?,
        position: 0,
        report: row.get::<Option<String>>(7)?.map(|text| parsed(&text)).transpose()?,
        fault: row.get(8)?,
        created_at: row.get(9)?,
    };
    Ok((upload, row.get(10)?))
}

/// An upload, and the run of its import.
pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: UploadId) -> Result<Option<(Upload, Option<Uuid>)>> {
    let stmt = sql!(
        "SELECT id, kind, name, bytes, state, map, rows_total, report, fault, created_at, run_id FROM upload
         WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    );
    tx.row(stmt).await?.as_ref().map(upload).transpose()
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, before: Option<UploadId>, limit: Limit) -> Result<Vec<Upload>> {
    let stmt = sql!(
        "SELECT id, kind, name, bytes, state, map, rows_total, report, fault, created_at, run_id FROM upload
         WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        merchant,
        before.unwrap_or(UploadId(Uuid::max())),
        limit.fetch()
    );
    tx.rows(stmt).await?.iter().map(|row| Ok(upload(row)?.0)).collect()
}

/// Keeps what a look found; a file that is being imported stays as it is.
pub(super) async fn looked(tx: &mut Tx, merchant: MerchantId, id: UploadId, map: &[Mapped], rows: i64) -> Result<()> {
    let map = json(&map)?;
    tx.queue(sql!(
        "UPDATE upload SET map = $3, rows_total = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'uploaded'",
        merchant,
        id,
        map,
        rows
    ))
    .await
}

/// Lets an import begin; false where it has begun already.
pub(super) async fn queue(tx: &mut Tx, cx: &Cx, id: UploadId, map: &[Mapped]) -> Result<bool> {
    let map = json(&map)?;
    let stmt = sql!(
        "UPDATE upload SET state = 'queued', map = $3, fault = NULL, leased_until = 0, changed_at = $4
         WHERE merchant_id = $1 AND id = $2 AND state IN ('uploaded', 'failed')",
        cx.merchant,
        id,
        map,
        cx.now
    );
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn any_due(tx: &mut Tx, now: Instant) -> Result<bool> {
    let due = sql!("SELECT leased_until FROM upload WHERE state = 'queued' AND leased_until <= $1 LIMIT 1", now);
    Ok(tx.row(due).await?.is_some())
}

/// Takes a file that is due, of any merchant. Nobody else imports it until the lease ends.
pub(super) async fn lease(tx: &mut Tx, now: Instant, until: Instant) -> Result<Option<Due>> {
    let due = sql!(
        "SELECT merchant_id, id, leased_until FROM upload WHERE state = 'queued' AND leased_until <= $1 ORDER BY leased_until LIMIT 1",
        now
    );
    let Some(row) = tx.row(due).await? else { return Ok(None) };
    let (merchant, id, held): (MerchantId, UploadId, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let stmt = sql!(
        "UPDATE upload SET leased_until = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'queued' AND leased_until = $4",
        merchant,
        id,
        until,
        held
    );
    Ok((tx.exec(stmt).await? == 1).then_some(Due { merchant, id, leased_until: until.0 }))
}

/// Says which run of an import it is, so that others can see how far it has come.
pub(super) async fn runs(tx: &mut Tx, due: &Due, run: Uuid) -> Result<()> {
    tx.queue(sql!("UPDATE upload SET run_id = $3 WHERE merchant_id = $1 AND id = $2", due.merchant, due.id, run)).await
}

/// Keeps how an import ended, and removes what the file held where it is in.
pub(super) async fn end(tx: &mut Tx, due: &Due, ended: &Ended, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "UPDATE upload SET state = $4, report = $5, bad = $6, fault = $7, leased_until = 0, changed_at = $8
         WHERE merchant_id = $1 AND id = $2 AND state = 'queued' AND leased_until = $3",
        due.merchant,
        due.id,
        due.leased_until,
        ended.state,
        ended.report,
        ended.bad,
        ended.fault,
        now
    ))
    .await?;
    if ended.state == UploadState::Done {
        tx.queue(sql!("DELETE FROM upload_part WHERE merchant_id = $1 AND upload_id = $2", due.merchant, due.id)).await?;
    }
    Ok(())
}

/// The sealed rows that could not be used.
pub(super) async fn bad(tx: &mut Tx, merchant: MerchantId, id: UploadId) -> Result<Option<String>> {
    let row = tx.row(sql!("SELECT bad FROM upload WHERE merchant_id = $1 AND id = $2", merchant, id)).await?;
    row.map_or(Ok(None), |row| row.get(0))
}

/// Removes a file; false where it is being imported.
pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, id: UploadId) -> Result<bool> {
    let gone = tx.exec(sql!("DELETE FROM upload WHERE merchant_id = $1 AND id = $2 AND leased_until = 0", merchant, id)).await?;
    if gone == 1 {
        tx.queue(sql!("DELETE FROM upload_part WHERE merchant_id = $1 AND upload_id = $2", merchant, id)).await?;
    }
    Ok(gone == 1)
}

/// Removes what files held that nobody imported, and old files whole.
pub(super) async fn prune(tx: &mut Tx, merchant: MerchantId, held: Instant, kept: Instant) -> Result<u64> {
    let held = tx
        .exec(sql!(
            "DELETE FROM upload_part WHERE merchant_id = $1 AND upload_id IN
             (SELECT id FROM upload WHERE merchant_id = $1 AND state <> 'queued' AND changed_at < $2)",
            merchant,
            held
        ))
        .await?;
    Ok(held + tx.exec(sql!("DELETE FROM upload WHERE merchant_id = $1 AND state <> 'queued' AND changed_at < $2", merchant, kept)).await?)
}
