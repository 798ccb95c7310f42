//! From a file into an empty database.

use super::format::{In, Item};
use super::renumber::Renumber;
use super::{Summary, dump};
use crate::{Config, Db, Kind, MIGRATIONS, Stmt, Tx, insert, migrate};
use shuke_kernel::value::Value;
use shuke_kernel::{Error, Instant, Result};
use std::path::Path;

/// Rows of one statement, and values: both databases take more, but no faster.
const ROWS_MAX: usize = 200;
const VALUES_MAX: usize = 20_000;
/// The migration that makes `position_horizon`.
const HORIZON: &str = "0031_position";

/// Reads a whole backup and says what is in it.
///
/// Errors: `backup_unreadable`, `backup_unknown`, `backup_damaged`.
pub fn check(path: &Path) -> Result<Summary> {
    let mut file = In::open(path)?;
    while file.next()? != Item::End {}
    Ok(Summary { at: Instant(file.at), schema: file.schema, tables: file.tables, rows: file.rows, hash: file.sum })
}

/// Restores a backup into an empty database and brings its schema up to date. All or nothing.
///
/// Errors: as [`check`]; `backup_newer` where a newer server made it; `restore_target_in_use` where the
/// database is not empty.
pub async fn restore(config: &Config, path: &Path) -> Result<Summary> {
    let owned = path.to_owned();
    let checked = tokio::task::spawn_blocking(move || check(&owned)).await;
    let summary = checked.map_err(|error| Error::internal(error.to_string()))??;
    if let Some(name) = summary.schema.iter().find(|name| !MIGRATIONS.iter().any(|known| known.name == name.as_str())) {
        return Err(Error::unavailable(
            "backup_newer",
            format!("a newer version made this backup (it has {name}); restore with that version"),
        ));
    }
    let db = Db::connect(config).await?;
    let before: Vec<String> = migrate::applied(&db).await?.into_iter().map(|(name, _)| name).collect();
    let held = db.read(&(), |tx, ()| Box::pin(dump::any_row(tx))).await?;
    // A restore that was broken off has left some of the migrations, and no rows.
    let known = before.iter().all(|name| summary.schema.contains(name));
    if held.is_some() || !known {
        let held = held.map_or_else(String::new, |table| format!(" (there are rows in {table})"));
        return Err(Error::refused(
            "restore_target_in_use",
            format!("restore goes into a new, empty database only{held}; name another one"),
        ));
    }
    migrate::run_some(&db, &|name| summary.schema.iter().any(|known| known == name)).await?;
    db.write(path, |tx, path| Box::pin(load(tx, path))).await?;
    migrate::run(&db).await?;
    Ok(summary)
}

async fn load(tx: &mut Tx, path: &Path) -> Result<()> {
    let mut file = In::open(path)?;
    // Only SQLite wants every position once.
    let mut renumber = (tx.kind() == Kind::Sqlite).then(Renumber::default);
    let mut table = (String::new(), Vec::new());
    let mut rows = Vec::new();
    let mut highest = 0;
    loop {
        let item = file.next()?;
        let full = rows.len() >= ROWS_MAX || rows.len() * table.1.len() >= VALUES_MAX;
        if !rows.is_empty() && (full || !matches!(item, Item::Row(_))) {
            let names: Vec<&str> = table.1.iter().map(String::as_str).collect();
            tx.exec(insert(&table.0, &names, std::mem::take(&mut rows))).await?;
        }
        match item {
            Item::Table { name, columns } => table = (name, columns),
            Item::Row(mut row) => {
                if let Some(renumber) = &mut renumber {
                    renumber.row(&table.0, &table.1, &mut row)?;
                } else if let Some(Value::Int(position)) = table.1.iter().position(|column| column == "position").map(|at| &row[at]) {
                    highest = highest.max(*position);
                }
                rows.push(row);
            }
            Item::End => break,
        }
    }
    if tx.kind() == Kind::Sqlite {
        return Ok(());
    }
    count_on(tx, highest + 1).await?;
    if !file.schema.iter().any(|name| name == HORIZON) {
        // The migration that makes the function is done with it, and must not make it anew.
        tx.exec(migrate::record(HORIZON)?).await?;
    }
    Ok(())
}

/// New positions come after all that were brought in, and readers know from where on.
async fn count_on(tx: &mut Tx, offset: i64) -> Result<()> {
    for table in ["event", "transfer"] {
        let text = format!(
            "ALTER TABLE {table} ALTER COLUMN position SET DEFAULT (CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + {offset})"
        );
        tx.exec(Stmt::built(text, Vec::new())).await?;
    }
    let text = format!(
        "CREATE OR REPLACE FUNCTION position_horizon() RETURNS BIGINT LANGUAGE SQL STABLE AS
         'SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) + {offset}'"
    );
    tx.exec(Stmt::built(text, Vec::new())).await.map(|_| ())
}
