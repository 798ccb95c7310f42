//! `docs/openapi.json` is what the server says of itself.

use crate::tree::top;
use anyhow::{Context as _, Result, bail};
use std::process::Command;

const DOCUMENT: &str = "docs/openapi.json";

/// Compares the document with the server's answer, or writes it.
pub fn run(bless: bool) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "-p", "shuke-server", "--", "openapi"])
        .current_dir(top())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("run shuke openapi")?;
    if !output.status.success() {
        bail!("shuke openapi failed");
    }
    let document = top().join(DOCUMENT);
    if bless {
        std::fs::write(&document, &output.stdout).with_context(|| format!("write {DOCUMENT}"))?;
        println!("openapi: {DOCUMENT} written");
    } else if std::fs::read(&document).unwrap_or_default() != output.stdout {
        bail!("{DOCUMENT} is stale: make bless, and read the difference");
    } else {
        println!("openapi: {DOCUMENT} is fresh");
    }
    Ok(())
}
