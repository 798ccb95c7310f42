//! What is made from the server: `docs/openapi.json` and `docs/guide/configuration.md`, by asking the
//! server, and `docs/guide/errors.md`, by reading its source.

use crate::errors;
use crate::tree::{Tree, top};
use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// Compares each document with what it is made from, or writes it.
pub fn run(bless: bool) -> Result<()> {
    keep("docs/openapi.json", &asked("openapi")?, bless)?;
    keep("docs/guide/configuration.md", &asked("reference")?, bless)?;
    keep("docs/guide/errors.md", errors::page(&Tree::read()?)?.as_bytes(), bless)
}

fn asked(command: &str) -> Result<Vec<u8>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "-p", "shuke-server", "--", command])
        .current_dir(top())
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("run shuke {command}"))?;
    if !output.status.success() {
        bail!("shuke {command} failed");
    }
    Ok(output.stdout)
}

fn keep(document: &str, text: &[u8], bless: bool) -> Result<()> {
    let path = top().join(document);
    if bless {
        std::fs::write(&path, text).with_context(|| format!("write {document}"))?;
        println!("openapi: {document} written");
    } else if std::fs::read(&path).unwrap_or_default() != text {
        bail!("{document} is stale: make bless, and read the difference");
    } else {
        println!("openapi: {document} is fresh");
    }
    Ok(())
}
