//! Reading and changing sections.

use super::{Section, store};
use crate::{audit, merchant};
use shuke_db::{Row, Stmt, Tx};
use shuke_kernel::{Cx, Error, MerchantId, Result};
use std::collections::BTreeMap;

/// A section as it is set, or its default.
pub async fn get<S: Section>(tx: &mut Tx, merchant: MerchantId) -> Result<S> {
    read(&tx.rows(statement::<S>(merchant)).await?)
}

/// The statement that finds a section, for [`Tx::all`]; [`read`] takes its answer.
pub fn statement<S: Section>(merchant: MerchantId) -> Stmt {
    store::one(merchant, S::NAME)
}

/// Reads the answer of [`statement`].
pub fn read<S: Section>(rows: &[Row]) -> Result<S> {
    let Some(row) = rows.first() else { return Ok(S::default()) };
    let text: String = row.get(0)?;
    serde_json::from_str(&text).map_err(|error| Error::internal(format!("settings section {}: {error}", S::NAME)))
}

/// Changes a section, raises the book version, and records it.
pub async fn put<S: Section>(tx: &mut Tx, cx: &Cx, section: &S) -> Result<()> {
    section.check()?;
    let old: S = get(tx, cx.merchant).await?;
    let text = serde_json::to_string(section).map_err(|error| Error::internal(error.to_string()))?;
    store::put(tx, cx, S::NAME, &text).await?;
    merchant::ops::raise_book(tx, cx.merchant).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("setting.changed", S::NAME).old(&old).new_value(section)).await
}

/// Every section that was set, as JSON.
pub async fn all(tx: &mut Tx, merchant: MerchantId) -> Result<BTreeMap<String, serde_json::Value>> {
    let sections = store::all(tx, merchant).await?;
    sections
        .into_iter()
        .map(|(name, text)| {
            let value = serde_json::from_str(&text).map_err(|error| Error::internal(format!("settings section {name}: {error}")))?;
            Ok((name, value))
        })
        .collect()
}
