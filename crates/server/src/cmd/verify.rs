//! `shuke verify`: computes everything again, and names the first thing that differs.

use crate::config::Place;
use crate::wiring;
use anyhow::{Result, bail};
use serde::Serialize;
use shuke_db::Db;
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

/// How to tell what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// A line for each merchant.
    Lines,
    /// One JSON document.
    Json,
    /// Only the first difference.
    Nothing,
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
    verify(&opened.db, if args.json { Say::Json } else { Say::Lines }).await.map(|_| ())
}

/// Verifies every merchant and says what was found. Answers how many there are; fails with
/// the first difference.
pub async fn verify(db: &Db, say: Say) -> Result<usize> {
    let merchants = db.read(&(), |tx, ()| Box::pin(merchant::ops::numbers(tx, MERCHANTS_MAX))).await?;
    let checks = wiring::checks();
    let mut found = Vec::with_capacity(merchants.len());
    let mut first = None;
    for merchant in merchants {
        let report = verify::run_with(db, merchant, &checks).await?;
        if first.is_none() {
            first = report
                .first_difference
                .as_ref()
                .map(|difference| format!("merchant {merchant}: {}: {}", difference.check, difference.text));
        }
        if say == Say::Lines {
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
    if say == Say::Json {
        println!("{}", serde_json::to_string_pretty(&serde_json::json!({ "clean": first.is_none(), "merchants": found }))?);
    }
    match first {
        None => Ok(found.len()),
        Some(text) => bail!("{text}"),
    }
}
