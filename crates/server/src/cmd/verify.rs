//! `shuke verify`: computes everything again, and names the first thing that differs.

use crate::config::Place;
use crate::wiring;
use anyhow::{Result, bail};
use serde::Serialize;
use shuke_kernel::MerchantId;
use shuke_ledger::verify::{self, Report};
use shuke_org::merchant;

/// Most merchants of one server.
const MERCHANTS_MAX: i64 = 1_000_000;

/// Where.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// Print one JSON document on standard output
    #[arg(long)]
    json: bool,
}

/// What was found of a merchant.
#[derive(Debug, Serialize)]
struct Found {
    merchant: MerchantId,
    #[serde(flatten)]
    report: Report,
}

/// Verifies every merchant; fails with the first difference.
pub async fn run(args: Args) -> Result<()> {
    let opened = args.place.open().await?;
    let merchants = opened.db.read(&(), |tx, ()| Box::pin(merchant::ops::numbers(tx, MERCHANTS_MAX))).await?;
    let checks = wiring::checks();
    let mut found = Vec::with_capacity(merchants.len());
    let mut first = None;
    for merchant in merchants {
        let report = verify::run_with(&opened.db, merchant, &checks).await?;
        if first.is_none() {
            first = report
                .first_difference
                .as_ref()
                .map(|difference| format!("merchant {merchant}: {}: {}", difference.check, difference.text));
        }
        if !args.json {
            println!(
                "merchant {merchant}: {} entries, {} accounts, {} lots, {} seals, {} entries not sealed yet: {}",
                report.entries,
                report.accounts,
                report.lots,
                report.seals,
                report.unsealed_entries,
                if report.first_difference.is_none() { "everything agrees" } else { "something differs" }
            );
        }
        found.push(Found { merchant, report });
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&serde_json::json!({ "clean": first.is_none(), "merchants": found }))?);
    }
    match first {
        None => Ok(()),
        Some(text) => bail!("{text}"),
    }
}
