//! `shuke import`: members, products, past orders and opening balances from a shop's files.

use crate::config::Place;
use crate::import::ground::{self, FoundedShop, Ground, Wishes};
use crate::import::run::{self, Options, Outcome, Report};
use crate::import::{Kind, header};
use anyhow::Result;
use shuke_http::Vault;
use shuke_kernel::{Currency, MerchantId, Random, Zone, time};
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::PathBuf;

/// What a file brings.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// 会员: one member a row, with card, tags, tier and opening balances
    Members,
    /// 商品: one variant a row
    Products,
    /// 历史订单: one line of a past sale or return a row
    Orders,
    /// 期初余额: points, principal and bonus of members who are there already
    Balances,
}

/// What, from where, to where.
///
/// Where the data folder or database has no shop yet, one is founded: named by --new-shop or the file's name, with
/// an owner whose password is printed once.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A file may be CSV, TSV, their gzip, or XLSX. Columns are guessed from the header (中文 and English); --map tells what \
the guess gets wrong, by name or by number from 1, and --map FIELD= leaves a field out. A start that was interrupted goes on where it \
stopped; a file that is in already changes nothing. Rows that can't be used go to FILE.bad.csv in the current folder, with line and reason."
)]
pub struct Args {
    /// What the file brings
    #[arg(value_enum)]
    what: What,
    /// The file
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Which column is a field: phone=手机号; again for each field
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Say what would happen and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The merchant's number, where there are several
    #[arg(long, value_name = "NUMBER")]
    merchant: Option<i64>,
    /// The store of rows that name none; opened where there is none of this name
    #[arg(long, value_name = "NAME")]
    store: Option<String>,
    /// The IANA zone of the file's times, and of a shop that is founded; by default the store's, Asia/Shanghai for a new shop
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The currency of the file's amounts, and of a shop that is founded; by default the shop's, CNY for a new one
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The name of the shop that is founded where there is none; by default the file's
    #[arg(long, value_name = "NAME")]
    new_shop: Option<String>,
    /// Where rows that can't be used go
    #[arg(long, value_name = "FILE")]
    bad: Option<PathBuf>,
    /// Count the members' stages as of this day at the end
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// The file's encoding, where it is told wrong: gbk, windows-1252
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// The sheet of a workbook; by default its first
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Print one JSON document on standard output
    #[arg(long)]
    json: bool,
}

impl Args {
    fn options(&self) -> Result<Options> {
        let kind = match self.what {
            What::Members => Kind::Members,
            What::Products => Kind::Products,
            What::Orders => Kind::Orders,
            What::Balances => Kind::Balances,
        };
        let mut options = Options::new(kind, &self.file);
        options.map = self.map.iter().map(|text| header::parse_override(text)).collect::<shuke_kernel::Result<_>>()?;
        options.form = crate::import::Options { encoding: self.encoding.clone(), sheet: self.sheet.clone() };
        options.dry_run = self.dry_run;
        options.bar = std::io::stderr().is_terminal();
        options.as_of = self.as_of.as_deref().map(time::parse_date).transpose()?;
        if let Some(bad) = &self.bad {
            options.report.clone_from(bad);
        }
        Ok(options)
    }

    fn wishes(&self) -> Result<Wishes> {
        Ok(Wishes {
            merchant: self.merchant.map(MerchantId),
            store: self.store.clone(),
            zone: self.zone.as_deref().map(Zone::parse).transpose()?,
            currency: self.currency.as_deref().map(Currency::parse).transpose()?,
            new_shop: self.new_shop.clone(),
        })
    }
}

/// Imports a file.
pub async fn run(args: Args) -> Result<()> {
    let (options, wishes) = (args.options()?, args.wishes()?);
    // Whatever is wrong with the file is said before a shop is founded for it.
    let mut source = crate::import::Source::open_with(&options.file, &options.form)?;
    crate::import::Mapping::guess(options.kind, source.header(), &options.map)?;
    source.sample(1)?;
    let (report, founded) = match options.dry_run {
        true => (dry(&args, &options, &wishes).await?, None),
        false => {
            let app = args.place.open().await?.app(false, false);
            let (ground, founded) = ground::find_or_found(&app, &wishes, &options.file).await?;
            announce(founded.as_ref());
            let report = run::run(Some(&app.db), &ground, &options).await?;
            app.db.filled().await?;
            (report, founded)
        }
    };
    print(&report, founded.as_ref(), args.json)
}

async fn dry(args: &Args, options: &Options, wishes: &Wishes) -> Result<Report> {
    let there = args.place.db.is_some() || args.place.data.join("shuke.db").exists();
    if there {
        let opened = args.place.open().await?;
        let ground = ground::look(Some(&opened.db), opened.vault, wishes).await?;
        return Ok(run::run(Some(&opened.db), &ground, options).await?);
    }
    let random = Random::system();
    let ground: Ground = ground::look(None, Vault::new(random.bytes(), random), wishes).await?;
    Ok(run::run(None, &ground, options).await?)
}

/// A password that is shown once is shown before anything can go wrong.
fn announce(founded: Option<&FoundedShop>) {
    let Some(shop) = founded else { return };
    eprintln!(
        "founded the shop {:?} in {}; its owner signs in as {:?} with the password {}  (shown this once)",
        shop.name, shop.currency, shop.username, shop.password
    );
}

fn print(report: &Report, founded: Option<&FoundedShop>, json: bool) -> Result<()> {
    if json {
        let mut document = serde_json::to_value(report)?;
        document["founded"] = serde_json::to_value(founded)?;
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        print!("{}", text(report)?);
    }
    Ok(())
}

/// The report for people.
fn text(report: &Report) -> Result<String> {
    let mut out = String::new();
    let outcome = match report.outcome {
        Outcome::Imported => "imported",
        Outcome::AlreadyImported => "was imported already; nothing was changed",
        Outcome::DryRun => "dry run: this is what would happen, nothing was written",
        Outcome::Stopped => "stopped; start again to go on",
    };
    let per_second = i64::try_from(report.rows - report.resumed_at.min(report.rows))? * 1_000 / report.took_ms.max(1);
    writeln!(out, "{} ({}): {outcome}", report.file, report.format)?;
    if report.resumed_at > 0 && report.outcome != Outcome::AlreadyImported {
        writeln!(out, "  went on after row {}", report.resumed_at)?;
    }
    writeln!(out, "  rows {}   in {} ms ({per_second} a second)", report.rows, report.took_ms)?;
    let columns: Vec<String> = report.columns.iter().map(|(field, column)| format!("{field}={column}")).collect();
    writeln!(out, "  columns: {}", columns.join(", "))?;
    if !report.unused_columns.is_empty() {
        writeln!(out, "  not used: {}", report.unused_columns.join(", "))?;
    }
    let currency = Currency::parse(&report.currency)?;
    for (name, count) in report.counts.iter().filter(|(name, _)| !name.starts_with("bad.")) {
        match name.contains("amount") {
            true => writeln!(out, "  {name:<28} {:>16} {}", currency.format(shuke_kernel::Money(*count)), report.currency)?,
            false => writeln!(out, "  {name:<28} {count:>16}")?,
        }
    }
    if !report.there_already.is_empty() {
        writeln!(out, "  there already, left as they are: {} …", report.there_already.join(", "))?;
    }
    writeln!(out, "  rows that can't be used: {}", report.bad_rows)?;
    for (name, count) in report.counts.iter().filter(|(name, _)| name.starts_with("bad.")) {
        writeln!(out, "    {:<26} {count:>16}", name.trim_start_matches("bad."))?;
    }
    for example in &report.bad_examples {
        writeln!(out, "    {example}")?;
    }
    if let Some(file) = &report.bad_file {
        writeln!(out, "    all of them, with line and reason: {file}")?;
    }
    if !report.stages.is_empty() {
        let stages: Vec<String> = report.stages.iter().map(|(stage, members)| format!("{stage} {members}")).collect();
        writeln!(out, "  stages on {}: {}", report.as_of, stages.join(", "))?;
    }
    Ok(out)
}
