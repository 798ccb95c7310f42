//! The command line: one file a command. Exit codes: 0 done, 1 failed, 2 not understood.

pub mod backup;
pub mod bench;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod export;
pub mod import;
pub mod insight;
pub mod key;
pub mod migrate;
pub mod openapi;
pub mod reference;
pub mod restore;
pub mod serve;
pub mod verify;

use clap::{Parser, Subcommand};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// 熟客 Shuke: a shop's member system.
#[derive(Debug, Parser)]
#[command(name = "shuke", version, about, propagate_version = true)]
struct Shuke {
    #[command(subcommand)]
    command: Command,
}

/// The options of programs with the feature `sql`, as `--help` heads them.
const MANY: &str = "Several files, files larger than memory, several machines";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and do the background work
    Serve(serve::Args),
    /// Write members, orders, refunds, products or balances into a file
    Export(export::Args),
    /// Bring in members, products, past orders or opening balances from a file
    Import(Box<import::Args>),
    /// Ask a file of orders: who will come back, what goes together, what will be sold
    Insight(Box<insight::Args>),
    /// The nodes of a cluster for analyses: a scheduler, and executors
    #[cfg(feature = "cluster")]
    #[command(subcommand)]
    Cluster(cluster::Cluster),
    /// Measure what this machine sells in a second
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Write everything into one file, while the server sells on
    Backup(backup::Args),
    /// Bring a backup into a new, empty database, and verify it
    Restore(restore::Args),
    /// Bring the database's schema up to date
    Migrate(migrate::Args),
    /// The master key
    #[command(subcommand)]
    Key(key::Key),
    /// Compute every balance, lot, seal, order and counter again; fails with the first difference
    Verify(verify::Args),
    /// Print the OpenAPI document
    Openapi,
    /// Print the reference of all commands and options
    #[command(hide = true)]
    Reference,
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let shuke = Shuke::parse();
    let outcome = match shuke.command {
        Command::Serve(args) => wait(serve::run(args)),
        Command::Backup(args) => wait(backup::run(args)),
        Command::Restore(args) => wait(restore::run(args)),
        #[cfg(feature = "cluster")]
        Command::Cluster(cluster) => wait(cluster::run(cluster)),
        Command::Bench(bench) => wait(bench::run(bench)),
        Command::Export(args) => wait(export::run(args)),
        Command::Import(args) => wait(import::run(*args)),
        Command::Key(key) => wait(key::run(key)),
        Command::Insight(args) => insight::run(&args),
        Command::Migrate(args) => wait(migrate::run(args)),
        Command::Verify(args) => wait(verify::run(args)),
        Command::Openapi => openapi::run(),
        Command::Reference => reference::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shuke: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command that waits for things, with a log on standard error (`SHUKE_LOG=debug` says more, `SHUKE_LOG_FORMAT=json` says it for programs).
fn wait(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("SHUKE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // The driver's debug texts hold the values of statements: people's names and phones.
    let filter = ["tokio_postgres=info", "hyper=info"].iter().filter_map(|quiet| quiet.parse().ok()).fold(filter, EnvFilter::add_directive);
    let terminal = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(terminal).with_writer(std::io::stderr);
    match std::env::var("SHUKE_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().init(),
        _ => log.init(),
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}

/// A size such as `512MB`, `2GB` or a number of bytes.
#[cfg(feature = "sql")]
fn size(text: &str) -> Result<u64, String> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &upper[digits.len()..] {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err("write it like 512MB or 2GB".to_owned()),
    };
    let number: u64 = digits.trim().parse().map_err(|_| "write it like 512MB or 2GB".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "that is more than any machine has".to_owned())
}

#[cfg(feature = "sql")]
#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read() {
        let known = [("512MB", 512 << 20), ("2 gb", 2 << 30), ("7", 7), ("1KiB", 1024)];
        assert!(known.iter().all(|(text, bytes)| size(text) == Ok(*bytes)));
        assert!(["", "GB", "2XB", "-1", "1.5GB", "99999999999TB"].iter().all(|text| size(text).is_err()));
    }
}
