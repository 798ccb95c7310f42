//! Members page by page, for those who take their data with them.

use super::model::{Member, MemberId, Person};
use super::store;
use crate::{card, tag};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Result};
use std::collections::HashMap;

/// A member with what a list of members has.
#[derive(Debug)]
pub struct Exported {
    /// The record.
    pub member: Member,
    /// The personal texts; empty where they are not asked for.
    pub person: Person,
    /// The numbers of printed cards in use.
    pub cards: Vec<String>,
    /// The names of the tags, those given by rules among them.
    pub tags: Vec<String>,
}

/// Members by id, after one of them. Whoever asks for personal texts records it in the audit log.
pub async fn export_page(tx: &mut Tx, cx: &Cx, vault: &Vault, personal: bool, after: MemberId, limit: i64) -> Result<Vec<Exported>> {
    let members = store::records(tx, cx.merchant, after, limit).await?;
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let mut cards: HashMap<MemberId, Vec<String>> = HashMap::new();
    for (member, number) in card::printed(tx, cx.merchant, &ids).await? {
        cards.entry(member).or_default().push(number);
    }
    let tagged = store::tags_of_many(tx, cx.merchant, &ids).await?;
    let names = tag::ops::names(tx, cx, tagged.iter().map(|row| row.tag)).await?;
    let mut tags: HashMap<MemberId, Vec<String>> = HashMap::new();
    for row in tagged {
        tags.entry(row.member).or_default().extend(names.get(&row.tag).cloned());
    }
    let exported = |member: Member| {
        let person = if personal { member.person.open(vault, cx.merchant)? } else { Person::default() };
        let mut tags = tags.remove(&member.id).unwrap_or_default();
        tags.sort_unstable();
        Ok(Exported { person, cards: cards.remove(&member.id).unwrap_or_default(), tags, member })
    };
    members.into_iter().map(exported).collect()
}

/// The numbers of members.
pub async fn numbers(tx: &mut Tx, cx: &Cx, ids: &[MemberId]) -> Result<HashMap<MemberId, String>> {
    let mut found = HashMap::new();
    for batch in ids.chunks(500) {
        found.extend(store::briefs(tx, cx.merchant, batch).await?.into_iter().map(|sealed| (sealed.brief.id, sealed.brief.number)));
    }
    Ok(found)
}
