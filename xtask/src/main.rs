//! The house's own tools: `cargo run -p xtask -- tidy`.
//!
//! - `tidy` checks the rules of the house that neither the compiler nor clippy knows;
//! - `requirements [--bless]` makes `docs/requirements.md`, or says that it is stale;
//! - `openapi [--bless]` makes `docs/openapi.json`, `docs/guide/configuration.md` and `docs/guide/errors.md`
//!   from the server, or says that one is stale;
//! - `licences` checks the licence of every dependency.
//!
//! Nothing here parses Rust or SQL in full. A scanner that knows comments, strings and braces is
//! enough for rules about names, lengths and places, and stays small enough to be trusted.

mod errors;
mod exceptions;
mod licences;
mod openapi;
mod reliability;
mod requirements;
mod rust;
mod schema;
mod tidy;
mod tree;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- tidy | requirements [--bless] | openapi [--bless] | licences";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["tidy"] => tidy::run(),
        ["requirements"] => requirements::run(false),
        ["requirements", "--bless"] => requirements::run(true),
        ["openapi"] => openapi::run(false),
        ["openapi", "--bless"] => openapi::run(true),
        ["licences"] => licences::run(),
        _ => bail!("{USAGE}"),
    }
}
