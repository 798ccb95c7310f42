//! Finding members: the form of a text says what it is, and each kind asks its own index.

use super::model::{MemberBrief, MemberState, SealedBrief, View};
use super::store::{self, Key, Sort};
use super::{Phone, enrol, name, phone};
use crate::card::{self, CardNumber};
use crate::{Ground, code};
use shuke_db::{Stmt, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Limit, Page, Result, text_enum};

/// Characters of a search text.
const QUERY_CHARS_MAX: usize = 80;

text_enum! {
    /// What a search text was taken for.
    pub enum MatchedBy {
        /// The rotating code of the member's phone.
        Code = "code",
        /// A phone number, a member number or a card's.
        Number = "number",
        /// The last four digits of a phone.
        LastFour = "last_four",
        /// A full name.
        Name = "name",
        /// The beginning of a name's initials.
        Initials = "initials",
    }
}

/// Members that a search found.
#[derive(Debug)]
pub struct Found {
    /// What the text was taken for.
    pub by: MatchedBy,
    /// The members.
    pub page: Page<SealedBrief>,
}

/// Finds members by phone in any spelling, last four digits, member or card number, full name,
/// pinyin initials, or rotating code.
///
/// Errors: `search_malformed`, and those of a code.
pub async fn search(tx: &mut Tx, cx: &Cx, vault: &Vault, ground: &Ground, q: &str, after: Option<Key>, limit: Limit) -> Result<Found> {
    let q = q.trim();
    if q.is_empty() || q.chars().count() > QUERY_CHARS_MAX {
        return Err(Error::invalid("search_malformed", format!("search for something of 1 to {QUERY_CHARS_MAX} characters")));
    }
    if q.starts_with("SK1.") {
        let found = code::ops::identify(tx, cx, vault, q).await?;
        return Ok(Found { by: MatchedBy::Code, page: Page { items: vec![found], next: None } });
    }
    let digits = phone::digits(q);
    if digits.as_ref().is_some_and(|digits| digits.len() == 4) {
        let rows =
            store::brief_rows(tx, store::by_last4_stmt(cx.merchant, &digits.unwrap_or_default(), after.as_ref(), limit.fetch())).await?;
        return Ok(Found { by: MatchedBy::LastFour, page: page(rows, limit) });
    }
    let phone = Phone::parse(q, &ground.country).ok();
    if digits.is_some() || phone.is_some() {
        let items = by_numbers(tx, cx, vault, q, phone).await?;
        return Ok(Found { by: MatchedBy::Number, page: Page { items, next: None } });
    }
    if !q.is_ascii() {
        let index = enrol::name_index(vault, cx.merchant, q);
        let rows = store::brief_rows(tx, store::by_name_stmt(cx.merchant, &index, after.as_ref(), limit.fetch())).await?;
        return Ok(Found { by: MatchedBy::Name, page: page(rows, limit) });
    }
    by_letters(tx, cx, q, after, limit).await
}

/// A phone, a member number, a card: three keys, one round trip, and one more where it was a card.
async fn by_numbers(tx: &mut Tx, cx: &Cx, vault: &Vault, q: &str, phone: Option<Phone>) -> Result<Vec<SealedBrief>> {
    let card = CardNumber::parse(q).ok();
    let mut stmts: Vec<Stmt> = Vec::with_capacity(3);
    stmts.extend(phone.map(|phone| store::by_phone_stmt(cx.merchant, &enrol::phone_index(vault, cx.merchant, &phone))));
    stmts.extend(card.iter().map(|number| store::by_number_stmt(cx.merchant, number.as_str())));
    let members = stmts.len();
    stmts.extend(card.iter().map(|number| card::by_text_stmt(cx.merchant, number.as_str())));
    let mut answers = tx.batch(&stmts).await?;
    let cards = answers.split_off(members);
    let mut found: Vec<SealedBrief> = answers.iter().flatten().map(store::brief).collect::<Result<_>>()?;
    let owner = cards.first().map(|rows| card::ops::owner(rows)).transpose();
    match owner.map(Option::flatten) {
        Ok(Some(id)) if found.iter().all(|member| member.brief.id != id) => {
            found.extend(store::briefs(tx, cx.merchant, &[id]).await?);
        }
        // A lost card identifies nobody, and that is worth saying where nobody else has the number.
        Err(error) if found.is_empty() => return Err(error),
        _ => {}
    }
    found.sort_by_key(|member| member.brief.id);
    found.dedup_by_key(|member| member.brief.id);
    Ok(found)
}

/// Letters: a card such as VIP0001 where there is one, else the beginning of initials.
async fn by_letters(tx: &mut Tx, cx: &Cx, q: &str, after: Option<Key>, limit: Limit) -> Result<Found> {
    if let (Ok(number), None) = (CardNumber::parse(q), &after) {
        let rows = tx.rows(card::by_text_stmt(cx.merchant, number.as_str())).await?;
        if let Some(id) = card::ops::owner(&rows)? {
            let items = store::briefs(tx, cx.merchant, &[id]).await?;
            return Ok(Found { by: MatchedBy::Number, page: Page { items, next: None } });
        }
    }
    let prefix = name::initials(q);
    if prefix.is_empty() {
        return Err(Error::invalid("search_malformed", "search for a phone, four digits, a number, a name or its initials"));
    }
    let end = name::prefix_end(&prefix);
    let rows =
        store::brief_rows(tx, store::by_initials_stmt(cx.merchant, (&prefix, end.as_deref()), after.as_ref(), limit.fetch())).await?;
    let page = Page::of(rows, limit, |row| Key::of(Sort::Name, row));
    Ok(Found { by: MatchedBy::Initials, page })
}

pub(super) fn page(rows: Vec<SealedBrief>, limit: Limit) -> Page<SealedBrief> {
    Page::of(rows, limit, |row| Key::of(Sort::Newest, row))
}

/// Those whom a text identifies, masked, for the till; at most twenty. Erased members are nobody.
pub async fn identify(tx: &mut Tx, cx: &Cx, vault: &Vault, q: &str) -> Result<Vec<MemberBrief>> {
    let ground = crate::ground(tx, cx.merchant).await?;
    let found = search(tx, cx, vault, &ground, q, None, Limit::new(Some(20))?).await?;
    let items = found.page.items.into_iter().filter(|member| member.brief.state != MemberState::Erased);
    items.map(|member| member.view(vault, cx.merchant, View::Masked)).collect()
}
