//! `shuke openapi`: the document on standard output, as `docs/openapi.json` holds it.

use crate::wiring;
use anyhow::Result;
use std::io::Write as _;

/// Prints the document.
pub fn run() -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&wiring::document())?)?;
    Ok(())
}
