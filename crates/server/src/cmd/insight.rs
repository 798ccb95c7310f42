//! `shuke insight`: from a file of orders to who will come back, and why. Needs no server and no database.

use anyhow::{Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use shuke_insight::ask::{self, Analysis, Ask, ParetoOf};
use shuke_insight::orders::{Column, Source};
use shuke_insight::report::{Report, json, text};
#[cfg(feature = "sql")]
use shuke_insight::sql::{Settings, files};
use shuke_insight::stage::Bands;
use shuke_kernel::{Currency, Zone, time};
use std::io::IsTerminal as _;
use std::path::PathBuf;

/// The analyses of a file, as the one list of them says.
fn analyses() -> impl TypedValueParser<Value = Analysis> {
    let named = |analysis: &Analysis| PossibleValue::new(analysis.as_str()).help(analysis.facts().question().en);
    let known = Analysis::ALL.iter().filter(|analysis| analysis.facts().of_orders).map(named);
    PossibleValuesParser::new(known).try_map(|text| text.parse::<Analysis>())
}

fn whose() -> impl TypedValueParser<Value = ParetoOf> {
    PossibleValuesParser::new(ParetoOf::ALL.iter().map(|of| of.as_str())).try_map(|text| text.parse::<ParetoOf>())
}

/// One analysis of one file of orders.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The file holds one line of an order a row, or one order a row: CSV of any kind (also gzip) or Parquet. Columns are \
guessed from the header (中文 and English); the options below name what the guess gets wrong, by name or by number from 1. A negative \
quantity or amount is a return. What was found goes to standard output in words, or as one JSON document with --json; --out adds the \
whole page (.html), document (.json) or list (.csv, .parquet)."
)]
pub struct Args {
    /// Which analysis
    #[arg(value_parser = analyses())]
    what: Analysis,
    /// The file of orders; in a program with the feature sql also several, folders, and patterns with * and ?
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    orders: Vec<PathBuf>,
    /// The member's column
    #[arg(long, value_name = "COLUMN")]
    member: Option<String>,
    /// The order number's column
    #[arg(long, value_name = "COLUMN")]
    order: Option<String>,
    /// The column of the date or time
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// The column of the goods
    #[arg(long, value_name = "COLUMN")]
    item: Option<String>,
    /// The column of the number of pieces
    #[arg(long, value_name = "COLUMN")]
    quantity: Option<String>,
    /// The column of the price of one piece
    #[arg(long, value_name = "COLUMN")]
    price: Option<String>,
    /// The column of the amount of the line or order
    #[arg(long, value_name = "COLUMN")]
    amount: Option<String>,
    /// The store's column
    #[arg(long, value_name = "COLUMN")]
    store: Option<String>,
    /// The staff's column
    #[arg(long, value_name = "COLUMN")]
    staff: Option<String>,
    /// The day as of which it is to be true; by default the day after the last order
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// prices: the column of the price of one piece before any discount
    #[arg(long, value_name = "COLUMN")]
    list: Option<String>,
    /// prices: the column of what was taken off
    #[arg(long, value_name = "COLUMN")]
    discount_column: Option<String>,
    /// churn, next, portrait: what is known of members, a CSV with one member a row (source, city, a child's day of birth, …)
    #[arg(long, value_name = "FILE")]
    members: Option<PathBuf>,
    /// portrait: the members to be described, a CSV with a column of members
    #[arg(long, value_name = "FILE")]
    segment: Option<PathBuf>,
    /// uplift: who was treated and who held out, a CSV with member and group
    #[arg(long, value_name = "FILE")]
    trial: Option<PathBuf>,
    /// uplift: the campaign's first day; its last one lies before --as-of
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Where it is written: .html, .json, .csv or .parquet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one JSON document on standard output
    #[arg(long)]
    json: bool,
    /// The currency of the amounts
    #[arg(long, value_name = "CODE", default_value = "CNY")]
    currency: String,
    /// The IANA zone in which days begin, for times in UTC or with an offset
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    zone: String,
    /// Whether 3/4/2026 is 3 April; by default the file's other dates tell
    #[arg(long, value_name = "TRUE")]
    day_first: Option<bool>,
    /// Leave what was given back in the money
    #[arg(long)]
    gross: bool,
    /// Lines at no price are purchases too
    #[arg(long)]
    free_lines: bool,
    /// Leave out lines that repeat another line of their order exactly
    #[arg(long)]
    drop_duplicates: bool,
    /// rfm: where high begins: mean, median, a share such as 0.7, or days,orders,money
    #[arg(long, value_name = "CUT", default_value = "mean")]
    cut: String,
    /// stages, churn: months after the last purchase at which active, marginal and dormant end
    #[arg(long, value_name = "MONTHS", default_value = "3,6,12")]
    bands: String,
    /// pareto: whose money
    #[arg(long, value_parser = whose(), default_value = "members")]
    of: ParetoOf,
    /// basket: least share of baskets
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    support: f64,
    /// basket: least confidence of a rule
    #[arg(long, value_name = "SHARE", default_value_t = 0.3)]
    confidence: f64,
    /// clusters: how many groups; by default the best by silhouette
    #[arg(long, value_name = "NUMBER")]
    groups: Option<usize>,
    /// clv: weeks to look ahead
    #[arg(long, value_name = "NUMBER", default_value_t = 26.0)]
    weeks: f64,
    /// clv: months of value
    #[arg(long, value_name = "NUMBER", default_value_t = 12)]
    months: u32,
    /// clv: discount of a month
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    discount: f64,
    /// forecast, demand, next: days ahead
    #[arg(long, value_name = "NUMBER", default_value_t = 28)]
    days: usize,
    /// Memory that sorting and grouping may take before they go to disk, such as 2GB; for files larger than memory
    #[cfg(feature = "sql")]
    #[arg(long, help_heading = super::MANY, value_name = "SIZE", value_parser = super::size)]
    memory: Option<u64>,
    /// The folder for what goes to disk, emptied at the end; on a cluster one that all nodes see. By default the system's
    #[cfg(feature = "sql")]
    #[arg(long, help_heading = super::MANY, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    /// Threads for several files and for files larger than memory; parts of the work on a cluster
    #[cfg(feature = "sql")]
    #[arg(long, help_heading = super::MANY, value_name = "NUMBER")]
    threads: Option<usize>,
    /// The scheduler of the cluster that does the work, df://host:port
    #[cfg(feature = "sql")]
    #[arg(long, help_heading = super::MANY, value_name = "URL")]
    cluster: Option<String>,
}

impl Args {
    /// Asks in one pass or in memory where that will do, else by SQL.
    #[cfg(feature = "sql")]
    fn report(&self) -> Result<Report> {
        let cluster = self.cluster.clone();
        let ask = self.ask()?;
        if cluster.is_none() && self.memory.is_none() && !files::is_many(&self.orders) {
            return Ok(ask::run(&ask)?);
        }
        let settings = Settings {
            cluster,
            memory_bytes: self.memory,
            scratch: self.scratch.clone(),
            threads: self.threads,
            progress: true,
            ends_on_interrupt: true,
        };
        Ok(ask::run_on(&ask, &self.orders, &settings)?)
    }

    #[cfg(not(feature = "sql"))]
    fn report(&self) -> Result<Report> {
        if self.orders.len() > 1 {
            bail!("this program was built without SQL and takes one file at a time; build it with its usual features to take several");
        }
        Ok(ask::run(&self.ask()?)?)
    }

    fn ask(&self) -> Result<Ask> {
        let currency = Currency::parse(&self.currency)?;
        let mut source = Source::new(self.orders.first().cloned().unwrap_or_default());
        source.currency = currency;
        source.zone = Zone::parse(&self.zone)?;
        source.day_first = self.day_first;
        source.free_lines_count = self.free_lines;
        source.drop_duplicates = self.drop_duplicates;
        source.progress = std::io::stderr().is_terminal();
        let columns = [
            (Column::Member, &self.member),
            (Column::Order, &self.order),
            (Column::Time, &self.time),
            (Column::Item, &self.item),
            (Column::Quantity, &self.quantity),
            (Column::Price, &self.price),
            (Column::Amount, &self.amount),
            (Column::Store, &self.store),
            (Column::Staff, &self.staff),
            (Column::List, &self.list),
            (Column::Discount, &self.discount_column),
        ];
        source.named = columns.into_iter().filter_map(|(column, name)| Some((column, name.clone()?))).collect();
        let mut ask = Ask::new(self.what, source);
        ask.as_of = self.as_of.as_deref().map(time::parse_date).transpose()?;
        ask.subtract_returns = !self.gross;
        ask.cut = ask::parse_cut(&self.cut, currency)?;
        ask.bands = Bands::parse(&self.bands)?;
        ask.of = self.of;
        (ask.support, ask.confidence, ask.groups) = (self.support, self.confidence, self.groups);
        (ask.weeks, ask.months, ask.monthly_discount, ask.days) = (self.weeks, self.months, self.discount, self.days);
        (ask.people, ask.segment, ask.trial) = (self.members.clone(), self.segment.clone(), self.trial.clone());
        ask.from = self.from.as_deref().map(time::parse_date).transpose()?;
        Ok(ask)
    }
}

/// Computes, prints, writes.
pub fn run(args: &Args) -> Result<()> {
    let known = args.out.as_deref().is_none_or(|out| {
        out.extension().is_some_and(|end| ["html", "htm", "json", "csv", "parquet"].iter().any(|e| end.eq_ignore_ascii_case(e)))
    });
    if !known {
        bail!("--out ends in .html, .json, .csv or .parquet");
    }
    let report = args.report()?;
    if let Some(out) = &args.out {
        ask::write(&report, out)?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&json(&report, false))?);
    } else {
        print!("{}", text::write(&report));
        if let Some(out) = &args.out {
            println!("\n{}", out.display());
        }
    }
    Ok(())
}
