//! SQL of lists and searches. Each is driven by one index, and goes on from the last row's key.

use super::super::model::{MemberId, SealedBrief};
use super::{brief as read, brief_sql};
use crate::stage::Stage;
use crate::tag::TagId;
use serde::{Deserialize, Serialize};
use shuke_db::{Stmt, ToValue as _, Tx, Value, sql};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_org::StoreId;
use std::fmt::Write as _;

/// What a list of members is narrowed to. Every given part must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Members in this stage.
    pub stage: Option<Stage>,
    /// Members with this tag.
    pub tag: Option<TagId>,
    /// Members who belong to this store.
    pub store: Option<StoreId>,
    /// Members of this province, and of `city` and `district` in it where they are given.
    pub province: Option<String>,
    /// City within the province.
    pub city: Option<String>,
    /// District within the city.
    pub district: Option<String>,
    /// Members whose birthday is on this month and day, `08-15`; solar ones.
    pub birthday: Option<String>,
}

/// The place of a row in a list: by initials where the search was by initials, else by id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key {
    /// The row's initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// The row's id.
    pub id: Uuid,
}

impl Key {
    /// Before every row of a list that goes by initials.
    fn first() -> Self {
        Self { initials: Some(String::new()), id: Uuid::nil() }
    }
}

async fn briefs(tx: &mut Tx, stmt: Stmt) -> Result<Vec<SealedBrief>> {
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Members whose phone ends in these four digits, oldest first.
pub(crate) async fn by_last4(tx: &mut Tx, merchant: MerchantId, last4: &str, after: Option<Key>, limit: i64) -> Result<Vec<SealedBrief>> {
    let after = after.map_or(Uuid::nil(), |key| key.id);
    let stmt = sql!(
        brief_sql!("WHERE m.merchant_id = $1 AND m.phone_last4 = $2 AND m.merged_into IS NULL AND m.id > $3 ORDER BY m.id LIMIT $4"),
        merchant,
        last4,
        after,
        limit
    );
    briefs(tx, stmt).await
}

/// Members with exactly this name, by blind index, oldest first.
pub(crate) async fn by_name(tx: &mut Tx, merchant: MerchantId, index: &str, after: Option<Key>, limit: i64) -> Result<Vec<SealedBrief>> {
    let after = after.map_or(Uuid::nil(), |key| key.id);
    let stmt = sql!(
        brief_sql!("WHERE m.merchant_id = $1 AND m.name_index = $2 AND m.merged_into IS NULL AND m.id > $3 ORDER BY m.id LIMIT $4"),
        merchant,
        index,
        after,
        limit
    );
    briefs(tx, stmt).await
}

/// Members whose initials begin so, in the initials' order. `end` is the first text past the prefix.
pub(crate) async fn by_initials(
    tx: &mut Tx,
    merchant: MerchantId,
    range: (&str, Option<&str>),
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<SealedBrief>> {
    let after = after.unwrap_or_else(Key::first);
    // No text of a–z and 0–9 sorts after this one.
    let end = range.1.unwrap_or("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
    let stmt = sql!(
        brief_sql!(
            "WHERE m.merchant_id = $1 AND m.merged_into IS NULL AND m.name_initials >= $2 AND m.name_initials < $3 AND (m.name_initials, m.id) > ($4, $5)
             ORDER BY m.name_initials, m.id LIMIT $6"
        ),
        merchant,
        range.0,
        end,
        after.initials.unwrap_or_default(),
        after.id,
        limit
    );
    briefs(tx, stmt).await
}

/// Members that a filter leaves, newest first. The narrowest part drives: tag, then stage, then the rest.
pub(crate) async fn filtered(
    tx: &mut Tx,
    merchant: MerchantId,
    filter: &Filter,
    before: Option<Key>,
    limit: i64,
) -> Result<Vec<SealedBrief>> {
    let mut text = String::from(brief_sql!(""));
    if filter.tag.is_some() {
        text.push_str("JOIN member_tag t ON t.merchant_id = m.merchant_id AND t.member_id = m.id ");
    }
    let (owner, key) = match filter {
        Filter { tag: Some(_), .. } => ("t", "t.member_id"),
        Filter { stage: Some(_), .. } => ("s", "s.member_id"),
        _ => ("m", "m.id"),
    };
    let mut params: Vec<Value> = vec![merchant.to_value()];
    let _ = write!(text, "WHERE {owner}.merchant_id = $1 AND m.merged_into IS NULL");
    let parts: [(&str, Option<Value>); 7] = [
        ("t.tag_id =", filter.tag.map(|tag| tag.to_value())),
        ("s.stage =", filter.stage.map(|stage| stage.to_value())),
        ("m.home_store =", filter.store.map(|store| store.to_value())),
        ("m.province =", filter.province.as_ref().map(|text| text.to_value())),
        ("m.city =", filter.city.as_ref().map(|text| text.to_value())),
        ("m.district =", filter.district.as_ref().map(|text| text.to_value())),
        ("NOT m.birthday_lunar AND m.birthday_month_day =", filter.birthday.as_ref().map(|text| text.to_value())),
    ];
    let before = (format!("{key} <"), before.map(|key| MemberId(key.id).to_value()));
    for (condition, value) in parts.iter().map(|(text, value)| (*text, value)).chain([(before.0.as_str(), &before.1)]) {
        if let Some(value) = value {
            params.push(value.clone());
            let _ = write!(text, " AND {condition} ${}", params.len());
        }
    }
    params.push(limit.to_value());
    let _ = write!(text, " ORDER BY {key} DESC LIMIT ${}", params.len());
    briefs(tx, Stmt::built(text, params)).await
}
