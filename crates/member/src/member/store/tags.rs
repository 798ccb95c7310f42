//! SQL of the tags that members have.

use super::super::model::MemberId;
use super::{keyed, placeholders, rows_by_keys};
use crate::tag::TagId;
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert_or_ignore, sql};
use shuke_kernel::{Cx, MerchantId, Result, Uuid};

/// A tag of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagRow {
    pub member: MemberId,
    pub tag: TagId,
    /// Whether a rule gave it; such a tag is taken away by the rule too.
    pub by_rule: bool,
}

/// Tags members; those who have the tag keep it as it is.
pub(crate) async fn tag(tx: &mut Tx, cx: &Cx, rows: &[TagRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let actor = cx.actor.text();
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                cx.merchant.to_value(),
                row.member.to_value(),
                row.tag.to_value(),
                row.by_rule.to_value(),
                cx.now.to_value(),
                actor.to_value(),
            ]
        })
        .collect();
    tx.queue(insert_or_ignore("member_tag", &["merchant_id", "member_id", "tag_id", "by_rule", "at", "actor"], rows)).await
}

/// Takes a tag from members.
pub(crate) async fn untag(tx: &mut Tx, merchant: MerchantId, tag: TagId, members: &[MemberId]) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let text =
        format!("DELETE FROM member_tag WHERE merchant_id = $1 AND tag_id = $2 AND member_id IN ({})", placeholders(3, members.len()));
    tx.queue(keyed(text, merchant, std::iter::once(tag.to_value()).chain(members.iter().map(|id| id.to_value())))).await
}

/// Takes a tag from everybody.
pub(crate) async fn untag_everywhere(tx: &mut Tx, merchant: MerchantId, tag: TagId) -> Result<()> {
    tx.queue(sql!("DELETE FROM member_tag WHERE merchant_id = $1 AND tag_id = $2", merchant, tag)).await
}

/// The tags of one member.
pub(crate) async fn tags_of(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<TagRow>> {
    tags_of_many(tx, merchant, &[member]).await
}

/// The tags of some members.
pub(crate) async fn tags_of_many(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<Vec<TagRow>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT member_id, tag_id, by_rule FROM member_tag WHERE merchant_id = $1 AND member_id IN ({})",
        placeholders(2, members.len())
    );
    let rows = rows_by_keys(tx, text, merchant, members.iter().map(|id| id.to_value())).await?;
    rows.iter().map(|row| Ok(TagRow { member: row.get(0)?, tag: row.get(1)?, by_rule: row.get(2)? })).collect()
}

/// What rules ask of a member beside tier and stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Month and day of the birthday, `08-15`, and whether it is lunar.
    pub birthday: Option<(String, bool)>,
    /// The member's tags.
    pub tags: Vec<Uuid>,
}

/// Asks for a member's tags and birthday; to be pipelined with a sale's other reads.
pub fn audience_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT m.birthday_month_day, m.birthday_lunar, t.tag_id FROM member m
         LEFT JOIN member_tag t ON t.merchant_id = m.merchant_id AND t.member_id = m.id
         WHERE m.merchant_id = $1 AND m.id = $2",
        merchant,
        member
    )
}

/// Reads the answer of [`audience_stmt`].
pub fn audience_read(rows: &[Row]) -> Result<Audience> {
    let mut audience = Audience::default();
    for row in rows {
        let lunar: bool = row.get(1)?;
        audience.birthday = row.get::<Option<String>>(0)?.map(|day| (day, lunar));
        audience.tags.extend(row.get::<Option<Uuid>>(2)?);
    }
    Ok(audience)
}

/// Gives a member the manual tags of another that the member lacks. Answers which.
pub(crate) async fn copy_tags(tx: &mut Tx, cx: &Cx, from: MemberId, to: MemberId) -> Result<Vec<TagId>> {
    let rows = tags_of_many(tx, cx.merchant, &[from, to]).await?;
    let has = |tag: TagId| rows.iter().any(|row| row.member == to && row.tag == tag);
    let missing: Vec<TagRow> =
        rows.iter().filter(|row| row.member == from && !row.by_rule && !has(row.tag)).map(|row| TagRow { member: to, ..*row }).collect();
    tag(tx, cx, &missing).await?;
    Ok(missing.into_iter().map(|row| row.tag).collect())
}
