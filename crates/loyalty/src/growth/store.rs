//! SQL of growth.

use super::{GrowthEntry, GrowthKind, GrowthRate};
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Cx, Date, Error, Instant, MerchantId, Money, Result, Uuid};

/// What a member has grown by on a day or later.
pub(crate) fn since_stmt(merchant: MerchantId, member: Uuid, since: Date) -> Stmt {
    sql!(
        "SELECT CAST(COALESCE(SUM(growth), 0) AS BIGINT) FROM growth WHERE merchant_id = $1 AND member_id = $2 AND grown_on >= $3",
        merchant,
        member,
        since
    )
}

pub(crate) fn since_read(rows: &[Row]) -> Result<i64> {
    rows.first().map_or(Ok(0), |row| row.get(0))
}

/// A purchase as it is entered, or what is left of it.
pub(super) struct Grown {
    pub(super) member: Uuid,
    pub(super) order: Uuid,
    pub(super) on: Date,
    pub(super) money: Money,
    pub(super) rate: GrowthRate,
}

fn written(rate: GrowthRate) -> Result<String> {
    serde_json::to_string(&rate).map_err(|error| Error::internal(error.to_string()))
}

fn parsed(text: &str) -> Result<GrowthRate> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("a rate of growth can't be read: {error}")))
}

/// Enters a purchase; one that is there already stays as it is.
pub(super) fn insert_stmt(cx: &Cx, grown: &Grown) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO growth (merchant_id, member_id, source_id, kind, grown_on, money, rate, growth, note, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10) ON CONFLICT DO NOTHING",
        cx.merchant,
        grown.member,
        grown.order,
        GrowthKind::Purchase,
        grown.on,
        grown.money,
        written(grown.rate)?,
        grown.rate.of(grown.money),
        cx.now,
        cx.actor.text()
    ))
}

/// Enters growth by hand.
pub(super) fn by_hand_stmt(cx: &Cx, member: Uuid, entry: &GrowthEntry) -> Result<Stmt> {
    Ok(sql!(
        "INSERT INTO growth (merchant_id, member_id, source_id, kind, grown_on, money, rate, growth, note, at, actor)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10)",
        cx.merchant,
        member,
        entry.source,
        entry.kind,
        entry.on,
        written(GrowthRate::default())?,
        entry.growth,
        entry.note,
        entry.at,
        entry.actor
    ))
}

/// For whom an order was entered and at which rate, locked; none where it wasn't.
pub(super) async fn entered(tx: &mut Tx, merchant: MerchantId, order: Uuid) -> Result<Option<(Uuid, GrowthRate)>> {
    let stmt = sql!(
        "SELECT member_id, rate FROM growth WHERE merchant_id = $1 AND source_id = $2 AND kind = 'purchase' FOR UPDATE",
        merchant,
        order
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, parsed(&row.get::<String>(1)?)?))).transpose()
}

/// So much is left of an order.
pub(super) fn left_stmt(merchant: MerchantId, member: Uuid, order: Uuid, left: Money, growth: i64) -> Stmt {
    sql!(
        "UPDATE growth SET money = $4, growth = $5 WHERE merchant_id = $1 AND member_id = $2 AND source_id = $3",
        merchant,
        member,
        order,
        left,
        growth
    )
}

/// A member's growth, newest first, before a place in the list.
pub(super) fn of_member_stmt(merchant: MerchantId, member: Uuid, before: Option<(Instant, Uuid)>, limit: i64) -> Stmt {
    let (at, source) = before.unwrap_or((Instant(i64::MAX), Uuid::max()));
    sql!(
        "SELECT source_id, kind, grown_on, growth, note, at, actor FROM growth
         WHERE merchant_id = $1 AND member_id = $2 AND (at, source_id) < ($3, $4) ORDER BY at DESC, source_id DESC LIMIT $5",
        merchant,
        member,
        at,
        source,
        limit
    )
}

pub(super) fn read(row: &Row) -> Result<GrowthEntry> {
    Ok(GrowthEntry {
        source: row.get(0)?,
        kind: row.get(1)?,
        on: row.get(2)?,
        growth: row.get(3)?,
        note: row.get(4)?,
        at: row.get(5)?,
        actor: row.get(6)?,
    })
}

/// The first purchase whose growth doesn't follow from what is left of it: order, stored, computed.
pub(super) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, i64, i64)>> {
    let stmt = sql!(
        "SELECT source_id, money, rate, growth FROM growth WHERE merchant_id = $1 AND kind = 'purchase' ORDER BY member_id, source_id",
        merchant
    );
    let mut found = None;
    let mut see = |row: &Row| {
        let (money, growth): (Money, i64) = (row.get(1)?, row.get(3)?);
        let computed = parsed(&row.get::<String>(2)?)?.of(money);
        if found.is_none() && computed != growth {
            found = Some((row.get(0)?, growth, computed));
        }
        Ok(())
    };
    tx.each(stmt, &mut see).await?;
    Ok(found)
}

/// Counts growth for another member: all of one member's, or that of these causes. Answers the causes.
pub(crate) async fn move_all(
    tx: &mut shuke_db::Tx,
    merchant: MerchantId,
    from: Uuid,
    to: Uuid,
    only: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    let stmt = shuke_db::sql!(
        "SELECT source_id FROM growth WHERE merchant_id = $1 AND member_id = $2
             AND source_id NOT IN (SELECT source_id FROM growth WHERE merchant_id = $1 AND member_id = $3) ORDER BY source_id",
        merchant,
        from,
        to
    );
    let mut ids: Vec<Uuid> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.retain(|id| only.is_none_or(|only| only.contains(id)));
    for id in &ids {
        tx.queue(shuke_db::sql!(
            "UPDATE growth SET member_id = $4 WHERE merchant_id = $1 AND member_id = $2 AND source_id = $3",
            merchant,
            from,
            id,
            to
        ))
        .await?;
    }
    Ok(ids)
}
