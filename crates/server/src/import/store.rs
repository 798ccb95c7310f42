//! SQL of the runs of imports.

use super::run::Counts;
use shuke_db::{Tx, sql};
use shuke_kernel::{Cx, Error, Result, Uuid};

/// How far a run has come.
#[derive(Clone, Debug)]
pub(super) struct Progressed {
    /// Rows of the file that have been dealt with.
    pub position: u64,
    /// Whether the file has been read to its end.
    pub finished: bool,
    /// What came of them.
    pub counts: Counts,
    /// The file with the rows that could not be used.
    pub report: String,
    /// How long that file is.
    pub report_bytes: u64,
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn json(counts: &Counts) -> Result<String> {
    serde_json::to_string(counts).map_err(|error| Error::internal(error.to_string()))
}

/// How far a run has come; none where it never began.
pub(super) async fn find(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Option<Progressed>> {
    let stmt =
        sql!("SELECT position, finished, counts, report, report_bytes FROM import_run WHERE merchant_id = $1 AND id = $2", cx.merchant, id);
    let Some(row) = tx.row(stmt).await? else { return Ok(None) };
    let counts: String = row.get(2)?;
    Ok(Some(Progressed {
        position: u64::try_from(row.get::<i64>(0)?).unwrap_or(0),
        finished: row.get(1)?,
        counts: serde_json::from_str(&counts).map_err(|error| Error::internal(format!("an import's counts: {error}")))?,
        report: row.get(3)?,
        report_bytes: u64::try_from(row.get::<i64>(4)?).unwrap_or(0),
    }))
}

/// Begins a run; `import_run_pkey` where another process has just begun it.
pub(super) async fn begin(tx: &mut Tx, cx: &Cx, id: Uuid, kind: &str, file: (&str, &str), state: &Progressed) -> Result<()> {
    let counts = json(&state.counts)?;
    tx.exec(sql!(
        "INSERT INTO import_run (merchant_id, id, kind, file_name, fingerprint, position, finished, counts, report, report_bytes, started_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, 0, $9, $9)",
        cx.merchant,
        id,
        kind,
        file.0,
        file.1,
        false,
        counts,
        state.report,
        cx.now
    ))
    .await
    .map(|_| ())
}

/// Moves a run on from a position, in the transaction of what it brings in.
///
/// Errors: `import_running` where another process has moved it meanwhile.
pub(super) async fn advance(tx: &mut Tx, cx: &Cx, id: Uuid, from: u64, state: &Progressed) -> Result<()> {
    let counts = json(&state.counts)?;
    let moved = tx
        .exec(sql!(
            "UPDATE import_run SET position = $4, finished = $5, counts = $6, report = $7, report_bytes = $8, changed_at = $9
             WHERE merchant_id = $1 AND id = $2 AND position = $3",
            cx.merchant,
            id,
            number(from),
            number(state.position),
            state.finished,
            counts,
            state.report,
            number(state.report_bytes),
            cx.now
        ))
        .await?;
    if moved == 1 {
        return Ok(());
    }
    Err(Error::conflict("import_running", "this file is being imported by another process; wait for it to end"))
}
