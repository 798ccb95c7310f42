//! `shuke bench`: what the product does in a second on this machine, beside what the machine could do.
//!
//! - `checkout` sells through the product's own operations: member, tier price, coupon, points and
//!   wallet, two lines, stock, ledger, event, idempotent answer; durable commits.
//! - `raw` runs the very statements of such sales again on a bare SQLite connection with prepared
//!   statements, as many of them to a commit as group commit had: the same rows, no product.
//! - `lookup` finds members at the till of a merchant of a million and prices their carts.
//! - `strain` asks for four times as much as the server takes, and for backups while it sells.
//! - `soak` sells at half of the peak for hours and looks whether anything creeps.
//! - `import` writes a file of past orders and imports it.

mod checkout;
mod import;
mod load;
mod lookup;
mod raw;
mod shop;
mod soak;
mod strain;

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Whole sales through the product's operations.
    Checkout(Load),
    /// The statements of such sales on a bare SQLite connection.
    Raw(Load),
    /// Lines of past orders from a file.
    Import(import::Load),
    /// Finding a member at the till of a large merchant and pricing their cart, by day and in the night.
    Lookup(lookup::Load),
    /// Four times as many tills as are let in, and backups while it sells.
    Strain(strain::Load),
    /// Half of the peak for hours: whether memory, files, latency and outbox stay where they were.
    Soak(soak::Load),
}

/// Where the bench's shop is.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// PostgreSQL; an empty database of its own.
    #[arg(long)]
    pub db: Option<String>,
    /// A folder for an embedded database; a temporary one by default.
    #[arg(long)]
    pub data: Option<PathBuf>,
}

/// How to measure.
#[derive(Clone, Debug, Args)]
pub struct Load {
    /// Where its shop is.
    #[command(flatten)]
    pub place: Place,
    /// Clients that sell at once, each waiting for its answer; several figures are run one after another.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32")]
    pub clients: Vec<usize>,
    /// How long each figure takes.
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// So many sales by each client, instead of a time.
    #[arg(long)]
    pub sales: Option<u64>,
    /// Members of the bench's shop.
    #[arg(long, default_value_t = 2_000)]
    pub members: usize,
    /// Goods of the bench's shop.
    #[arg(long, default_value_t = 200)]
    pub variants: usize,
    /// Most sales that share a commit on SQLite; 1 commits each on its own.
    #[arg(long, default_value_t = 64)]
    pub group_commit_max: usize,
    /// For `raw`: units per commit; by default what group commit reaches with the same clients.
    #[arg(long)]
    pub group: Option<usize>,
    /// One JSON document on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Runs a bench and prints what it found.
pub async fn run(bench: Bench) -> anyhow::Result<()> {
    match bench {
        Bench::Checkout(load) => checkout::run(&load).await,
        Bench::Raw(load) => raw::run(&load).await,
        Bench::Import(load) => import::run(&load).await,
        Bench::Lookup(load) => lookup::run(&load).await,
        Bench::Strain(load) => strain::run(&load).await,
        Bench::Soak(load) => soak::run(&load).await,
    }
}

impl Place {
    /// The folder of the bench's embedded database: named, or one that goes with the process.
    fn scratch(&self) -> anyhow::Result<Scratch> {
        match &self.data {
            Some(folder) => {
                anyhow::ensure!(!folder.join("shuke.db").exists(), "{} holds data already; name an empty folder", folder.display());
                Ok(Scratch::Named(folder.clone()))
            }
            None => Ok(Scratch::Temporary(tempfile::tempdir()?)),
        }
    }
}

enum Scratch {
    Named(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Scratch {
    fn path(&self) -> &std::path::Path {
        match self {
            Self::Named(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}
