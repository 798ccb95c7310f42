//! `shuke export`: a shop's data as CSV or XLSX.

use crate::config::Place;
use crate::export::{self, Kind, Request};
use anyhow::{Result, bail};
use shuke_kernel::{MerchantId, time};
use shuke_org::merchant;
use std::path::PathBuf;

/// What, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which list
    #[arg(value_enum)]
    kind: Kind,
    /// The file; .csv or .xlsx
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// With names, phones, addresses, birthdays and notes; the audit log says so
    #[arg(long)]
    personal: bool,
    /// The merchant's number, where there are several
    #[arg(long, value_name = "NUMBER")]
    merchant: Option<i64>,
    /// Orders and refunds from this day on
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Orders and refunds up to and with this day
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Head the columns in Chinese
    #[arg(long)]
    chinese: bool,
    /// Print one JSON document on standard output
    #[arg(long)]
    json: bool,
}

/// Writes the file.
pub async fn run(args: Args) -> Result<()> {
    let app = args.place.open().await?.app(false, false);
    let only = app.db.read(&(), |tx, ()| Box::pin(merchant::ops::only(tx))).await?;
    let Some(merchant) = args.merchant.map(MerchantId).or(only) else {
        bail!("there is no merchant here, or several: say which one with --merchant NUMBER");
    };
    let request = Request {
        kind: args.kind,
        merchant,
        actor: shuke_kernel::Actor::System,
        personal: args.personal,
        headings: if args.chinese { export::Headings::Chinese } else { export::Headings::Names },
        from: args.from.as_deref().map(time::parse_date).transpose()?,
        until: args.until.as_deref().map(time::parse_date).transpose()?,
    };
    let rows = export::write(&app, &request, &args.file).await?;
    if args.json {
        println!("{}", serde_json::json!({ "file": args.file, "rows": rows, "personal": args.personal }));
    } else {
        println!("{rows} rows in {}", args.file.display());
    }
    Ok(())
}
