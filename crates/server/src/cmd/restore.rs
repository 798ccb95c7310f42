//! `shuke restore`: a backup into a new, empty database of either kind, verified.

use super::backup::told;
use super::verify::{self, Say};
use crate::config::Place;
use anyhow::{Context as _, Result};
use shuke_db::{Db, backup};
use std::path::PathBuf;

/// From where, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Read the backup and say whether it is whole, and restore nothing
    #[arg(long)]
    check: bool,
    /// Print one JSON document on standard output
    #[arg(long)]
    json: bool,
}

/// Restores, and computes everything again.
pub async fn run(args: Args) -> Result<()> {
    if args.check {
        let summary = backup::check(&args.file)?;
        match args.json {
            true => println!("{}", told(&args.file, &summary)),
            false => {
                println!("{} is whole: {} rows of {} tables, made at {}", args.file.display(), summary.rows, summary.tables, summary.at)
            }
        }
        return Ok(());
    }
    let config = args.place.database();
    let summary = backup::restore(&config, &args.file).await?;
    let found =
        verify::verify(&Db::connect(&config).await?, Say::Nothing).await.context("the backup is restored, but something in it differs")?;
    if args.json {
        println!("{}", told(&args.file, &summary));
    } else {
        println!("{} rows restored, made at {}; {found} merchants verified, everything agrees", summary.rows, summary.at);
        println!(
            "The server needs the master key that the data was sealed with: SHUKE_KEY, or the file {}.",
            args.place.data.join("key").display()
        );
    }
    Ok(())
}
