//! SQL of dependents.

use super::DependentId;
use super::model::Dependent;
use crate::MemberId;
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, Date, MerchantId, Result};

/// New dependents, each with its member: one statement for all.
pub(crate) fn insert_stmt(cx: &Cx, dependents: &[(MemberId, Dependent)]) -> Stmt {
    let columns = ["merchant_id", "member_id", "id", "name", "relation", "gender", "born_on", "due_on", "created_at"];
    let row = |(member, new): &(MemberId, Dependent)| {
        vec![
            cx.merchant.to_value(),
            member.to_value(),
            new.id.to_value(),
            new.name.to_value(),
            new.relation.to_value(),
            new.gender.to_value(),
            new.born_on.to_value(),
            new.due_on.to_value(),
            cx.now.to_value(),
        ]
    };
    insert("dependent", &columns, dependents.iter().map(row).collect())
}

/// The dependents of a member, the oldest first; read them with [`dependent`].
pub(crate) fn of_member_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT id, relation, name, gender, born_on, due_on FROM dependent
         WHERE merchant_id = $1 AND member_id = $2 ORDER BY born_on NULLS LAST, due_on NULLS LAST, id",
        merchant,
        member
    )
}

/// Reads a row of [`of_member_stmt`].
pub(crate) fn dependent(row: &Row) -> Result<Dependent> {
    Ok(Dependent {
        id: row.get(0)?,
        relation: row.get(1)?,
        name: row.get(2)?,
        gender: row.get(3)?,
        born_on: row.get(4)?,
        due_on: row.get(5)?,
    })
}

/// Members after an id with the day on which their youngest child was born, or is expected.
pub(super) async fn youngest(tx: &mut Tx, merchant: MerchantId, after: MemberId, limit: i64) -> Result<Vec<(MemberId, Date)>> {
    let stmt = sql!(
        "SELECT member_id, MAX(COALESCE(born_on, due_on)) FROM dependent
         WHERE merchant_id = $1 AND member_id > $2 AND relation = 'child' AND COALESCE(born_on, due_on) IS NOT NULL
         GROUP BY member_id ORDER BY member_id LIMIT $3",
        merchant,
        after,
        limit
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) async fn update(tx: &mut Tx, merchant: MerchantId, member: MemberId, new: &Dependent) -> Result<u64> {
    tx.exec(sql!(
        "UPDATE dependent SET name = $4, relation = $5, gender = $6, born_on = $7, due_on = $8
         WHERE merchant_id = $1 AND member_id = $2 AND id = $3",
        merchant,
        member,
        new.id,
        new.name,
        new.relation,
        new.gender,
        new.born_on,
        new.due_on
    ))
    .await
}

pub(super) async fn delete(tx: &mut Tx, merchant: MerchantId, member: MemberId, id: DependentId) -> Result<u64> {
    tx.exec(sql!("DELETE FROM dependent WHERE merchant_id = $1 AND member_id = $2 AND id = $3", merchant, member, id)).await
}

pub(super) async fn delete_all(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM dependent WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}

/// Gives dependents to another member: all of one member's, or these. Answers which.
pub(crate) async fn move_all(
    tx: &mut Tx,
    merchant: MerchantId,
    from: MemberId,
    to: MemberId,
    only: Option<&[DependentId]>,
) -> Result<Vec<DependentId>> {
    let stmt = sql!("SELECT id FROM dependent WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
    let mut ids: Vec<DependentId> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.retain(|id| only.is_none_or(|only| only.contains(id)));
    for id in &ids {
        let stmt =
            sql!("UPDATE dependent SET member_id = $4 WHERE merchant_id = $1 AND member_id = $2 AND id = $3", merchant, from, id, to);
        tx.queue(stmt).await?;
    }
    Ok(ids)
}
