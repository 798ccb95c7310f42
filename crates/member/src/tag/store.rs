//! SQL of tag definitions. Which member has which tag is kept beside the members.

use super::{Tag, TagId};
use crate::member::store::{placeholders, rows_by_keys};
use shuke_db::{Row, ToValue as _, Tx, sql};
use shuke_kernel::{Error, MerchantId, Result};

fn rule_text(tag: &Tag) -> Result<Option<String>> {
    let text = |rule| serde_json::to_string(rule).map_err(|error| Error::internal(error.to_string()));
    tag.rule.as_ref().map(text).transpose()
}

fn tag(row: &Row) -> Result<Tag> {
    let rule: Option<String> = row.get(2)?;
    let rule = rule.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Tag {
        id: row.get(0)?,
        name: row.get(1)?,
        rule: rule.map_err(|error| Error::internal(format!("a tag's rule: {error}")))?,
        archived: row.get(3)?,
        created_at: row.get(4)?,
    })
}

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, tag: &Tag) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO tag (merchant_id, id, name, rule, archived, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        merchant,
        tag.id,
        tag.name,
        rule_text(tag)?,
        tag.archived,
        tag.created_at
    ))
    .await
}

pub(super) async fn update(tx: &mut Tx, merchant: MerchantId, tag: &Tag) -> Result<()> {
    tx.queue(sql!(
        "UPDATE tag SET name = $3, rule = $4, archived = $5 WHERE merchant_id = $1 AND id = $2",
        merchant,
        tag.id,
        tag.name,
        rule_text(tag)?,
        tag.archived
    ))
    .await
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, ids: &[TagId]) -> Result<Vec<Tag>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT id, name, rule, archived, created_at FROM tag WHERE merchant_id = $1 AND id IN ({}) ORDER BY name",
        placeholders(2, ids.len())
    );
    rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?.iter().map(tag).collect()
}

pub(super) async fn lock(tx: &mut Tx, merchant: MerchantId, id: TagId) -> Result<Option<Tag>> {
    let stmt = sql!("SELECT id, name, rule, archived, created_at FROM tag WHERE merchant_id = $1 AND id = $2 FOR UPDATE", merchant, id);
    tx.row(stmt).await?.as_ref().map(tag).transpose()
}

/// The tag of a name.
pub(super) async fn named(tx: &mut Tx, merchant: MerchantId, name: &str) -> Result<Option<Tag>> {
    let stmt = sql!("SELECT id, name, rule, archived, created_at FROM tag WHERE merchant_id = $1 AND name = $2", merchant, name);
    tx.row(stmt).await?.as_ref().map(tag).transpose()
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, after: TagId, limit: i64) -> Result<Vec<Tag>> {
    let stmt = sql!(
        "SELECT id, name, rule, archived, created_at FROM tag WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        merchant,
        after,
        limit
    );
    tx.rows(stmt).await?.iter().map(tag).collect()
}

/// The tags that rules give.
pub(super) async fn with_rules(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<Tag>> {
    let stmt = sql!(
        "SELECT id, name, rule, archived, created_at FROM tag WHERE merchant_id = $1 AND rule IS NOT NULL AND NOT archived ORDER BY id",
        merchant
    );
    tx.rows(stmt).await?.iter().map(tag).collect()
}
