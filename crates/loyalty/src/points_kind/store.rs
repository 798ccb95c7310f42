//! SQL of purses, and of what orders earned.

use super::{AccrualLine, PointsKindId};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert_or_ignore, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Points, Result, Uuid};

/// A member's purse of a kind; no row where there is none yet.
pub(crate) fn purse_stmt(merchant: MerchantId, member: Uuid, kind: PointsKindId) -> Stmt {
    sql!("SELECT id FROM points_purse WHERE merchant_id = $1 AND member_id = $2 AND kind_id = $3", merchant, member, kind)
}

/// Makes a member's purse; one that is there already stays.
pub(super) fn open_stmt(cx: &Cx, member: Uuid, kind: PointsKindId) -> Stmt {
    let row = vec![cx.merchant.to_value(), member.to_value(), kind.to_value(), cx.uuid().to_value()];
    insert_or_ignore("points_purse", &["merchant_id", "member_id", "kind_id", "id"], vec![row])
}

/// A member's purses: kind and purse.
pub(super) async fn of_member(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<(PointsKindId, Uuid)>> {
    let stmt = sql!("SELECT kind_id, id FROM points_purse WHERE merchant_id = $1 AND member_id = $2 ORDER BY kind_id", merchant, member);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Whose a purse is.
pub(super) async fn member_of(tx: &mut Tx, merchant: MerchantId, purse: Uuid) -> Result<Option<Uuid>> {
    let stmt = sql!("SELECT member_id FROM points_purse WHERE merchant_id = $1 AND id = $2", merchant, purse);
    tx.row(stmt).await?.map(|row| row.get(0)).transpose()
}

/// Whether anybody has a purse of a kind.
pub(super) async fn any(tx: &mut Tx, merchant: MerchantId, kind: PointsKindId) -> Result<bool> {
    let stmt = sql!("SELECT id FROM points_purse WHERE merchant_id = $1 AND kind_id = $2 LIMIT 1", merchant, kind);
    Ok(tx.row(stmt).await?.is_some())
}

/// What an order earned of a kind.
#[derive(Clone, Debug)]
pub(super) struct Accrual {
    pub(super) order: Uuid,
    pub(super) kind: PointsKindId,
    pub(super) id: Uuid,
    pub(super) member: Uuid,
    pub(super) lines: Vec<AccrualLine>,
    pub(super) points: Points,
    pub(super) clawed: Points,
    pub(super) at: Instant,
}

fn written(lines: &[AccrualLine]) -> Result<String> {
    serde_json::to_string(lines).map_err(|error| Error::internal(error.to_string()))
}

/// Writes what an order earned; says whether it wasn't there yet.
pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, accrual: &Accrual) -> Result<bool> {
    let row = vec![
        merchant.to_value(),
        accrual.order.to_value(),
        accrual.kind.to_value(),
        accrual.id.to_value(),
        accrual.member.to_value(),
        written(&accrual.lines)?.to_value(),
        accrual.points.to_value(),
        accrual.clawed.to_value(),
        accrual.at.to_value(),
    ];
    let columns = ["merchant_id", "order_id", "kind_id", "id", "member_id", "lines", "points", "clawed", "at"];
    Ok(tx.exec(insert_or_ignore("points_accrual", &columns, vec![row])).await? == 1)
}

pub(super) fn change_stmt(merchant: MerchantId, accrual: &Accrual) -> Result<Stmt> {
    Ok(sql!(
        "UPDATE points_accrual SET lines = $4, clawed = $5 WHERE merchant_id = $1 AND order_id = $2 AND kind_id = $3",
        merchant,
        accrual.order,
        accrual.kind,
        written(&accrual.lines)?,
        accrual.clawed
    ))
}

fn read(row: &Row) -> Result<Accrual> {
    let lines = serde_json::from_str(&row.get::<String>(4)?);
    Ok(Accrual {
        order: row.get(0)?,
        kind: row.get(1)?,
        id: row.get(2)?,
        member: row.get(3)?,
        lines: lines.map_err(|error| Error::internal(format!("what an order earned can't be read: {error}")))?,
        points: row.get(5)?,
        clawed: row.get(6)?,
        at: row.get(7)?,
    })
}

/// What an order earned, kind by kind; locked where `lock` says so.
pub(super) async fn of_order(tx: &mut Tx, merchant: MerchantId, order: Uuid, lock: bool) -> Result<Vec<Accrual>> {
    let tail = if lock { " FOR UPDATE" } else { "" };
    let text = format!(
        "SELECT order_id, kind_id, id, member_id, lines, points, clawed, at FROM points_accrual
         WHERE merchant_id = $1 AND order_id = $2 ORDER BY kind_id{tail}"
    );
    tx.rows(Stmt::built(text, vec![merchant.to_value(), order.to_value()])).await?.iter().map(read).collect()
}

/// What these orders earned a member: kind and source of the entries.
pub(super) async fn earned_by(tx: &mut Tx, merchant: MerchantId, member: Uuid, orders: &[Uuid]) -> Result<Vec<(PointsKindId, Uuid)>> {
    let mut found = Vec::new();
    for order in orders {
        let earned = of_order(tx, merchant, *order, false).await?;
        found.extend(earned.into_iter().filter(|accrual| accrual.member == member).map(|accrual| (accrual.kind, accrual.id)));
    }
    Ok(found)
}

/// What orders earned is another member's from now on: all of one member's, or of these orders. Answers whose.
pub(super) async fn move_all(tx: &mut Tx, merchant: MerchantId, from: Uuid, to: Uuid, only: Option<&[Uuid]>) -> Result<Vec<Uuid>> {
    let stmt =
        sql!("SELECT DISTINCT order_id FROM points_accrual WHERE merchant_id = $1 AND member_id = $2 ORDER BY order_id", merchant, from);
    let mut orders: Vec<Uuid> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    orders.retain(|order| only.is_none_or(|only| only.contains(order)));
    for order in &orders {
        tx.queue(sql!(
            "UPDATE points_accrual SET member_id = $4 WHERE merchant_id = $1 AND order_id = $3 AND member_id = $2",
            merchant,
            from,
            order,
            to
        ))
        .await?;
    }
    Ok(orders)
}

/// Every purse, for checks: a select whose `$1` is the merchant.
pub(super) const PURSES: &str = "SELECT id, kind_id FROM points_purse WHERE merchant_id = $1";

/// What every order earned, for checks: a select whose `$1` is the merchant.
pub(super) const ACCRUALS: &str = "SELECT id, kind_id, points FROM points_accrual WHERE merchant_id = $1";

/// The first order of which other points were taken back than its lines say: order, stored, computed.
pub(super) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, i64, i64)>> {
    let stmt = sql!(
        "SELECT order_id, kind_id, id, member_id, lines, points, clawed, at FROM points_accrual WHERE merchant_id = $1 ORDER BY order_id, kind_id",
        merchant
    );
    let mut found = None;
    let mut see = |row: &Row| {
        let accrual = read(row)?;
        let computed = super::clawed(&accrual.lines)?;
        if found.is_none() && computed != accrual.clawed {
            found = Some((accrual.order, accrual.clawed.0, computed.0));
        }
        Ok(())
    };
    tx.each(stmt, &mut see).await?;
    Ok(found)
}
