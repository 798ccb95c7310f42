//! From a database into a file.

use super::Summary;
use super::format::{Out, unwritable};
use crate::{Db, Kind, Row, Stmt, Tx, Wall, migrate, sql, wall};
use shuke_kernel::value::Value;
use shuke_kernel::{Error, Instant, Result};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// Rows after which the reader looks at how long they took.
const STRETCH_ROWS: u64 = 500;
/// How many times as long as it worked a gentle backup rests.
const REST: u32 = 4;

/// How fast to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// Most of the time resting, so that sales don't notice.
    #[default]
    Gentle,
    /// As fast as the machine can.
    Fast,
}

struct Table {
    name: String,
    /// Names, and whether they are BOOLEAN, which SQLite keeps as a number.
    columns: Vec<(String, bool)>,
}

/// Writes everything that the database holds at one moment into a new file.
///
/// Errors: `backup_unwritable` where the file is there already or the disk is full.
pub async fn write(db: &Db, path: &Path, at: Instant, pace: Pace) -> Result<Summary> {
    let (db, path, runtime) = (db.clone(), path.to_owned(), Handle::current());
    // On a thread of its own: on SQLite a statement runs in the thread that asks.
    let work = tokio::task::spawn_blocking(move || runtime.block_on(wall::within(Wall::All, write_here(&db, path, at, pace))));
    work.await.map_err(|error| Error::internal(format!("the backup ended early: {error}")))?
}

async fn write_here(db: &Db, path: PathBuf, at: Instant, pace: Pace) -> Result<Summary> {
    // A name that tells that it isn't whole, until it is.
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    if path.exists() {
        return Err(Error::unavailable("backup_unwritable", format!("{} is there already; name another file", path.display())));
    }
    let nothing = |error: Error| match error.kind() {
        shuke_kernel::Kind::Internal => {
            Error::invalid("backup_nothing", "there is no shop's database here; name the folder or the URL of one")
                .inside(error.to_string())
        }
        _ => error,
    };
    let schema: Vec<String> = migrate::recorded(db).await.map_err(nothing)?.into_iter().map(|(name, _)| name).collect();
    let input = (&part, at, &schema, pace);
    let written = db.snapshot(&input, |tx, (part, at, schema, pace)| Box::pin(tables(tx, part, *at, schema, *pace))).await;
    let named = written.and_then(|summary| {
        std::fs::rename(&part, &path).map_err(|error| unwritable(&error))?;
        Ok(summary)
    });
    if named.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    named
}

async fn tables(tx: &mut Tx, part: &Path, at: Instant, schema: &[String], pace: Pace) -> Result<Summary> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(part).map_err(|error| unwritable(&error))?;
    let out = Mutex::new(Out::begin(file, at.0, schema)?);
    for table in list(tx).await? {
        let names: Vec<String> = table.columns.iter().map(|(name, _)| name.clone()).collect();
        lock(&out).table(&table.name, &names)?;
        let mut steps = Steps::new(pace);
        let mut see = |row: &Row| {
            let value = |(column, (_, truth)): (usize, &(String, bool))| {
                let value: Value = row.get(column)?;
                Ok(match value {
                    Value::Int(number) if *truth => Value::Bool(number != 0),
                    other => other,
                })
            };
            let values = table.columns.iter().enumerate().map(value).collect::<Result<Vec<Value>>>()?;
            lock(&out).row(&values)?;
            steps.step();
            Ok(())
        };
        tx.each(select(&table.name, &names), &mut see).await?;
    }
    let out = out.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (tables, rows) = (out.tables, out.rows);
    Ok(Summary { at, schema: schema.to_vec(), tables, rows, hash: out.finish()? })
}

fn lock(out: &Mutex<Out>) -> std::sync::MutexGuard<'_, Out> {
    out.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What has positions comes in their order, so that they can be numbered anew.
fn select(table: &str, columns: &[String]) -> Stmt {
    let order = match table {
        "event" => " ORDER BY position, id",
        "transfer" => " ORDER BY position, source_id, source_line",
        _ => "",
    };
    Stmt::built(format!("SELECT {} FROM {table}{order}", columns.join(", ")), Vec::new())
}

/// Every table but the list of migrations, in the order in which they were made: whatever a table
/// refers to comes before it.
async fn list(tx: &mut Tx) -> Result<Vec<Table>> {
    let rows = match tx.kind() {
        Kind::Sqlite => {
            tx.rows(sql!(
                "SELECT t.name, c.name, UPPER(c.type) FROM sqlite_master t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'schema_migration' ORDER BY t.rowid, c.cid"
            ))
            .await?
        }
        Kind::Postgres => {
            tx.rows(sql!(
                "SELECT CAST(t.relname AS TEXT), CAST(c.attname AS TEXT), UPPER(format_type(c.atttypid, c.atttypmod))
                 FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
                 WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relnamespace = current_schema()::regnamespace
                   AND t.relname <> 'schema_migration' AND c.attnum > 0 AND NOT c.attisdropped ORDER BY t.oid, c.attnum"
            ))
            .await?
        }
    };
    let mut tables: Vec<Table> = Vec::new();
    for row in rows {
        let (name, column, kind): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if tables.last().is_none_or(|table| table.name != name) {
            tables.push(Table { name, columns: Vec::new() });
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push((column, kind == "BOOLEAN"));
        }
    }
    Ok(tables)
}

/// Every row of every table but the list of migrations: an empty database has none.
pub(super) async fn any_row(tx: &mut Tx) -> Result<Option<String>> {
    for table in list(tx).await? {
        let found = tx.row(Stmt::built(format!("SELECT 1 FROM {} LIMIT 1", table.name), Vec::new())).await?;
        if found.is_some() {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Works a little, rests longer.
struct Steps {
    pace: Pace,
    rows: u64,
    begun: std::time::Instant,
}

impl Steps {
    fn new(pace: Pace) -> Self {
        Self { pace, rows: 0, begun: std::time::Instant::now() }
    }
    fn step(&mut self) {
        self.rows += 1;
        if self.pace == Pace::Gentle && self.rows.is_multiple_of(STRETCH_ROWS) {
            // This thread is the backup's own.
            std::thread::sleep(self.begun.elapsed().saturating_mul(REST).min(Duration::from_secs(1)));
            self.begun = std::time::Instant::now();
        }
    }
}
