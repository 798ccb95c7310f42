//! `shuke backup`: the whole database as one file.

use crate::config::Place;
use anyhow::Result;
use shuke_db::Db;
use shuke_db::backup::{self, Pace, Summary};
use shuke_kernel::Clock;
use std::path::PathBuf;

/// What, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file; one that is there already is left alone
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Take all of the machine, instead of most of the time resting so that sales don't notice
    #[arg(long)]
    fast: bool,
    /// Print one JSON document on standard output
    #[arg(long)]
    json: bool,
}

/// Writes the file.
pub async fn run(args: Args) -> Result<()> {
    // The schema is left as it is: a backup is also what comes before an upgrade.
    let db = Db::connect(&args.place.database()).await?;
    let pace = if args.fast { Pace::Fast } else { Pace::Gentle };
    let summary = backup::write(&db, &args.file, Clock::system().now(), pace).await?;
    if args.json {
        println!("{}", told(&args.file, &summary));
    } else {
        println!("{} rows of {} tables in {}, SHA-256 {}", summary.rows, summary.tables, args.file.display(), summary.hash);
        println!("{}", key_hint(&args.place));
    }
    Ok(())
}

/// What is in a backup, for programs.
pub fn told(file: &std::path::Path, summary: &Summary) -> serde_json::Value {
    serde_json::json!({
        "file": file, "at": summary.at, "tables": summary.tables, "rows": summary.rows, "sha256": summary.hash,
        "schema": summary.schema.last(),
    })
}

/// A backup is of no use without the key, and the key is not in it.
pub fn key_hint(place: &Place) -> String {
    let key = match place.key {
        Some(_) => "in the variable SHUKE_KEY".to_owned(),
        None => format!("the file {}", place.data.join("key").display()),
    };
    format!("Personal data is sealed in it. The master key that opens it is not in the backup: keep it elsewhere too ({key}).")
}
