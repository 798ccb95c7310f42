//! SQL of members, their figures, their tags and the looks at them.

mod count;
pub mod facts;
mod list;
mod stat;
mod tags;

pub(crate) use count::counting;
pub use count::{joined, joined_by_day};
pub use list::{Filter, Key, Sort, by_figure_stmt, by_initials_stmt, by_last4_stmt, by_name_stmt, filtered_stmt, nameless_stmt};
pub(crate) use list::{rows as brief_rows, sorted};
pub(crate) use stat::{STATS, StatUpdate, due, lock_stats, page_of_ids, stage_counts, update_stats};
pub use tags::{Audience, audience_read, audience_stmt};
pub(crate) use tags::{TagRow, copy_tags, tag, tags_of, tags_of_many, untag, untag_everywhere};

use super::model::{Member, MemberBrief, MemberId, Region, SealedBrief, SealedPerson, Stat};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, MerchantId, Result};
use std::fmt::Write as _;

macro_rules! brief_columns {
    () => {
        "m.id, m.number, m.kind, CASE WHEN m.merged_into IS NULL THEN m.state ELSE 'merged' END, m.name, m.phone, s.stage, s.orders, s.amount, s.last_purchase_on, m.home_store, m.name_initials"
    };
}

/// The columns of a brief, of `member m` and `member_stat s`.
const BRIEF: &str = brief_columns!();

macro_rules! brief_sql {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            $crate::member::store::brief_columns!(),
            " FROM member m JOIN member_stat s ON s.merchant_id = m.merchant_id AND s.member_id = m.id ",
            $rest
        )
    };
}
use brief_columns;
pub(super) use brief_sql;

/// The brief of one member, for a caller that pipelines it with other queries; read it with
/// [`brief_read`], or with [`brief`] to show the name as well.
pub fn brief_stmt(merchant: MerchantId, id: MemberId) -> Stmt {
    sql!(brief_sql!("WHERE m.merchant_id = $1 AND m.id = $2"), merchant, id)
}

macro_rules! known_sql {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.number, m.kind, m.state, m.name, m.phone, s.stage, s.orders, s.amount, s.last_purchase_on, m.home_store, m.name_initials
             FROM member k JOIN member m ON m.merchant_id = k.merchant_id AND m.id = COALESCE(k.merged_into, k.id)
             JOIN member_stat s ON s.merchant_id = m.merchant_id AND s.member_id = m.id ",
            $rest
        )
    };
}

/// The member with this phone, by blind index; where that one was merged, the member into whom.
pub(crate) fn by_phone_stmt(merchant: MerchantId, phone_index: &str) -> Stmt {
    sql!(known_sql!("WHERE k.merchant_id = $1 AND k.phone_index = $2"), merchant, phone_index)
}

/// The member with this number; where that one was merged, the member into whom.
pub(crate) fn by_number_stmt(merchant: MerchantId, number: &str) -> Stmt {
    sql!(known_sql!("WHERE k.merchant_id = $1 AND k.number = $2"), merchant, number)
}

/// Reads a row of a brief statement, without what is sealed in it.
pub fn brief_read(row: &Row) -> Result<MemberBrief> {
    brief(row).map(|sealed| sealed.brief)
}

/// Reads a row of a brief statement.
pub fn brief(row: &Row) -> Result<SealedBrief> {
    Ok(SealedBrief {
        brief: MemberBrief {
            id: row.get(0)?,
            number: row.get(1)?,
            kind: row.get(2)?,
            state: row.get(3)?,
            name: None,
            phone: None,
            stage: row.get(6)?,
            orders: row.get(7)?,
            amount: row.get(8)?,
            last_purchase_on: row.get(9)?,
            home_store: row.get(10)?,
        },
        name: row.get(4)?,
        phone: row.get(5)?,
        initials: row.get(11)?,
    })
}

/// Briefs of some members, in no order.
pub(crate) async fn briefs(tx: &mut Tx, merchant: MerchantId, ids: &[MemberId]) -> Result<Vec<SealedBrief>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("{} {})", brief_sql!("WHERE m.merchant_id = $1 AND m.id IN ("), placeholders(2, ids.len()));
    rows_by_keys(tx, text, merchant, ids.iter().map(|id| id.to_value())).await?.iter().map(brief).collect()
}

macro_rules! record {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.number, m.kind, CASE WHEN m.merged_into IS NULL THEN m.state ELSE 'merged' END, m.phone, m.name, m.email, m.note, m.birthday, m.birthday_lunar, m.gender,
        m.province, m.city, m.district, m.source, m.home_store, m.joined_on, m.created_at, m.changed_at,
        s.orders, s.amount, s.first_purchase_on, s.last_purchase_on, s.stage, s.stage_since, s.stage_due_on, m.merged_into
     FROM member m JOIN member_stat s ON s.merchant_id = m.merchant_id AND s.member_id = m.id
     WHERE m.merchant_id = $1 AND ",
            $rest
        )
    };
}

/// The whole record of one member; read it with [`member`].
pub(crate) fn member_stmt(merchant: MerchantId, id: MemberId) -> Stmt {
    sql!(record!("m.id = $2"), merchant, id)
}

/// Whole records by id, after one of them.
pub(crate) async fn records(tx: &mut Tx, merchant: MerchantId, after: MemberId, limit: i64) -> Result<Vec<Member>> {
    let stmt = sql!(record!("m.id > $2 ORDER BY m.id LIMIT $3"), merchant, after, limit);
    tx.rows(stmt).await?.iter().map(member).collect()
}

/// Reads a row of [`member_stmt`].
pub(crate) fn member(row: &Row) -> Result<Member> {
    Ok(Member {
        id: row.get(0)?,
        number: row.get(1)?,
        kind: row.get(2)?,
        state: row.get(3)?,
        person: SealedPerson {
            phone: row.get(4)?,
            name: row.get(5)?,
            email: row.get(6)?,
            note: row.get(7)?,
            birthday: row.get(8)?,
            birthday_lunar: row.get(9)?,
        },
        gender: row.get(10)?,
        region: Region { province: row.get(11)?, city: row.get(12)?, district: row.get(13)? },
        source: row.get(14)?,
        home_store: row.get(15)?,
        joined_on: row.get(16)?,
        created_at: row.get(17)?,
        changed_at: row.get(18)?,
        merged_into: row.get(26)?,
        stat: Stat {
            orders: row.get(19)?,
            amount: row.get(20)?,
            first_purchase_on: row.get(21)?,
            last_purchase_on: row.get(22)?,
            stage: row.get(23)?,
            stage_since: row.get(24)?,
            stage_due_on: row.get(25)?,
        },
    })
}

const COLUMNS: &[&str] = &[
    "merchant_id",
    "id",
    "number",
    "kind",
    "state",
    "phone",
    "phone_index",
    "phone_last4",
    "name",
    "name_index",
    "name_initials",
    "email",
    "note",
    "birthday",
    "birthday_month_day",
    "birthday_lunar",
    "gender",
    "province",
    "city",
    "district",
    "source",
    "home_store",
    "joined_on",
    "created_at",
    "changed_at",
];

/// New members with their empty figures: two statements for all.
pub(crate) async fn insert_members(tx: &mut Tx, rows: Vec<MemberRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (members, stats) = rows.into_iter().map(|row| (row.member, row.stat)).unzip();
    tx.queue(insert("member", COLUMNS, members)).await?;
    let columns = ["merchant_id", "member_id", "orders", "amount", "stage", "stage_since"];
    tx.queue(insert("member_stat", &columns, stats)).await
}

/// The columns of a new member, in the order of the tables.
pub(crate) struct MemberRow {
    member: Vec<Value>,
    stat: Vec<Value>,
}

impl MemberRow {
    /// The row of a member; personal columns come sealed.
    pub(crate) fn new(merchant: MerchantId, new: &Member, indexes: &Indexes) -> Self {
        let person = &new.person;
        let member = vec![
            merchant.to_value(),
            new.id.to_value(),
            new.number.to_value(),
            new.kind.to_value(),
            new.state.to_value(),
            person.phone.to_value(),
            indexes.phone.to_value(),
            indexes.phone_last4.to_value(),
            person.name.to_value(),
            indexes.name.to_value(),
            indexes.name_initials.to_value(),
            person.email.to_value(),
            person.note.to_value(),
            person.birthday.to_value(),
            indexes.birthday_month_day.to_value(),
            person.birthday_lunar.to_value(),
            new.gender.to_value(),
            new.region.province.to_value(),
            new.region.city.to_value(),
            new.region.district.to_value(),
            new.source.to_value(),
            new.home_store.to_value(),
            new.joined_on.to_value(),
            new.created_at.to_value(),
            new.changed_at.to_value(),
        ];
        let stat = &new.stat;
        let stat = vec![
            merchant.to_value(),
            new.id.to_value(),
            stat.orders.to_value(),
            stat.amount.to_value(),
            stat.stage.to_value(),
            stat.stage_since.to_value(),
        ];
        Self { member, stat }
    }
}

/// What a person is found by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexes {
    pub phone: Option<String>,
    pub phone_last4: Option<String>,
    pub name: Option<String>,
    pub name_initials: Option<String>,
    pub birthday_month_day: Option<String>,
}

/// Writes a changed record with its indexes; the figures are not touched.
pub(crate) async fn update(tx: &mut Tx, cx: &Cx, member: &Member, indexes: &Indexes) -> Result<()> {
    let person = &member.person;
    tx.queue(sql!(
        "UPDATE member SET kind = $3, state = $4, phone = $5, phone_index = $6, phone_last4 = $7, name = $8, name_index = $9,
            name_initials = $10, email = $11, note = $12, birthday = $13, birthday_month_day = $14, birthday_lunar = $15,
            gender = $16, province = $17, city = $18, district = $19, source = $20, home_store = $21, changed_at = $22
         WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        member.id,
        member.kind,
        member.state,
        person.phone,
        indexes.phone,
        indexes.phone_last4,
        person.name,
        indexes.name,
        indexes.name_initials,
        person.email,
        person.note,
        person.birthday,
        indexes.birthday_month_day,
        person.birthday_lunar,
        member.gender,
        member.region.province,
        member.region.city,
        member.region.district,
        member.source,
        member.home_store,
        cx.now
    ))
    .await
}

/// Counts a change of a birthday that was known.
pub(crate) fn birthday_edit_stmt(merchant: MerchantId, id: MemberId, edits_max: i64) -> Stmt {
    sql!(
        "INSERT INTO birthday_edit (merchant_id, member_id, edits, edits_max) VALUES ($1, $2, 1, $3)
         ON CONFLICT (merchant_id, member_id) DO UPDATE SET edits = birthday_edit.edits + 1, edits_max = excluded.edits_max",
        merchant,
        id,
        edits_max
    )
}

/// Holds a member's row for the rest of the transaction; says whether there is one.
pub(crate) async fn lock(tx: &mut Tx, merchant: MerchantId, id: MemberId) -> Result<bool> {
    Ok(tx.row(sql!("SELECT id FROM member WHERE merchant_id = $1 AND id = $2 FOR UPDATE", merchant, id)).await?.is_some())
}

/// Those of the drawn numbers that are taken.
pub(crate) fn numbers_taken_stmt(merchant: MerchantId, numbers: &[String]) -> Stmt {
    let text = format!("SELECT number FROM member WHERE merchant_id = $1 AND number IN ({})", placeholders(2, numbers.len()));
    keyed(text, merchant, numbers.iter().map(|number| number.to_value()))
}

/// The members that have one of these phones: index, id, number.
pub(crate) async fn phones_taken(tx: &mut Tx, merchant: MerchantId, indexes: &[&str]) -> Result<Vec<(String, MemberId, String)>> {
    if indexes.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT phone_index, COALESCE(merged_into, id), number FROM member WHERE merchant_id = $1 AND phone_index IN ({})",
        placeholders(2, indexes.len())
    );
    let rows = rows_by_keys(tx, text, merchant, indexes.iter().map(|index| index.to_value())).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// `$from, …` for so many values.
pub(crate) fn placeholders(from: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    for index in 0..count {
        let _ = write!(text, "{}${}", if index == 0 { "" } else { ", " }, from + index);
    }
    text
}

pub(crate) fn keyed(text: String, merchant: MerchantId, keys: impl Iterator<Item = Value>) -> Stmt {
    Stmt::built(text, std::iter::once(merchant.to_value()).chain(keys).collect())
}

pub(crate) async fn rows_by_keys(tx: &mut Tx, text: String, merchant: MerchantId, keys: impl Iterator<Item = Value>) -> Result<Vec<Row>> {
    tx.rows(keyed(text, merchant, keys)).await
}

/// Leads a member to another, or back to itself.
pub(crate) async fn set_merged(tx: &mut Tx, cx: &Cx, id: MemberId, into: Option<MemberId>) -> Result<()> {
    tx.queue(sql!("UPDATE member SET merged_into = $3, changed_at = $4 WHERE merchant_id = $1 AND id = $2", cx.merchant, id, into, cx.now))
        .await
}

/// Those who were merged into a member.
pub(crate) async fn merged_into(tx: &mut Tx, merchant: MerchantId, id: MemberId) -> Result<Vec<MemberId>> {
    let stmt = sql!("SELECT id FROM member WHERE merchant_id = $1 AND merged_into = $2 ORDER BY id", merchant, id);
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// Leads those who were merged into one member to another one. Answers who they are.
pub(crate) async fn lead_on(tx: &mut Tx, merchant: MerchantId, from: MemberId, to: MemberId) -> Result<Vec<MemberId>> {
    let ids = merged_into(tx, merchant, from).await?;
    for id in &ids {
        tx.queue(sql!("UPDATE member SET merged_into = $3 WHERE merchant_id = $1 AND id = $2", merchant, id, to)).await?;
    }
    Ok(ids)
}

/// The member into whom one was merged; the member itself where it wasn't, or isn't known. Whoever merges the member
/// or undoes it waits for this transaction.
pub(crate) async fn survivor(tx: &mut Tx, merchant: MerchantId, id: MemberId) -> Result<MemberId> {
    let stmt = sql!("SELECT merged_into FROM member WHERE merchant_id = $1 AND id = $2 FOR KEY SHARE", merchant, id);
    tx.row(stmt).await?.map_or(Ok(id), |row| Ok(row.get::<Option<MemberId>>(0)?.unwrap_or(id)))
}
