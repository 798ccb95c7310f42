//! SQL of lists and searches. Each is driven by one index, and goes on from the last row's key.

use super::super::model::SealedBrief;
use super::{BRIEF, brief as read, brief_sql};
use crate::stage::Stage;
use crate::tag::TagId;
use serde::{Deserialize, Serialize};
use shuke_db::{NO_INDEX, Stmt, ToValue as _, Tx, Value, sql};
use shuke_kernel::{Error, MerchantId, Result, Uuid, text_enum};
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

text_enum! {
    /// In which order members are listed.
    pub enum Sort {
        /// Who was enrolled last comes first.
        Newest = "newest",
        /// Who bought last comes first; whoever has never bought comes last.
        LastVisit = "last_visit",
        /// Who spent most comes first.
        Spend = "spend",
        /// By the initials of the name.
        Name = "name",
    }
}

/// The place of a row in a list: what it goes by, and the id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Key {
    /// What the row spent, where the list goes by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// The day of the row's last visit, empty for none, where the list goes by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// The row's initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// The row's id.
    pub id: Uuid,
}

impl Key {
    /// The place of a row in a list of an order.
    pub(crate) fn of(sort: Sort, row: &SealedBrief) -> Self {
        let id = row.brief.id.0;
        match sort {
            Sort::Newest => Self { id, ..Self::default() },
            Sort::LastVisit => {
                Self { day: Some(row.brief.last_purchase_on.map_or_else(String::new, |day| day.to_string())), id, ..Self::default() }
            }
            Sort::Spend => Self { amount: Some(row.brief.amount.0), id, ..Self::default() },
            Sort::Name => Self { initials: row.initials.clone(), id, ..Self::default() },
        }
    }
}

/// Reads what one of the statements gives.
pub(crate) async fn rows(tx: &mut Tx, stmt: Stmt) -> Result<Vec<SealedBrief>> {
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Members whose phone ends in these four digits, oldest first.
pub fn by_last4_stmt(merchant: MerchantId, last4: &str, after: Option<&Key>, limit: i64) -> Stmt {
    sql!(
        brief_sql!("WHERE m.merchant_id = $1 AND m.phone_last4 = $2 AND m.merged_into IS NULL AND m.id > $3 ORDER BY m.id LIMIT $4"),
        merchant,
        last4,
        after.map_or(Uuid::nil(), |key| key.id),
        limit
    )
}

/// Members with exactly this name, by blind index, oldest first.
pub fn by_name_stmt(merchant: MerchantId, index: &str, after: Option<&Key>, limit: i64) -> Stmt {
    sql!(
        brief_sql!("WHERE m.merchant_id = $1 AND m.name_index = $2 AND m.merged_into IS NULL AND m.id > $3 ORDER BY m.id LIMIT $4"),
        merchant,
        index,
        after.map_or(Uuid::nil(), |key| key.id),
        limit
    )
}

/// Members whose initials begin so, in the initials' order. `end` is the first text past the prefix.
pub fn by_initials_stmt(merchant: MerchantId, (from, end): (&str, Option<&str>), after: Option<&Key>, limit: i64) -> Stmt {
    // No text of a–z and 0–9 sorts after this one.
    let end = end.unwrap_or("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
    // One place to begin at: given two, PostgreSQL enters the index at the wider one.
    match after {
        None => sql!(
            brief_sql!(
                "WHERE m.merchant_id = $1 AND m.merged_into IS NULL AND m.name_initials >= $2 AND m.name_initials < $3
                 ORDER BY m.name_initials, m.id LIMIT $4"
            ),
            merchant,
            from,
            end,
            limit
        ),
        Some(after) => sql!(
            brief_sql!(
                "WHERE m.merchant_id = $1 AND m.merged_into IS NULL AND (m.name_initials, m.id) > ($2, $3) AND m.name_initials < $4
                 ORDER BY m.name_initials, m.id LIMIT $5"
            ),
            merchant,
            after.initials.as_deref().unwrap_or(from),
            after.id,
            end,
            limit
        ),
    }
}

/// From which table a list is walked, the others following by key: along the narrowest part that an index
/// carries in the list's order. SQLite keeps to the order of a cross join; PostgreSQL knows better what is narrow.
fn walk(filter: &Filter) -> (&'static str, &'static str) {
    const BY_MEMBER: &str = "member m CROSS JOIN member_stat s";
    const BY_TAG: &str = "member_tag t CROSS JOIN member m CROSS JOIN member_stat s";
    match filter {
        Filter { birthday: None, district: None, city: None, tag: Some(_), .. } => (BY_TAG, "t.member_id"),
        Filter { birthday: None, district: None, city: None, stage: Some(_), .. } => ("member_stat s CROSS JOIN member m", "s.member_id"),
        Filter { tag: Some(_), .. } => ("member m CROSS JOIN member_stat s CROSS JOIN member_tag t", "m.id"),
        _ => (BY_MEMBER, "m.id"),
    }
}

/// Members that a filter leaves, newest first.
pub fn filtered_stmt(merchant: MerchantId, filter: &Filter, before: Option<&Key>, limit: i64) -> Stmt {
    let (tables, key) = walk(filter);
    let mut text = format!(
        "SELECT {BRIEF} FROM {tables} WHERE m.merchant_id = $1 AND s.merchant_id = $1 AND s.member_id = m.id AND m.merged_into IS NULL"
    );
    if filter.tag.is_some() {
        text.push_str(" AND t.merchant_id = $1 AND t.member_id = m.id");
    }
    let mut params: Vec<Value> = vec![merchant.to_value()];
    let parts: [(&str, Option<Value>); 8] = [
        ("t.tag_id =", filter.tag.map(|tag| tag.to_value())),
        ("s.stage =", filter.stage.map(|stage| stage.to_value())),
        ("m.home_store =", filter.store.map(|store| store.to_value())),
        ("m.province =", filter.province.as_ref().map(|text| text.to_value())),
        ("m.city =", filter.city.as_ref().map(|text| text.to_value())),
        ("m.district =", filter.district.as_ref().map(|text| text.to_value())),
        ("m.birthday_lunar = FALSE AND m.birthday_month_day =", filter.birthday.as_ref().map(|text| text.to_value())),
        ("<", before.map(|key| key.id.to_value())),
    ];
    for (condition, value) in parts {
        let Some(value) = value else { continue };
        params.push(value);
        let owner = match condition {
            "<" => key,
            // What follows is found by the member alone: with an index by what is filtered too, SQLite walks all members
            // before the place for each row that it comes from.
            condition if condition[..2] != key[..2] => NO_INDEX,
            _ => "",
        };
        let _ = write!(text, " AND {owner}{condition} ${}", params.len());
    }
    params.push(limit.to_value());
    let _ = write!(text, " ORDER BY {key} DESC LIMIT ${}", params.len());
    Stmt::built(text, params)
}

/// A list in another order than the newest first: of everybody, or where it goes by figures of one stage.
pub(crate) async fn sorted(
    tx: &mut Tx,
    merchant: MerchantId,
    (sort, stage): (Sort, Option<Stage>),
    after: Option<&Key>,
    limit: i64,
) -> Result<Vec<SealedBrief>> {
    match sort {
        Sort::Spend | Sort::LastVisit => rows(tx, by_figure_stmt(merchant, (sort, stage), after, limit)?).await,
        Sort::Name | Sort::Newest => {
            let mut found = Vec::new();
            if after.is_none_or(|key| key.initials.is_some()) {
                found = rows(tx, by_initials_stmt(merchant, ("", None), after, limit)).await?;
            }
            let left = limit - i64::try_from(found.len()).unwrap_or(limit);
            if left > 0 {
                // Whoever has no name that sorts comes at the end.
                let from = after.filter(|key| key.initials.is_none()).map_or(Uuid::nil(), |key| key.id);
                found.extend(rows(tx, nameless_stmt(merchant, from, left)).await?);
            }
            Ok(found)
        }
    }
}

/// Members without a name that sorts, oldest first.
pub fn nameless_stmt(merchant: MerchantId, after: Uuid, limit: i64) -> Stmt {
    let text = format!(
        "SELECT {BRIEF} FROM member m CROSS JOIN member_stat s WHERE m.merchant_id = $1 AND s.merchant_id = $1 AND s.member_id = m.id
         AND m.name_initials IS NULL AND m.merged_into IS NULL AND m.id > $2 ORDER BY m.name_initials, m.id LIMIT $3"
    );
    Stmt::built(text, vec![merchant.to_value(), after.to_value(), limit.to_value()])
}

/// The most spent, or the last visit, first: the first rows of each stage, which its index has in
/// order, and of these the first. Whoever has never bought has no visit, and comes last.
pub fn by_figure_stmt(merchant: MerchantId, (sort, stage): (Sort, Option<Stage>), after: Option<&Key>, limit: i64) -> Result<Stmt> {
    let (column, place) = if sort == Sort::Spend { ("amount", 9) } else { ("last_purchase_on", 10) };
    let mut params = vec![merchant.to_value(), limit.to_value()];
    let mut beyond = String::new();
    let mut never = "";
    if let Some(key) = after {
        let at = match sort {
            Sort::Spend => key.amount.ok_or_else(misplaced)?.to_value(),
            _ => key.day.as_ref().ok_or_else(misplaced)?.to_value(),
        };
        params.extend([at, key.id.to_value()]);
        beyond = format!(" AND (s.{column}, s.member_id) < ($3, $4)");
        // Who has never bought comes after every day. Each parameter is named, whichever stages are asked for.
        let reached = key.day.as_ref().is_some_and(String::is_empty);
        never =
            if reached { " AND CAST($3 AS TEXT) = '' AND s.member_id < $4" } else { " AND (CAST($3 AS TEXT) <> '' OR s.member_id < $4)" };
    }
    let mut parts = Vec::new();
    for stage in Stage::ALL.iter().filter(|one| stage.is_none_or(|stage| stage == **one)) {
        params.push(stage.to_value());
        let (beyond, order) = match (sort, stage) {
            (Sort::LastVisit, Stage::Prospect) => (never, String::new()),
            _ => (beyond.as_str(), format!("s.{column} DESC, ")),
        };
        let part = format!(
            "SELECT {BRIEF} FROM member_stat s CROSS JOIN member m WHERE s.merchant_id = $1 AND s.stage = ${}
             AND m.merchant_id = $1 AND m.id = s.member_id AND m.merged_into IS NULL{beyond} ORDER BY {order}s.member_id DESC LIMIT $2",
            params.len()
        );
        parts.push((stage, part));
    }
    if let [(_, only)] = &parts[..] {
        return Ok(Stmt::built(only.as_str(), params));
    }
    let parts: Vec<String> = parts.iter().map(|(stage, part)| format!("SELECT * FROM ({part}) AS of_{}", stage.as_str())).collect();
    let text = format!("{} ORDER BY {place} DESC NULLS LAST, 1 DESC LIMIT $2", parts.join(" UNION ALL "));
    Ok(Stmt::built(text, params))
}

fn misplaced() -> Error {
    Error::invalid("cursor_malformed", "the cursor is of a list in another order; start again without it")
}
