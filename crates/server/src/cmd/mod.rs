//! The command line: one file a command. Exit codes: 0 done, 1 failed, 2 not understood.

pub mod backup;
pub mod bench;
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
