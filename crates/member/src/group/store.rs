//! SQL of groups.

use super::GroupPart;
use super::model::PEOPLE_MAX_DEFAULT;
use crate::MemberId;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result};

/// Somebody in a group, as stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PersonRow {
    pub person: MemberId,
    pub part: GroupPart,
    pub joined_at: Instant,
}

/// Makes the group's counter where there is none yet.
pub(super) async fn open(tx: &mut Tx, merchant: MerchantId, group: MemberId) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO member_group (merchant_id, group_id, people, people_max) VALUES ($1, $2, 0, $3)
         ON CONFLICT (merchant_id, group_id) DO NOTHING",
        merchant,
        group,
        PEOPLE_MAX_DEFAULT
    ))
    .await
}

/// Sets the limit; `group_full` refuses one below the people who are there.
pub(super) async fn limit(tx: &mut Tx, merchant: MerchantId, group: MemberId, people_max: i64) -> Result<()> {
    tx.queue(sql!("UPDATE member_group SET people_max = $3 WHERE merchant_id = $1 AND group_id = $2", merchant, group, people_max)).await
}

/// Counts people in or out; `group_full` refuses one too many.
pub(crate) async fn count(tx: &mut Tx, merchant: MerchantId, group: MemberId, delta: i64) -> Result<()> {
    tx.queue(sql!("UPDATE member_group SET people = people + $3 WHERE merchant_id = $1 AND group_id = $2", merchant, group, delta)).await
}

pub(super) async fn add(tx: &mut Tx, cx: &Cx, group: MemberId, person: MemberId, part: GroupPart) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO group_person (merchant_id, group_id, person_id, part, joined_at, actor) VALUES ($1, $2, $3, $4, $5, $6)",
        cx.merchant,
        group,
        person,
        part,
        cx.now,
        cx.actor.text()
    ))
    .await
}

/// Takes somebody out. Returns how many that were.
pub(super) async fn remove(tx: &mut Tx, merchant: MerchantId, group: MemberId, person: MemberId) -> Result<u64> {
    let stmt = sql!("DELETE FROM group_person WHERE merchant_id = $1 AND group_id = $2 AND person_id = $3", merchant, group, person);
    tx.exec(stmt).await
}

/// The people of a group, in the order in which they joined; read them with [`person`].
pub(crate) fn people_stmt(merchant: MerchantId, group: MemberId) -> Stmt {
    sql!(
        "SELECT person_id, part, joined_at FROM group_person WHERE merchant_id = $1 AND group_id = $2 ORDER BY joined_at, person_id",
        merchant,
        group
    )
}

/// The groups of a person; read them with [`person`], whose `person` is then the group.
pub(crate) fn groups_stmt(merchant: MerchantId, person: MemberId) -> Stmt {
    sql!(
        "SELECT group_id, part, joined_at FROM group_person WHERE merchant_id = $1 AND person_id = $2 ORDER BY joined_at, group_id",
        merchant,
        person
    )
}

/// Reads a row of [`people_stmt`] or [`groups_stmt`].
pub(crate) fn person(row: &Row) -> Result<PersonRow> {
    Ok(PersonRow { person: row.get(0)?, part: row.get(1)?, joined_at: row.get(2)? })
}

/// The limit of a group: people, people_max.
pub(crate) fn group_stmt(merchant: MerchantId, group: MemberId) -> Stmt {
    sql!("SELECT people, people_max FROM member_group WHERE merchant_id = $1 AND group_id = $2", merchant, group)
}

/// Whether a person belongs to a group.
pub(crate) fn belongs_stmt(merchant: MerchantId, group: MemberId, person: MemberId) -> Stmt {
    sql!("SELECT person_id FROM group_person WHERE merchant_id = $1 AND group_id = $2 AND person_id = $3", merchant, group, person)
}

/// Takes a person out of one group and puts another into it, in the same place.
pub(crate) async fn replace(tx: &mut Tx, merchant: MerchantId, group: MemberId, from: MemberId, to: MemberId) -> Result<()> {
    tx.queue(sql!(
        "UPDATE group_person SET person_id = $4 WHERE merchant_id = $1 AND group_id = $2 AND person_id = $3",
        merchant,
        group,
        from,
        to
    ))
    .await
}

/// Moves a person's place from one group to another.
pub(crate) async fn move_person(tx: &mut Tx, merchant: MerchantId, person: MemberId, from: MemberId, to: MemberId) -> Result<()> {
    tx.queue(sql!(
        "UPDATE group_person SET group_id = $4 WHERE merchant_id = $1 AND person_id = $2 AND group_id = $3",
        merchant,
        person,
        from,
        to
    ))
    .await
}

/// The first group whose counter is not the number of its people: group, counted, there.
pub(super) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(MemberId, i64, i64)>> {
    let stmt = sql!(
        "SELECT group_id, CAST(SUM(people) AS BIGINT), CAST(SUM(there) AS BIGINT) FROM (
             SELECT group_id, people, 0 AS there FROM member_group WHERE merchant_id = $1
             UNION ALL SELECT group_id, 0, 1 FROM group_person WHERE merchant_id = $1) AS sides
         GROUP BY group_id HAVING SUM(people) <> SUM(there) ORDER BY group_id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}
