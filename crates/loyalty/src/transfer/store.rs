//! SQL of transfers of points.

use super::PointsGift;
use shuke_db::{Row, Stmt, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result, Uuid};

pub(super) fn insert_stmt(cx: &Cx, gift: &PointsGift) -> Stmt {
    sql!(
        "INSERT INTO points_transfer (merchant_id, id, from_member, to_member, points, fee, store_id, note, at, actor, kind_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        cx.merchant,
        gift.id,
        gift.from,
        gift.to,
        gift.points,
        gift.fee,
        gift.store,
        gift.note,
        gift.at,
        gift.actor,
        gift.points_kind
    )
}

/// What a member gave and got, newest first, before a place in the list.
pub(super) fn of_member_stmt(merchant: MerchantId, member: Uuid, before: Option<(Instant, Uuid)>, limit: i64) -> Stmt {
    let (at, id) = before.unwrap_or((Instant(i64::MAX), Uuid::max()));
    sql!(
        "SELECT id, from_member, to_member, points, fee, store_id, note, at, actor, kind_id FROM points_transfer
         WHERE merchant_id = $1 AND (from_member = $2 OR to_member = $2) AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5",
        merchant,
        member,
        at,
        id,
        limit
    )
}

pub(super) fn read(row: &Row) -> Result<PointsGift> {
    Ok(PointsGift {
        id: row.get(0)?,
        from: row.get(1)?,
        to: row.get(2)?,
        points: row.get(3)?,
        fee: row.get(4)?,
        store: row.get(5)?,
        note: row.get(6)?,
        at: row.get(7)?,
        actor: row.get(8)?,
        points_kind: row.get(9)?,
    })
}

/// Every transfer for checks: a select whose `$1` is the merchant.
pub(super) const GIFTS: &str = "SELECT id, points, fee FROM points_transfer WHERE merchant_id = $1";
