//! `shuke bench import`: lines of past orders a second, from a file that the bench writes itself.

use super::{Place, Scratch};
use crate::import::ground::{self, Wishes};
use crate::import::{Kind, run};
use clap::Args;
use serde::Serialize;
use shuke_db::{Config, Db};
use shuke_http::{AppInner, Vault};
use shuke_kernel::{Clock, Random};
use shuke_org::OrgAuthenticator;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// What to import.
#[derive(Clone, Debug, Args)]
pub struct Load {
    #[command(flatten)]
    place: Place,
    /// Lines of the file.
    #[arg(long, default_value_t = 200_000)]
    lines: u64,
    /// Lines of one order.
    #[arg(long, default_value_t = 10)]
    lines_per_order: u64,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Figure {
    lines: u64,
    orders: i64,
    took_ms: i64,
    lines_per_second: i64,
}

pub(super) async fn run(load: &Load) -> anyhow::Result<()> {
    let scratch = load.place.scratch()?;
    let paper = tempfile::tempdir()?;
    let file = paper.path().join("orders.csv");
    write(&file, load)?;
    let figure = import(load, &scratch, &file).await?;
    eprintln!("{} lines, {} orders: {} lines/s", figure.lines, figure.orders, figure.lines_per_second);
    if load.json {
        println!("{}", serde_json::json!({ "bench": "import", "figures": [figure] }));
    }
    Ok(())
}

async fn import(load: &Load, scratch: &Scratch, file: &Path) -> anyhow::Result<Figure> {
    let config = load.place.db.as_ref().map_or_else(|| Config::folder(scratch.path()), Config::postgres);
    let random = Random::system();
    let vault = Vault::new(random.bytes(), random.clone());
    let app = AppInner::new(Db::open(&config).await?, Clock::system(), random, vault, Box::new(OrgAuthenticator));
    let (ground, _) = ground::find_or_found(&app, &Wishes::default(), file).await?;
    let mut options = run::Options::new(Kind::Orders, file);
    options.report = file.with_extension("bad.csv");
    let report = run::run(Some(&app.db), &ground, &options).await?;
    anyhow::ensure!(report.bad_rows == 0 && report.rows == load.lines, "{} of {} lines came in", report.rows, load.lines);
    let orders = report.counts.get("orders").copied().unwrap_or_default();
    let lines_per_second = i64::try_from(report.rows)? * 1_000 / report.took_ms.max(1);
    Ok(Figure { lines: report.rows, orders, took_ms: report.took_ms, lines_per_second })
}

/// Orders of a year, one every few minutes, of as many members as an order in ten is new, over 4,000 goods.
fn write(file: &Path, load: &Load) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    writeln!(out, "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID")?;
    let orders = load.lines.div_ceil(load.lines_per_order.max(1));
    let mut line = String::new();
    for number in 0..load.lines {
        let order = number / load.lines_per_order.max(1);
        let minute = order * 500_000 / orders.max(1);
        let (day, good) = (minute / 1_440, number * 7_919 % 4_000);
        let (month, day, hour, minute) = (day / 28 % 12 + 1, day % 28 + 1, minute / 60 % 24, minute % 60);
        let member = 10_000 + order * 31 % (orders / 10).max(1);
        line.clear();
        write!(line, "{},S{good},good {good},{}", 100_000 + order, number % 5 + 1)?;
        write!(line, ",2025-{month:02}-{day:02} {hour:02}:{minute:02},{}.{:02},{member}", good % 90 + 1, good % 100)?;
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}
