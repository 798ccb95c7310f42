//! `shuke migrate`: brings the schema up to date and stops.

use crate::config::Place;
use anyhow::Result;
use shuke_db::Db;

/// Where.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
}

/// Migrates.
pub async fn run(args: Args) -> Result<()> {
    Db::open(&args.place.database()).await?;
    eprintln!("the schema of {} is up to date", args.place);
    Ok(())
}
