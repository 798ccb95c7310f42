//! `shuke bench strain`: four times as many tills as the server lets in, and a backup while it sells.
//!
//! Ratios of one run on one machine. As many clients as the gate lets in, and four times as many, of whom
//! those beyond hear 503 and come back after the second that the answer names; then the first number again
//! without and with backups that are written one after another. All in turns, so that a machine that slows
//! down for other reasons slows both.

use super::Place;
use super::load::at_per_mille;
use super::shop::{Met, Shop};
use clap::Args;
use serde::Serialize;
use shuke_db::backup::{self, Pace};
use shuke_http::Gate;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Turns of the peak and of four times as many clients, and of sales without and with a backup.
const TURNS: usize = 3;

/// How to measure.
#[derive(Clone, Debug, Args)]
pub struct Load {
    #[command(flatten)]
    place: Place,
    /// Requests that the gate lets in at once: the capacity.
    #[arg(long, default_value_t = 32)]
    requests_max: usize,
    /// How long each turn takes.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Figures {
    /// Sales a second with as many clients as are let in.
    peak_per_second: u64,
    /// Sales a second with four times as many.
    through_per_second: u64,
    /// The second by the first, in per cent.
    through_percent: u64,
    /// 503 with Retry-After, of four times as many.
    refused: u64,
    /// The slowest but one in a hundred of those accepted.
    accepted_p99_us: u64,
    /// Sales a second while backups are written, by those without, in per cent.
    with_backup_percent: u64,
    /// Backups that were written meanwhile.
    backups: u64,
}

pub(super) async fn run(load: &Load) -> anyhow::Result<()> {
    let scratch = load.place.scratch()?;
    let shop = Arc::new(Shop::open(&load.place, &scratch, load.requests_max).await?);
    shop.app.slot::<Gate>().open(load.requests_max);
    let time = Duration::from_secs(load.seconds);
    shop.load(load.requests_max, Duration::from_secs(3)).await?;
    let (mut peak, mut strained) = (0, Met::default());
    for _ in 0..TURNS {
        peak += shop.load(load.requests_max, time).await?.took.len();
        strained.merge(shop.load(4 * load.requests_max, time).await?);
    }
    strained.took.sort_unstable();
    anyhow::ensure!(strained.refused > 0, "nobody was refused: the gate is wider than the load");
    let folder = tempfile::tempdir()?;
    let (mut without, mut with, mut backups) = (0, 0, 0);
    for _ in 0..TURNS {
        without += shop.load(load.requests_max, time).await?.took.len();
        let (met, written) = beside_backups(&shop, load.requests_max, time, folder.path()).await?;
        with += met.took.len();
        backups += written;
    }
    let figures = Figures {
        peak_per_second: per_second(peak, load.seconds * TURNS as u64),
        through_per_second: per_second(strained.took.len(), load.seconds * TURNS as u64),
        through_percent: percent(strained.took.len(), peak),
        refused: strained.refused,
        accepted_p99_us: at_per_mille(&strained.took, 990),
        with_backup_percent: percent(with, without),
        backups,
    };
    eprintln!(
        "{} clients: {} sales/s; {}: {} sales/s, {} %, {} refused, p99 of the accepted {} µs",
        load.requests_max,
        figures.peak_per_second,
        4 * load.requests_max,
        figures.through_per_second,
        figures.through_percent,
        figures.refused,
        figures.accepted_p99_us
    );
    eprintln!("while {} backups were written: {} % of the sales without", figures.backups, figures.with_backup_percent);
    if load.json {
        println!("{}", serde_json::json!({ "bench": "strain", "figures": figures }));
    }
    Ok(())
}

fn per_second(sales: usize, seconds: u64) -> u64 {
    sales as u64 / seconds.max(1)
}

fn percent(part: usize, whole: usize) -> u64 {
    part as u64 * 100 / (whole as u64).max(1)
}

/// Sells while backups are written at the pace of a server that is open, and waits for the last of them.
async fn beside_backups(shop: &Arc<Shop>, clients: usize, time: Duration, folder: &Path) -> anyhow::Result<(Met, u64)> {
    let over = AtomicBool::new(false);
    let sell = async {
        let met = shop.load(clients, time).await;
        over.store(true, Ordering::Relaxed);
        met
    };
    let write = async {
        let mut written = 0;
        while !over.load(Ordering::Relaxed) {
            let file = folder.join("a.backup");
            backup::write(&shop.app.db, &file, shop.app.clock.now(), Pace::Gentle).await?;
            std::fs::remove_file(&file)?;
            written += 1;
        }
        anyhow::Ok(written)
    };
    let (met, written) = tokio::join!(sell, write);
    Ok((met?, written?))
}
